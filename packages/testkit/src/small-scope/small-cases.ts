// The three small scopes, each as all of its cases, or as every nth of them:
//
//   programs      two roots, every list of at most 7 letters from an empty heap on
//   heaps         3 objects or fewer in every state, every list of at most 3 letters
//   collections   4 objects, one letter
//
// Lists are a tree, and each of its nodes is a case. A share takes every so many branches.

import { type Letter, lettersOfHeap, lettersOfProgram, playOnSmallHeap } from "./letter.js";
import { heapOfStart, programOf, type SmallCase } from "./small-case.js";
import { copySmallHeap, createSmallHeap, type SmallHeap } from "./small-heap.js";
import { type History, startHeaps } from "./start-heap.js";

export interface ScopeOptions {
  readonly hasGenerations: boolean;
  readonly histories: readonly History[];
  /** About one case in so many; 1 for all. */
  readonly stride: number;
  /** Another seed has another share. */
  readonly seed: number;
}

const PROGRAM_ROOT_COUNT = 2;
const PROGRAM_LETTER_COUNT = 7;

export function* smallPrograms(options: ScopeOptions): Generator<SmallCase> {
  const { hasGenerations, stride, seed } = options;
  const tree: Tree = {
    lettersOf: (heap) => lettersOfProgram(heap, hasGenerations),
    ...limits(PROGRAM_LETTER_COUNT, stride, seed),
  };
  const empty = createSmallHeap(PROGRAM_ROOT_COUNT);
  for (const letters of lists(tree, empty, [])) yield programOf(PROGRAM_ROOT_COUNT, letters);
}

const HEAP_OBJECT_COUNT = 3;
const HEAP_LETTER_COUNT = 3;
/** A share has more heaps of fewer lists each, up to this. */
const LIST_STRIDE_LIMIT = 23;
const FEWER = 40;

export function* smallHeaps(options: ScopeOptions): Generator<SmallCase> {
  const { histories, stride, seed } = options;
  const branchStride = Math.min(stride, LIST_STRIDE_LIMIT);
  const heapStride = coprime(Math.ceil(stride / branchStride));
  for (let objectCount = 1; objectCount <= HEAP_OBJECT_COUNT; objectCount++) {
    const tree = heapTree(options, HEAP_LETTER_COUNT, branchStride, objectCount);
    // Of fewer objects there are fewer heaps, and larger a share of them is taken.
    const ownStride = coprime(Math.ceil(heapStride / FEWER ** (HEAP_OBJECT_COUNT - objectCount)));
    for (const start of startHeaps(objectCount, histories, true, ownStride, seed)) {
      yield* listsFrom(tree, { rootCount: objectCount + 1, start, letters: [] });
    }
  }
}

const COLLECTION_OBJECT_COUNT = 4;

export function* smallCollections(options: ScopeOptions): Generator<SmallCase> {
  const { histories, stride, seed } = options;
  const tree = heapTree(options, 1, 1, COLLECTION_OBJECT_COUNT);
  const rootCount = COLLECTION_OBJECT_COUNT + 1;
  const ownStride = coprime(stride);
  for (const start of startHeaps(COLLECTION_OBJECT_COUNT, histories, false, ownStride, seed)) {
    yield* listsFrom(tree, { rootCount, start, letters: [] });
  }
}

/** A list of letters grows by what its heap allows. */
interface Tree {
  readonly lettersOf: (heap: SmallHeap) => Letter[];
  readonly letterLimit: number;
  /** Of the lists of two letters and more, one in so many grows on. */
  readonly strideOfLength: number;
  /** By length: how many lists were met. */
  readonly counts: number[];
}

/** Lists are left out at every length from 2 on, so that a share differs in its first letters. */
function limits(
  letterLimit: number,
  stride: number,
  seed: number,
): Pick<Tree, "letterLimit" | "strideOfLength" | "counts"> {
  const strideOfLength = Math.round(stride ** (1 / Math.max(1, letterLimit - 1)));
  return { letterLimit, strideOfLength, counts: new Array<number>(letterLimit + 1).fill(seed - 1) };
}

function isLeftOut({ strideOfLength, counts }: Tree, length: number): boolean {
  const count = counts[length] as number;
  counts[length] = count + 1;
  return length >= 2 && count % strideOfLength !== 0;
}

function heapTree(
  { hasGenerations, seed }: ScopeOptions,
  letterLimit: number,
  stride: number,
  objectCount: number,
): Tree {
  return {
    lettersOf: (heap) => lettersOfHeap(heap, hasGenerations, heap.slots.length > 2 * objectCount),
    ...limits(letterLimit, stride, seed),
  };
}

function* listsFrom(tree: Tree, small: SmallCase): Generator<SmallCase> {
  for (const letters of lists(tree, heapOfStart(small), [])) yield { ...small, letters };
}

/** The list itself, then all that begin with it. The depth is that of the list. */
function* lists(tree: Tree, heap: SmallHeap, letters: readonly Letter[]): Generator<Letter[]> {
  if (isLeftOut(tree, letters.length)) return;
  yield [...letters];
  if (letters.length === tree.letterLimit) return;
  for (const letter of tree.lettersOf(heap)) {
    const next = copySmallHeap(heap);
    playOnSmallHeap(letter, next);
    yield* lists(tree, next, [...letters, letter]);
  }
}

/** Codes of heaps are numbers of bases 2, 3, 10 and 15: a stride of their divisors sees few. */
function coprime(stride: number): number {
  for (let next = stride; ; next++) {
    if (next === 1 || (next % 2 !== 0 && next % 3 !== 0 && next % 5 !== 0)) return next;
  }
}
