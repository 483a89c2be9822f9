// The counting collector: every object knows how many slots hold it, and goes in the call that
// takes the last reference away. There is nothing to collect, and no safepoint to wait for; what
// holds itself in a cycle stays, as in CPython without its cycle collector.
//
//   mutator ─► barrier: increment, store, decrement ─► zero ─► deallocation ─► allocator.free
//                                                                         └─► object free list
//   allocate ─► object free list ─► allocator.tryAllocate ─► header, zeros
//
// counting-barrier.ts says when counts change, deallocation.ts what follows at zero, count-audit.ts
// what they must be. Sources: Collins 1960, *A method for overlapping and erasure of lists*;
// CPython's Include/refcount.h and `_Py_Dealloc`.

import {
  type Barrier,
  type Block,
  type Collection,
  type Collector,
  checkInteger,
  checkOptions,
  GRANULE_SIZE_WORDS,
  IMAGE_IMMORTAL,
  type Reference,
  type Strategy,
  type StrategyParts,
  type Traits,
  TYPE_WORD_OFFSET,
  type TypeId,
} from "@ouro/interfaces";
import { createObjectLayout } from "@ouro/object-model";
import { createCountAudit } from "./count-audit.js";
import { createCountingBarrier } from "./counting-barrier.js";
import { createDeallocation } from "./deallocation.js";
import { checkMaxima, createFreeLists, type FreeListMaxima, type FreeLists } from "./free-lists.js";
import { createObservedCounts, type ObservedCounts, observesCounts } from "./observed-counts.js";
import { IMMORTAL_COUNT } from "./reference-count.js";

const name = "refcount";

const traits: Traits = {
  moves: false,
  collectsAt: [],
  counts: true,
  cycles: "never",
  death: "prompt",
  exact: false,
  slices: false,
  programCode: "in place",
  finalizationOrder: "cpython",
  resurrection: false,
  hooks: ["born", "write", "move", "copy", "drop"],
  headerBits: [],
  sideBytesPerGranule: 0,
};

const NOTHING: Collection = Object.freeze({
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
});

export interface RefcountOptions {
  /**
   * Dead objects to keep for the next births of their type, by the type's name; types not named
   * keep none. Only for types of fixed length. `collect` gives them back.
   */
  freeListMaxima?: FreeListMaxima;
}

/**
 * Counts references and deallocates at zero, at once. Leaks cycles: `findLeaks` names them. Its
 * `create` throws `UsageError` for a maximum that is no whole number from 0.
 */
export function refcountStrategy(options: RefcountOptions = {}): Strategy {
  checkOptions("refcountStrategy", options, "|freeListMaxima");
  const { freeListMaxima = {} } = options;
  checkMaxima(freeListMaxima);
  return { name, traits, create: (parts) => createRefcountCollector(parts, { freeListMaxima }) };
}

/** What counting does, for those who decide over an object's end. */
export interface Counting {
  increment(object: number): void;
  /** Takes one reference away and says whether it was the last. */
  decrement(object: number): boolean;
  deallocate(object: number): void;
  /** What an observer threw outside of a barrier hook, as in a collection, to be reported. */
  takeErrors(): readonly unknown[];
}

/** The seam at the end of an object, for who composes counting with more. */
export interface Ending {
  /** Bits `TYPE_*`: objects of types with none of them end unasked. */
  readonly flags: number;
  /**
   * The count reached zero. True if the object must not be deallocated now. May run program code.
   */
  end(object: number): boolean;
  /** The object's slots are released; its memory is given back next. */
  reclaimed(object: number): void;
  /** Whether program code is being called. */
  isCalling(): boolean;
}

export interface RefcountCollectorOptions extends RefcountOptions {
  /**
   * Told of each object that lost a reference and has others; must change no count. Without it
   * nothing is called.
   */
  onLoss?: (object: number) => void;
  /** Made once the counting is there. Without it nobody is asked, and nothing is paid. */
  createEnding?: (counting: Counting) => Ending;
}

/**
 * Makes the counting collector of a strategy, with or without a say for others at the end of each
 * object. Objects that end with a say are reclaimed after what they held, as in CPython.
 */
