// What the slots of a recorded object are called. A heap that a program recorded of itself says so
// of many (`ouro record`). Where it does not, and in other recordings, there is the order in which
// CPython's traversal visits references, and that order is known for these types (Objects/
// dictobject.c, listobject.c, tupleobject.c, typeobject.c and others):
//
//   list, tuple          from the last element to the first          [2], [1], [0]
//   dict with str keys   values; the keys are not visited            value 1 … (hidden: key 1 …)
//   dict of other keys   a value, then its key, pair after pair      value 1, key 1, value 2 …
//   set, frozenset       elements in the order of the table          element 1 …
//   cell, bound method   what they hold                              contents; __func__, __self__
//   instances            attributes, then the class                  attribute 1 …, class
//
// Pairs are counted in the order of insertion, as iteration gives them. Which of a dict's two
// tables it has is seen from its size, since an entry with a hash is wider. Of all other types the
// place alone is known: reference 1, and hidden 1 for what traversal does not show.

import type { GraphType, HeapGraph } from "@ouro/trace";

/** The name of a slot: those that traversal visits come first, then the hidden ones. O(1). */
export function graphSlotName(graph: HeapGraph, object: number, slot: number): string {
  const { types, objectTypes, refStarts, hiddenStarts } = graph;
  const type = types[objectTypes[object] as number] as GraphType;
  const visitedCount = (refStarts[object + 1] as number) - (refStarts[object] as number);
  const hiddenCount = (hiddenStarts[object + 1] as number) - (hiddenStarts[object] as number);
  const hidden = slot - visitedCount;
  const given = hidden < 0 ? givenName(graph, (refStarts[object] as number) + slot) : undefined;
  if (given !== undefined) return given;
  const isDict = !type.isHeapType && type.name === "dict";
  if (hidden >= 0) {
    return isDict && hiddenCount === visitedCount ? `key ${hidden + 1}` : `hidden ${hidden + 1}`;
  }
  if (type.isHeapType) return instanceSlot(graph, object, slot, visitedCount);
  if (isDict) {
    const isPairs = hiddenCount === 0 && visitedCount % 2 === 0 && hasPairs(graph, object);
    if (!isPairs) return `value ${slot + 1}`;
    return `${slot % 2 === 0 ? "value" : "key"} ${(slot >> 1) + 1}`;
  }
  switch (type.name) {
    case "list":
    case "tuple":
      return `[${visitedCount - 1 - slot}]`;
    case "set":
    case "frozenset":
      return `element ${slot + 1}`;
    case "cell":
      return "contents";
    case "method":
      return ["__func__", "__self__"][slot] ?? `reference ${slot + 1}`;
    default:
      return `reference ${slot + 1}`;
  }
}

function givenName({ slotNames }: HeapGraph, reference: number): string | undefined {
  return slotNames?.texts[(slotNames.numbers[reference] as number) - 1];
}

/** An instance of a class written in Python refers to its class last, after its attributes. */
function instanceSlot(
  { types, objectTypes, refStarts, refs }: HeapGraph,
  object: number,
  slot: number,
  visitedCount: number,
): string {
  const first = refStarts[object] as number;
  const { object: classObject } = types[objectTypes[object] as number] as GraphType;
  const isLast = visitedCount > 0 && refs[first + visitedCount - 1] === classObject;
  if (isLast) return slot === visitedCount - 1 ? "class" : `attribute ${slot + 1}`;
  return refs[first + slot] === classObject ? "class" : `reference ${slot + 1}`;
}

/** `sys.getsizeof` of a dict without its header: object, table, index, and entries of 24 bytes. */
const DICT_BYTES = 48 + 32;
const PAIR_BYTES = 24;
const LOG2_LEAST = 3;
const LOG2_MOST = 28;

const PAIR_TABLES: ReadonlySet<number> = new Set(
  Array.from({ length: LOG2_MOST - LOG2_LEAST + 1 }, (_, index) => {
    const log2 = LOG2_LEAST + index;
    const indexBytes = 2 ** log2 * (log2 < 8 ? 1 : log2 < 16 ? 2 : 4);
    return DICT_BYTES + indexBytes + PAIR_BYTES * Math.floor((2 * 2 ** log2) / 3);
  }),
);

function hasPairs({ sizesBytes }: HeapGraph, object: number): boolean {
  return PAIR_TABLES.has(sizesBytes[object] as number);
}
