// How much the exact detector and trial deletion work: words that they read and write, counted from
// outside. The figures are those of today: whoever changes how they work says so by changing them.

import { LIST_PIECE_SHIFT } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeBufferRig } from "./buffer-rig.js";
import { type GraphNode, makeGraphRig } from "./graph-rig.js";
import { type WatchedWords, watchWords } from "./watched-words.js";

const NODE_COUNT = 30;
const ACCESS_LIMIT = 2000;

/** Each holds three, the last one of some owned only, by a rule that looks like chance. */
function tangle(outsideEvery: number): GraphNode[] {
  let state = 7;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
  return Array.from({ length: NODE_COUNT }, (_, index) => ({
    references: [next(NODE_COUNT), next(7) === 0 ? -2 : next(NODE_COUNT), next(NODE_COUNT)],
    ownedCount: next(5) === 0 ? 1 : 0,
    outsideCount: index % outsideEvery === outsideEvery - 1 ? 1 : 0,
    isBackward: next(2) === 0,
  }));
}

/** Each holds the one before, and the last one is held. */
const chain: readonly GraphNode[] = Array.from({ length: NODE_COUNT }, (_, index) => ({
  ...{ references: [index - 1], ownedCount: 0, isBackward: false },
  outsideCount: index === NODE_COUNT - 1 ? 1 : 0,
}));

const ring: readonly GraphNode[] = chain.map((node, index) => ({
  ...node,
  references: [(index + NODE_COUNT - 1) % NODE_COUNT],
  outsideCount: 0,
}));

const all = [...chain.keys()];
const withGaps = all.flatMap((node) => (node % 9 === 4 ? [-1, node] : [node]));

describe("The exact detector reads and writes as many words as it did", () => {
  /** In two pieces of a list. */
  function accessesOf(nodes: readonly GraphNode[], order: readonly number[]): number[] {
    const rig = makeGraphRig(nodes);
    const watched = watchWords(rig.words, ACCESS_LIMIT);
    const detector = rig.makeDetector(parts, watched.words);
    const list = rig.makeList(order, (1 << LIST_PIECE_SHIFT) - 10);
    const { reachedCount, end } = detector.find(list);
    const first = watched.take().accessCount;
    detector.findAgain({ ...list, start: list.start + reachedCount, end });
    return [first, watched.take().accessCount];
  }

  it.each<[string, readonly GraphNode[], readonly number[], number[]]>([
    ["a tangle that is held", tangle(9), all, [1432, 32]],
    ["a tangle of which little is", tangle(50), all, [1489, 32]],
    ["a ring that is garbage", ring, all, [698, 760]],
    ["a list with gaps", tangle(100), withGaps, [1544, 32]],
    ["a chain against its order", chain, all, [1421, 0]],
    ["a chain in its order, with gaps", chain, withGaps.toReversed(), [799, 0]],
  ])("of %s", (_, nodes, order, expected) => {
    expect(accessesOf(nodes, order)).toEqual(expected);
  });

  it("and refuses without more", () => {
    const rig = makeGraphRig(chain);
    const watched = watchWords(rig.words, ACCESS_LIMIT);
    rig.words[rig.objects[20] as number] = 0;
    const detector = rig.makeDetector(parts, watched.words);
    expect(() => detector.find(rig.makeList(all))).toThrow("more references than that");
    expect(watched.take().accessCount).toBe(401);
  });
});

describe("Trial deletion reads and writes as many words as it did", () => {
  /** Of rings of four, each held by a box too: in `find`, `findAgain`, `release`, `validate`. */
  function accessesOf(heldCount: number, candidateEvery: number): number[] {
    let watched: WatchedWords | undefined;
    const rig = makeBufferRig(256, (words) => {
      watched = watchWords(words, ACCESS_LIMIT);
      return watched.words;
    });
    const take = (): number => (watched as WatchedWords).take().accessCount;
    for (let index = 0; index < NODE_COUNT; index++) {
      rig.make((["node", "array", "four", "owner", "box"] as const)[index % 5] as "node", 1);
    }
    for (const [index, object] of rig.objects.entries()) {
      const held = index % 5 >= 3 ? index - (index % 5) : index + 1;
      const first = index % 5 === 1 ? 3 : 2;
      if (first === 3) rig.words[object + 2] = 2;
      rig.words[object + first] = rig.objects[held] as number;
    }
    for (const object of rig.objects.slice(0, heldCount)) rig.words[object] = 2;
    for (const [index, object] of rig.objects.entries()) {
      if (index % candidateEvery === 0) rig.buffer.note(object as never);
    }
    const counts = [take()];
    rig.detector.find();
    counts.push(take());
    rig.detector.findAgain();
    counts.push(take());
    rig.buffer.release();
    counts.push(take());
    rig.validate();
    return [...counts, take()];
  }

  it.each([
    [0, 1, [180, 635, 538, 78, 111]],
    [1, 1, [180, 673, 449, 66, 103]],
    [15, 2, [90, 725, 271, 42, 87]],
    [0, 7, [30, 401, 360, 54, 95]],
  ])("with %i held, one of %i a candidate", (heldCount, candidateEvery, expected) => {
    expect(accessesOf(heldCount, candidateEvery)).toEqual(expected);
  });
});
