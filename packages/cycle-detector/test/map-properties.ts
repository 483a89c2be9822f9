// Properties of the map detector, each under its name: its answers are those of a naive one.

import fc from "fast-check";
import { type AgedNode, anyGraphs, lateGraphs, plainGraphs } from "./map-graphs.js";
import { answerOfMaps, type MapNode } from "./map-model.js";
import { type Found, HAS_WEAK, IMMORTAL, type MapKind, makeMapRig } from "./map-rig.js";
import { ANSWERS, LATE, ONE_SHAPE } from "./property-names.js";

/** The nodes in a rig; their granules, in the same order. */
function lay(nodes: readonly AgedNode[], isAlone: boolean) {
  const rig = makeMapRig(isAlone);
  const granules: number[] = [];
  let free = 0;
  for (const { gap: before, kind, outsideCount, references } of nodes) {
    granules.push(free + before);
    free = rig.put(free + before, kind, outsideCount, references.length);
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
  return { rig, granules };
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
 * The young, then all in two full collections: the first one finds out shapes, the other knows
 * them, and so does one of the young that follows. Who is special is not always asked.
 */
function examinedInTurns(nodes: readonly AgedNode[], isAlone = false): void {
  const { rig, granules } = lay(nodes, isAlone);
  const before = rig.image();
  for (const turn of ["young", "full", "full again", "young again"]) {
    const isWhole = turn.startsWith("full");
    const seeksSpecial = turn !== "full again";
    const asked = nodes.map((node): MapNode => {
      return { ...node, isCandidate: node.age === "young" || (isWhole && node.age === "old") };
    });
    rig.setCandidates(granules.filter((_, index) => asked[index]?.isCandidate));
    expectAnswer(rig.find(isWhole, seeksSpecial), asked, granules, seeksSpecial);
    rig.release();
    expectSame(rig.areLargeCountsZero(), true, "no large count is left");
    expectSame(rig.image(), before, "objects");
  }
}

type MapProperty = fc.IProperty<[readonly AgedNode[]]>;

const properties: Record<string, () => MapProperty> = {
  [ANSWERS]: () => fc.property(anyGraphs, (nodes) => examinedInTurns(nodes)),
  [ONE_SHAPE]: () => fc.property(plainGraphs, (nodes) => examinedInTurns(nodes)),
  [LATE]: () => fc.property(lateGraphs, (nodes) => examinedInTurns(nodes, true)),
};

export const mapPropertyNames = Object.keys(properties);

export function mapProperty(name: string): MapProperty {
  return (properties[name] as () => MapProperty)();
}
