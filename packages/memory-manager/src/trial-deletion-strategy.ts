// Counting, and trial deletion of what lost a reference: no list of all objects, no generations.
// What is examined is what candidates reach, so that the work follows what the program changes and
// not what it keeps.
//
//   decrement to more than 0 ─► candidate buffer ─► above the threshold ─┐
//   reference moved into an object ──────┘                               ▼ at a safepoint
//   bytes above what the last collection left, times 2 ──────────► collection
//
//   side table   │ a mark for each granule │ entries of the buffer │ a head of weak references │
//
// The buffer is looked at in each allocation, the bytes only when the budget is spent, which the
// allocators count down when a pool begins to serve and for each large block. Weak references,
// finalizers and deaths by count are CPython's; in a collection callbacks come before finalizers.
//
// Source: Bacon and Rajan: Concurrent cycle collection in reference counted systems (2001).

import {
  CANDIDATE_STATE_WORDS,
  type CandidateBuffer,
  createCandidateBuffer,
  createTrialDetector,
} from "@ouro/cycle-detector";
import { createFinalization } from "@ouro/finalization";
import { createCandidateTrigger, createGrowthTrigger } from "@ouro/generational";
import {
  ARENA_SIZE_WORDS,
  type Barrier,
  type Collection,
  type Collector,
  checkInteger,
  EVENT_OBJECT_EXAMINE,
  type Finalization,
  GRANULE_SIZE_BYTES,
  IMAGE_FINALIZED,
  isObserved,
  NOT_DUE,
  type ProgramErrorReporter,
  type Reference,
  type Strategy,
  type StrategyParts,
  type Traits,
  TYPE_FINALIZER,
  TYPE_WEAK_REFERENCE,
  TYPE_WEAKLY_REFERABLE,
  TYPE_WORD_OFFSET,
  type TypeId,
} from "@ouro/interfaces";
import { createObjectLayout } from "@ouro/object-model";
import { createRefcountCollector, type Ending, IMMORTAL_COUNT } from "@ouro/refcount";
import {
  type CandidateCollection,
  createCandidateCollection,
  NO_COLLECTION,
} from "./candidate-collection.js";
import { COUNTING_TRAITS } from "./cpython-strategy.js";
import { checkStrategyOptions } from "./strategy-options.js";

export interface TrialDeletionOptions {
  /** No collection is due for candidates at or below so many. Default 2000. */
  leastCandidateCount?: number;
  /** One is due above what the last one left in bytes, times this. Above 1. Default 2. */
  growthFactor?: number;
  /** None is due for growth below so many bytes. Default 4 MiB. */
  startBytes?: number;
  /** Where errors of program code go. Default: `finalization.programErrors`. */
  onProgramError?: ProgramErrorReporter;
}

const name = "refcount-trial-deletion";

const traits: Traits = {
  ...COUNTING_TRAITS,
  collectionOrder: "any",
  headerBits: [
    { name: "buffered", bitCount: 1 },
    { name: "finalized", bitCount: 1 },
    { name: "weak", bitCount: 1 },
  ],
  sideBytesPerGranule: 12,
};

/** A pool of 16 KiB in granules. */
const POOL_GRANULES = 1024;
const UNLIMITED = 0x7fffffff;
const ENDING_FLAGS = TYPE_FINALIZER | TYPE_WEAKLY_REFERABLE | TYPE_WEAK_REFERENCE;

/** Counts, and examines what lost a reference. Its `create` throws `UsageError` for its options. */
export function trialDeletionStrategy(options: TrialDeletionOptions = {}): Strategy {
  const known = "|leastCandidateCount growthFactor startBytes onProgramError";
  checkStrategyOptions("trialDeletionStrategy", options, known);
  return { name, traits, create: (parts) => createTrialDeletion(parts, options) };
}

