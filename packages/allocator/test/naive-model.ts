// A second opinion on where the pool allocator puts a block: CPython's rules in plain arrays, with
// linear searches. No index of last arenas, no links, no memory: only the order of things.
//
// Rules: the fullest arena that has a free pool gives the next pool, the one freed last first; a
// pool gives its lowest free block (CPython: the one freed last); a pool that was full goes to the
// front of its size class; an arena that becomes wholly free goes back, unless it stands last.
// One rule is ours: of two wholly free arenas the higher goes back, so that memory's tail comes
// free.

import { ARENA_SIZE_WORDS, POOL_SIZE_WORDS } from "@ouro/interfaces";

const POOLS_PER_ARENA = 64;

interface NaivePool {
  readonly start: number;
  readonly arena: NaiveArena;
  sizeClass: number;
  capacity: number;
  usedCount: number;
  live: Set<number>;
}

interface NaiveArena {
  readonly index: number;
  readonly freed: NaivePool[];
  carvedCount: number;
}

export interface NaiveModel {
  /** The block that the rules choose; 0 when no arena is left. */
  allocate(requestBytes: number): number;
  free(block: number): void;
  /** Where the block lies after a reallocation. */
  reallocate(block: number, requestBytes: number): number;
  /** Indices of the arenas lent, ascending. */
  lentArenas(): number[];
}

/** A model of a source whose arenas [firstArenaIndex, arenaCount) are free. */
export function createNaiveModel(firstArenaIndex: number, arenaCount: number): NaiveModel {
  const lent = new Map<number, NaiveArena>();
  const usable: NaiveArena[] = [];
  const pools = new Map<number, NaivePool>();
  const used: NaivePool[][] = Array.from({ length: 32 }, () => []);
  const freeCount = (arena: NaiveArena): number =>
    arena.freed.length + POOLS_PER_ARENA - arena.carvedCount;

  function newArena(): NaiveArena | undefined {
    for (let index = firstArenaIndex; index < arenaCount; index++) {
      if (lent.has(index)) continue;
      const arena = { index, freed: [], carvedCount: 0 };
      lent.set(index, arena);
      usable.push(arena);
      return arena;
    }
    return undefined;
  }

  function takePool(sizeClass: number): NaivePool | undefined {
    const arena = usable[0] ?? newArena();
    if (arena === undefined) return undefined;
    const pool = arena.freed.pop() ?? carvePool(arena);
    if (freeCount(arena) === 0) usable.shift();
    if (pool.sizeClass !== sizeClass) {
      pool.sizeClass = sizeClass;
      pool.capacity = Math.floor(POOL_SIZE_WORDS / ((sizeClass + 1) * 4));
    }
    used[sizeClass]?.unshift(pool);
    return pool;
  }

  function carvePool(arena: NaiveArena): NaivePool {
    const start = arena.index * ARENA_SIZE_WORDS + arena.carvedCount * POOL_SIZE_WORDS;
    arena.carvedCount++;
    const pool: NaivePool = {
      start,
      arena,
      sizeClass: -1,
      capacity: 0,
      usedCount: 0,
      live: new Set(),
    };
    pools.set(start, pool);
    return pool;
  }

  function allocate(requestBytes: number): number {
    const sizeClass = Math.max(0, Math.ceil(requestBytes / 16) - 1);
    const pool = used[sizeClass]?.[0] ?? takePool(sizeClass);
    if (pool === undefined) return 0;
    pool.usedCount++;
    if (pool.usedCount === pool.capacity) used[sizeClass]?.shift();
    let block = pool.start;
    while (pool.live.has(block)) block += (sizeClass + 1) * 4;
    pool.live.add(block);
    return block;
  }

  function poolOf(block: number): NaivePool {
    const pool = pools.get(block - (block % POOL_SIZE_WORDS));
    if (pool === undefined) throw new Error(`the model knows no pool around ${block}`);
    return pool;
  }

  function free(block: number): void {
    const pool = poolOf(block);
    const siblings = used[pool.sizeClass] as NaivePool[];
    const wasFull = pool.usedCount === pool.capacity;
    pool.usedCount--;
    pool.live.delete(block);
    if (wasFull) siblings.unshift(pool);
    else if (pool.usedCount === 0) {
      siblings.splice(siblings.indexOf(pool), 1);
      releasePool(pool);
    }
  }

  function releasePool(pool: NaivePool): void {
    const { arena } = pool;
    const place = usable.indexOf(arena);
    const isLast = place === usable.length - 1;
    arena.freed.push(pool);
    if (place >= 0) usable.splice(place, 1);
    if (freeCount(arena) === POOLS_PER_ARENA && place >= 0 && !isLast) {
      const kept = usable.at(-1) as NaiveArena;
      const isHigher = freeCount(kept) === POOLS_PER_ARENA && kept.index > arena.index;
      releaseArena(isHigher ? kept : arena);
      if (!isHigher) return;
      usable.pop();
    }
    // In front of the first that has as many free pools or more.
    const next = usable.findIndex((other) => freeCount(other) >= freeCount(arena));
    usable.splice(next < 0 ? usable.length : next, 0, arena);
  }

  function releaseArena(arena: NaiveArena): void {
    lent.delete(arena.index);
    for (const [start, pool] of pools) if (pool.arena === arena) pools.delete(start);
  }

  function reallocate(block: number, requestBytes: number): number {
    const sizeBytes = (poolOf(block).sizeClass + 1) * 16;
    const isSameClass = requestBytes <= sizeBytes && requestBytes > sizeBytes - 16;
    if (isSameClass || (requestBytes <= sizeBytes && 4 * requestBytes > 3 * sizeBytes)) {
      return block;
    }
    const moved = allocate(requestBytes);
    if (moved !== 0) free(block);
    return moved;
  }

  return {
    allocate,
    free,
    reallocate,
    lentArenas: () => [...lent.keys()].sort((one, other) => one - other),
  };
}
