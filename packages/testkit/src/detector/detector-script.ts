// A graph for a detector as JavaScript, and drawn: objects are letters, references from outside are
// roots.
//
//   const a = objects + 0;            outside → c
//   put(a, pair, 1, b, 0);            a pair [b ·]  count 1  GARBAGE, NOT FOUND
//   put(b, pair, 1, a, 0);            b pair [a ·]  count 1  found
//   detector.find(list);              c pair [· ·]  count 1

import { ARENA_SIZE_WORDS, type TypeDescriptor } from "@ouro/interfaces";
import { drawParts } from "../heap-drawing.js";
import { reasonLines, reasonOf } from "../record.js";
import type { Drawing } from "../report.js";
import { printSource } from "../script-source.js";
import type { Fate, Snapshot, SnapshotObject } from "../snapshot.js";
import { letterOf } from "./detector-program.js";
import type { DetectorMaker } from "./detector-subject.js";
import {
  type Answer,
  type DetectorRecorder,
  lettersOf,
  type Node,
  type Trial,
} from "./detector-trial.js";

interface Recording {
  readonly lines: readonly string[];
  readonly reason: string | undefined;
  readonly before: Snapshot | undefined;
  /** Undefined when no question was answered. */
  readonly after: Snapshot | undefined;
  readonly call: string;
}

/** Lets `check` play on a maker like the one given. */
export function recordTrial(
  maker: DetectorMaker,
  check: (maker: DetectorMaker) => void,
): Recording {
  let lines: string[] = [];
  let last: { trial: Trial; before: Snapshot } | undefined;
  let after: Snapshot | undefined;
  let call = "";
  const recorder: DetectorRecorder = {
    begin(trial, observer) {
      lines = graphLines(trial, maker, observer);
      last = { trial, before: snapshotOf(trial.nodes) };
      after = undefined;
    },
    add: (line) => void lines.push(line),
    answer(answer) {
      const { nodes } = last?.trial ?? { nodes: [] };
      call = answer.call;
      after = snapshotOf(nodes, answer);
      lines.push(`// found: ${lettersOf(answer.answered)}`);
      lines.push(`// to be found: ${lettersOf(answer.expected)}`);
    },
  };
  const reason = reasonOf(() => check(Object.assign({}, maker, { recorder })));
  return { lines, reason, before: last?.before, after, call };
}

export function printTrial({ lines, reason }: Recording): string {
  return [...lines, ...reasonLines(reason)].join("\n");
}

/** The graph before the last question, and what was found in it. */
export function drawTrial({ before, after, call }: Recording): Drawing | undefined {
  if (before === undefined) return undefined;
  const parts = [{ title: "the graph", snapshot: before }];
  if (after !== undefined) parts.push({ title: `after ${call}`, snapshot: after });
  return drawParts(parts);
}

/** The calls that make the graph of a trial and its list. */
function graphLines(
  { nodes, listed }: Trial,
  maker: DetectorMaker,
  observer: string | undefined,
): string[] {
  const start = nodes[0]?.address ?? 0;
  return [
    sourceOf(maker, observer),
    "const { words } = heap;",
    ...[...new Set(nodes.map(({ type }) => type))].map(typeLine),
    'const objects = heap.reserveArenas(heap.registerBorrower("objects"), 1);',
    ...nodes.map(
      ({ index, address }) => `const ${letterOf(index)} = objects + ${address - start};`,
    ),
    "const put = (object, type, count, ...fields) => words.set([count, type, ...fields], object);",
    ...nodes.map(putLine),
    'const directory = heap.reserveArenas(heap.registerBorrower("lists"), 1);',
    `words[directory] = directory + ${ARENA_SIZE_WORDS / 2};`,
    `words.set([${listed.map(({ index }) => letterOf(index)).join(", ")}], words[directory]);`,
    `const list = { directory, start: 0, end: ${listed.length} };`,
  ];
}

function sourceOf({ name, source }: DetectorMaker, observer: string | undefined): string {
  if (source !== undefined) return printSource(source, observer);
  const options = observer === undefined ? "" : `{ observer: ${observer} }`;
  const made = `const { heap, types, detector } = maker.make(${options});`;
  return `// maker: the detector "${name}"\n${made}`;
}

function typeLine(type: TypeDescriptor): string {
  const text = JSON.stringify(type).replaceAll(/"(\w+)":/g, " $1: ");
  return `const ${type.name} = types.define(${text});`;
}

function putLine({ index, type, count, slots, outsideCount, isListed }: Node): string {
  const held = slots.map((node) => (node === undefined ? "0" : letterOf(node.index)));
  if (type.variablePart !== "none") held.unshift(String(slots.length));
  const fields = held.map((field) => `, ${field}`).join("");
  const notes = [
    ...(outsideCount > 0 ? [`references from outside: ${outsideCount}`] : []),
    ...(isListed ? [] : ["no candidate"]),
  ];
  const note = notes.length === 0 ? "" : ` // ${notes.join("; ")}`;
  return `put(${letterOf(index)}, ${type.name}, ${count}${fields});${note}`;
}

function snapshotOf(nodes: readonly Node[], answer?: Answer): Snapshot {
  const roots = nodes.flatMap(({ index, outsideCount }) =>
    Array.from({ length: outsideCount }, () => ({ name: 0, value: index + 1 })),
  );
  return {
    roots,
    objects: nodes.map((node) => objectOf(node, answer)),
    rootText: () => "outside",
    objectText: (serial) => letterOf(serial - 1),
  };
}

function objectOf(node: Node, answer: Answer | undefined): SnapshotObject {
  const { index, type, slots, count, isListed } = node;
  const notes = [`count ${count}`, ...(isListed ? [] : ["no candidate"])];
  return {
    serial: index + 1,
    type: type.name,
    slots: slots.map((held) => (held === undefined ? 0 : held.index + 1)),
    fate: fateOf(node, answer),
    note: notes.join(", "),
  };
}

function fateOf(node: Node, answer: Answer | undefined): Fate {
  const isFound = answer?.answered.includes(node) ?? false;
  const isDue = answer?.expected.includes(node) ?? false;
  if (isFound && !isDue) return "found wrongly";
  if (isDue && !isFound) return "missed";
  return isFound ? "found" : "reachable";
}