export function createRefcountCollector(
  parts: StrategyParts,
  options: RefcountCollectorOptions = {},
): Collector {
  const { freeListMaxima: maxima = {}, onLoss, createEnding } = options;
  const { heap, allocator, types, roots, observer } = parts;
  const words = heap.words;
  const layout = createObjectLayout(words, types);
  const { tryAllocate: tryAllocateBlock, requestLimitBytes } = allocator;
  const lists = Object.keys(maxima).length > 0 ? createFreeLists(parts, maxima) : undefined;
  const free = lists?.give ?? (allocator.free as (object: number) => void);
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const IMMORTAL = IMMORTAL_COUNT;
  const SMALLEST = GRANULE_SIZE_WORDS;
  const TYPE = TYPE_WORD_OFFSET;
  let collectionCount = 0;

  function increment(object: number): void {
    const count = words[object] as number;
    if (count < IMMORTAL) words[object] = count + 1;
  }

  function decrement(object: number): boolean {
    const count = words[object] as number;
    if (count === 1) return true;
    if (count < IMMORTAL) words[object] = count - 1;
    return false;
  }

  function decrementAndTell(object: number): boolean {
    const count = words[object] as number;
    if (count === 1) return true;
    if (count >= IMMORTAL) return false;
    words[object] = count - 1;
    (onLoss as (object: number) => void)(object);
    return false;
  }

  const plain = { increment, decrement, reclaim: free, onEnd: undefined };
  const observed = observesCounts(observer)
    ? createObservedCounts(words, layout, observer, plain)
    : undefined;
  const quietCounts = observed ?? plain;
  const plainCounts =
    onLoss === undefined
      ? quietCounts
      : {
          ...quietCounts,
          decrement: observed === undefined ? decrementAndTell : tellingLoss(observed, onLoss),
        };
  const counting: Counting = {
    ...plainCounts,
    deallocate: (object) => deallocate(object),
    takeErrors: observed?.takeErrors ?? (() => []),
  };
  const ending = createEnding?.(counting);
  const counts = ending === undefined ? plainCounts : withEnding(plainCounts, ending);
  const { deallocate, deallocatedCount } = createDeallocation({ words, types, ...counts });
  const { topWord } = roots;
  const plainBarrier = createCountingBarrier({ words, topWord, ...counts, deallocate });
  const barrier: Barrier = observed?.finishing(plainBarrier) ?? plainBarrier;

  /** The birth counts as one reference: `born` only stores it. */
  function tryAllocate(type: TypeId, sizeWords: number): Reference | 0 {
    if (sizeWords !== SMALLEST) return (tryAllocateAnySize(type, sizeWords) | 0) as Reference | 0;
    const object = tryAllocateBlock(SMALLEST << 2) as number;
    if (object === 0) return 0;
    words[object] = 1;
    words[object + TYPE] = type;
    words[object + 2] = 0;
    words[object + 3] = 0;
    return object as Reference;
  }

  function tryAllocateAnySize(type: TypeId, sizeWords: number): Reference | 0 {
    if (sizeWords * 4 > requestLimitBytes) return 0;
    const object = tryAllocateBlock(sizeWords * 4) as number;
    return object === 0 ? 0 : makeObject(object, type, sizeWords);
  }

  function makeObject(block: number, type: TypeId, sizeWords: number): Reference {
    words.fill(0, block, block + sizeWords);
    words[block] = 1;
    words[block + TYPE] = type;
    return block as Reference;
  }

  function tryAllocateListed(type: TypeId, sizeWords: number): Reference | 0 {
    const object = (lists as FreeLists).take(type);
    return object === 0 ? tryAllocate(type, sizeWords) : makeObject(object, type, sizeWords);
  }

  const isObject = (word: number): boolean => allocator.owns(word) && words[word + TYPE] !== 0;

  function walk(visit: (object: Reference) => void): void {
    allocator.walk((block: Block) => {
      if (words[block + TYPE] !== 0) visit(block as number as Reference);
    });
  }

  function collect(generation: number): Collection {
    checkInteger(`${name}.collect`, "generation", generation, 0, 0);
    collectionCount++;
    lists?.empty();
    return NOTHING;
  }

  function trim(): void {
    lists?.empty();
    allocator.trim?.();
  }

  const audit = createCountAudit({ words, layout, roots, walk, isObject });
  const allocate = lists === undefined ? tryAllocate : tryAllocateListed;

  return {
    ...barrier,
    name,
    traits,
    oldestGeneration: 0,
    allocate,
    tryAllocate: allocate,
    collect,
    poll() {},
    isObject,
    walk,
    stateOf: (object) => (words[object] === IMMORTAL_COUNT ? IMAGE_IMMORTAL : 0),
    setState(object, state) {
      if ((state & IMAGE_IMMORTAL) !== 0) words[object] = IMMORTAL_COUNT;
    },
    /** What an image held unreferenced, another strategy's garbage, dies here. */
    restored() {
      for (const object of audit.recount()) deallocate(object);
      observed?.finish();
    },
    ...(lists === undefined && allocator.trim === undefined ? {} : { trim }),
    statistics() {
      const { liveBlockCount, usedBytes } = allocator.statistics();
      const { count, bytes } = lists?.listed() ?? { count: 0, bytes: 0 };
      return {
        liveCount: liveBlockCount - count,
        liveBytes: usedBytes - bytes,
        collectionCount,
        reclaimedCount: deallocatedCount(),
      };
    },
    validate() {
      allocator.validate();
      lists?.validate();
      audit.validate((observed?.isCalling() ?? false) || (ending?.isCalling() ?? false));
    },
  };
}

/** The observer hears of the count first. */
function tellingLoss({ decrement }: ObservedCounts, onLoss: (object: number) => void) {
  return (object: number): boolean => {
    if (decrement(object)) return true;
    onLoss(object);
    return false;
  };
}

type Counts = Pick<ObservedCounts, "increment" | "decrement" | "reclaim" | "onEnd">;

/** The observer hears of an end first. */
function withEnding(counts: Counts, ending: Ending) {
  const { onEnd, reclaim } = counts;
  return {
    ...counts,
    onEnd(object: number): boolean {
      onEnd?.(object);
      return ending.end(object);
    },
    endFlags: onEnd === undefined ? ending.flags : undefined,
    isParentLast: true,
    reclaim(object: number): void {
      ending.reclaimed(object);
      reclaim(object);
    },
  };
}
