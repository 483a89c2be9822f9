// A snapshot as a drawing: roots on the left, objects in columns by their distance from the roots,
// garbage and freed objects below. As text for terminals, as SVG for everything else.
//
//   slot 0 → #1                        ┌────┐   ┌─────────┐   ┌─────────┐
//   #1 pair [#2 #2]                    │ s0 ├──►│ #1 pair ├──►│ #2 leaf │
//   #2 leaf []          lost           └────┘   └─────────┘   └─ lost ──┘

import type { Fate, Snapshot, SnapshotObject } from "./snapshot.js";

/** Larger heaps are no pictures any more. */
const OBJECT_LIMIT = 60;
const SLOT_LIMIT = 12;

const FATE_TEXTS: Readonly<Record<Fate, string>> = {
  reachable: "",
  garbage: "  garbage, still there",
  freed: "  freed",
  lost: "  REACHABLE, AND FREED",
};

/** Lines; O(objects). */
export function drawAsText({ roots, objects }: Snapshot): string[] {
  const lines = roots
    .filter(({ value }) => value !== 0)
    .map(({ name, value }) => `${slotName(name)} → ${valueText(value)}`);
  for (const { serial, type, slots, fate } of objects.slice(0, OBJECT_LIMIT)) {
    const shown = slots.slice(0, SLOT_LIMIT).map(valueText);
    if (slots.length > SLOT_LIMIT) shown.push(`and ${slots.length - SLOT_LIMIT} more`);
    lines.push(`#${serial} ${type} [${shown.join(" ")}]${FATE_TEXTS[fate]}`);
  }
  if (objects.length > OBJECT_LIMIT)
    lines.push(`and ${objects.length - OBJECT_LIMIT} objects more`);
  return lines.length === 0 ? ["nothing"] : lines;
}

function slotName(name: number): string {
  return name < 0 ? `handle ${-1 - name}` : `slot ${name}`;
}

function valueText(value: number): string {
  if (value === 0) return "·";
  return value > 0 ? `#${value}` : String(value);
}

const WIDTH = 120;
const HEIGHT = 34;
const GAP_X = 50;
const GAP_Y = 22;
const MARGIN = 20;

interface Place {
  readonly x: number;
  readonly y: number;
}

const FILLS: Readonly<Record<Fate, string>> = {
  reachable: "#e8f3e8",
  garbage: "#eeeeee",
  freed: "#ffffff",
  lost: "#ffd9d6",
};

/** Snapshots one below the other, each under its title: an SVG document. O(objects + slots). */
export function drawAsSvg(
  parts: readonly { readonly title: string; readonly snapshot: Snapshot }[],
): string {
  let top = 0;
  let width = 0;
  const body: string[] = [];
  for (const { title, snapshot } of parts) {
    const drawn = drawSnapshot(snapshot, top + 30);
    body.push(`<text x="${MARGIN}" y="${top + 22}" font-weight="bold">${escapeText(title)}</text>`);
    body.push(...drawn.lines);
    top = drawn.bottom;
    width = Math.max(width, drawn.right);
  }
  const size = `width="${width + MARGIN}" height="${top + MARGIN}"`;
  const style = 'font-family="sans-serif" font-size="12"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style} role="img">`,
    `<title>The heap ${escapeText(parts.map(({ title }) => title).join(", "))}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7"',
    ' orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

/** Columns by distance from the roots; what no root reaches starts a row of its own. */
function placeObjects({ roots, objects }: Snapshot, top: number) {
  const bySerial = new Map(objects.map((object) => [object.serial, object]));
  const columns = new Map<number, number>();
  const held = roots.filter(({ value }) => value > 0);
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
  return { places, held };
}

function drawSnapshot(snapshot: Snapshot, top: number) {
  const shown = { ...snapshot, objects: snapshot.objects.slice(0, OBJECT_LIMIT) };
  const { places, held } = placeObjects(shown, top);
  const lines: string[] = [];
  let bottom = top + HEIGHT + GAP_Y;
  let right = MARGIN + WIDTH;
  for (const [index, { name, value }] of held.entries()) {
    const at = { x: MARGIN, y: top + index * (HEIGHT + GAP_Y) };
    lines.push(...box(at, slotName(name), "#dfe9f7", ""));
    const target = places.get(value);
    if (target !== undefined) lines.push(arrow(at, target));
    bottom = Math.max(bottom, at.y + HEIGHT + GAP_Y);
  }
  for (const object of shown.objects) {
    const at = places.get(object.serial) as Place;
    lines.push(...boxOf(object, at));
    for (const value of new Set(object.slots)) {
      const target = places.get(value);
      if (target !== undefined) lines.push(arrow(at, target));
    }
    bottom = Math.max(bottom, at.y + HEIGHT + GAP_Y);
    right = Math.max(right, at.x + WIDTH);
  }
  return { lines, bottom, right };
}

function boxOf({ serial, type, fate }: SnapshotObject, at: Place): string[] {
  const dash = fate === "freed" || fate === "lost" ? ' stroke-dasharray="4 3"' : "";
  const note = fate === "reachable" ? "" : ` (${fate})`;
  return box(at, `#${serial} ${type}${note}`, FILLS[fate], dash);
}

function box({ x, y }: Place, text: string, fill: string, dash: string): string[] {
  const shape = `x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="4"`;
  return [
    `<rect ${shape} fill="${fill}" stroke="#444"${dash}/>`,
    `<text x="${x + WIDTH / 2}" y="${y + 21}" text-anchor="middle">${escapeText(text)}</text>`,
  ];
}

/** From the right side of one box to the left side of another; a loop leaves at the top. */
function arrow(from: Place, to: Place): string {
  const line = 'fill="none" stroke="#444" marker-end="url(#tip)"';
  if (from === to) {
    const { x, y } = from;
    return `<path d="M${x + 80} ${y}c0 -20 -30 -20 -30 0" ${line}/>`;
  }
  const [x1, y1] = [from.x + WIDTH, from.y + HEIGHT / 2];
  const [x2, y2] = [to.x, to.y + HEIGHT / 2];
  const bend = x2 > x1 ? 20 : 40;
  return `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" ${line}/>`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
