// The model that the properties compare an allocator with: a map of live blocks with their sizes
// and contents, and who owns each granule of the heap. It knows nothing of pools, lists or headers.

import { type Allocator, type Block, isOuroError, type PrivateHeap } from "@ouro/interfaces";
import type { Notes } from "../notes.js";
import { BrokenPromiseError, expectPromise } from "../promise.js";
import type { AllocatorActs } from "./allocator-acts.js";
import { recorderOf } from "./allocator-recorder.js";
import type { AllocatorMaker, AllocatorSubject } from "./allocator-subject.js";
import { changedAt, fillBlock } from "./block-pattern.js";

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
  /** Of the pattern that it is filled with. */
  readonly fillNumber: number;
}

export interface AllocatorModel {
  readonly subject: AllocatorSubject;
  readonly maker: AllocatorMaker;
  readonly notes: Notes;
  readonly heap: PrivateHeap;
  /** To ask it without having that written down. */
  readonly plainHeap: PrivateHeap;
  readonly allocator: Allocator;
  readonly live: Map<Block, LiveBlock>;
  /** Told of what is done beside calls; undefined when nobody writes it down. */
  readonly acts: AllocatorActs | undefined;
  /** In the order of birth: commands pick from it by number. */
  readonly order: Block[];
  checks(check: AllocatorCheck): boolean;
  add(block: Block, requestBytes: number): void;
  /** Forgets a block; its contents are checked first. */
  remove(block: Block): LiveBlock;
  verify(block: Block, fillNumber: number, sizeBytes: number): void;
  /** The numbers freed last: they may live again. */
  readonly freed: number[];
  /** Fills it as the block that it was before. */
  addMoved(block: Block, requestBytes: number, fillNumber: number): void;
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
  const acts = recorderOf(subject);
  const plainHeap = acts?.heap ?? heap;
  const live = new Map<Block, LiveBlock>();
  const order: Block[] = [];
  const freed: number[] = [];
  const owned = new Uint8Array(words.length / GRANULE_WORDS);
  let fillCount = 0;
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

  function addMoved(block: Block, requestBytes: number, fillNumber: number): void {
    const usableBytes = allocator.usableSizeBytes(block);
    if (checks("placement") || checks("aliasing")) checkPlacement(block, requestBytes, usableBytes);
    fillBlock(words, block, fillNumber, usableBytes >> 2);
    acts?.fill(block, fillNumber, usableBytes >> 2);
    own(block, usableBytes, 1);
    live.set(block, { requestBytes, usableBytes, fillNumber });
    order.push(block);
  }

  function verify(block: Block, fillNumber: number, sizeBytes: number): void {
    const index = changedAt(words, block, fillNumber, sizeBytes >> 2);
    if (index < 0) return;
    acts?.lookAtFill(block, fillNumber, sizeBytes >> 2);
    throw new BrokenPromiseError(`block ${block} changed at its word ${index}`);
  }

  function remove(block: Block): LiveBlock {
    const known = live.get(block);
    expectPromise(known !== undefined, `the test asked for ${block}, which does not live`);
    if (checks("contents") || checks("aliasing"))
      verify(block, known.fillNumber, known.usableBytes);
    live.delete(block);
    freed.push(block);
    order.splice(order.indexOf(block), 1);
    own(block, known.usableBytes, 0);
    return known;
  }

  function add(block: Block, requestBytes: number): void {
    addMoved(block, requestBytes, ++fillCount);
  }

  /** A fresh copy of several MiB a command would cost more than all else. */
  let copy = new Int32Array(0);

  /** From the arena table to the end of what was ever lent: nothing above was ever written. */
  function usedWords(): Int32Array {
    const { committedBytes } = plainHeap.statistics();
    return words.subarray(heap.arenaTable, committedBytes >> 2);
  }

  function remember(): void {
    acts?.remember();
    const used = usedWords();
    if (copy.length < used.length) copy = new Int32Array(words.length);
    copy.set(used);
  }

  function expectUnchanged(what: string): void {
    const now = usedWords();
    for (let index = 0; index < now.length; index++) {
      if (now[index] === copy[index]) continue;
      acts?.lookAtWord(heap.arenaTable + index, copy[index] as number);
      throw new BrokenPromiseError(`${what} changed word ${heap.arenaTable + index}`);
    }
  }

  return {
    subject,
    maker,
    notes,
    heap,
    plainHeap,
    allocator,
    live,
    acts,
    order,
    freed,
    checks,
    add,
    addMoved,
    remove,
    verify,
    remember,
    expectUnchanged,
  };
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
