// The three small scopes, each as all of its cases, or as every nth of them:
//
//   programs      two roots, every list of at most 7 letters from an empty heap on
//   heaps         3 objects or fewer in every state, every list of at most 3 letters
//   collections   4 objects, one letter
//
// Lists are a tree, and each of its nodes is a case. A scope is cut into branches of that tree, by
// its start heap or its first letters; a share takes every so many branches and lists of each, a
// part every so many branches whole.

import {
  type Collections,
  type Letter,
  lettersOfHeap,
  lettersOfProgram,
  playOnSmallHeap,
} from "./letter.js";
import { type Move, moveOf } from "./move.js";
import { routesIn } from "./route.js";
import { type PlayableCase, playable, programOf, type SmallCase } from "./small-case.js";
import { copySmallHeap, overwriteSmallHeap, type SmallHeap } from "./small-heap.js";
import { type History, startHeaps } from "./start-heap.js";

export interface ScopeOptions {
  readonly collections: Collections;
  readonly histories: readonly History[];
  /** About one case in so many; 1 for all. */
  readonly stride: number;
  /** Another seed has another share. */
  readonly seed: number;
}

/** A case, and the lists that grow from it. */
export interface Branch {
  readonly first: SmallCase;
  readonly tree: Tree;
  /** Most letters of its lists. */
  readonly letterLimit: number;
}

/** A list of letters grows by what its heap allows. */
interface Tree {
  readonly collections: Collections;
  readonly lettersOf: (heap: SmallHeap, collections: Collections) => Letter[];
  /** No list of so many letters or fewer is left out. */
  readonly wholeLength: number;
  /** Of the longer ones one in so many grows on; any number from 1. */
  readonly strideOfLength: number;
  /** By length: how many lists were met. */
  readonly counts: number[];
}

const PROGRAM_ROOT_COUNT = 2;
const PROGRAM_LETTER_COUNT = 7;
/** Programs are cut into branches behind so many letters. */
const BRANCH_LETTER_COUNT = 3;

export function programBranches({ collections, stride, seed }: ScopeOptions): Branch[] {
  const tree: Tree = {
    collections,
    lettersOf: lettersOfProgram,
    ...shareOf(PROGRAM_LETTER_COUNT, stride, seed),
  };
  const branches: Branch[] = [];
  const first = programOf(PROGRAM_ROOT_COUNT, []);
  visitCases({ first, tree, letterLimit: BRANCH_LETTER_COUNT }, (small) => {
    const letters = [...small.letters];
    const isShort = letters.length < BRANCH_LETTER_COUNT;
    const letterLimit = isShort ? letters.length : PROGRAM_LETTER_COUNT;
    branches.push({ first: programOf(PROGRAM_ROOT_COUNT, letters), tree, letterLimit });
  });
  return branches;
}

const HEAP_OBJECT_COUNT = 3;
const HEAP_LETTER_COUNT = 3;
/** A share has more heaps of fewer lists each, up to this. */
const LIST_STRIDE_LIMIT = 23;
const FEWER = 40;

export function heapBranches(options: ScopeOptions): Branch[] {
  const { histories, stride, seed } = options;
  const listStride = Math.min(stride, LIST_STRIDE_LIMIT);
  const heapStride = coprime(Math.ceil(stride / listStride));
  const branches: Branch[] = [];
  for (let objectCount = 1; objectCount <= HEAP_OBJECT_COUNT; objectCount++) {
    const tree = heapTree(options, HEAP_LETTER_COUNT, listStride);
    // Of fewer objects there are fewer heaps, and larger a share of them is taken.
    const ownStride = coprime(Math.ceil(heapStride / FEWER ** (HEAP_OBJECT_COUNT - objectCount)));
    for (const start of startHeaps(objectCount, histories, true, ownStride, seed)) {
      const first = { rootCount: objectCount + 1, start, letters: [] };
      branches.push({ first, tree, letterLimit: HEAP_LETTER_COUNT });
    }
  }
  return branches;
}

const COLLECTION_OBJECT_COUNT = 4;
const COLLECTION_LETTER_COUNT = 1;

export function collectionBranches(options: ScopeOptions): Branch[] {
  const { histories, stride, seed } = options;
  const tree = heapTree(options, COLLECTION_LETTER_COUNT, 1);
  const rootCount = COLLECTION_OBJECT_COUNT + 1;
  const starts = startHeaps(COLLECTION_OBJECT_COUNT, histories, false, coprime(stride), seed);
  return [...starts].map((start) => ({
    first: { rootCount, start, letters: [] },
    tree,
    letterLimit: COLLECTION_LETTER_COUNT,
  }));
}

/**
 * Every list of half the letters grows on. Of the longer ones some are left out at each length, so
 * that a share differs in more than its last letters.
 */
function shareOf(
  letterLimit: number,
  stride: number,
  seed: number,
): Pick<Tree, "wholeLength" | "strideOfLength" | "counts"> {
  const wholeLength = Math.floor(letterLimit / 2);
  const strideOfLength = stride ** (1 / (letterLimit - wholeLength));
  const counts = new Array<number>(letterLimit + 1).fill(seed - 1);
  return { wholeLength, strideOfLength, counts };
}

function heapTree({ collections, seed }: ScopeOptions, letterLimit: number, stride: number): Tree {
  return { collections, lettersOf: lettersOfHeap, ...shareOf(letterLimit, stride, seed) };
}

function isLeftOut({ wholeLength, strideOfLength, counts }: Tree, length: number): boolean {
  const count = counts[length] as number;
  counts[length] = count + 1;
  return length > wholeLength && count % strideOfLength >= 1;
}

/**
 * The branch's first case, then all that grow from it, each before what grows from it in turn. It
 * is one object for all of them, good until the visitor returns. O(lists).
 */
export function visitCases(branch: Branch, visit: (small: PlayableCase) => void): void {
  const { first, tree, letterLimit } = branch;
  const { collections, lettersOf } = tree;
  const start = playable(first, collections);
  const letters = [...start.letters];
  const moves: Move[] = [...start.moves];
  const firstLength = letters.length;
  // Behind each letter the heap is another; the last one is the case's own.
  const heaps = Array.from({ length: letterLimit - firstLength + 1 }, () =>
    copySmallHeap(start.heap),
  );
  const cases = heaps.map((heap) => ({ ...start, letters, moves, heap }));

  /** The depth is that of the list. */
  function visitFrom(length: number): void {
    const small = cases[length - firstLength] as PlayableCase;
    letters.length = length;
    moves.length = length;
    visit(small);
    if (length === letterLimit) return;
    const routes = routesIn(small.heap);
    const next = heaps[length - firstLength + 1] as SmallHeap;
    for (const letter of lettersOf(small.heap, collections)) {
      if (isLeftOut(tree, length + 1)) continue;
      overwriteSmallHeap(next, small.heap);
      playOnSmallHeap(letter, next, collections);
      letters[length] = letter;
      moves[length] = moveOf(letter, routes);
      visitFrom(length + 1);
    }
  }
  visitFrom(firstLength);
}

/** Codes of heaps are numbers of bases 2, 3, 10 and 15: a stride of their divisors sees few. */
function coprime(stride: number): number {
  for (let next = stride; ; next++) {
    if (next === 1 || (next % 2 !== 0 && next % 3 !== 0 && next % 5 !== 0)) return next;
  }
}
