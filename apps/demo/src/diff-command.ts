// `ouro diff BEFORE AFTER`: what one heap has more and less than another, by type.

import { compareTypes, countTypes, type TypeCount, type TypeDifference } from "@ouro/monitor";
import type { CommandLine } from "./arguments.js";
import { checkFailOn, failOnCode } from "./fail-on.js";
import { formatBytes, formatCount, formatNoun, formatTableWithin, wrapText } from "./format.js";
import { cutName } from "./heap-report.js";
import { type InspectedHeap, inspectHeap } from "./inspected-heap.js";
import { type Look, lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { createProgress } from "./progress.js";
import { createStages, createWork } from "./replay-work.js";
import type { Terminal } from "./terminal.js";
import { heapDocument } from "./why-report.js";

export async function runDiff(line: CommandLine, terminal: Terminal): Promise<number> {
  const [before, after] = fileOperands(line, 2, line.operands) as [string, string];
  checkFailOn(line, "increase");
  const progress = await createProgress(terminal, line);
  try {
    const work = createWork(terminal, progress);
    const heaps = [
      await inspectHeap(before, line, terminal, work),
      await inspectHeap(after, line, terminal, work),
    ] as const;
    const done = createStages(work, "counting", after, heaps.length);
    const censuses: TypeCount[][] = [];
    for (const { snapshot } of heaps) {
      censuses.push(countTypes(snapshot));
      await done();
    }
    progress.end();
    const [one, other] = censuses;
    const rows = compareTypes(one ?? [], other ?? []);
    const look = lookOf(terminal.stdout, terminal.env, line);
    const text = line.isJson
      ? JSON.stringify(diffDocument(heaps, rows), undefined, 2)
      : diffLines(heaps, rows, line.rowCount, look).join("\n");
    terminal.stdout.write(`${text}\n`);
    return failOnCode(line, terminal, increaseOf(heaps));
  } finally {
    progress.end();
  }
}

/** Of the whole heap in bytes: types may change places. */
function increaseOf([before, after]: Heaps): string | undefined {
  const [old, now] = [heapDocument(before).bytes, heapDocument(after).bytes];
  if (now <= old) return undefined;
  return `${after.name} has ${formatBytes(now - old)} more than ${before.name}`;
}

type Heaps = readonly [before: InspectedHeap, after: InspectedHeap];

function diffLines(
  [before, after]: Heaps,
  rows: readonly TypeDifference[],
  rowCount: number,
  look: Look,
): string[] {
  const [old, now] = [heapDocument(before), heapDocument(after)];
  const title = `${before.name} ${look.glyphs.arrow} ${after.name}`;
  const total = [
    "  all types",
    signed(now.objects - old.objects, formatCount, look),
    signed(now.bytes - old.bytes, formatBytes, look),
    `${formatBytes(old.bytes)} ${look.glyphs.arrow} ${formatBytes(now.bytes)}`,
  ];
  const nameWidth = Math.max(12, look.width - 54);
  const table = rows
    .slice(0, rowCount)
    .map(({ typeName, count, bytes, bytesBefore }) => [
      `  ${cutName(typeName, nameWidth)}`,
      signed(count, formatCount, look),
      signed(bytes, formatBytes, look),
      `${formatBytes(bytesBefore)} ${look.glyphs.arrow} ${formatBytes(bytesBefore + bytes)}`,
    ]);
  const heading = ["  type", "objects", "bytes", `before ${look.glyphs.arrow} after`];
  const lines = [
    ...wrapText(title, look.width).map((line) => look.paint.bold(line)),
    "",
    ...formatTableWithin(look.width, [heading, total, ...table], 3),
  ];
  if (rows.length > rowCount) {
    const more = formatNoun(rows.length - rowCount, "more type");
    lines.push(look.paint.dim(`  and ${more} (--top N)`));
  }
  if (rows.length === 0) lines.push("", "  No type has more or less.");
  return lines;
}

/** A change with sign and arrow: meaning never hangs on the colour. */
function signed(amount: number, format: (amount: number) => string, look: Look): string {
  const { glyphs, paint } = look;
  if (amount === 0) return "0  ";
  return amount > 0
    ? paint.red(`+${format(amount)} ${glyphs.up}`)
    : paint.green(`-${format(-amount)} ${glyphs.down}`);
}

function diffDocument([before, after]: Heaps, rows: readonly TypeDifference[]) {
  return {
    schema: "ouro/diff@1",
    before: heapDocument(before),
    after: heapDocument(after),
    types: rows.map(({ typeName, count, bytes, countBefore, bytesBefore }) => ({
      type: typeName,
      objects: count,
      bytes,
      objectsBefore: countBefore,
      bytesBefore,
    })),
  };
}
