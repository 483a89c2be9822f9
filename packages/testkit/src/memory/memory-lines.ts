// The rows of a picture laid out in lines of columns, for text and SVG alike. Widths are those of
// the names, not of the memory; boundaries stand in their order, and equal ones in one column.
//
//   262144  262160         262168          word indexes, where a stretch begins
//   │… 64 B │b1 24 B       │… 1 MiB │      lane 0
//           │    b2 16 B   │               lane 1: over words of b1
//
//   spans ─► stretches: empty, or spans over one another ─► folded ─► columns ─► lines

import { isOver, type MemoryRow, type MemorySpan, sizeText } from "./memory-picture.js";

/** A box in a line: a span, or memory that is empty or folded. */
export interface Box {
  readonly lane: number;
  readonly column: number;
  /** Up to the next boundary, the first one included. */
  readonly columnCount: number;
  readonly label: string;
  readonly span: MemorySpan | undefined;
}

export interface MemoryLine {
  readonly boxes: readonly Box[];
  readonly laneCount: number;
  /** Word indexes by the columns at which they stand. */
  readonly addresses: readonly { readonly column: number; readonly text: string }[];
  readonly columnCount: number;
}

/** What fits beside the margin of a terminal. */
const COLUMN_LIMIT = 92;
/** Of more stretches those are folded that have nothing to show. */
const STRETCH_LIMIT = 14;
/** Spans over one another: of more the rest is counted. */
const LANE_LIMIT = 6;
/** Beside what is shown for itself, so many stretches are shown. */
const NEIGHBOUR_COUNT = 2;

/** Memory without spans, or with spans that hang together. */
interface Stretch {
  readonly startWord: number;
  readonly endWord: number;
  readonly spans: readonly MemorySpan[];
  /** Spans that are in it and are not drawn. */
  readonly hiddenCount: number;
}

/** O(spans · log spans), and the square of those that are over one another. */
export function layOut(row: MemoryRow): MemoryLine[] {
  const lines: MemoryLine[] = [];
  let current = emptyLine();
  for (const stretch of folded(stretchesOf(row))) {
    const placed = place(stretch, row.boundaryText ?? String);
    if (current.columnCount > 0 && current.columnCount + placed.columnCount > COLUMN_LIMIT) {
      lines.push(current);
      current = emptyLine();
    }
    current = beside(current, placed);
  }
  return current.columnCount === 0 ? lines : [...lines, current];
}

function emptyLine(): MemoryLine {
  return { boxes: [], laneCount: 1, addresses: [], columnCount: 0 };
}

function beside(line: MemoryLine, added: MemoryLine): MemoryLine {
  const by = line.columnCount;
  const moved = <Item extends { readonly column: number }>(items: readonly Item[]): Item[] =>
    items.map((item) => ({ ...item, column: item.column + by }));
  return {
    boxes: [...line.boxes, ...moved(added.boxes)],
    laneCount: Math.max(line.laneCount, added.laneCount),
    addresses: [...line.addresses, ...moved(added.addresses)],
    columnCount: by + added.columnCount,
  };
}

/** The row from its start to its end, and on to where its last span ends. */
function stretchesOf({ startWord, endWord, spans }: MemoryRow): Stretch[] {
  const sorted = [...spans].sort((one, other) => one.startWord - other.startWord);
  const found: Stretch[] = [];
  let at = Math.min(startWord, sorted[0]?.startWord ?? startWord);
  for (let index = 0; index < sorted.length; ) {
    const first = sorted[index] as MemorySpan;
    if (first.startWord > at) found.push(empty(at, first.startWord));
    const group: MemorySpan[] = [];
    let end = first.endWord;
    for (; index < sorted.length; index++) {
      const span = sorted[index] as MemorySpan;
      if (group.length > 0 && span.startWord >= end) break;
      group.push(span);
      end = Math.max(end, span.endWord);
    }
    found.push({ startWord: first.startWord, endWord: end, ...fewest(group) });
    at = end;
  }
  if (at < endWord) found.push(empty(at, endWord));
  return found;
}

function empty(startWord: number, endWord: number, hiddenCount = 0): Stretch {
  return { startWord, endWord, spans: [], hiddenCount };
}

/** Of many spans over one another the marked and the first ones. */
function fewest(group: readonly MemorySpan[]): Pick<Stretch, "spans" | "hiddenCount"> {
  const marked = group.filter(({ isMarked }) => isMarked);
  const others = group.filter(({ isMarked }) => !isMarked);
  const chosen = new Set([...marked, ...others].slice(0, LANE_LIMIT));
  const spans = group.filter((span) => chosen.has(span));
  return { spans, hiddenCount: group.length - spans.length };
}

