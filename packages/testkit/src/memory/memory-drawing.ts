// Pictures of memory as text and as SVG, from the same lines of columns.
//
//   arena 1, lent to "pools"
//     262144  262160  262164
//     │… 64 B │b1 16 B│▶b2 16 B│… 1 MiB │
//     b2: GIVEN AGAIN

import type { Drawing } from "../report.js";
import { type Drawn, escapeText, MARGIN, svgDocument } from "../svg-document.js";
import { type Box, layOut, type MemoryLine } from "./memory-lines.js";
import type { MemoryPicture, MemoryRow, MemorySpan } from "./memory-picture.js";

export interface TitledPicture {
  readonly title: string;
  readonly picture: MemoryPicture;
}

/** Pictures one below the other. O(spans · log spans). */
export function drawMemory(pictures: readonly TitledPicture[]): Drawing {
  const text = pictures.flatMap(({ title, picture }) => [
    `${title}:`,
    ...pictureLines(picture).map((line) => `  ${line}`),
  ]);
  const parts = pictures.map(({ title, picture }) => ({
    title,
    draw: (top: number) => drawPicture(picture, top),
  }));
  return { text: text.join("\n"), svg: svgDocument(parts) };
}

function pictureLines({ rows, notes, wrongs }: MemoryPicture): string[] {
  const lines = rows.flatMap((row) => [
    row.title,
    ...layOut(row).flatMap(boxLines).map(indented),
    ...wrongLines(row).map(indented),
  ]);
  return [...lines, ...notes, ...wrongs];
}

const indented = (line: string): string => `  ${line}`;

function wrongLines({ spans }: MemoryRow): string[] {
  return spans
    .filter(({ wrongs }) => wrongs.length > 0)
    .map(({ name, wrongs }) => `${name}: ${wrongs.join(", ")}`);
}

/** Word indexes above, then a line for each lane. */
function boxLines({ boxes, laneCount, addresses, columnCount }: MemoryLine): string[] {
  const width = columnCount + 1;
  const lines = Array.from({ length: laneCount + 1 }, () => new Array<string>(width).fill(" "));
  const write = (line: number, column: number, text: string): void => {
    for (const [index, letter] of [...text].entries()) {
      const letters = lines[line] as string[];
      letters[column + index] = letter;
    }
  };
  for (const { column, text } of addresses) write(0, column, text);
  for (const { lane, column, columnCount: size, label } of boxes) {
    write(lane + 1, column, `│${label}`);
    write(lane + 1, column + size, "│");
  }
  return lines.map((letters) => letters.join("").trimEnd());
}

const COLUMN_WIDTH = 7.4;
const BOX_HEIGHT = 24;
const LANE_HEIGHT = 28;
const LINE_HEIGHT = 17;

function drawPicture({ rows, notes, wrongs }: MemoryPicture, start: number): Drawn {
  const lines: string[] = [];
  let top = start;
  let right = MARGIN;
  const say = (text: string, attributes = ""): void => {
    top += LINE_HEIGHT;
    lines.push(`<text x="${MARGIN}" y="${top - 5}"${attributes}>${escapeText(text)}</text>`);
  };
  top -= LINE_HEIGHT / 2;
  for (const row of rows) {
    say(row.title);
    for (const line of layOut(row)) {
      const left = MARGIN;
      lines.push(...drawLine(line, left, top));
      right = Math.max(right, left + line.columnCount * COLUMN_WIDTH);
      top += LINE_HEIGHT + line.laneCount * LANE_HEIGHT;
    }
    for (const wrong of wrongLines(row)) say(wrong, WRONG_TEXT);
    top += LINE_HEIGHT / 2;
  }
  for (const note of notes) say(note, ' fill="#555"');
  for (const wrong of wrongs) say(wrong, WRONG_TEXT);
  return { lines, bottom: top + LINE_HEIGHT / 2, right: Math.ceil(right) };
}

const WRONG_TEXT = ' fill="#b3261e" font-weight="bold"';

function drawLine({ boxes, addresses }: MemoryLine, left: number, top: number): string[] {
  const x = (column: number): number => Math.round(left + column * COLUMN_WIDTH);
  const small = 'font-size="10" fill="#666"';
  return [
    ...addresses.map(
      ({ column, text }) => `<text x="${x(column)}" y="${top + 12}" ${small}>${text}</text>`,
    ),
    ...markedLast(boxes).flatMap((box) =>
      drawBox(box, x, top + LINE_HEIGHT + box.lane * LANE_HEIGHT),
    ),
  ];
}

/** Their thick lines are over those of their neighbours. */
function markedLast(boxes: readonly Box[]): Box[] {
  const isMarked = ({ span }: Box): boolean => span?.isMarked === true;
  return [...boxes.filter((box) => !isMarked(box)), ...boxes.filter(isMarked)];
}

function drawBox(box: Box, x: (column: number) => number, y: number): string[] {
  const { column, columnCount, label, span } = box;
  const start = x(column);
  const width = x(column + columnCount) - start;
  const middle = start + width / 2;
  const text = `x="${middle}" y="${y + 16}" text-anchor="middle" font-size="11"`;
  return [
    `<rect x="${start}" y="${y}" width="${width}" height="${BOX_HEIGHT}" ${lookOf(span)}/>`,
    `<text ${text}${span === undefined ? ' fill="#777"' : ""}>${escapeText(label)}</text>`,
  ];
}

const FILLS = { live: "#e8f3e8", freed: "#ffffff", kept: "#dfe9f7" } as const;

function lookOf(span: MemorySpan | undefined): string {
  if (span === undefined) return 'fill="#f3f3f3" stroke="#bbb"';
  const { fate, isMarked, wrongs } = span;
  const fill = wrongs.length > 0 ? "#ffd9d6" : FILLS[fate];
  const dash = fate === "freed" ? ' stroke-dasharray="4 3"' : "";
  const line = isMarked ? 'stroke="#1a4f8b" stroke-width="2.5"' : 'stroke="#444"';
  return `fill="${fill}" ${line}${dash}`;
}
