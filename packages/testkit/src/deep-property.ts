// Structures that are large in one direction: lists of a hundred thousand objects, arrays as wide.
// Who follows references by calling himself runs out of stack here, in the middle of a death or of
// a collection; who looks at a whole list for each of its objects does not come to an end.

import { type Reference, type Slot, slotAt, type TypeId, type Value } from "@ouro/interfaces";
import type { DeepCase } from "./deep-case.js";
import { isReclaiming, type ManagerMaker, makeUnobserved, sourceOf } from "./manager-subject.js";
import { DEEP_CASE } from "./program-forms.js";
import { FOREIGN, PAIR, programTypes, SEQUENCE } from "./program-types.js";
import { expectPromise } from "./promise.js";
import type { Subject } from "./subject.js";
import type { Property } from "./suite.js";

export const DEEP = "keeps lists of a hundred thousand objects while they are held, and no longer";

const COUNT = 100_000;
const WIDE_COUNT = 20_000;

/** A fan is an array that holds all, a wheel one whose objects hold the array as well. */
const CASES: readonly DeepCase[] = [
  { shape: "chain", type: PAIR, link: 1, count: COUNT },
  { shape: "chain", type: "record", link: 2, count: COUNT },
  { shape: "chain", type: FOREIGN, link: 0, count: COUNT },
  { shape: "ring", type: PAIR, link: 0, count: COUNT },
  { shape: "fan", type: PAIR, link: 0, count: WIDE_COUNT },
  { shape: "wheel", type: PAIR, link: 0, count: WIDE_COUNT },
];

export const deepProperty: Property<ManagerMaker, DeepCase> = {
  name: DEEP,
  source: "CPython's trashcan: bpo-13644; Lua's gray lists",
  whyNot: () => undefined,
  sweep(maker) {
    const played: DeepCase[] = [];
    for (const deep of CASES) {
      try {
        checkDeep(deep, maker);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { ...countsOf(played), failure: { program: deep, reason } };
      }
      played.push(deep);
    }
    return countsOf(played);
  },
  check: checkDeep,
  form: DEEP_CASE,
  commandCount: ({ count }) => count,
  script: printDeep,
};

/** The calls of `checkDeep`. */
function printDeep({ shape, type, link, count }: DeepCase, maker: ManagerMaker): string {
  const isList = shape === "chain" || shape === "ring";
  const arrayLines = [
    'const array = manager.defineType({ name: "array", variablePart: "visited" });',
    `m.allocateArray(array, ${count}, f);`,
    `for (let made = 0; made < ${count}; made++) {`,
    "  m.allocate(type, f + 1);",
    ...(shape === "wheel" ? [`  m.set(m.root(f + 1), ${link}, m.root(f));`] : []),
    "  m.fill(m.root(f), 1 + made, f + 1);",
    "}",
  ];
  const listLines = [
    "m.allocate(type, f);",
    "m.setRoot(f + 2, m.root(f));",
    `for (let made = 1; made < ${count}; made++) {`,
    "  m.allocate(type, f + 1);",
    `  m.fill(m.root(f + 1), ${link}, f);`,
    "  m.moveRoot(f, f + 1);",
    "}",
    ...(shape === "ring" ? [`m.set(m.root(f + 2), ${link}, m.root(f));`] : []),
    "m.setRoot(f + 2, 0);",
  ];
  const descriptor = JSON.stringify(programTypes.find(({ name }) => name === type));
  return [
    sourceOf(maker),
    "const { mutator: m, collector } = manager;",
    `const type = manager.defineType(${descriptor.replaceAll(/"(\w+)":/g, " $1: ")});`,
    "const f = m.enter(3);",
    ...(isList ? listLines : arrayLines),
    "m.collect();",
    `console.log(collector.statistics().liveCount); // ${isList ? count : count + 1} are held`,
    "m.setRoot(f, 0);",
    "m.collect();",
    "console.log(collector.statistics().liveCount); // nothing is held",
  ].join("\n");
}

function countsOf(played: readonly DeepCase[]) {
  const commandCount = played.reduce((sum, { count }) => sum + count, 0);
  return { programCount: played.length, commandCount, stride: 1 };
}

function checkDeep(deep: DeepCase, maker: ManagerMaker): void {
  const subject = makeUnobserved(maker);
  const { mutator, collector } = subject;
  const { traits } = collector;
  const frame = mutator.enter(3);
  const builtCount = build(deep, subject, frame);
  expectLive(subject, builtCount, "while all are held");
  mutator.collect();
  expectLive(subject, builtCount, "after a collection while all are held");
  mutator.setRoot(frame, 0);
  const isCycle = deep.shape === "ring" || deep.shape === "wheel";
  if (traits.death === "prompt" && !isCycle) expectLive(subject, 0, "when the list was dropped");
  mutator.collect();
  const isLeft = !isReclaiming(traits) || (isCycle && traits.cycles !== "full collection");
  if (!isLeft) expectLive(subject, 0, "after a collection behind it");
  subject.validate();
}

function expectLive({ collector }: Subject, expected: number, moment: string): void {
  const { liveCount } = collector.statistics();
  expectPromise(liveCount === expected, `${liveCount} live ${moment}, not ${expected}`);
}

function typeOf(subject: Subject, name: string): TypeId {
  const descriptor = programTypes.find((type) => type.name === name);
  return subject.defineType(descriptor as (typeof programTypes)[number]);
}

/** The structure hangs on the frame's first slot; answers how many objects it is. */
function build(deep: DeepCase, subject: Subject, frame: Slot): number {
  return deep.shape === "chain" || deep.shape === "ring"
    ? buildList(deep, subject, frame)
    : buildArray(deep, subject, frame);
}

function buildList({ shape, type, link, count }: DeepCase, subject: Subject, frame: Slot): number {
  const { mutator } = subject;
  const id = typeOf(subject, type);
  const [next, first] = [slotAt(frame, 1), slotAt(frame, 2)];
  mutator.allocate(id, frame);
  mutator.setRoot(first, mutator.root(frame));
  for (let made = 1; made < count; made++) {
    mutator.allocate(id, next);
    mutator.fill(mutator.root(next) as Reference, link, frame);
    mutator.moveRoot(frame, next);
  }
  if (shape === "ring") mutator.set(mutator.root(first) as Reference, link, mutator.root(frame));
  mutator.setRoot(first, 0);
  return count;
}

function buildArray({ shape, type, link, count }: DeepCase, subject: Subject, frame: Slot): number {
  const { mutator } = subject;
  const id = typeOf(subject, type);
  const next = slotAt(frame, 1);
  mutator.allocateArray(typeOf(subject, SEQUENCE), count, frame);
  for (let made = 0; made < count; made++) {
    mutator.allocate(id, next);
    const array: Value = mutator.root(frame);
    if (shape === "wheel") mutator.set(mutator.root(next) as Reference, link, array);
    // The length is field 0.
    mutator.fill(array as Reference, 1 + made, next);
  }
  return count + 1;
}