/** Stretches far from anything marked or wrong become one that says how much it was. */
function folded(stretches: readonly Stretch[]): Stretch[] {
  if (stretches.length <= STRETCH_LIMIT) return [...stretches];
  const shown = new Set([0, 1, stretches.length - 1]);
  for (const [index, { spans }] of stretches.entries()) {
    if (!spans.some(({ isMarked, wrongs }) => isMarked || wrongs.length > 0)) continue;
    for (let near = index - NEIGHBOUR_COUNT; near <= index + NEIGHBOUR_COUNT; near++) {
      shown.add(near);
    }
  }
  const left: Stretch[] = [];
  for (const [index, stretch] of stretches.entries()) {
    const last = left.at(-1);
    if (shown.has(index)) left.push(stretch);
    else if (last === undefined || shown.has(index - 1)) left.push(hidden(stretch));
    else left[left.length - 1] = join(last, hidden(stretch));
  }
  return left;
}

function hidden({ startWord, endWord, spans, hiddenCount }: Stretch): Stretch {
  return empty(startWord, endWord, spans.length + hiddenCount);
}

function join(one: Stretch, other: Stretch): Stretch {
  return empty(one.startWord, other.endWord, one.hiddenCount + other.hiddenCount);
}

type BoundaryText = (word: number) => string;

function place(stretch: Stretch, boundaryText: BoundaryText): MemoryLine {
  const { startWord, endWord, spans, hiddenCount } = stretch;
  const address = boundaryText(startWord);
  if (spans.length === 0) {
    const label = emptyLabel(stretch);
    const columnCount = Math.max(label.length, address.length + 1) + 1;
    const box = { lane: 0, column: 0, columnCount, label, span: undefined };
    const addresses = [{ column: 0, text: address }];
    return { boxes: [box], laneCount: 1, addresses, columnCount };
  }
  const bounds = [...new Set([startWord, endWord, ...spans.flatMap(boundsOf)])].sort(
    (one, other) => one - other,
  );
  const lanes = lanesOf(spans);
  const rest = hiddenCount === 0 ? "" : `and ${hiddenCount} more over these`;
  const columns = columnsOf(bounds, spans, boundaryText, rest.length + 1);
  const columnAt = (word: number): number => columns[bounds.indexOf(word)] as number;
  const boxes = spans.map((span, index) => ({
    lane: lanes[index] as number,
    column: columnAt(span.startWord),
    columnCount: columnAt(span.endWord) - columnAt(span.startWord),
    label: labelOf(span),
    span,
  }));
  const laneCount = 1 + Math.max(...lanes);
  const columnCount = columnAt(endWord);
  const more: Box = { lane: laneCount, column: 0, columnCount, label: rest, span: undefined };
  return {
    boxes: rest === "" ? boxes : [...boxes, more],
    laneCount: rest === "" ? laneCount : laneCount + 1,
    addresses: bounds
      .slice(0, -1)
      .map((word) => ({ column: columnAt(word), text: boundaryText(word) })),
    columnCount,
  };
}

const boundsOf = ({ startWord, endWord }: MemorySpan): number[] => [startWord, endWord];

function emptyLabel({ startWord, endWord, hiddenCount }: Stretch): string {
  const size = sizeText((endWord - startWord) * 4);
  return hiddenCount === 0 ? `… ${size}` : `… ${hiddenCount} blocks, ${size}`;
}

function labelOf({ name, note, isMarked }: MemorySpan): string {
  return `${isMarked ? "▶" : ""}${name} ${note}`;
}

/** The first lane in which there is room, for each span. */
function lanesOf(spans: readonly MemorySpan[]): number[] {
  const lanes: MemorySpan[][] = [];
  return spans.map((span) => {
    let lane = lanes.findIndex((held) => !held.some((other) => isOver(span, other)));
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane]?.push(span);
    return lane;
  });
}

/**
 * The column of each boundary: as far from the ones before as names and word indexes need, and the
 * last one at the least where it is told.
 */
function columnsOf(
  bounds: readonly number[],
  spans: readonly MemorySpan[],
  boundaryText: BoundaryText,
  leastEnd: number,
): number[] {
  const columns = [0];
  for (let index = 1; index < bounds.length; index++) {
    const before = columns[index - 1] as number;
    let column = before + boundaryText(bounds[index - 1] as number).length + 2;
    for (const span of spans) {
      if (span.endWord !== bounds[index]) continue;
      const start = columns[bounds.indexOf(span.startWord)] as number;
      column = Math.max(column, start + labelOf(span).length + 1);
    }
    columns.push(index === bounds.length - 1 ? Math.max(column, leastEnd) : column);
  }
  return columns;
}
