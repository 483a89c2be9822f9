// Work is counted, not timed: the linear memory is handed to the allocator behind a Proxy that
// counts each word read and written. Operations that reserve or release an arena are left out: they
// look at the arena table, once for thousands of blocks.

import { createPrivateHeap } from "@ouro/heap";
import type { Allocator, ArenaSource, Block, PrivateHeap } from "@ouro/interfaces";
import fc from "fast-check";
import { promise } from "./allocator-model.js";
import type { Parts } from "./rigs.js";

export const BOUNDED_WORK = "takes no more steps with 10,000 blocks live than with 100";

/** Reads and writes of one operation at most, whatever lives. */
const STEP_LIMIT = 64;

interface Subject {
  readonly leastBytes: number;
  readonly mostBytes: number;
  make(source: ArenaSource): Allocator;
}

function makeSubjects(parts: Parts): Record<string, Subject> {
  return {
    "pool allocator": {
      leastBytes: 440,
      mostBytes: 512,
      make: (source) => parts.createPoolAllocator({ source }),
    },
    "large block allocator": {
      leastBytes: 513,
      mostBytes: 1500,
      make: (source) => parts.createLargeBlockAllocator({ source }),
    },
    "bump allocator": {
      leastBytes: 16,
      mostBytes: 1500,
      make: (source) => parts.createBumpAllocator({ source }),
    },
    "free list allocator": {
      leastBytes: 440,
      mostBytes: 512,
      make: (source) =>
        parts.createFreeListAllocator({
          source,
          allocator: parts.createPoolAllocator({ source }),
          lists: [{ name: "table", requestBytes: 480, maximumCount: 2000 }],
        }),
    },
  };
}

/** The property on one of the allocators of a package's exports. */
export function boundedWorkProperty(parts: Parts, name: string): fc.IProperty<[number]> {
  const subject = makeSubjects(parts)[name];
  if (subject === undefined) throw new Error(`no allocator is named "${name}"`);
  return fc.property(fc.nat(), (seed) => {
    for (const liveCount of [100, 1000, 10_000]) {
      const most = mostSteps(subject, liveCount, seed);
      promise(most > 5, "no step was counted");
      promise(most <= STEP_LIMIT, `${most} steps in one operation with ${liveCount} live`);
    }
  });
}

/** The heap as a source whose words are counted; `steps` is set back by the reader. */
function countSteps(heap: PrivateHeap): { source: ArenaSource; takeSteps(): number } {
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

/** The most steps of one operation while random blocks are replaced with `liveCount` live. */
function mostSteps(
  { make, leastBytes, mostBytes }: Subject,
  liveCount: number,
  seed: number,
): number {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 26 });
  const { source, takeSteps } = countSteps(heap);
  const allocator = make(source);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  const nextBytes = (): number => leastBytes + random(mostBytes - leastBytes + 1);
  let most = 0;
  function measure<Result>(operation: () => Result): Result {
    const lentBefore = heap.statistics().lentArenaCount;
    takeSteps();
    const result = operation();
    const steps = takeSteps();
    if (heap.statistics().lentArenaCount === lentBefore) most = Math.max(most, steps);
    return result;
  }
  const live: Block[] = [];
  for (let count = 0; count < liveCount; count++) {
    live.push(measure(() => allocator.allocate(nextBytes())));
  }
  // Holes everywhere: lists of free blocks and of used pools grow long.
  for (let count = liveCount; count > (liveCount * 2) / 3; count--) {
    const [block] = live.splice(random(count), 1) as [Block];
    measure(() => allocator.free(block));
  }
  for (let count = 0; count < 3000; count++) {
    const place = random(live.length);
    measure(() => allocator.free(live[place] as Block));
    live[place] = measure(() => allocator.allocate(nextBytes()));
  }
  return most;
}
