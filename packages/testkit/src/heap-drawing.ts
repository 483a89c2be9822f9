// A snapshot as a drawing: roots on the left, objects in columns by their distance from the roots,
// garbage and freed objects below. As text for terminals, as SVG for everything else.
//
//   slot 0 → #1                        ┌────┐   ┌─────────┐   ┌─────────┐
//   #1 pair [#2 #2]                    │ s0 ├──►│ #1 pair ├──►│ #2 leaf │
//   #2 leaf []          lost           └────┘   └─────────┘   └─ lost ──┘
//
// Weak references stand among the roots: ⇢ in text, a broken line in a picture.

import type { Drawing } from "./report.js";
import type { Fate, Snapshot, SnapshotObject, SnapshotRoot } from "./snapshot.js";
import { type Drawn, escapeText, MARGIN, svgDocument } from "./svg-document.js";

/** Larger heaps are no pictures any more. */
const OBJECT_LIMIT = 60;
const SLOT_LIMIT = 12;

const FATE_TEXTS: Readonly<Record<Fate, string>> = {
  reachable: "",
  garbage: "garbage, still there",
  freed: "freed",
  lost: "REACHABLE, AND FREED",
  found: "found",
  "found wrongly": "REACHED, AND FOUND",
  missed: "GARBAGE, NOT FOUND",
};

/** Lines; O(objects). */
export function drawAsText(snapshot: Snapshot): string[] {
  const { roots, objects, rootText = slotText } = snapshot;
  const valueText = (value: number): string => (value === 0 ? "·" : textOf(value, snapshot));
  const lines = roots.filter(isShown).map((root) => {
    const line = `${rootText(root)} ${root.isWeak ? "⇢" : "→"} ${valueText(root.value)}`;
    return root.note === undefined ? line : `${line}  ${root.note}`;
  });
  for (const { serial, type, slots, fate, note } of objects.slice(0, OBJECT_LIMIT)) {
    const shown = slots.slice(0, SLOT_LIMIT).map(valueText);
    if (slots.length > SLOT_LIMIT) shown.push(`and ${slots.length - SLOT_LIMIT} more`);
    const said = [note ?? "", FATE_TEXTS[fate]].filter((text) => text !== "");
    const line = `${textOf(serial, snapshot)} ${type} [${shown.join(" ")}]`;
    lines.push(said.length === 0 ? line : `${line}  ${said.join(", ")}`);
  }
  if (objects.length > OBJECT_LIMIT)
    lines.push(`and ${objects.length - OBJECT_LIMIT} objects more`);
  return lines.length === 0 ? ["nothing"] : lines;
}

const isShown = ({ value, note }: SnapshotRoot): boolean => value !== 0 || note !== undefined;

function slotText({ name }: SnapshotRoot): string {
  return name < 0 ? `handle ${-1 - name}` : `slot ${name}`;
}

function textOf(value: number, { objectText }: Snapshot): string {
  if (value < 0) return String(value);
  return objectText === undefined ? `#${value}` : objectText(value);
}

const WIDTH = 170;
const HEIGHT = 38;
const GAP_X = 50;
const GAP_Y = 22;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Behind what must not be. */
const WRONG_FILL = "#ffd9d6";
const ROOT_FILL = "#dfe9f7";
const WEAK_FILL = "#efe6f7";

const FILLS: Readonly<Record<Fate, string>> = {
  reachable: "#e8f3e8",
  garbage: "#eeeeee",
  freed: "#ffffff",
  lost: WRONG_FILL,
  found: "#eeeeee",
  "found wrongly": WRONG_FILL,
  missed: WRONG_FILL,
};

/** One picture of several, under its title. */
export interface DrawnPart {
  readonly title: string;
  readonly snapshot: Snapshot;
}

/** Snapshots one below the other, both ways. */
export function drawParts(parts: readonly DrawnPart[]): Drawing {
  const text = parts.flatMap(({ title, snapshot }) => [
    `${title}:`,
    ...drawAsText(snapshot).map((line) => `  ${line}`),
  ]);
  return { text: text.join("\n"), svg: drawAsSvg(parts) };
}

/** Snapshots one below the other, each under its title: an SVG document. O(objects + slots). */
export function drawAsSvg(parts: readonly DrawnPart[]): string {
  return svgDocument(
    parts.map(({ title, snapshot }) => ({ title, draw: (top) => drawSnapshot(snapshot, top) })),
    ARROW_TIP,
  );
}

const ARROW_TIP = [
  '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7"',
  ' orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
];

