// Generations over a heap that counts in the plainest way: objects of two slots, a set of roots,
// death by recursion. The detector and the finalization are the test's own.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_WORDS,
  type Death,
  type Observer,
  type Reference,
  type Trigger,
  type TypeId,
} from "@ouro/interfaces";
import {
  createTrackedLists,
  createTypeTable,
  describeType,
  TRACKED_LISTS_BYTES_PER_GRANULE,
} from "@ouro/object-model";
import type * as generational from "../src/index.js";
import { createNaiveDetector } from "./naive-detector.js";

/** The package's exports: of the sources, or of a copy in which a fault stands. */
export type Parts = typeof generational;
export type Kind = "node" | "tuple" | "dict";

const TRACKED = 1 << 16;
const GENERATION = 3 << 17;
const SIZE_WORDS = 8;
const FIRST_SLOT = 3;

export interface RigOptions {
  thresholds?: { young: number; middle: number; old: number };
  emptiesWeakReferencesAgain?: boolean;
  observer?: Observer;
  trigger?: Trigger;
  oldestGeneration?: number;
  /** What is done instead of nothing, by moment. */
  death?: Partial<Death>;
}

export function makeGenerationsRig(parts: Parts, options: RigOptions = {}) {
  const heap = createPrivateHeap({ reservationBytes: 1 << 24, regionBytes: 12 << 20 });
  const borrower = heap.registerBorrower("test");
  const arena = heap.reserveArenas(borrower, 1) as number;
  const granules = (heap.arenaCount - heap.firstArenaIndex) * (ARENA_SIZE_WORDS >> 2);
  const { words } = heap;
  const types = createTypeTable({ heap, borrower, typeLimitCount: 8 });
  const define = (name: Kind, untracking: "never" | "tuple" | "dict"): TypeId =>
    types.define(
      describeType({ name, variablePart: "visited", untracking, clearable: name !== "tuple" }),
    );
  const typeIds: Record<Kind, TypeId> = {
    node: define("node", "never"),
    tuple: define("tuple", "tuple"),
    dict: define("dict", "dict"),
  };
  const marksRegion = heap.reserveRegion(borrower, "marks", granules);
  const marks = marksRegion.start - heap.firstArenaIndex * (ARENA_SIZE_WORDS >> 2);
  const live = new Set<number>();
  const lists = createTrackedLists({
    words,
    region: heap.reserveRegion(borrower, "lists", (granules * TRACKED_LISTS_BYTES_PER_GRANULE) / 4),
    marks,
    trackedMask: TRACKED,
    generationMask: GENERATION,
    isObject: (word) => live.has(word),
  });
  const errors: unknown[] = [];
  /** The kinds of program code that were called. */
  const sources = new Set<string>();
  const free: number[] = [];
  let fresh = arena + SIZE_WORDS;

  const slotsOf = (object: number): number[] => [...words.subarray(object + 3, object + 5)];
  const referencesOf = (object: number): number[] => slotsOf(object).filter((each) => each > 0);
  const detector = createNaiveDetector({
    words,
    marks,
    referencesOf,
    countOf: (object) => words[object] as number,
  });

  function release(object: number): void {
    if (object <= 0) return;
    const count = (words[object] as number) - 1;
    words[object] = count;
    if (count > 0) return;
    lists.untrack(object);
    detector.forget(object);
    for (const slot of [0, 1]) set(object, slot, 0);
    live.delete(object);
    free.push(object);
    collector.noteDeath(1);
    if (collector.isCollecting()) collector.noteReclaim(1, SIZE_WORDS);
  }

  function set(object: number, field: number, value: number): void {
    if (value > 0) words[value] = (words[value] as number) + 1;
    const old = words[object + FIRST_SLOT + field] as number;
    words[object + FIRST_SLOT + field] = value;
    release(old);
  }

  const death: Death = {
    endByCount: () => false,
    endWeakReference() {},
    attachedCount: () => 0,
    emptyWeakReferences: () => 0,
    finalize: () => false,
    clear(object) {
      words[object] = (words[object] as number) + 1;
      for (const slot of [0, 1]) set(object, slot, 0);
      release(object);
    },
    ...options.death,
  };
  const collector = parts.createGenerations({
    words,
    types,
    state: heap.reserveRegion(borrower, "state", parts.GENERATIONS_STATE_WORDS),
    lists,
    createRun: (shared) => parts.createCollectionRun({ ...shared, lists, detector, death }),
    call(code, source) {
      sources.add(source);
      try {
        code();
      } catch (error) {
        errors.push(error);
      }
    },
    thresholds: options.thresholds,
    emptiesWeakReferencesAgain: options.emptiesWeakReferencesAgain,
    observer: options.observer,
    trigger: options.trigger,
    oldestGeneration: options.oldestGeneration,
  });

  /** A new object with one reference from outside. */
  function make(kind: Kind = "node"): number {
    const object = free.pop() ?? fresh;
    if (object === fresh) fresh += SIZE_WORDS;
    words.fill(0, object, object + SIZE_WORDS);
    words[object] = 1;
    words[object + 1] = typeIds[kind];
    words[object + 2] = 2;
    live.add(object);
    collector.noteBirth();
    if (kind !== "dict") lists.track(object, 0);
    return object;
  }

  /** As a barrier does: a dict or tuple out of the lists comes back. */
  function store(object: number, field: number, value: number): void {
    const isOut = !lists.isTracked(object);
    if (isOut && value > 0 && collector.mayBeTracked(value)) lists.track(object, 0);
    set(object, field, value);
  }

  function listOf(generation: number): number[] {
    const objects: number[] = [];
    lists.walk(generation, (object) => objects.push(object));
    return objects;
  }

  function validate(): void {
    collector.validate();
    lists.validate((visit) => {
      for (const object of [...live].sort((a, b) => a - b)) visit(object as Reference);
    });
  }

  return {
    ...{ words, lists, collector, detector, errors, sources, live, death },
    typeIds,
    ...{ make, store, release, listOf, validate, referencesOf },
    generations: collector.generations,
  };
}
