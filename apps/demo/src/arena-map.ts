// Where a heap's objects lie: how full each pool of each arena is, and which objects alone keep an
// arena from being released.
//
//   arena 2  ▒···············…    0.1 %   pinned by 1 block: str #7712 (48 B)

import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  GRANULE_SIZE_BYTES,
  POOL_SIZE_BYTES,
  POOL_SIZE_WORDS,
} from "@ouro/interfaces";
import type { ArenaFill, ClassUse, FillMap } from "./fill-map.js";
import type { PlacedHeap } from "./placed-heap.js";

const POOLS_PER_ARENA = ARENA_SIZE_BYTES / POOL_SIZE_BYTES;
/** So few blocks are said to pin their arena. */
const PIN_LIMIT_COUNT = 8;

export interface ArenaPins {
  readonly arenaIndex: number;
  readonly usedBytes: number;
  /** Objects of the heap that lie in it: few. */
  readonly objects: readonly number[];
}

export interface ArenaMap {
  readonly fill: FillMap;
  /** Objects in blocks above the pools' size, and the arenas in which these lie. */
  readonly largeCount: number;
  readonly largeArenaCount: number;
  /** Arenas that few blocks pin, fewest first. */
  readonly pins: readonly ArenaPins[];
}

/** O(objects + arenas × pools). */
export function takeArenaMap({ addresses, pools, arenaIndexes }: PlacedHeap): ArenaMap {
  const poolCounts = new Map<number, number>();
  const residents = new Map<number, number[]>();
  let largeCount = 0;
  const largeArenas = new Set<number>();
  for (const [object, address] of addresses.entries()) {
    const pool = Math.floor(address / POOL_SIZE_WORDS);
    const arena = Math.floor(address / ARENA_SIZE_WORDS);
    if (pools.has(pool)) poolCounts.set(pool, (poolCounts.get(pool) ?? 0) + 1);
    else {
      largeCount++;
      largeArenas.add(arena);
    }
    const list = residents.get(arena) ?? [];
    if (list.length <= PIN_LIMIT_COUNT) list.push(object);
    residents.set(arena, list);
  }
  const poolArenas = new Set([...pools.keys()].map((pool) => Math.floor(pool / POOLS_PER_ARENA)));
  const arenas = arenaIndexes
    .filter((arenaIndex) => poolArenas.has(arenaIndex))
    .map((arenaIndex) => fillOf(arenaIndex, pools, poolCounts));
  const pins = arenas
    .map(({ arenaIndex, usedBytes }) => ({
      arenaIndex,
      usedBytes,
      objects: residents.get(arenaIndex) ?? [],
    }))
    .filter(({ objects }) => objects.length > 0 && objects.length <= PIN_LIMIT_COUNT)
    .sort((one, other) => one.objects.length - other.objects.length);
  const none = { arenaCount: 0, blockCount: 0, bytes: 0 };
  const fill = { arenas, classes: classesOf(pools, poolCounts), large: none };
  return { fill, pins, largeCount, largeArenaCount: largeArenas.size };
}

function fillOf(
  arenaIndex: number,
  pools: ReadonlyMap<number, number>,
  counts: ReadonlyMap<number, number>,
): ArenaFill {
  let usedBytes = 0;
  const fills = Array.from({ length: POOLS_PER_ARENA }, (_, index) => {
    const pool = arenaIndex * POOLS_PER_ARENA + index;
    const sizeClass = pools.get(pool);
    if (sizeClass === undefined) return undefined;
    const count = counts.get(pool) ?? 0;
    usedBytes += count * blockSizeOf(sizeClass);
    return count / blocksPerPool(sizeClass);
  });
  return { arenaIndex, pools: fills, usedBytes };
}

function classesOf(
  pools: ReadonlyMap<number, number>,
  counts: ReadonlyMap<number, number>,
): ClassUse[] {
  const classes = new Map<number, { poolCount: number; blockCount: number }>();
  for (const [pool, sizeClass] of pools) {
    const use = classes.get(sizeClass) ?? { poolCount: 0, blockCount: 0 };
    use.poolCount++;
    use.blockCount += counts.get(pool) ?? 0;
    classes.set(sizeClass, use);
  }
  return [...classes]
    .sort(([one], [other]) => one - other)
    .map(([sizeClass, use]) => ({ blockSizeBytes: blockSizeOf(sizeClass), ...use }));
}

function blockSizeOf(sizeClass: number): number {
  return (sizeClass + 1) * GRANULE_SIZE_BYTES;
}

export function blocksPerPool(sizeClass: number): number {
  return Math.floor(POOL_SIZE_BYTES / blockSizeOf(sizeClass));
}
