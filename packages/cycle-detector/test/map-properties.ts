// Properties of the map detector, each under its name: its answers are those of a naive one.

import fc from "fast-check";
import { answerOfMaps, type MapNode, SLOT_COUNTS } from "./map-model.js";
import { type Found, HAS_WEAK, IMMORTAL, type MapKind, makeMapRig } from "./map-rig.js";

const ANSWERS = "finds what a naive detector finds, and says who was reached late";
const ONE_SHAPE = "finds the same where all candidates are of one shape";

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
  { weight: 2, arbitrary: fc.integer({ min: 3, max: 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 900, max: 2100 }) },
);

function nodesOf(kinds: readonly MapKind[]): fc.Arbitrary<MapNode[]> {
  return fc.integer({ min: 1, max: NODE_LIMIT }).chain((count) => {
    const reference = fc.oneof(
      { weight: 5, arbitrary: fc.nat(count - 1) },
      { weight: 1, arbitrary: fc.constantFrom(-1, -2) },
    );
    const node = fc.constantFrom(...kinds).chain((kind) => {
      const [visited, owned] = SLOT_COUNTS[kind];
      const length = visited + owned;
      return fc.record({
        kind: fc.constant(kind),
        gap,
        references: fc.array(reference, { minLength: length, maxLength: length }),
        outsideCount: fc.oneof(
          { weight: 6, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
        ),
        fate: fc.oneof(
          { weight: 30, arbitrary: fc.constant("mortal" as const) },
          { weight: 1, arbitrary: fc.constantFrom("immortal" as const, "dying" as const) },
        ),
        isCandidate: fc.oneof(
          { weight: 9, arbitrary: fc.constant(true) },
          { weight: 1, arbitrary: fc.constant(false) },
        ),
        hasWeak: fc.nat(9).map((each) => each === 9),
      });
    });
    return fc.array(node, { minLength: count, maxLength: count });
  });
}

/** The nodes in a rig; their granules, in the same order. */
function lay(nodes: readonly MapNode[]) {
  const rig = makeMapRig();
  const granules: number[] = [];
  let free = 0;
  for (const { gap: before, kind, outsideCount } of nodes) {
    granules.push(free + before);
    free = rig.put(free + before, kind, outsideCount, SLOT_COUNTS[kind][0]);
  }
  const at = (node: number): number => granules[node] as number;
  for (const [index, { references, hasWeak }] of nodes.entries()) {
    for (const [field, target] of references.entries()) {
      if (target >= 0) rig.link(at(index), field, at(target));
      else rig.words[rig.fieldOf(at(index), field)] = target === -2 ? -7 : 0;
    }
    const header = rig.objectAt(at(index)) + 1;
    if (hasWeak) rig.words[header] = (rig.words[header] as number) | HAS_WEAK;
  }
  for (const [index, { fate }] of nodes.entries()) {
    if (fate === "mortal") continue;
    rig.words[rig.objectAt(at(index))] = fate === "immortal" ? IMMORTAL : ~0;
  }
  const examined = [...nodes.keys()].filter((each) => nodes[each]?.isCandidate);
  return { rig, granules, examined: examined.map(at) };
}

function expectSame(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, and should be ${other}`);
}

const inOrder = (granules: readonly number[]): number[] =>
  [...granules].sort((one, other) => one - other);

function expectAnswer(
  seen: Found,
  nodes: readonly MapNode[],
  granules: readonly number[],
  seeksSpecial: boolean,
): void {
  const expected = answerOfMaps(nodes);
  const atAll = (some: readonly number[]) => some.map((node) => granules[node] as number);
  expectSame(seen.found, atAll(expected.found), "found");
  expectSame(seen.count, expected.found.length, "count");
  expectSame(seen.special, seeksSpecial ? atAll(expected.special) : [], "special");
  expectSame(seen.rescued, atAll(expected.rescued), "rescued");
  expectSame(inOrder(seen.untracked), atAll(expected.untracked), "untracked");
  for (const summary of seen.summaries) {
    const tract = Number.parseInt(summary, 10) >> 10;
    const inTract = [...nodes.keys()].filter(
      (each) => (granules[each] as number) >> 10 === tract && nodes[each]?.isCandidate,
    );
    const has = (kind: MapKind) => inTract.some((each) => nodes[each]?.kind === kind);
    expectSame(summary.includes("tuples"), has("tuple"), "tuples in a tract");
    expectSame(summary.includes("dicts"), has("dict"), "dicts in a tract");
  }
}

/**
 * Young, then in two full collections: the first one finds out shapes, the other knows them, and so
 * does a young one that follows. Who is special is not always asked.
 */
function examinedThrice(nodes: readonly MapNode[]): void {
  const { rig, granules, examined } = lay(nodes);
  const before = rig.image();
  for (const turn of ["young", "full", "full again", "young again"]) {
    const seeksSpecial = turn !== "full again";
    rig.setCandidates(examined);
    expectAnswer(rig.find(turn.startsWith("full"), seeksSpecial), nodes, granules, seeksSpecial);
    rig.release();
    expectSame(rig.image(), before, "objects");
  }
}

type MapProperty = fc.IProperty<[readonly MapNode[]]>;

const properties: Record<string, () => MapProperty> = {
  [ANSWERS]: () => fc.property(nodesOf(ALL), examinedThrice),
  [ONE_SHAPE]: () => fc.property(fc.constantFrom(...PLAIN).chain(nodesOf), examinedThrice),
};

export const mapPropertyNames = Object.keys(properties);

export function mapProperty(name: string): MapProperty {
  return (properties[name] as () => MapProperty)();
}