function createTrialDeletion(parts: StrategyParts, options: TrialDeletionOptions): Collector {
  const { heap, allocator, budgetWord } = parts;
  const { words } = heap;
  const { base, buffer, finalization, collection } = wire(parts);
  if (options.onProgramError !== undefined) finalization.setErrorReporter(options.onProgramError);
  const { tryAllocate: place } = base;
  const { candidateCount } = buffer;
  const finalizedMask = parts.headerMask("finalized");
  const { leastCandidateCount, growthFactor = 2, startBytes = 4 << 20 } = options;
  const candidates = createCandidateTrigger(pickLeast(leastCandidateCount));
  const liveBytes = (): number => allocator.statistics().usedBytes;
  const growth = createGrowthTrigger({ liveBytes, growthFactor, startBytes });
  let threshold = candidates.threshold();
  let collectionCount = 0;
  arm(0);

  /** What may be handed out until growth is looked at again; enough for a request at least. */
  function arm(requestGranules: number): void {
    const live = liveBytes();
    const left = Math.floor((growth.limitBytes() - live) / GRANULE_SIZE_BYTES);
    const least = Math.max(POOL_GRANULES, live >>> 10, requestGranules);
    words[budgetWord] = Math.min(UNLIMITED, Math.max(left, least));
  }

  function run(isThorough: boolean): Collection {
    if (collection.isCollecting()) return NO_COLLECTION;
    const done = collection.collect(isThorough);
    collectionCount++;
    candidates.done(done);
    growth.done(done);
    threshold = candidates.threshold();
    arm(0);
    return done;
  }

  function askGrowth(requestGranules: number): void {
    if (growth.due(0) !== NOT_DUE) run(false);
    arm(requestGranules);
  }

  function allocate(type: TypeId, sizeWords: number): Reference | 0 {
    if (candidateCount() > threshold) run(false);
    const object = place(type, sizeWords);
    return object === 0 ? allocateAfterWork(type, sizeWords) : object;
  }

  function allocateAfterWork(type: TypeId, sizeWords: number): Reference | 0 {
    // A large block's header is charged with it.
    const granules = (sizeWords + 5) >> 2;
    if ((words[budgetWord] as number) >= Math.max(1, granules)) return 0;
    askGrowth(granules);
    return place(type, sizeWords);
  }

  /** Outside of the budget: 0 says that memory is full. */
  function tryAllocate(type: TypeId, sizeWords: number): Reference | 0 {
    const object = place(type, sizeWords);
    if (object !== 0) return object;
    const budget = words[budgetWord] as number;
    words[budgetWord] = UNLIMITED;
    const last = place(type, sizeWords);
    words[budgetWord] = budget;
    return last;
  }

  function poll(): void {
    if (candidateCount() > threshold) run(false);
    if ((words[budgetWord] as number) <= 0) askGrowth(0);
  }

  /** Every object may be garbage in a cycle. */
  function restored(): void {
    base.restored();
    buffer.noteAll(base.walk);
    growth.done(NO_COLLECTION);
    arm(0);
  }

  return {
    ...base,
    ...createNotingBarrier(base as Collector & Barrier, words, buffer),
    name,
    traits,
    finalization,
    allocate,
    tryAllocate,
    poll,
    collect(generation) {
      checkInteger(`${name}.collect`, "generation", generation, 0, 0);
      return run(true);
    },
    setState(object, state) {
      base.setState?.(object, state);
      if ((state & IMAGE_FINALIZED) === 0) return;
      words[object + TYPE_WORD_OFFSET] =
        (words[object + TYPE_WORD_OFFSET] as number) | finalizedMask;
    },
    stateOf(object) {
      const isFinalized = ((words[object + TYPE_WORD_OFFSET] as number) & finalizedMask) !== 0;
      return (base.stateOf?.(object) ?? 0) | (isFinalized ? IMAGE_FINALIZED : 0);
    },
    restored,
    statistics: () => ({ ...base.statistics(), collectionCount }),
    validate() {
      base.validate();
      buffer.validate(base.walk, base.isObject);
      finalization.validate(base.walk, base.isObject);
      parts.roots.validate();
    },
  };
}

interface Wired {
  readonly base: Collector;
  readonly buffer: CandidateBuffer;
  readonly finalization: Finalization;
  readonly collection: CandidateCollection;
}

/** Counting, with the buffer told of losses; finalization; a collection over both. */
function wire(parts: StrategyParts): Wired {
  const { heap, allocator, types, roots, sideTable, borrower, observer } = parts;
  const { words } = heap;
  const granulesPerArena = ARENA_SIZE_WORDS >> 2;
  const granules = (heap.arenaCount - heap.firstArenaIndex) * granulesPerArena;
  const placed = {
    ...{ words, types },
    state: heap.reserveRegion(borrower, "candidates", CANDIDATE_STATE_WORDS),
    entries: { ...sideTable, start: sideTable.start + granules, sizeWords: granules },
    marks: sideTable.start - heap.firstArenaIndex * granulesPerArena,
    bufferedMask: parts.headerMask("buffered"),
  };
  const buffer = createCandidateBuffer(placed);
  const examined: number[] | undefined = isObserved(observer, EVENT_OBJECT_EXAMINE)
    ? []
    : undefined;
  const detector = createTrialDetector({
    ...placed,
    immortalCount: IMMORTAL_COUNT,
    ...(examined === undefined ? {} : { onExamine: (object) => examined.push(object) }),
  });
  const made: { finalization?: Finalization; collection?: CandidateCollection } = {};
  const base = createRefcountCollector(parts, {
    onLoss: buffer.note,
    createEnding(counting): Ending {
      const { finalization, death, isCalling, call } = createFinalization({
        ...{ words, types, roots, observer },
        finalizedMask: parts.headerMask("finalized"),
        weakMask: parts.headerMask("weak"),
        weakHeads: placed.marks + 2 * granules,
        ...counting,
        lists: { track() {}, untrack: buffer.remove },
      });
      const collection = createCandidateCollection({
        ...{ words, buffer, detector, death, call, observer, examined },
        takeErrors: counting.takeErrors,
        layout: createObjectLayout(words, types),
        walk: (visit) =>
          allocator.walk((block) => {
            if (words[block + TYPE_WORD_OFFSET] !== 0) visit(block as number as Reference);
          }),
      });
      made.finalization = finalization;
      made.collection = collection;
      const { isCollecting, noteReclaim } = collection;
      return {
        flags: ENDING_FLAGS,
        end: death.endByCount,
        reclaimed(object) {
          buffer.remove(object);
          if (isCollecting()) noteReclaim(object);
        },
        isCalling,
      };
    },
  });
  return { base, buffer, ...(made as Required<typeof made>) };
}

/** A reference that goes from a root into an object may have been what held it from outside. */
function createNotingBarrier(
  { move }: Barrier,
  words: Int32Array,
  { noteMoved }: CandidateBuffer,
): Pick<Barrier, "move"> & Required<Pick<Collector, "fill">> {
  return {
    move(into, from, holder) {
      if (holder !== 0) noteMoved(words[from] as number, holder);
      move(into, from, holder);
    },
    fill(into, from, holder) {
      const value = words[from] as number;
      noteMoved(value, holder);
      words[into] = value;
      words[from] = 0;
    },
  };
}

function pickLeast(leastCount: number | undefined) {
  return leastCount === undefined ? {} : { leastCount };
}
