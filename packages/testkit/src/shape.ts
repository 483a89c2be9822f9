// Shapes that collectors are known to stumble over, as steps. Random stores seldom close a ring of
// thirty or share a tail between two cycles.
//
//   chain   ○→○→○→○        loop    ○↺           tails   ○⇄○
//   ring    ○→○→○→ back    diamond ○⇉○⇉○⇉○               ↘↙→○→○    wide  ○→ ○ 7 ∅ ○ 8 ∅ …
//
//   nested       a ring both ways: as many cycles as objects, each within another
//   acyclic tail a ring whose objects hold boxes and leaves that are in no cycle
//   late edge    an object that outlived collections, and gets the only reference to young ones
//   reuse        objects dropped one after the other in one slot, then a ring where they lay
//   wide         is moved along itself by half, up or down: several objects die in one copy

import { immediateOf } from "@ouro/interfaces";
import { FOREIGN, PAIR, programTypes, SEQUENCE, TABLE } from "./program-types.js";
import type { Path, SlotName } from "./shadow-heap.js";
import type { Step } from "./step.js";

export const SHAPES = [
  "chain",
  "ring",
  "loop",
  "diamond",
  "tails",
  "wide",
  "nested",
  "acyclic tail",
  "late edge",
  "reuse",
] as const;
export type ShapeName = (typeof SHAPES)[number];

const indexOf = (name: string): number => programTypes.findIndex((type) => type.name === name);
const pair = indexOf(PAIR);
const leaf = indexOf("leaf");
const box = indexOf("box");
/** Objects of these can link to the next one of their kind, by this field. */
const LINKS: readonly { readonly type: number; readonly field: number }[] = [
  { type: pair, field: 1 },
  { type: indexOf("record"), field: 0 },
  // Owned-only: what a cycle detector does not visit.
  { type: indexOf("record"), field: 2 },
  { type: indexOf(FOREIGN), field: 0 },
  { type: indexOf("backward"), field: 2 },
];
/** Wide ones: all visited, and owned-only but for the first slot. */
const WIDE = [indexOf(SEQUENCE), indexOf(TABLE)];

/** Needs three slots, whose values it replaces; the first one holds the shape at the end. */
export function* stepsOfShape(
  shape: ShapeName,
  count: number,
  pick: number,
  slots: readonly SlotName[],
): Generator<Step> {
  const [head, next, first] = slots;
  if (head === undefined || next === undefined || first === undefined) return;
  const link = LINKS[pick % LINKS.length] as (typeof LINKS)[number];
  switch (shape) {
    case "chain":
      yield* chain(link, count, head, next);
      break;
    case "ring":
      yield* ring(link, count, head, next, first);
      break;
    case "loop":
      yield allocate(link.type, head);
      yield set(head, link.field, head);
      break;
    case "diamond":
      yield* diamond(count, head, next);
      break;
    case "tails":
      yield* tails(link, count, head, next, first);
      break;
    case "nested":
      yield* nested(count, head, next, first);
      break;
    case "acyclic tail":
      yield* acyclicTail(count, head, next, first);
      break;
    case "late edge":
      yield* lateEdge(link, count, head, next, first);
      break;
    case "reuse":
      for (let made = 0; made < count; made++) yield allocate(link.type, next);
      yield { call: "setRoot", slot: next, value: 0 };
      yield* ring(link, count, head, next, first);
      break;
    case "wide":
      yield* wide(WIDE[pick % WIDE.length] as number, count, head, next);
  }
}

function* chain(
  { type, field }: { type: number; field: number },
  count: number,
  head: SlotName,
  next: SlotName,
): Generator<Step> {
  yield allocate(type, head);
  for (let made = 1; made < count; made++) {
    yield allocate(type, next);
    yield { call: "fill", object: { slot: next, fields: [] }, field, from: head };
    yield { call: "moveRoot", into: head, from: next };
  }
}

function* ring(
  link: { type: number; field: number },
  count: number,
  head: SlotName,
  next: SlotName,
  first: SlotName,
): Generator<Step> {
  yield allocate(link.type, head);
  yield { call: "setRoot", slot: first, value: { slot: head, fields: [] } };
  for (let made = 1; made < count; made++) {
    yield allocate(link.type, next);
    yield { call: "give", object: { slot: next, fields: [] }, field: link.field, from: head };
    yield { call: "moveRoot", into: head, from: next };
  }
  yield set(first, link.field, head);
  yield { call: "setRoot", slot: first, value: 0 };
}

