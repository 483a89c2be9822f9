// The model that the properties compare an allocator with: a map of live blocks with their sizes
// and contents, and who owns each granule of the heap. It knows nothing of pools, lists or headers.

import { type Allocator, type Block, isOuroError, type PrivateHeap } from "@ouro/interfaces";
import type { Notes } from "../notes.js";
import { BrokenPromiseError, expectPromise } from "../promise.js";
import type { AllocatorMaker, AllocatorSubject } from "./allocator-subject.js";

/** What a property looks at. Each is one fact of the allocator's contract. */
export type AllocatorCheck =
  | "placement"
  | "contents"
  | "reallocation"
  | "zeroing"
  | "accounting"
  | "walk"
  | "refusals"
  | "aliasing"
  | "overrun"
  | "validate"
  | "memory"
  | "release";

export interface LiveBlock {
  readonly requestBytes: number;
  readonly usableBytes: number;
  readonly salt: number;
}

export interface AllocatorModel {
  readonly subject: AllocatorSubject;
  readonly maker: AllocatorMaker;
  readonly notes: Notes;
  readonly heap: PrivateHeap;
  readonly allocator: Allocator;
  readonly live: Map<Block, LiveBlock>;
  /** In the order of birth: commands pick from it by number. */
  readonly order: Block[];
  checks(check: AllocatorCheck): boolean;
  add(block: Block, requestBytes: number): void;
  /** Forgets a block; its contents are checked first. */
  remove(block: Block): LiveBlock;
  verify(block: Block, salt: number, sizeBytes: number): void;
  /** The numbers freed last: they may live again. */
  readonly freed: number[];
  nextSalt(): number;
  addWithSalt(block: Block, requestBytes: number, salt: number): void;
  /**
   * Remembers the heap's words until the next call: all that may be in use, but not the heap's own
   * header, whose search hint a refused request may move.
   */
  remember(): void;
  /** Throws unless the words are as remembered. */
  expectUnchanged(what: string): void;
}

const GRANULE_WORDS = 4;

export function createAllocatorModel(
  maker: AllocatorMaker,
  enabled: ReadonlySet<AllocatorCheck>,
  notes: Notes,
): AllocatorModel {
  const subject = maker.make();
  const { heap, allocator } = subject;
  const { words } = heap;
  const live = new Map<Block, LiveBlock>();
  const order: Block[] = [];
  const freed: number[] = [];
  const owned = new Uint8Array(words.length / GRANULE_WORDS);
  let salt = 0;
  const checks = (check: AllocatorCheck): boolean => enabled.has(check);

  function checkPlacement(block: Block, requestBytes: number, usableBytes: number): void {
    expectPromise(Number.isInteger(block) && block > 0, `${block} is no block`);
    expectPromise(block % GRANULE_WORDS === 0, `block ${block} is not aligned to 16 bytes`);
    expectPromise(usableBytes >= requestBytes, `${usableBytes} bytes usable of ${requestBytes}`);
    const first = block / GRANULE_WORDS;
    const end = Math.ceil((block + Math.max(1, usableBytes / 4)) / GRANULE_WORDS);
    const taken = owned.subarray(first, end).indexOf(1);
    expectPromise(taken < 0, `block ${block} overlaps another at word ${(first + taken) * 4}`);
    const firstArena = block >>> 18;
    const lastArena = (block + Math.max(1, usableBytes >> 2) - 1) >>> 18;
    for (let index = firstArena; index <= lastArena; index++) {
      expectPromise(words[heap.arenaTable + index] !== 0, `block ${block} lies in a free arena`);
    }
  }

  function own(block: Block, usableBytes: number, isOwned: 0 | 1): void {
    const end = Math.ceil((block + Math.max(1, usableBytes / 4)) / GRANULE_WORDS);
    owned.fill(isOwned, block / GRANULE_WORDS, end);
  }

  function addWithSalt(block: Block, requestBytes: number, ownSalt: number): void {
    const usableBytes = allocator.usableSizeBytes(block);
    if (checks("placement") || checks("aliasing")) checkPlacement(block, requestBytes, usableBytes);
    const end = block + (usableBytes >> 2);
    for (let word = block as number; word < end; word++) {
      words[word] = patternAt(word - block, ownSalt);
    }
    own(block, usableBytes, 1);
    live.set(block, { requestBytes, usableBytes, salt: ownSalt });
    order.push(block);
  }

  function verify(block: Block, ownSalt: number, sizeBytes: number): void {
    const wholeWords = sizeBytes >> 2;
    for (let index = 0; index < wholeWords; index++) {
      if (words[block + index] === patternAt(index, ownSalt)) continue;
      throw new BrokenPromiseError(`block ${block} changed at its word ${index}`);
    }
  }

  function remove(block: Block): LiveBlock {
    const known = live.get(block);
    expectPromise(known !== undefined, `the test asked for ${block}, which does not live`);
    if (checks("contents") || checks("aliasing")) verify(block, known.salt, known.usableBytes);
    live.delete(block);
    freed.push(block);
    order.splice(order.indexOf(block), 1);
    own(block, known.usableBytes, 0);
    return known;
  }

  function nextSalt(): number {
    salt += 0x10001;
    return salt;
  }

  function add(block: Block, requestBytes: number): void {
    addWithSalt(block, requestBytes, nextSalt());
  }

  /** A fresh copy of several MiB a command would cost more than all else. */
  let copy = new Int32Array(0);

  /** From the arena table to the end of what was ever lent: nothing above was ever written. */
  function usedWords(): Int32Array {
    return words.subarray(heap.arenaTable, heap.statistics().committedBytes >> 2);
  }

  function remember(): void {
    const used = usedWords();
    if (copy.length < used.length) copy = new Int32Array(words.length);
    copy.set(used);
  }

  function expectUnchanged(what: string): void {
    const now = usedWords();
    for (let index = 0; index < now.length; index++) {
      if (now[index] === copy[index]) continue;
      throw new BrokenPromiseError(`${what} changed word ${heap.arenaTable + index}`);
    }
  }

  return {
    subject,
    maker,
    notes,
    heap,
    allocator,
    live,
    order,
    freed,
    checks,
    add,
    addWithSalt,
    remove,
    verify,
    nextSalt,
    remember,
    expectUnchanged,
  };
}

function patternAt(index: number, salt: number): number {
  return Math.imul(index + salt, 0x9e3779b1);
}

/** One of the live blocks, chosen by number; undefined when none lives. */
export function pickBlock(model: AllocatorModel, pick: number): Block | undefined {
  return model.order[pick % model.order.length];
}

/** The kind of operating error that `call` throws; a programmer's error goes through. */
export function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.kind;
    throw error;
  }
  return "accepted";
}
