// A heap put into memory: restored on a memory manager, some steps of its plan carried out, and
// then looked at again, with the place of each object.
//
//   heap ─► restore ─► walk: address ─► number ─► steps ─► save, walk ─► heap with addresses
//
// The plan makes no objects, so that an address that is still in use is still the same object's;
// that is why strategies that move objects are refused.

import {
  ARENA_SIZE_WORDS,
  EVENT_ARENA_RELEASE,
  EVENT_ARENA_RESERVE,
  EVENT_POOL_RELEASE,
  EVENT_POOL_TAKE,
  type Observer,
  POOL_SIZE_WORDS,
  UsageError,
} from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import { objectsInImageOrder } from "@ouro/object-model";
import { beginGraphPlan, createGraphSubject } from "@ouro/trace";
import { type InspectedHeap, laterHeap } from "./inspected-heap.js";
import { presetNamed } from "./preset-choice.js";
import type { Work } from "./replay-work.js";

export interface PlacedHeap {
  /** As it is after the steps. */
  readonly heap: InspectedHeap;
  /** For each object its word index. */
  readonly addresses: Int32Array;
  /** Size classes of pools in use, by pool. */
  readonly pools: ReadonlyMap<number, number>;
  /** Arenas lent, with pools or without, ascending. */
  readonly arenaIndexes: readonly number[];
}

/**
 * Throws `UsageError` for a preset that moves objects and for steps that a heap does not have, and
 * what the preset throws when it can not hold the heap. O(heap × steps).
 */
export async function placeHeap(
  heap: InspectedHeap,
  preset: string,
  stepCount: number,
  work: Work,
): Promise<PlacedHeap> {
  const make = presetNamed(preset);
  refuseMoving(make({ reservationBytes: 2 ** 26 }), preset);
  const memory = listenToMemory();
  const { graph, image } = heap;
  const plannedCount = graph?.steps.length ?? 0;
  if (stepCount > plannedCount) refuseSteps(heap.file, stepCount, plannedCount);
  let made: MemoryManager | undefined;
  const subject = createGraphSubject((needs) => {
    made = make({ ...needs, memoryObserver: memory.observer });
    return made;
  });
  work.progress.begin("placing", heap.file, 1);
  await work.breathe();
  const plan = graph === undefined ? undefined : beginGraphPlan(subject, graph);
  if (plan === undefined) subject.restore(image, new Set());
  const manager = made as unknown as MemoryManager;
  const addresses = objectsInImageOrder(manager);
  if (stepCount === 0) return { heap, addresses, ...memory.places() };
  const numbers = new Map<number, number>();
  for (const [object, address] of addresses.entries()) numbers.set(address, heap.numberOf(object));
  work.progress.begin("stepping", heap.file, stepCount);
  for (let step = 0; step < stepCount; step++) {
    await work.breathe();
    plan?.step();
    work.progress.reach(step + 1);
  }
  const left = objectsInImageOrder(manager);
  const now = Int32Array.from(left, (address) => numbers.get(address) as number);
  return { heap: laterHeap(heap, manager.saveHeap(), now), addresses: left, ...memory.places() };
}

function refuseMoving({ strategy }: MemoryManager, preset: string): void {
  if (!strategy.traits.moves) return;
  throw new UsageError({
    where: "ouro --preset",
    argument: preset,
    problem: "moves objects: no block of it pins an arena",
    remedy: "Choose one that does not; ouro strategies lists them.",
  });
}

function refuseSteps(file: string, stepCount: number, plannedCount: number): never {
  throw new UsageError({
    where: "ouro",
    argument: `--step ${stepCount}`,
    problem: `is more than the plan of ${file} has`,
    remedy: `Write a number from 0 to ${plannedCount}.`,
  });
}

function listenToMemory() {
  const pools = new Map<number, number>();
  const arenas = new Set<number>();
  const observer: Observer = {
    wants: [EVENT_POOL_TAKE, EVENT_POOL_RELEASE, EVENT_ARENA_RESERVE, EVENT_ARENA_RELEASE],
    event(code, a, b) {
      const pool = Math.floor(a / POOL_SIZE_WORDS);
      if (code === EVENT_POOL_TAKE) pools.set(pool, b);
      else if (code === EVENT_POOL_RELEASE) pools.delete(pool);
      else {
        const first = Math.floor(a / ARENA_SIZE_WORDS);
        for (let arena = first; arena < first + b; arena++) {
          if (code === EVENT_ARENA_RESERVE) arenas.add(arena);
          else arenas.delete(arena);
        }
      }
    },
  };
  const places = () => ({ pools, arenaIndexes: [...arenas].sort((a, b) => a - b) });
  return { observer, places };
}