/** Two paths to each next object: as many paths as 2 to the count. */
function* diamond(count: number, head: SlotName, next: SlotName): Generator<Step> {
  yield allocate(pair, head);
  for (let made = 1; made < count; made++) {
    yield allocate(pair, next);
    yield set(next, 0, head);
    yield set(next, 1, head);
    yield { call: "moveRoot", into: head, from: next };
  }
}

/** A cycle of two that share a tail. */
function* tails(
  link: { type: number; field: number },
  count: number,
  head: SlotName,
  one: SlotName,
  other: SlotName,
): Generator<Step> {
  yield* chain(link, count, head, one);
  yield allocate(pair, one);
  yield allocate(pair, other);
  yield set(one, 0, head);
  yield set(other, 0, head);
  yield set(one, 1, other);
  yield set(other, 1, one);
  yield { call: "moveRoot", into: head, from: one };
  yield { call: "setRoot", slot: other, value: 0 };
}

/** Field 1 holds the one before, field 0 the one behind. */
function* nested(count: number, head: SlotName, next: SlotName, first: SlotName): Generator<Step> {
  yield allocate(pair, head);
  yield { call: "setRoot", slot: first, value: { slot: head, fields: [] } };
  for (let made = 1; made < count; made++) {
    yield allocate(pair, next);
    yield set(next, 1, head);
    yield set(head, 0, next);
    yield { call: "moveRoot", into: head, from: next };
  }
  yield set(first, 1, head);
  yield set(head, 0, first);
  yield { call: "setRoot", slot: first, value: 0 };
}

function* acyclicTail(
  count: number,
  head: SlotName,
  next: SlotName,
  first: SlotName,
): Generator<Step> {
  yield* ring({ type: pair, field: 1 }, count, head, next, first);
  const fields: number[] = [];
  for (let made = 0; made < count; made++) {
    yield allocate(box, next);
    yield allocate(leaf, first);
    yield { call: "fill", object: { slot: next, fields: [] }, field: 0, from: first };
    yield { call: "fill", object: { slot: head, fields: [...fields] }, field: 0, from: next };
    if (fields.push(1) > FAR) break;
  }
}

/** Paths longer than this are walked again with every step. */
const FAR = 12;

/** Two collections: an object is as old as it can be, or has survived twice. */
function* lateEdge(
  link: { type: number; field: number },
  count: number,
  head: SlotName,
  next: SlotName,
  first: SlotName,
): Generator<Step> {
  yield allocate(pair, head);
  yield { call: "collect" };
  yield { call: "collect" };
  yield* chain(link, count, next, first);
  yield { call: "give", object: { slot: head, fields: [] }, field: 0, from: next };
}

function* wide(type: number, length: number, head: SlotName, next: SlotName): Generator<Step> {
  const fixedSlotCount = type === WIDE[0] ? 0 : 2;
  yield { call: "allocate", type, length, into: head };
  const object = { slot: head, fields: [] };
  for (let index = 0; index < length + fixedSlotCount; index += 3) {
    yield allocate(leaf, next);
    yield { call: "fill", object, field: 1 + index, from: next };
    if (index + 1 >= length + fixedSlotCount) break;
    yield { call: "set", object, field: 2 + index, value: immediateOf(index) };
  }
  yield moveAlong(object, length + fixedSlotCount, length % 2 === 0);
}

/** Source and target overlap; what is pushed over the end dies, if nothing else holds it. */
function moveAlong(object: Path, slotCount: number, isUpwards: boolean): Step {
  const distance = (slotCount - 1) >> 1;
  const [low, high] = [1, 1 + distance];
  return {
    call: "copy",
    target: object,
    targetField: isUpwards ? high : low,
    source: object,
    sourceField: isUpwards ? low : high,
    count: slotCount - distance,
  };
}

function allocate(type: number, into: SlotName): Step {
  return { call: "allocate", type, length: 0, into };
}

function set(holder: SlotName, field: number, value: SlotName): Step {
  const object = { slot: holder, fields: [] };
  return { call: "set", object, field, value: { slot: value, fields: [] } };
}
