// The model of a detector: the same graph as arrays, reachability by walking, and CPython's order
// by moving entries between two lists.
//
//   objects ─► placed in an arena, counts written ─► list of those in it ─► find ─► compared
//                                                       revived, forgotten ─► findAgain ─► compared

import {
  ARENA_SIZE_WORDS,
  ELEMENTS_FIELD,
  type Examined,
  isOuroError,
  LENGTH_WORD_OFFSET,
  LIST_PIECE_SHIFT,
  OBJECT_HEADER_SIZE_WORDS,
  type ReferenceList,
  TYPE_WORD_OFFSET,
  type TypeDescriptor,
  type TypeId,
} from "@ouro/interfaces";
import { expectPromise } from "../promise.js";
import {
  type DetectorProgram,
  type GraphObject,
  letterOf,
  slotCountOf,
} from "./detector-program.js";
import type { DetectorMakeOptions, DetectorMaker, DetectorSubject } from "./detector-subject.js";
import {
  type DetectorCheck,
  lettersOf,
  type Node,
  recorderOf,
  type Trial,
} from "./detector-trial.js";

function describe(given: Partial<TypeDescriptor> & { readonly name: string }): TypeDescriptor {
  return {
    visitedSlotCount: 0,
    ownedSlotCount: 0,
    rawWordCount: 0,
    variablePart: "none",
    visitOrder: "forward",
    releaseOrder: "forward",
    untracking: "never",
    collected: true,
    acyclic: false,
    finalizer: false,
    weaklyReferable: false,
    clearable: true,
    weakReference: false,
    ...given,
  };
}

const TYPES: readonly TypeDescriptor[] = [
  describe({ name: "pair", visitedSlotCount: 2 }),
  describe({ name: "backward", visitedSlotCount: 3, visitOrder: "backward" }),
  describe({ name: "sequence", variablePart: "visited" }),
  describe({ name: "owner", visitedSlotCount: 1, ownedSlotCount: 1 }),
];

/** Makes the graph, asks, compares; throws at the first promise that does not hold. */
export function playOnDetector(
  maker: DetectorMaker,
  program: DetectorProgram,
  checks: ReadonlySet<DetectorCheck>,
): void {
  const trial = openTrial(maker, program, checks);
  if (checks.has("refusal")) checkRefusal(trial);
  else if (checks.has("again")) checkAgain(trial, program);
  else ask(trial, () => trial.subject.detector.find(trial.list));
}

/** A fresh detector before the graph of a program; a script says `observer` for its observer. */
export function openTrial(
  maker: DetectorMaker,
  program: DetectorProgram,
  checks: ReadonlySet<DetectorCheck>,
  options?: DetectorMakeOptions,
  observer?: string,
): Trial {
  const subject = maker.make(options);
  const nodes = nodesOf(program.objects);
  place(subject, nodes);
  const listed = nodes.filter(({ isListed }) => isListed);
  const list = writeList(subject, listed);
  const recorder = recorderOf(maker);
  const trial = { maker, subject, nodes, listed, list, checks, recorder };
  recorder?.begin(trial, observer);
  return trial;
}

function nodesOf(objects: readonly GraphObject[]): Node[] {
  const nodes = objects.map((object, index): Node => {
    const { type, isListed, outsideCount } = object;
    const descriptor = TYPES[type] as TypeDescriptor;
    const held = new Array<Node | undefined>(slotCountOf(object)).fill(undefined);
    const counts = { outsideCount, count: 0 };
    return { index, type: descriptor, slots: held, isListed, address: 0, ...counts };
  });
  for (const [index, { slots, outsideCount }] of objects.entries()) {
    const node = nodes[index] as Node;
    node.count += outsideCount;
    for (const place of node.slots.keys()) {
      const held = nodes[(slots[place] ?? nodes.length) % (nodes.length + 1)];
      node.slots[place] = held;
      if (held !== undefined) held.count++;
    }
  }
  return nodes;
}

/** Objects one behind the other, on granules, in an arena that is borrowed for them. */
function place({ heap, types }: DetectorSubject, nodes: readonly Node[]): void {
  const { words } = heap;
  const ids = new Map<TypeDescriptor, TypeId>(TYPES.map((type) => [type, types.define(type)]));
  let next = heap.reserveArenas(heap.registerBorrower("objects"), 1) as number;
  expectPromise(next > 0, "the heap has no arena for objects");
  for (const node of nodes) {
    const isVariable = node.type.variablePart !== "none";
    const firstField = isVariable ? ELEMENTS_FIELD : 0;
    node.address = next;
    words[next + TYPE_WORD_OFFSET] = ids.get(node.type) as TypeId;
    if (isVariable) words[next + LENGTH_WORD_OFFSET] = node.slots.length;
    const sizeWords = OBJECT_HEADER_SIZE_WORDS + firstField + node.slots.length;
    next += Math.ceil(sizeWords / 4) * 4;
  }
  for (const node of nodes) {
    words[node.address] = node.count;
    const start = slotsStart(node);
    for (const [index, held] of node.slots.entries()) words[start + index] = held?.address ?? 0;
  }
}

