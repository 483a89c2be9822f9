// Properties of the exact detector, each under its name, over a package's exports.

import { HeapCorruptionError, LIST_PIECE_SHIFT } from "@ouro/interfaces";
import fc from "fast-check";
import { type Answer, answerAsCPython, unreachedBy } from "./detector-model.js";
import { graphs, makeGraphRig, type Parts } from "./graph-rig.js";
import * as names from "./property-names.js";

const NODE_LIMIT = 12;
const PIECE_SIZE = 1 << LIST_PIECE_SHIFT;

/** Part of the nodes, in some order, with gaps between them, often in two pieces of a list. */
const listed = graphs(NODE_LIMIT).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    order: fc.shuffledSubarray(
      nodes.map((_, index) => index),
      { minLength: Math.ceil(nodes.length / 2) },
    ),
    gapAt: fc.nat({ max: NODE_LIMIT }),
    start: fc.oneof(fc.constant(0), fc.integer({ min: PIECE_SIZE - NODE_LIMIT, max: PIECE_SIZE })),
  }),
);

function expectSame(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, and should be ${other}`);
}

function withGap(order: readonly number[], gapAt: number): number[] {
  const at = Math.min(gapAt, order.length);
  return [...order.slice(0, at), -1, ...order.slice(at)];
}

function find(
  parts: Parts,
  { nodes, order, gapAt, start }: typeof listed extends fc.Arbitrary<infer T> ? T : never,
) {
  const rig = makeGraphRig(nodes);
  const detector = rig.makeDetector(parts);
  const list = rig.makeList(withGap(order, gapAt), start);
  const before = rig.objects.map((object) => rig.words.slice(object, object + 8).join());
  const { reachedCount, end } = detector.find(list);
  const firstFound = start + reachedCount;
  const answer: Answer = {
    reached: rig.entries(list, start, firstFound),
    found: rig.entries(list, firstFound, end),
  };
  const after = rig.objects.map((object) => rig.words.slice(object, object + 8).join());
  return { rig, detector, list, answer, firstFound, end, before, after };
}

const properties: Record<string, (parts: Parts) => fc.IProperty<[never]>> = {
  [names.FINDS]: (parts) =>
    fc.property(listed, (given) => {
      const { answer } = find(parts, given);
      const expected = [...unreachedBy(given.nodes, given.order)].sort((a, b) => a - b);
      expectSame(
        [...answer.found].sort((a, b) => a - b),
        expected,
        "found",
      );
    }) as never,
  [names.ORDER]: (parts) =>
    fc.property(listed, (given) => {
      const { answer } = find(parts, given);
      expectSame(answer, answerAsCPython(given.nodes, given.order), "answer");
    }) as never,
  [names.UNCHANGED]: (parts) =>
    fc.property(listed, (given) => {
      const { before, after } = find(parts, given);
      expectSame(after, before, "objects");
    }) as never,
  [names.AT_REST]: (parts) =>
    fc.property(listed, (given) => {
      const { rig, detector, answer } = find(parts, given);
      for (const node of answer.found) {
        const object = rig.objects[node] as never;
        if (!detector.isFound(object)) throw new Error(`${node} is not said to be found`);
        detector.forget(object);
      }
      if (!rig.areMarksClear()) throw new Error("a mark is left");
    }) as never,
  [names.AGAIN]: (parts) =>
    fc.property(listed, fc.nat(), fc.nat(), (given, deadPick, heldPick) => {
      const { rig, detector, list, answer, firstFound, end } = find(parts, given);
      const { found } = answer;
      if (found.length === 0) return;
      const dead = found[deadPick % found.length] as number;
      const held = found[heldPick % found.length] as number;
      detector.forget(rig.objects[dead] as never);
      const target = rig.objects[held] as number;
      rig.words[target] = (rig.words[target] as number) + 1;
      const rest = found.filter((node) => node !== dead);
      const nodes = given.nodes.map((node, index) =>
        index === held ? { ...node, outsideCount: node.outsideCount + 1 } : node,
      );
      const again = detector.findAgain({ ...list, start: firstFound, end });
      const first = firstFound + again.reachedCount;
      const expected = answerAsCPython(nodes, rest);
      expectSame(rig.entries(list, firstFound, first), expected.reached, "reached again");
      expectSame(rig.entries(list, first, again.end), expected.found, "found again");
    }) as never,
  [names.REFUSES]: (parts) =>
    fc.property(listed, fc.nat(), (given, pick) => {
      const rig = makeGraphRig(given.nodes);
      const node = given.order[pick % given.order.length] as number;
      const object = rig.objects[node] as number;
      const inside = given.order.flatMap((each) =>
        (given.nodes[each] as (typeof given.nodes)[number]).references
          .slice(0, -(given.nodes[each]?.ownedCount ?? 0) || undefined)
          .filter((target) => target === node),
      ).length;
      if (inside === 0) return;
      rig.words[object] = inside - 1;
      const list = rig.makeList(given.order, given.start);
      const detector = rig.makeDetector(parts);
      let error: unknown;
      try {
        detector.find(list);
      } catch (caught) {
        error = caught;
      }
      if (!(error instanceof HeapCorruptionError)) throw new Error("it is not refused");
      expectSame(error.word, object, "the object named");
      expectSame(rig.entries(list, list.start, list.end), given.order, "the list");
      if (!rig.areMarksClear()) throw new Error("a mark is left");
    }) as never,
};

export const detectorPropertyNames = Object.keys(properties);

export function detectorProperty(name: string, parts: Parts): fc.IProperty<[never]> {
  return (properties[name] as (parts: Parts) => fc.IProperty<[never]>)(parts);
}
