// The cycles of a heap for people and as a document. Cycles that are alike share a paragraph:
// programs make the same one over and over.

import type { TypeCount } from "@ouro/monitor";
import { COUNTING_PRESET } from "./counting-proof.js";
import type { CyclesFinding, FoundCycle, WeakEdge } from "./cycles-finding.js";
import { formatBytes, formatCount, formatNoun, formatTable, wrapText } from "./format.js";
import type { InspectedHeap } from "./inspected-heap.js";
import type { Look } from "./look.js";
import { heapDocument } from "./why-report.js";

/** Kinds of references that a paragraph names, and types. */
const KIND_LINES = 4;
/** Members that the document names. */
const MEMBERS_NAMED = 100;

interface Alike {
  readonly first: FoundCycle;
  count: number;
  objectCount: number;
  bytes: number;
}

export function cyclesLines(finding: CyclesFinding, rowCount: number, look: Look): string[] {
  const { heap, cycles } = finding;
  const { paint, width, glyphs } = look;
  const groups = groupAlike(heap, cycles);
  const shown = groups.slice(0, rowCount);
  const more = groups.length - shown.length;
  return [
    ...wrapText(titleOf(finding, look), width).map((line) => paint.bold(line)),
    "",
    ...shown.flatMap((group) => [...groupLines(heap, group, look), ""]),
    ...(more > 0
      ? [paint.dim(`and ${formatNoun(more, "other kind")} of cycle (--top N)`), ""]
      : []),
    ...proofLines(finding, look),
    ...(cycles.length > 0
      ? [
          "",
          ...wrapText(
            `Weak references: weakref.ref, WeakValueDictionary ${glyphs.dot} ` +
              "make one of each pair that points back",
            width,
          ).map((line) => paint.dim(line)),
        ]
      : []),
  ];
}

function titleOf({ heap, cycles }: CyclesFinding, { glyphs }: Look): string {
  const { objects } = heapDocument(heap);
  if (cycles.length === 0) {
    return `${heap.name} ${glyphs.dot} ${formatNoun(objects, "object")} ${glyphs.dot} no cycles`;
  }
  const held = cycles.reduce((sum, { members }) => sum + members.length, 0);
  const bytes = cycles.reduce((sum, cycle) => sum + cycle.bytes, 0);
  return [
    heap.name,
    formatNoun(cycles.length, "cycle"),
    `${formatCount(held)} of ${formatNoun(objects, "object")}`,
    formatBytes(bytes),
  ].join(` ${glyphs.dot} `);
}

function groupLines(heap: InspectedHeap, group: Alike, look: Look): string[] {
  const { first, count } = group;
  const { paint, glyphs, width } = look;
  const kinds = first.types
    .slice(0, KIND_LINES)
    .map(({ typeName, count: each }) => `${formatCount(each)} ${glyphs.times} ${typeName}`);
  if (first.types.length > KIND_LINES) kinds.push(`${first.types.length - KIND_LINES} more types`);
  const many = count === 1 ? "" : `${formatCount(count)} alike, each `;
  const facts = [
    `${formatNoun(first.members.length, "object")}`,
    formatBytes(first.bytes),
    `${formatNoun(first.referenceCount, "reference")} among them`,
    first.isReachable ? "in use: a root reaches it" : "garbage: no root reaches it",
    ...(first.immortalCount > 0 ? [`${formatCount(first.immortalCount)} of them immortal`] : []),
  ];
  const head = wrapText(`${many}${kinds.join(", ")}`, width);
  return [
    ...head.map((line) => paint.bold(line)),
    ...wrapText(facts.join(` ${glyphs.dot} `), width, "  "),
    ...weakLines(heap, first, look),
  ];
}

function weakLines({ snapshot }: InspectedHeap, cycle: FoundCycle, look: Look): string[] {
  const { weaken, lowerBound, isShortest } = cycle;
  const { glyphs, paint, width } = look;
  const known = isShortest
    ? "no choice has fewer"
    : `none of them is needless; any choice has at least ${formatCount(lowerBound)}`;
  const head = `make ${formatNoun(weaken.length, "reference")} weak (${known}):`;
  const lines = wrapText(head, width, "  ");
  const describe = (object: number): string => snapshot.describe(object);
  if (weaken.length <= KIND_LINES) {
    for (const { holder, slotName, target } of weaken) {
      const text = `${describe(holder)} ${slotName} ${glyphs.arrow} ${describe(target)}`;
      lines.push(...wrapText(text, width, "    ").map((line) => paint.cyan(line)));
    }
    return lines;
  }
  const kinds = kindsOf(snapshot.typeNameOf, weaken, glyphs.arrow);
  for (const [kind, count] of kinds.slice(0, KIND_LINES)) {
    const text = `${formatCount(count)} ${glyphs.times} ${kind}`;
    lines.push(...wrapText(text, width, "    ").map((line) => paint.cyan(line)));
  }
  if (kinds.length > KIND_LINES) {
    lines.push(paint.dim(`    and ${formatNoun(kinds.length - KIND_LINES, "other kind")}`));
  }
  return lines;
}