function slotsStart({ address, type }: Node): number {
  const firstField = type.variablePart === "none" ? 0 : ELEMENTS_FIELD;
  return address + OBJECT_HEADER_SIZE_WORDS + firstField;
}

/** The list's pieces lie in an arena of their own. */
function writeList({ heap }: DetectorSubject, listed: readonly Node[]): ReferenceList {
  const { words } = heap;
  const directory = heap.reserveArenas(heap.registerBorrower("lists"), 1);
  const pieces = directory + ARENA_SIZE_WORDS / 2;
  words[directory] = pieces;
  words[directory + 1] = pieces + (1 << LIST_PIECE_SHIFT);
  for (const [index, { address }] of listed.entries()) words[pieces + index] = address;
  return { directory, start: 0, end: listed.length };
}

function entriesOf({ heap: { words } }: DetectorSubject, list: ReferenceList): number[] {
  const entries: number[] = [];
  for (let index = list.start; index < list.end; index++) {
    const piece = words[list.directory + (index >> LIST_PIECE_SHIFT)] as number;
    entries.push(words[piece + (index & ((1 << LIST_PIECE_SHIFT) - 1))] as number);
  }
  return entries;
}

/** Visited slots, in the order of the type. */
function visited({ type, slots }: Node): Node[] {
  const count = type.variablePart === "visited" ? slots.length : type.visitedSlotCount;
  const seen = slots.slice(0, count);
  if (type.visitOrder === "backward") seen.reverse();
  return seen.filter((held) => held !== undefined);
}

/** CPython's `move_unreachable`, with arrays: both answers in its order. */
function expected(listed: readonly Node[]): { readonly reached: Node[]; readonly found: Node[] } {
  const inside = new Map<Node, number>(listed.map((node) => [node, node.count]));
  for (const node of listed) {
    for (const held of visited(node)) {
      const left = inside.get(held);
      if (left !== undefined) inside.set(held, left - 1);
    }
  }
  const young = [...listed];
  let found: Node[] = [];
  const reached: Node[] = [];
  const done = new Set<Node>();
  for (const node of young) {
    if (done.has(node)) continue;
    if ((inside.get(node) as number) === 0) {
      found.push(node);
      continue;
    }
    done.add(node);
    reached.push(node);
    for (const held of visited(node)) {
      if (!inside.has(held) || done.has(held)) continue;
      if (found.includes(held)) {
        found = found.filter((other) => other !== held);
        young.push(held);
      }
      if (inside.get(held) === 0) inside.set(held, 1);
    }
  }
  return { reached, found };
}

/** A question's answer beside the one that CPython gives. */
export interface Answered {
  readonly found: readonly Node[];
  readonly missed: readonly Node[];
  /** The numbers of all in the list, as they lie in it and as they would. */
  readonly order: readonly number[];
  readonly wantedOrder: readonly number[];
}

/** Asks and compares, as far as the property looks. */
export function ask(
  trial: Trial,
  question: () => Examined,
  call = "detector.find(list);",
): Answered {
  const { maker, subject, nodes, listed, list, checks } = trial;
  const { detector } = subject;
  const { reached, found } = expected(listed);
  const before = stateOf(subject, nodes);
  trial.recorder?.add(call);
  const examined = question();
  const answered = nodes.filter(({ address }) => detector.isFound(address));
  trial.recorder?.answer({ call, answered, expected: found });
  const wrong = answered.filter((node) => !found.includes(node));
  expectPromise(
    !checks.has("sound") || wrong.length === 0,
    `objects ${lettersOf(wrong)} are found, and references from outside reach them`,
  );
  const missed = found.filter((node) => !answered.includes(node));
  expectPromise(
    !checks.has("complete") || missed.length === 0,
    `objects ${lettersOf(missed)} only keep each other alive, and are not found`,
  );
  if (checks.has("unchanged")) {
    expectPromise(stateOf(subject, nodes) === before, "an object or a count changed");
  }
  const entries = entriesOf(subject, { ...list, end: examined.end });
  const order = entries.map((address) => nodes.findIndex((node) => node.address === address));
  const wantedOrder = [...reached, ...found].map(({ index }) => index);
  if (checks.has("list") || checks.has("order")) {
    checkEntries(trial, entries, examined.reachedCount, answered);
  }
  if (checks.has("order")) {
    const isSame = maker.order === "any" || order.join() === wantedOrder.join();
    const letters = lettersOf(order.flatMap((index) => nodes[index] ?? []));
    const wanted = lettersOf([...reached, ...found]);
    expectPromise(isSame, `the order is ${letters}, CPython's is ${wanted}`);
  }
  if (checks.has("marks")) checkMarks(trial, answered);
  return { found, missed, order, wantedOrder };
}

function stateOf({ heap: { words } }: DetectorSubject, nodes: readonly Node[]): string {
  const last = nodes.at(-1) as Node;
  const end = slotsStart(last) + last.slots.length;
  return words.slice((nodes[0] as Node).address, end).join();
}

