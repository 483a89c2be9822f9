// Test support: CPython's counting and its collector on plain arrays, as the recordings describe
// them, filled from a heap image. It shares nothing with the packages but the image. It knows no
// weak references. *Plain*, it knows no finalizers either and empties whatever is garbage: that is
// what a recording's facts call the plain simulation. *Closing*, it empties what can be cleared,
// and generators in their finalizers.

import type { HeapImage, TypeDescriptor } from "@ouro/interfaces";
import type { RecordedHeapSubject } from "../src/index.js";

const UNTRACKED = 4;

export interface GraphModel extends RecordedHeapSubject {
  refcount(object: number): number;
  generation(object: number): number;
  /** Takes over what was recorded, where program code did more than a graph shows. */
  adopt(
    deaths: Iterable<number>,
    refcounts: Iterable<readonly [object: number, count: number]>,
    generationOf: (object: number) => number,
  ): void;
}

export type GraphFault = "dies late" | "counts owned slots" | "skips promotion";

export function createGraphModel(
  mode: "plain" | "closing" = "closing",
  fault?: GraphFault,
): GraphModel {
  let types: readonly TypeDescriptor[] = [];
  let image: HeapImage;
  let frames: number[] = [];
  let starts = new Int32Array(0);
  let counts = new Int32Array(0);
  let generations = new Uint8Array(0);
  let dead = new Uint8Array(0);
  let isEmptied = new Uint8Array(0);
  let lists: number[][] = [[], [], [], []];
  let deaths: number[] = [];
  let closing: ReadonlySet<string> = new Set();
  let isFinalized = new Uint8Array(0);

  const typeOf = (object: number): TypeDescriptor =>
    types[image.objectTypes[object] as number] as TypeDescriptor;
  const visitedCount = (object: number): number => {
    const { visitedSlotCount, variablePart } = typeOf(object);
    return visitedSlotCount + (variablePart === "visited" ? (image.lengths[object] as number) : 0);
  };
  const isImmortal = (object: number): boolean => ((image.states[object] as number) & 4) !== 0;
  const slots = (object: number, count?: number): Int32Array => {
    const start = starts[object] as number;
    if (isEmptied[object] === 1) return new Int32Array(0);
    return image.values.subarray(start, count === undefined ? starts[object + 1] : start + count);
  };
  const visited = (object: number): Int32Array => slots(object, visitedCount(object));

  function restore(restored: HeapImage, closingTypes: ReadonlySet<string>): void {
    image = restored;
    closing = mode === "closing" ? closingTypes : new Set();
    isFinalized = image.states.map((state) => state & 2);
    types = image.types;
    const n = image.objectTypes.length;
    frames = [...image.frames];
    starts = new Int32Array(n + 1);
    counts = new Int32Array(n);
    generations = new Uint8Array(n).fill(UNTRACKED);
    dead = new Uint8Array(n);
    isEmptied = new Uint8Array(n);
    lists = [[], [], [], []];
    for (let object = 0; object < n; object++) {
      const { visitedSlotCount, ownedSlotCount, variablePart } = typeOf(object);
      const length = variablePart === "none" ? 0 : (image.lengths[object] as number);
      starts[object + 1] = (starts[object] as number) + visitedSlotCount + ownedSlotCount + length;
    }
    for (const value of [...image.values, ...frames]) {
      if (value > 0) counts[value - 1] = (counts[value - 1] as number) + 1;
    }
    for (const object of image.trackedOrder) {
      const generation = (image.states[object] as number) >> 4;
      generations[object] = generation;
      (lists[generation] as number[]).push(object);
    }
  }

  /** Lowers a count; what reaches 0 dies with all it owns, parents first, depth first. */
  function release(first: number): void {
    const pending: (readonly [Int32Array, number])[] = [[Int32Array.of(first + 1), 0]];
    for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
      const [values, at] = top;
      if (at === values.length) continue;
      pending.push([values, at + 1]);
      const object = (values[at] as number) - 1;
      if (object < 0 || isImmortal(object)) continue;
      const count = (counts[object] as number) - 1;
      counts[object] = count;
      if (count !== 0) continue;
      if (fault === "dies late" && deaths.length === 3) continue;
      dead[object] = 1;
      generations[object] = 5;
      deaths.push(object);
      pending.push([slots(object), 0]);
    }
  }

  /** Subtracts references from inside; answers what only the inside holds, in CPython's order. */
  function findGarbage(young: readonly number[]): { survivors: number[]; garbage: number[] } {
    const rest = new Map(young.map((object) => [object, counts[object] as number]));
    for (const object of young) {
      for (const value of fault === "counts owned slots" ? slots(object) : visited(object)) {
        const count = rest.get(value - 1);
        if (count !== undefined) rest.set(value - 1, count - 1);
      }
    }
    const exiles = new Set<number>();
    const survivors: number[] = [];
    const queue = [...young];
    for (let at = 0; at < queue.length; at++) {
      const object = queue[at] as number;
      if ((rest.get(object) as number) === 0) {
        exiles.add(object);
        continue;
      }
      survivors.push(object);
      for (const value of visited(object)) {
        const referent = value - 1;
        if (rest.get(referent) !== 0) continue;
        rest.set(referent, 1);
        if (exiles.delete(referent)) queue.push(referent);
      }
    }
    return { survivors, garbage: [...exiles] };
  }

  function untrack(list: readonly number[], rule: "tuple" | "dict"): number[] {
    return list.filter((object) => {
      if (typeOf(object).untracking !== rule) return true;
      const holdsTracked = visited(object).some((value) => {
        const type = value > 0 ? typeOf(value - 1) : undefined;
        if (type?.collected !== true) return false;
        return type.untracking !== "tuple" || generations[value - 1] !== UNTRACKED;
      });
      if (!holdsTracked) generations[object] = UNTRACKED;
      return holdsTracked;
    });
  }

  function collect(generation: number): number {
    const younger = lists.slice(0, generation).flat();
    const ordered = [...(lists[generation] as number[]), ...younger];
    const { survivors, garbage } = findGarbage(ordered.filter((object) => dead[object] === 0));
    lists.splice(0, generation + 1, ...Array.from({ length: generation + 1 }, () => []));
    const older = Math.min(generation + (fault === "skips promotion" ? 0 : 1), 2);
    let kept = untrack(survivors, "tuple");
    if (generation === 2) kept = untrack(kept, "dict");
    for (const object of kept) generations[object] = older;
    (lists[older] as number[]).push(...kept);
    for (const object of garbage) if (isClosing(object)) empty(object);
    const rest = garbage.filter((object) => dead[object] === 0);
    for (const object of rest) {
      if (mode === "plain" || typeOf(object).clearable) empty(object);
    }
    for (const object of rest) {
      if (dead[object] === 1) continue;
      generations[object] = older;
      (lists[older] as number[]).push(object);
    }
    return rest.length;
  }

  function isClosing(object: number): boolean {
    return closing.has(typeOf(object).name) && isFinalized[object] === 0;
  }

  /** Releases what an object holds while it is held itself. */
  function empty(object: number): void {
    if (dead[object] === 1) return;
    counts[object] = (counts[object] as number) + 1;
    const values = slots(object);
    isEmptied[object] = 1;
    isFinalized[object] = 1;
    for (const value of values) if (value > 0) release(value - 1);
    release(object);
  }

  return {
    restore,
    collect,
    clearFrameSlot(index) {
      const value = frames[index] as number;
      frames[index] = 0;
      release(value - 1);
    },
    takeDeaths() {
      const taken = deaths;
      deaths = [];
      return taken;
    },
    refcount: (object) => counts[object] as number,
    generation: (object) => generations[object] as number,
    adopt(recordedDeaths, refcounts, generationOf) {
      for (const object of recordedDeaths) dead[object] = 1;
      for (const [object, count] of refcounts) counts[object] = count;
      const order = lists.flat().filter((object) => generationOf(object) < UNTRACKED);
      lists = [[], [], [], []];
      generations = generations.map((_, object) => generationOf(object));
      for (const object of order) (lists[generations[object] as number] as number[]).push(object);
      for (let object = 0; object < dead.length; object++) {
        dead[object] = generations[object] === 5 ? 1 : 0;
      }
    },
  };
}
