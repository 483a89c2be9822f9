// The candidate buffer and trial deletion over objects that are laid down by hand, one behind the
// other in an arena, with counts as the test says.

import { createPrivateHeap } from "@ouro/heap";
import type { Reference, Region } from "@ouro/interfaces";
import { createTypeTable, describeType, type TypeOptions } from "@ouro/object-model";
import { CANDIDATE_STATE_WORDS, createCandidateBuffer, createTrialDetector } from "../src/index.js";

export const BUFFERED = 1 << 20;
export const IMMORTAL = 2 ** 30;
const SIZE_WORDS = 12;

export type BufferKind = "node" | "box" | "unwatched" | "array" | "four" | "five" | "owner";

export function makeBufferRig(entryCount = 16, watch = (words: Int32Array) => words) {
  const heap = createPrivateHeap({ reservationBytes: 1 << 22, regionBytes: 1 << 20 });
  const borrower = heap.registerBorrower("test");
  const arena = heap.reserveArenas(borrower, 1) as number;
  const types = createTypeTable({ heap, borrower, typeLimitCount: 8 });
  const { words } = heap;
  const define = (name: string, options: Omit<TypeOptions, "name">) =>
    types.define(describeType({ name, ...options }));
  const kinds: Record<BufferKind, number> = {
    node: define("node", { visitedSlotCount: 2 }),
    box: define("box", { visitedSlotCount: 2, acyclic: true }),
    unwatched: define("unwatched", { ownedSlotCount: 2, collected: false }),
    array: define("array", { variablePart: "visited" }),
    four: define("four", { visitedSlotCount: 4 }),
    five: define("five", { visitedSlotCount: 5 }),
    owner: define("owner", { visitedSlotCount: 1, ownedSlotCount: 1 }),
  };
  const state = heap.reserveRegion(borrower, "state", CANDIDATE_STATE_WORDS);
  const reserved = heap.reserveRegion(borrower, "entries", entryCount);
  const entries: Region = { ...reserved, sizeWords: entryCount };
  const marks = heap.reserveRegion(borrower, "marks", 1 << 16).start - (arena >> 2);
  const options = { words: watch(words), types, state, entries, marks, bufferedMask: BUFFERED };
  const buffer = createCandidateBuffer(options);
  const examined: number[] = [];
  const detector = createTrialDetector({
    ...{ ...options, immortalCount: IMMORTAL },
    onExamine: (object) => examined.push(object),
  });
  const objects: number[] = [];

  /** An object with a count of its own, and what it holds. */
  function make(kind: BufferKind, count: number, ...held: number[]): number {
    const object = arena + SIZE_WORDS * (objects.length + 1);
    objects.push(object);
    words[object] = count;
    words[object + 1] = kinds[kind];
    held.forEach((value, at) => {
      words[object + 2 + at] = value;
    });
    return object;
  }

  const walk = (visit: (object: Reference) => void): void => {
    for (const object of objects) visit(object as Reference);
  };
  const validate = (): void => buffer.validate(walk, (word) => objects.includes(word));
  const markOf = (object: number): number => words[marks + (object >> 2)] as number;
  const list = (): number[] => [...words.subarray(entries.start, entries.start + entryCount)];
  return {
    ...{ words, buffer, detector, examined, objects, state, entries, marks },
    ...{ make, walk, validate, markOf, list },
  };
}
