// Arbitrary graphs for the map detector: nodes in address order, and which of them are young.

import fc from "fast-check";
import { type MapNode, SLOT_COUNTS } from "./map-model.js";
import type { MapKind } from "./map-rig.js";

/** Young ones are candidates in every collection, old ones in full ones; others in none. */
export type AgedNode = Omit<MapNode, "isCandidate"> & { readonly age: "young" | "old" | "none" };

const NODE_LIMIT = 40;
const PLAIN: readonly (readonly MapKind[])[] = [
  ...[["one"], ["two"], ["three"], ["four"]],
  ...[
    ["two", "pair", "final"],
    ["one", "owner", "weak"],
  ],
] as MapKind[][];
const ALL = Object.keys(SLOT_COUNTS) as MapKind[];

/** Close to each other most of all; else in another word of the maps, or in another tract. */
const gap = fc.oneof(
  { weight: 12, arbitrary: fc.nat(2) },
  { weight: 3, arbitrary: fc.integer({ min: 3, max: 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 900, max: 2100 }) },
);

const age: fc.Arbitrary<AgedNode["age"]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant("young" as const) },
  { weight: 2, arbitrary: fc.constant("old" as const) },
  { weight: 1, arbitrary: fc.constant("none" as const) },
);

/** An object that is held so often that a byte does not hold its count, or just does. */
const repeatCount = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 246, max: 260 }) },
);

function referencesOf(kind: MapKind, count: number): fc.Arbitrary<number[]> {
  const reference = fc.oneof(
    { weight: 5, arbitrary: fc.nat(count - 1) },
    { weight: 1, arbitrary: fc.constantFrom(-1, -2) },
  );
  const [visited, owned] = SLOT_COUNTS[kind];
  const length = visited + owned;
  const plain = fc.array(reference, { minLength: length, maxLength: length });
  if (kind !== "many") return plain;
  return fc
    .tuple(plain, fc.nat(count - 1), repeatCount)
    .map(([some, target, times]) => [...some, ...Array.from({ length: times }, () => target)]);
}

interface Placing {
  readonly count: fc.Arbitrary<number>;
  readonly gap: fc.Arbitrary<number>;
  readonly age: fc.Arbitrary<AgedNode["age"]>;
  /** Of so many one is held from elsewhere, and of three times as many one is not mortal. */
  readonly heldRatio: number;
}

const scattered: Placing = {
  ...{ count: fc.integer({ min: 1, max: NODE_LIMIT }), gap, age },
  heldRatio: 7,
};

/** All neighbours of each other, so that words of the map of candidates are full. */
const dense: Placing = {
  count: fc.integer({ min: 64, max: 80 }),
  gap: fc.constant(0),
  age: fc.constant("young"),
  heldRatio: 80,
};

function nodesOf(kinds: readonly MapKind[], placing: Placing): fc.Arbitrary<AgedNode[]> {
  return placing.count.chain((count) => {
    const node = fc.constantFrom(...kinds).chain((kind) =>
      fc.record({
        kind: fc.constant(kind),
        gap: placing.gap,
        age: placing.age,
        references: referencesOf(kind, count),
        outsideCount: fc.oneof(
          { weight: placing.heldRatio - 1, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
        ),
        fate: fc.oneof(
          { weight: 3 * placing.heldRatio - 1, arbitrary: fc.constant("mortal" as const) },
          { weight: 1, arbitrary: fc.constantFrom("immortal" as const, "dying" as const) },
        ),
        hasWeak: fc.nat(9).map((each) => each === 9),
      }),
    );
    return fc.array(node, { minLength: count, maxLength: count });
  });
}

export const anyGraphs: fc.Arbitrary<AgedNode[]> = nodesOf(ALL, scattered);

/** Of candidates that all have equally many slots, and few. */
export const plainGraphs: fc.Arbitrary<AgedNode[]> = fc
  .tuple(fc.constantFrom(...PLAIN), fc.constantFrom(scattered, scattered, dense))
  .chain(([kinds, placing]) => nodesOf(kinds, placing));

/** Late ones have so many others to hold, each of which holds one more. */
const BRANCH_LIMIT = 3;

/**
 * Behind all, an array that holds the first ones: these are reached late, and with them what they
 * hold in turn, unless nobody holds the array.
 */
export const lateGraphs: fc.Arbitrary<AgedNode[]> = fc
  .record({
    lateCount: fc.oneof(fc.integer({ min: 400, max: 1000 }), fc.integer({ min: 1000, max: 2600 })),
    branchCount: fc.nat(BRANCH_LIMIT),
    kinds: fc.shuffledSubarray(["five", "three", "dict"] as const, { minLength: 1 }),
    isHeld: fc.nat(4).map((each) => each > 0),
  })
  .map(({ lateCount, branchCount, kinds, isHeld }) => {
    const node = { gap: 0, age: "young", outsideCount: 0, fate: "mortal", hasWeak: false } as const;
    const innerCount = lateCount * branchCount;
    const [inner, leaf, array] = [0, 1, 2].map((each) => lateCount + each * innerCount) as Three;
    const nodes: AgedNode[] = [];
    for (let index = 0; index < lateCount; index++) {
      const kind = kinds[index % kinds.length] as MapKind;
      const first = inner + index * branchCount;
      const references = Array.from({ length: SLOT_COUNTS[kind][0] }, (_, each) =>
        each < branchCount ? first + each : -1,
      );
      nodes.push({ ...node, kind, references });
    }
    for (let index = 0; index < innerCount; index++) {
      nodes.push({ ...node, kind: "one", references: [leaf + index] });
    }
    for (let index = 0; index < innerCount; index++) {
      nodes.push({ ...node, kind: "one", references: [array] });
    }
    const references = [...nodes.slice(0, lateCount).keys()];
    nodes.push({ ...node, kind: "many", outsideCount: isHeld ? 1 : 0, references });
    return nodes;
  });

type Three = [number, number, number];
