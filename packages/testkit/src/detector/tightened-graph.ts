// A counterexample of a detector made smaller once more. Slots pick modulo the number of objects,
// so taking an object out changes whom all others hold; here slots first say whom they mean, and
// then objects and references go one by one.
//
//   a holds 4711, b nothing, c is looked on ─► a holds b, b none, c ─► a holds b, b

import { createSearch, type Fails, leaveOut, simplifyEach } from "../fewer.js";
import { type DetectorProgram, type GraphObject, slotCountOf } from "./detector-program.js";

/** As many plays as for allocators; those of detectors are as quick. */
const PLAY_LIMIT_COUNT = 1500;

/** The smallest graph found that still fails, or the one given. O(objects² + references) plays. */
export function tightenGraph(
  program: DetectorProgram,
  fails: Fails<DetectorProgram>,
): DetectorProgram {
  const search = createSearch(fails, PLAY_LIMIT_COUNT);
  const { isSmaller } = search;
  const plain = withPlainSlots(program);
  if (!isSmaller(plain)) return program;
  let found = plain;
  for (let before = -1; before !== search.smallerCount; ) {
    before = search.smallerCount;
    found = withFewerObjects(found, isSmaller);
    found = withSimplerObjects(found, isSmaller);
    found = withFewerPicks(found, isSmaller);
  }
  return found;
}

/** The same graph: each slot says the number of its object, or the number of objects for none. */
function withPlainSlots({ objects, revived, forgotten }: DetectorProgram): DetectorProgram {
  const none = objects.length;
  return {
    objects: objects.map((object) => {
      const numberIn = (_: unknown, place: number) => (object.slots[place] ?? none) % (none + 1);
      return { ...object, slots: Array.from({ length: slotCountOf(object) }, numberIn) };
    }),
    revived: revived.map((pick) => pick % none),
    forgotten,
  };
}

function withFewerObjects(
  program: DetectorProgram,
  fails: Fails<DetectorProgram>,
): DetectorProgram {
  let found = program;
  for (let index = found.objects.length - 1; index >= 0; index--) {
    const fewer = without(found, index);
    if (fewer.objects.length > 0 && fails(fewer)) found = fewer;
  }
  return found;
}

/** References to it become none, and whoever comes later has a number less. */
function without({ objects, revived, forgotten }: DetectorProgram, gone: number): DetectorProgram {
  const none = objects.length;
  const numberOf = (old: number): number => {
    if (old === gone) return none - 1;
    return old > gone ? old - 1 : old;
  };
  return {
    objects: objects
      .filter((_, index) => index !== gone)
      .map((object) => ({ ...object, slots: object.slots.map(numberOf) })),
    revived: revived.filter((pick) => pick !== gone).map(numberOf),
    forgotten,
  };
}

function withSimplerObjects(
  { objects, ...rest }: DetectorProgram,
  fails: Fails<DetectorProgram>,
): DetectorProgram {
  const none = objects.length;
  const failsWith = (others: readonly GraphObject[]): boolean =>
    fails({ ...rest, objects: others });
  let found: readonly GraphObject[] = objects;
  // An object has several things that may be simpler.
  for (const simpler of [asPair, outside, listed, ...SLOTS.map(emptied)]) {
    found = simplifyEach(found, (object) => simpler(object, none), failsWith);
  }
  return { ...rest, objects: found };
}

type Simpler = (object: GraphObject, none: number) => GraphObject[];

/** Of a pair two slots are left. */
const asPair: Simpler = (object, none) => {
  const slots = [object.slots[0] ?? none, object.slots[1] ?? none];
  return object.type === 0 ? [] : [{ ...object, type: 0, slots }];
};

const outside: Simpler = (object) =>
  [0, 1]
    .filter((outsideCount) => outsideCount < object.outsideCount)
    .map((outsideCount) => ({ ...object, outsideCount }));

const listed: Simpler = (object) => (object.isListed ? [] : [{ ...object, isListed: true }]);

/** Sequences have four slots at most. */
const SLOTS = [3, 2, 1, 0];

/** A slot of a sequence goes; another one holds none. */
const emptied =
  (place: number): Simpler =>
  (object, none) => {
    const held = object.slots[place];
    const shorter = { ...object, slots: object.slots.filter((_, index) => index !== place) };
    const isShorter = held !== undefined && slotCountOf(shorter) < slotCountOf(object);
    if (isShorter) return [shorter];
    if (held === undefined || held === none) return [];
    return [{ ...object, slots: object.slots.with(place, none) }];
  };

function withFewerPicks(program: DetectorProgram, fails: Fails<DetectorProgram>): DetectorProgram {
  const shorten = (key: "revived" | "forgotten", from: DetectorProgram): DetectorProgram => {
    const none = { ...from, [key]: [] };
    if (from[key].length > 0 && fails(none)) return none;
    const left = leaveOut(from[key], (picks) => fails({ ...from, [key]: picks }));
    return { ...from, [key]: left };
  };
  return shorten("forgotten", shorten("revived", program));
}