/** References of one type, slot and target type together, most first; indexes are left out. */
function kindsOf(
  typeNameOf: (object: number) => string,
  weaken: readonly WeakEdge[],
  arrow: string,
): [string, number][] {
  const counts = new Map<string, number>();
  for (const { holder, slotName, target } of weaken) {
    const slot = slotName.replace(/\[\d+\]/, "[N]");
    const kind = `${typeNameOf(holder)} ${slot} ${arrow} ${typeNameOf(target)}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([one, many], [other, few]) => few - many || (one < other ? -1 : 1));
}

function proofLines(finding: CyclesFinding, look: Look): string[] {
  const { heap, weakCount, leftCount, leftWeakenedCount } = finding;
  const { paint, glyphs, width } = look;
  const objects = formatNoun(heap.snapshot.objectCount, "object");
  const head = `Counting alone (${COUNTING_PRESET}), ${objects}; ${droppedText(finding)} dropped:`;
  const rows = [["  as it is", `${formatCount(leftCount)} stay`]];
  if (weakCount > 0) {
    const what = weakCount === 1 ? "with it weak" : `with the ${formatCount(weakCount)} weak`;
    rows.push([`  ${what}`, `${formatCount(leftWeakenedCount)} stay`]);
  }
  const isFree = leftWeakenedCount === 0;
  const verdict = isFree
    ? paint.green(`  ${glyphs.yes} counting alone frees everything then`)
    : paint.red(`  ${glyphs.no} ${formatCount(leftWeakenedCount)} are not freed: a defect of Ouro`);
  return [...wrapText(head, width), ...formatTable(rows), verdict];
}

/** What keeps a recorded heap alive from outside are counts, and few of them are known roots. */
function droppedText({ heap, rootCount, unheldCount }: CyclesFinding): string {
  const noun = heap.kind === "heap-graph" ? "reference" : "root";
  const roots = `${formatNoun(rootCount, noun)}${noun === "root" ? "" : " from outside the heap"}`;
  if (unheldCount === 0) return roots;
  const unheld = `${formatNoun(unheldCount, "object")} that nothing refers to`;
  return rootCount === 0 ? unheld : `${roots} and ${unheld}`;
}

function groupAlike({ snapshot }: InspectedHeap, cycles: readonly FoundCycle[]): Alike[] {
  const groups = new Map<string, Alike>();
  for (const cycle of cycles) {
    const kinds = kindsOf(snapshot.typeNameOf, cycle.weaken, ">");
    const { isReachable, immortalCount, referenceCount } = cycle;
    const types = cycle.types.map(({ typeName, count }) => [typeName, count]);
    const key = JSON.stringify([types, kinds, isReachable, immortalCount, referenceCount]);
    const group = groups.get(key) ?? { first: cycle, count: 0, objectCount: 0, bytes: 0 };
    group.count++;
    group.objectCount += cycle.members.length;
    group.bytes += cycle.bytes;
    groups.set(key, group);
  }
  return [...groups.values()].sort((one, other) => other.bytes - one.bytes);
}

/** What `ouro cycles --json` prints. */
export function cyclesDocument(finding: CyclesFinding) {
  const { heap, cycles, rootCount, unheldCount, weakCount } = finding;
  const { leftCount, leftWeakenedCount } = finding;
  return {
    schema: "ouro/cycles@1",
    heap: heapDocument(heap),
    cycles: cycles.map((cycle) => cycleDocument(heap, cycle)),
    proof: {
      preset: COUNTING_PRESET,
      rootsDropped: rootCount,
      unheldDropped: unheldCount,
      weakened: weakCount,
      left: { asItIs: leftCount, weakened: leftWeakenedCount },
      holds: leftWeakenedCount === 0,
    },
  };
}

function cycleDocument({ snapshot, numberOf }: InspectedHeap, cycle: FoundCycle) {
  const objectOf = (object: number) => ({
    number: numberOf(object),
    type: snapshot.typeNameOf(object),
  });
  return {
    objects: cycle.members.length,
    bytes: cycle.bytes,
    references: cycle.referenceCount,
    reachable: cycle.isReachable,
    immortal: cycle.immortalCount,
    types: cycle.types.map(typeDocument),
    members: Array.from(cycle.members.subarray(0, MEMBERS_NAMED), numberOf),
    weaken: cycle.weaken.map(({ holder, slotName, target }) => ({
      holder: objectOf(holder),
      via: slotName,
      target: objectOf(target),
    })),
    lowerBound: cycle.lowerBound,
    fewest: cycle.isShortest,
    left: { asItIs: cycle.leftCount, weakened: cycle.leftWeakenedCount },
  };
}

function typeDocument({ typeName, count, bytes }: TypeCount) {
  return { type: typeName, objects: count, bytes };
}
