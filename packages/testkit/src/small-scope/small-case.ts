// A small case: a start heap, letters played from there on, and a full collection behind them. As
// steps it is an ordinary script: it runs on any subject beside the shadow heap, prints as code and
// can be drawn.

import type { Step } from "../step.js";
import { type Collections, type Letter, playOnSmallHeap } from "./letter.js";
import { COLLECT, type Move, moveOf, movesOfStart, stepsOfMove } from "./move.js";
import { routesIn } from "./route.js";
import { bitOf, createSmallHeap, type SmallHeap, settle } from "./small-heap.js";
import { EMPTY_HEAP, type StartHeap } from "./start-heap.js";

export interface SmallCase {
  readonly rootCount: number;
  readonly start: StartHeap;
  readonly letters: readonly Letter[];
  /**
   * Cases that the same subject played before, all roots dropped and everything collected after
   * each: for what a fresh subject does not show.
   */
  readonly before?: readonly SmallCase[];
}

/** A case with all that whoever plays it needs; the collection behind the letters is not in it. */
export interface PlayableCase extends SmallCase {
  readonly startMoves: readonly Move[];
  /** One for each letter. */
  readonly moves: readonly Move[];
  /** What the letters end in. */
  readonly heap: SmallHeap;
}

/** A program of letters alone. */
export function programOf(rootCount: number, letters: readonly Letter[]): SmallCase {
  return { rootCount, start: EMPTY_HEAP, letters };
}

/** What the start heap is, roots dropped and acyclic garbage gone. */
export function heapOfStart(rootCount: number, start: StartHeap): SmallHeap {
  const heap = createSmallHeap(rootCount);
  for (const [index, [one, other]] of start.slots.entries()) {
    heap.slots.push(one, other);
    heap.live |= bitOf(index + 1);
    heap.roots[index] = start.isRooted[index] === true ? index + 1 : 0;
  }
  settle(heap);
  return heap;
}

export function playable(small: SmallCase, collections: Collections): PlayableCase {
  const { rootCount, start, letters } = small;
  const startMoves = movesOfStart(start, rootCount - 1, collections.hasGenerations);
  const heap = heapOfStart(rootCount, start);
  const moves: Move[] = [];
  for (const letter of letters) {
    moves.push(moveOf(letter, routesIn(heap)));
    playOnSmallHeap(letter, heap, collections);
  }
  return { ...small, startMoves, moves, heap };
}

/** The steps of a case, those of the cases before it first; undefined after each letter. */
export function* stepsOfCase(
  small: SmallCase,
  collections: Collections,
): Generator<Step | undefined> {
  for (const before of small.before ?? []) {
    yield* stepsOfOne(before, collections);
    yield { call: "leave" };
    yield* stepsOfMove(COLLECT);
  }
  yield* stepsOfOne(small, collections);
}

function* stepsOfOne(small: SmallCase, collections: Collections): Generator<Step | undefined> {
  const { rootCount, startMoves, moves } = playable(small, collections);
  yield { call: "enter", slotCount: rootCount };
  for (const move of startMoves) yield* stepsOfMove(move);
  if (startMoves.length > 0) yield undefined;
  for (const move of [...moves, COLLECT]) {
    yield* stepsOfMove(move);
    yield undefined;
  }
}
