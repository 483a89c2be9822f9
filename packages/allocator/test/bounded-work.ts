// Work is counted, not timed: the linear memory is handed to the allocator behind a Proxy that
// counts each word read and written. Operations that reserve or release an arena are left out: they
// look at the arena table, once for thousands of blocks.

import { createPrivateHeap } from "@ouro/heap";
import type { Allocator, ArenaSource, Block, PrivateHeap } from "@ouro/interfaces";
import { expectPromise } from "@ouro/testkit";
import fc from "fast-check";
import type { Parts } from "./rigs.js";

export const BOUNDED_WORK = "takes no more steps with 10,000 blocks live than with 100";

/**
 * How much the usual operation may differ: which path is usual depends on how full the memory is.
 * One step more for each doubling of the live count would be six or seven.
 */
const USUAL_SPREAD_STEPS = 4;

interface Subject {
  readonly leastBytes: number;
  readonly mostBytes: number;
  /** Reads and writes of the longest path through one operation, whatever lives. */
  readonly mostSteps: number;
  make(source: ArenaSource): Allocator;
}

/** Steps of the operations of one kind. */
interface Steps {
  readonly usual: number;
  readonly most: number;
}

function makeSubjects(parts: Parts): Record<string, Subject> {
  return {
    "pool allocator": {
      leastBytes: 440,
      mostBytes: 512,
      mostSteps: 72,
      make: (source) => parts.createPoolAllocator({ source }),
    },
    "large block allocator": {
      leastBytes: 513,
      mostBytes: 1500,
      mostSteps: 52,
      make: (source) => parts.createLargeBlockAllocator({ source }),
    },
    "bump allocator": {
      leastBytes: 16,
      mostBytes: 1500,
      mostSteps: 24,
      make: (source) => parts.createBumpAllocator({ source }),
    },
    "free list allocator": {
      leastBytes: 440,
      mostBytes: 512,
      mostSteps: 80,
      make: (source) =>
        parts.createFreeListAllocator({
          source,
          allocator: parts.createPoolAllocator({ source }),
          lists: [{ name: "table", requestBytes: 480, maximumCount: 2000 }],
        }),
    },
  };
}

/** The names of the allocators of a package's exports whose work is counted. */
export function boundedSubjects(parts: Parts): string[] {
  return Object.keys(makeSubjects(parts));
}

/** The property on one of them. */
export function boundedWorkProperty(parts: Parts, name: string): fc.IProperty<[number]> {
  const subject = makeSubjects(parts)[name];
  if (subject === undefined) throw new Error(`no allocator is named "${name}"`);
  return fc.property(fc.nat(), (seed) => {
    const few = countOperations(subject, 100, seed);
    for (const liveCount of [1000, 10_000]) {
      const many = countOperations(subject, liveCount, seed);
      for (const call of ["allocate", "free"] as const) {
        const what = `steps in ${call} with ${liveCount} live`;
        const { usual, most } = many[call];
        expectPromise(usual > 5, "no step was counted");
        expectPromise(most <= subject.mostSteps, `${most} ${what}`);
        const limit = few[call].usual + USUAL_SPREAD_STEPS;
        expectPromise(usual <= limit, `usually ${usual} ${what}, ${few[call].usual} with 100`);
      }
    }
  });
}

/** The heap as a source whose words are counted; `steps` is set back by the reader. */
export function countSteps(heap: PrivateHeap): { source: ArenaSource; takeSteps(): number } {
  let stepCount = 0;
  const words = new Proxy(heap.words, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value === "function") return value.bind(target);
      stepCount++;
      return value;
    },
    set(target, key, value) {
      stepCount++;
      return Reflect.set(target, key, value, target);
    },
  });
  const takeSteps = (): number => {
    const taken = stepCount;
    stepCount = 0;
    return taken;
  };
  return { source: { ...heap, words }, takeSteps };
}

/** Random blocks are replaced with two thirds of `liveCount` live, then all are freed. */
function countOperations(
  { make, leastBytes, mostBytes }: Subject,
  liveCount: number,
  seed: number,
): Record<"allocate" | "free", Steps> {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 26 });
  const { source, takeSteps } = countSteps(heap);
  const allocator = make(source);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  const counted = { allocate: [] as number[], free: [] as number[] };
  function measure<Result>(call: "allocate" | "free", operation: () => Result): Result {
    const lentBefore = heap.statistics().lentArenaCount;
    takeSteps();
    const result = operation();
    const steps = takeSteps();
    if (heap.statistics().lentArenaCount === lentBefore) counted[call].push(steps);
    return result;
  }
  const allocate = (): Block =>
    measure("allocate", () => allocator.allocate(leastBytes + random(mostBytes - leastBytes + 1)));
  const live: Block[] = [];
  while (live.length < liveCount) live.push(allocate());
  const freeAny = (): void => {
    const place = random(live.length);
    const block = live[place] as Block;
    live[place] = live[live.length - 1] as Block;
    live.pop();
    measure("free", () => allocator.free(block));
  };
  // Holes everywhere: lists of free blocks and of used pools grow long.
  while (live.length > (liveCount * 2) / 3) freeAny();
  for (let count = 0; count < 3000; count++) {
    freeAny();
    live.push(allocate());
  }
  while (live.length > 0) freeAny();
  return { allocate: stepsOf(counted.allocate), free: stepsOf(counted.free) };
}

function stepsOf(counted: number[]): Steps {
  counted.sort((one, other) => one - other);
  return { usual: counted[counted.length >> 1] ?? 0, most: counted.at(-1) ?? 0 };
}