function checkEntries(
  { nodes, listed }: Trial,
  entries: readonly number[],
  reachedCount: number,
  answered: readonly Node[],
): void {
  const found = new Set(answered.map(({ address }) => address));
  expectPromise(new Set(entries).size === entries.length, "an object is in the list twice");
  const missing = listed.filter(({ address }) => !entries.includes(address));
  expectPromise(missing.length === 0, `objects ${lettersOf(missing)} are no longer in the list`);
  for (const [index, entry] of entries.entries()) {
    const node = nodes.find(({ address }) => address === entry);
    expectPromise(node !== undefined, `entry ${index} is ${entry}, which is no object`);
    expectPromise(
      found.has(entry) === index >= reachedCount,
      `object ${letterOf(node.index)} is at ${index} of the list, and ${reachedCount} are reached`,
    );
  }
}

function checkMarks({ subject, nodes }: Trial, answered: readonly Node[]): void {
  const { heap, detector, marks } = subject;
  const markOf = ({ address }: Node): number =>
    marks === undefined ? 0 : (heap.words[marks + (address >> 2)] as number);
  if (marks !== undefined) {
    for (const node of nodes) {
      const isRight = answered.includes(node) ? markOf(node) < 0 : markOf(node) === 0;
      expectPromise(isRight, `the mark of object ${letterOf(node.index)} is ${markOf(node)}`);
    }
  }
  for (const node of answered) {
    detector.forget(node.address);
    expectPromise(
      !detector.isFound(node.address),
      `object ${letterOf(node.index)} is found, and forgotten`,
    );
    expectPromise(
      markOf(node) === 0,
      `object ${letterOf(node.index)} is forgotten, and has a mark`,
    );
  }
}

/** Between the questions some get a reference from outside, and some die. */
function checkAgain(trial: Trial, { revived, forgotten }: DetectorProgram): void {
  const { subject, nodes, list } = trial;
  const { detector, heap } = subject;
  const tell = (line: string): void => trial.recorder?.add(line);
  tell("const { reachedCount, end } = detector.find(list);");
  const first = detector.find(list);
  const found = nodes.filter(({ address }) => detector.isFound(address));
  const setCount = (node: Node, change: number): void => {
    node.count += change;
    heap.words[node.address] = node.count;
    tell(`words[${letterOf(node.index)}] = ${node.count};`);
  };
  for (const pick of revived) setCount(nodes[pick % nodes.length] as Node, 1);
  const left = new Set(found);
  for (const pick of forgotten) {
    const node = found[pick % found.length];
    if (node === undefined || !left.delete(node)) continue;
    detector.forget(node.address);
    const start = slotsStart(node);
    const letter = letterOf(node.index);
    const first = `${letter} + ${start - node.address}`;
    tell(`detector.forget(${letter});`);
    tell(`words.fill(0, ${first}, ${first} + ${node.slots.length});`);
    for (const [index, held] of node.slots.entries()) {
      heap.words[start + index] = 0;
      if (held !== undefined) setCount(held, -1);
    }
    node.slots.fill(undefined);
  }
  const start = list.start + first.reachedCount;
  const rest = { ...list, start, end: first.end };
  const again = { ...trial, checks: AGAIN, listed: [...left], list: rest };
  tell("const rest = { ...list, start: reachedCount, end };");
  ask(again, () => detector.findAgain(rest), "detector.findAgain(rest);");
}

const AGAIN: ReadonlySet<DetectorCheck> = new Set(["sound", "complete"]);

/** One count too small: the detector says so, forgets what it found, and keeps the list. */
function checkRefusal({ subject, nodes, listed, list, recorder }: Trial): void {
  const { detector, heap } = subject;
  const insideCounts = new Map<Node, number>();
  for (const node of listed) {
    for (const held of visited(node)) insideCounts.set(held, (insideCounts.get(held) ?? 0) + 1);
  }
  const [victim] = [...insideCounts].find(([node]) => node.isListed) ?? [];
  if (victim === undefined) return;
  const count = (insideCounts.get(victim) as number) - 1;
  heap.words[victim.address] = count;
  recorder?.add(`words[${letterOf(victim.index)}] = ${count}; // one too small`);
  recorder?.add("detector.find(list);");
  let kind = "an answer";
  try {
    detector.find(list);
  } catch (error) {
    if (!isOuroError(error)) throw error;
    kind = error.kind;
  }
  expectPromise(kind === "heap-corruption", `a count that is too small ends as ${kind}`);
  expectNothingFound({ subject, nodes, listed, list });
}

/** What a call that ended with an error leaves: nothing is found, and the list has its objects. */
export function expectNothingFound({
  subject,
  nodes,
  listed,
  list,
}: Pick<Trial, "subject" | "nodes" | "listed" | "list">): void {
  const marked = nodes.filter(({ address }) => subject.detector.isFound(address));
  expectPromise(marked.length === 0, `objects ${lettersOf(marked)} are found by a refused call`);
  const entries = new Set(entriesOf(subject, list));
  const lost = listed.filter(({ address }) => !entries.has(address));
  expectPromise(lost.length === 0, `objects ${lettersOf(lost)} are no longer in the list`);
}