/** Columns by distance from the roots; what no root reaches starts a row of its own. */
function placeObjects({ roots, objects }: Snapshot, top: number) {
  const bySerial = new Map(objects.map((object) => [object.serial, object]));
  const columns = new Map<number, number>();
  // What weak references alone lead to is placed behind what roots hold.
  const held = [...roots].sort((one, other) => Number(one.isWeak ?? 0) - Number(other.isWeak ?? 0));
  const queue = held.map(({ value }) => ({ serial: value, column: 1 }));
  const others = objects.map(({ serial }) => ({ serial, column: 1 }));
  const order: number[] = [];
  for (const start of [...queue, ...others]) {
    const pending = [start];
    while (pending.length > 0) {
      const { serial, column } = pending.shift() as { serial: number; column: number };
      const object = bySerial.get(serial);
      if (object === undefined || columns.has(serial)) continue;
      columns.set(serial, column);
      order.push(serial);
      for (const value of object.slots) {
        if (value > 0) pending.push({ serial: value, column: column + 1 });
      }
    }
  }
  const heights = new Map<number, number>();
  const places = new Map<number, Place>();
  for (const serial of order) {
    const column = columns.get(serial) as number;
    const row = heights.get(column) ?? 0;
    heights.set(column, row + 1);
    // Every second column lower, so that arrows over two columns do not run through boxes.
    const shift = (column % 2) * (HEIGHT / 2);
    places.set(serial, {
      x: MARGIN + column * (WIDTH + GAP_X),
      y: top + shift + row * (HEIGHT + GAP_Y),
    });
  }
  return places;
}

function drawSnapshot(snapshot: Snapshot, top: number): Drawn {
  const shown = { ...snapshot, objects: snapshot.objects.slice(0, OBJECT_LIMIT) };
  const places = placeObjects(shown, top);
  const lines: string[] = [];
  let bottom = top + HEIGHT + GAP_Y;
  let right = MARGIN + WIDTH;
  const { rootText = slotText } = snapshot;
  const roots = snapshot.roots.filter(({ value, note }) => value > 0 || note !== undefined);
  for (const [index, root] of roots.entries()) {
    const at = { x: MARGIN, y: top + index * (HEIGHT + GAP_Y) };
    const { note, isWeak = false, isWrong = false } = root;
    const texts = note === undefined ? [rootText(root)] : [rootText(root), note];
    lines.push(...box(at, texts, isWrong ? WRONG_FILL : isWeak ? WEAK_FILL : ROOT_FILL, ""));
    const target = places.get(root.value);
    if (target !== undefined) lines.push(arrow(at, target, isWeak ? BROKEN : ""));
    bottom = Math.max(bottom, at.y + HEIGHT + GAP_Y);
  }
  for (const object of shown.objects) {
    const at = places.get(object.serial) as Place;
    lines.push(...boxOf(object, at, snapshot));
    for (const value of new Set(object.slots)) {
      const target = places.get(value);
      if (target !== undefined) lines.push(arrow(at, target));
    }
    bottom = Math.max(bottom, at.y + HEIGHT + GAP_Y);
    right = Math.max(right, at.x + WIDTH);
  }
  return { lines, bottom, right };
}

function boxOf(object: SnapshotObject, at: Place, snapshot: Snapshot): string[] {
  const { serial, type, fate, isWrong = false } = object;
  const said = [object.note ?? "", fate === "reachable" ? "" : fate].filter((text) => text !== "");
  const note = said.length === 0 ? undefined : said.join(", ");
  const dash = fate === "freed" || fate === "lost" ? BROKEN : "";
  const name = `${textOf(serial, snapshot)} ${type}`;
  return box(
    at,
    note === undefined ? [name] : [name, note],
    isWrong ? WRONG_FILL : FILLS[fate],
    dash,
  );
}

const BROKEN = ' stroke-dasharray="4 3"';

/** Small letters that a box has room for. */
const NOTE_LENGTH = 28;

function squeezed(note: string): string {
  if (note.length <= NOTE_LENGTH) return "";
  return ` textLength="${WIDTH - 8}" lengthAdjust="spacingAndGlyphs"`;
}

/** One line of text in the middle of the box, or two, of which the second one is small. */
function box({ x, y }: Place, texts: readonly string[], fill: string, dash: string): string[] {
  const shape = `x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="4"`;
  const [name = "", note] = texts;
  const middle = `x="${x + WIDTH / 2}" text-anchor="middle"`;
  const upper = `<text ${middle} y="${y + (note === undefined ? 23 : 16)}">`;
  const lines = [
    `<rect ${shape} fill="${fill}" stroke="#444"${dash}/>`,
    `${upper}${escapeText(name)}</text>`,
  ];
  if (note === undefined) return lines;
  const lower = `<text ${middle} y="${y + 31}" font-size="10"${squeezed(note)}>`;
  return [...lines, `${lower}${escapeText(note)}</text>`];
}

/** From the right side of one box to the left side of another; a loop leaves at the top. */
function arrow(from: Place, to: Place, dash = ""): string {
  const line = `fill="none" stroke="#444" marker-end="url(#tip)"${dash}`;
  if (from === to) {
    const { x, y } = from;
    return `<path d="M${x + 80} ${y}c0 -20 -30 -20 -30 0" ${line}/>`;
  }
  const [x1, y1] = [from.x + WIDTH, from.y + HEIGHT / 2];
  const [x2, y2] = [to.x, to.y + HEIGHT / 2];
  const bend = x2 > x1 ? 20 : 40;
  return `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" ${line}/>`;
}
