// What the model of an allocator does beside calls, as a script has it: patterns that it writes and
// looks for, words that it changes, marks that it sets.

import { ARENA_SIZE_WORDS, type PrivateHeap } from "@ouro/interfaces";
import type { CallRecorder, LoggedCall } from "../calls/call-log.js";
import type { AllocatorSubject } from "./allocator-subject.js";
import { type BlockBook, liveBlock } from "./block-book.js";
import { changedAt, fillBlock } from "./block-pattern.js";

/** What the model tells of what it does beside calls. */
export interface AllocatorActs {
  readonly recorder: CallRecorder<AllocatorSubject, BlockBook>;
  /** The heap of which nothing is written down. */
  readonly heap: PrivateHeap;
  /** A block was filled with the pattern of a number. */
  fill(block: number, number: number, wordCount: number): void;
  /** Whether it is filled still is what is looked at now. */
  lookAtFill(block: number, number: number, wordCount: number): void;
  /** The word before a block was changed by so much. */
  addBefore(block: number, by: number): void;
  /** The heap's words are kept, to be compared behind the calls that come. */
  remember(): void;
  /** This one is another than it was. */
  lookAtWord(word: number, before: number): void;
  lookAtZeros(block: number, requestBytes: number): void;
  /** Marks are reserved; these blocks are marked, and no other. */
  reserveMarks(reserve: (heap: PrivateHeap) => number): void;
  mark(blocks: readonly number[], mark: (heap: PrivateHeap) => void): void;
  /** What layers keep is given back by this. */
  settle(settle: () => void): void;
}

export function createActs(
  recorder: CallRecorder<AllocatorSubject, BlockBook>,
  subject: AllocatorSubject,
  nameOf: (value: number) => string,
): AllocatorActs {
  /** By the numbers of patterns: a block that moved was filled more than once. */
  const fills = new Map<number, LoggedCall<AllocatorSubject, BlockBook>[]>();
  let rememberedAt = 0;
  return {
    heap: subject.heap,
    recorder,
    fill(block, number, wordCount) {
      const name = nameOf(block);
      const call = recorder.done({
        role: "contents",
        text: `fill(${name}, ${number});`,
        run: ({ heap }) => fillBlock(heap.words, block, number, wordCount),
        enter(book) {
          const found = liveBlock(book, block);
          if (found !== undefined) found.fill = { number, wordCount };
        },
      });
      fills.set(number, [...(fills.get(number) ?? []), call]);
    },
    lookAtFill(block, number, wordCount) {
      const text = `console.log(changedAt(${nameOf(block)}, ${number}, ${wordCount}));`;
      const run = ({ heap }: AllocatorSubject) => changedAt(heap.words, block, number, wordCount);
      recorder.look(undefined, { text, run }, () => run(subject));
      for (const call of fills.get(number) ?? []) call.isKept = true;
    },
    addBefore(block, by) {
      const sign = by < 0 ? "-" : "+";
      recorder.done({
        text: `heap.words[${nameOf(block)} - 1] ${sign}= ${Math.abs(by)};`,
        run({ heap }) {
          heap.words[block - 1] = (heap.words[block - 1] as number) + by;
        },
        enter(book) {
          const found = liveBlock(book, block);
          if (found !== undefined) found.changeBefore += by;
        },
      });
    },
    remember() {
      rememberedAt = recorder.calls.length;
    },
    lookAtWord(word, remembered) {
      let before = remembered;
      recorder.calls.splice(rememberedAt, 0, {
        ...{ role: "call", outcome: "undefined", isKept: true },
        text: `const before = heap.words[${word}];`,
        run({ heap }) {
          before = heap.words[word] as number;
        },
      });
      const text = `console.log(before, heap.words[${word}]);`;
      const run = ({ heap }: AllocatorSubject) => [before, heap.words[word]];
      recorder.look(undefined, { text, run }, () => run(subject));
    },
    lookAtZeros(block, requestBytes) {
      const name = nameOf(block);
      const bytes = `heap.bytes.subarray(4 * ${name}, 4 * ${name} + ${requestBytes})`;
      const text = `console.log(${bytes}.every((byte) => byte === 0));`;
      const run = ({ heap }: AllocatorSubject): boolean =>
        heap.bytes.subarray(4 * block, 4 * block + requestBytes).every((byte) => byte === 0);
      recorder.look(undefined, { text, run }, () => run(subject));
    },
    reserveMarks(reserve) {
      recorder.done({ text: marksText(subject.heap), run: ({ heap }) => void reserve(heap) });
    },
    mark(blocks, mark) {
      const text = `mark(${blocks.map(nameOf).join(", ")});`;
      recorder.done({ text, run: ({ heap }) => mark(heap) });
    },
    settle(settle) {
      const run = (made: AllocatorSubject): void => made.settle?.();
      recorder.call({ role: "refused", text: SETTLE_LINE, run }, settle);
    },
  };
}

export const SETTLE_LINE = "settle();";

/** Words of the map of marks for each arena. */
const WORDS_PER_ARENA = ARENA_SIZE_WORDS >>> 7;

/** A bit for each granule; the map is cleared before blocks are marked. */
function marksText({ firstArenaIndex, arenaCount }: PrivateHeap): string {
  const wordCount = WORDS_PER_ARENA * (arenaCount - firstArenaIndex);
  const before = WORDS_PER_ARENA * firstArenaIndex;
  const region = `heap.reserveRegion(heap.registerBorrower("marks"), "marks", ${wordCount})`;
  return [
    `const marks = ${region}.start - ${before};`,
    "const mark = (...blocks) => {",
    `  heap.words.fill(0, marks + ${before}, marks + ${before + wordCount});`,
    "  for (const block of blocks) heap.words[marks + (block >>> 7)] |= 1 << (block >>> 2);",
    "};",
  ].join("\n");
}
