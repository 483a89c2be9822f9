// What the pool allocator's validate() says of each kind of its words, when it is another number.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_WORDS, type Block, POOL_SIZE_WORDS } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createPoolAllocator } from "../src/index.js";
import { reserveMarks } from "./rigs.js";
import { noteRegions, saidOf } from "./turned-words.js";

const POOL_BLOCK_COUNT = 32;
const ARENA_BLOCK_COUNT = 64 * POOL_BLOCK_COUNT;
/** Where the words of the allocator's region lie, as its layout is drawn. */
const NO_POOL = 40;
const LAST_WITH = 48;
const USABLE = 113;
const ARENA_COUNT = 116;
const CURSOR = 118;
const SWEEP_NUMBER = 119;
const WAITING = 121;
const STARTS = 128;
const RECORDS = STARTS + 33 * 32 + 40;

/** Offsets in a pool's record and in an arena's. */
const [FREE_WORDS, USED_COUNT, SIZE_CLASS, NEXT, PREVIOUS] = [0, 1, 2, 3, 4];
const [FREE_POOLS, FREE_POOL_COUNT, NEXT_ARENA, PREVIOUS_ARENA] = [0, 1, 3, 4];

/** Three arenas of blocks of 512 bytes with 2, 1 and 61 free pools, and one pool of 16 bytes. */
function setUp() {
  const heap = createPrivateHeap({ reservationBytes: 8 * 2 ** 20 });
  const marks = reserveMarks(heap);
  const { source, startOf } = noteRegions(heap);
  const pools = createPoolAllocator({ source });
  const fill = (count: number) => Array.from({ length: count }, () => pools.allocate(512));
  const blocks = fill(2 * ARENA_BLOCK_COUNT + 2 * POOL_BLOCK_COUNT);
  const at = (arena: number, pool: number): Block =>
    blocks[arena * ARENA_BLOCK_COUNT + pool * POOL_BLOCK_COUNT] as Block;
  const freePool = (arena: number, pool: number): void => {
    const first = blocks.indexOf(at(arena, pool));
    for (const block of blocks.slice(first, first + POOL_BLOCK_COUNT)) pools.free(block);
  };
  freePool(0, 2);
  freePool(0, 3);
  freePool(1, 2);
  for (const block of [at(0, 0), at(0, 1), at(1, 1)]) pools.free(block);
  const tiny = pools.allocate(16);
  const state = startOf("pools");
  const arenaIndex = heap.firstArenaIndex;
  const arena = (index: number): number => state + RECORDS + index * 8;
  const firstPool = arena(heap.arenaCount - arenaIndex);
  const pool = (index: number): number => firstPool + index * 8;
  const table = heap.arenaTable + arenaIndex;
  const map = (index: number): number =>
    pools.allocatedMap + ((arenaIndex * ARENA_SIZE_WORDS + index * POOL_SIZE_WORDS) >>> 7);
  const get = (word: number): number => heap.words[word] as number;
  // The pool of 16 bytes took the one that was freed first in the fullest arena.
  const [tinyPool, ownHead] = [pool(64 + 2), state + 32];
  const words = { state, arena, pool, table, map, tinyPool, ownHead, get };
  return { heap, marks, pools, tiny, ...words };
}

type Setting = ReturnType<typeof setUp>;

type Changes = Record<number, number>;

/** What is changed to what, and what validate() says then. */
const ROWS: readonly [
  what: string,
  turn: (setting: Setting) => [changes: Changes, said: string],
][] = [
  ["nothing", () => [{}, "sound"]],
  [
    "the head of a size, of another size's pools",
    ({ state, ownHead, get }) => [
      { [state + 1]: get(ownHead) },
      `list ${get(ownHead)}: size class`,
    ],
  ],
  [
    "the head of an empty size",
    ({ state, tinyPool }) => [{ [state + 2]: tinyPool }, `list ${tinyPool}: linked twice`],
  ],
  [
    "the link of a pool to itself",
    ({ pool }) => [{ [pool(0) + NEXT]: pool(0) }, `list ${pool(0)}: linked twice`],
  ],
  ["a pool's size", ({ pool }) => [{ [pool(0) + SIZE_CLASS]: 30 }, `list ${pool(0)}: size class`]],
  [
    "the link back of a pool",
    ({ pool }) => [{ [pool(0) + PREVIOUS]: pool(2) }, `list ${pool(0)}: back link`],
  ],
  [
    "the free words of the second pool",
    ({ pool }) => [{ [pool(0) + FREE_WORDS]: 0 }, `list ${pool(0)}: full, but not the first`],
  ],
  [
    "the free words of a pool",
    ({ pool }) => [{ [pool(0) + FREE_WORDS]: 3 }, `pool ${pool(0)}: free words`],
  ],
  [
    "the free words of no pool",
    ({ state }) => [{ [state + NO_POOL]: 1 }, `no pool ${state + NO_POOL}: has blocks`],
  ],
  [
    "a sweep that has not come to a linked pool",
    ({ state, tinyPool }) => [
      { [state + CURSOR]: 1, [state + SWEEP_NUMBER]: 1 },
      `list ${tinyPool}: linked before it is swept`,
    ],
  ],
  [
    "the count of arenas",
    ({ state }) => [{ [state + ARENA_COUNT]: 4 }, `pool allocator ${state}: arena count`],
  ],
  [
    "an arena in the table",
    ({ state, table }) => [{ [table + 1]: 0 }, `pool allocator ${state}: arena count`],
  ],
  [
    "an arena in the table that is not counted",
    ({ state, table }) => [
      { [table + 1]: 0, [state + ARENA_COUNT]: 2 },
      `pool allocator ${state}: a linked pool is in no arena`,
    ],
  ],
  [
    "the first usable arena",
    ({ state, arena }) => [{ [state + USABLE]: arena(2) }, `list ${arena(2)}: back link`],
  ],
  ["no usable arena", ({ state }) => [{ [state + USABLE]: 0 }, `usable arenas ${state}: count`]],
  [
    "the link of an arena to itself",
    ({ arena }) => [{ [arena(2) + NEXT_ARENA]: arena(2) }, `list ${arena(2)}: linked twice`],
  ],
  [
    "the link of an arena to one with fewer free pools",
    ({ arena }) => [{ [arena(2) + NEXT_ARENA]: arena(1) }, `list ${arena(1)}: order by free pools`],
  ],
  [
    "the link back of an arena",
    ({ arena }) => [{ [arena(0) + PREVIOUS_ARENA]: arena(2) }, `list ${arena(0)}: back link`],
  ],
  [
    "the last arena with so many free pools",
    ({ state, arena }) => [
      { [state + LAST_WITH + 2]: arena(1) },
      `arena index ${state + LAST_WITH + 2}: not the last`,
    ],
  ],
  [
    "an arena with all pools free",
    ({ state, arena }) => [
      { [state + LAST_WITH + 64]: arena(1) },
      `arena index ${state + LAST_WITH + 64}: not the last`,
    ],
  ],
  [
    "an arena with no pool free",
    ({ state, arena }) => [
      { [state + LAST_WITH]: arena(1) },
      `arena index ${state + LAST_WITH}: not the last`,
    ],
  ],
  [
    "the free pools of an arena, of another",
    ({ arena, pool, get }) => [
      { [arena(1) + FREE_POOLS]: get(arena(0) + FREE_POOLS) },
      `list ${pool(3)}: of another arena`,
    ],
  ],
  [
    "the count of free pools",
    ({ arena }) => [{ [arena(0) + FREE_POOL_COUNT]: 1 }, `arena ${arena(0)}: free pool count`],
  ],
  [
    "a free pool linked to itself",
    ({ pool }) => [{ [pool(3) + NEXT]: pool(3) }, `list ${pool(3)}: linked twice`],
  ],
  [
    "the size of a free pool, which may have none",
    ({ pool }) => [{ [pool(2) + SIZE_CLASS]: -1 }, "sound"],
  ],
  [
    "the size of a full pool that has none",
    ({ pool }) => [{ [pool(4) + SIZE_CLASS]: -1 }, `pool ${pool(4)}: not initialised`],
  ],
  [
    "the size of a full pool",
    ({ pool, map }) => [
      { [pool(4) + SIZE_CLASS]: 30 },
      `allocated map ${map(4) + 1}: no block begins`,
    ],
  ],
  [
    "the used count of a pool",
    ({ pool }) => [{ [pool(0) + USED_COUNT]: 30 }, `pool ${pool(0)}: used count`],
  ],
  [
    "the used count of a pool, as if it were full",
    ({ pool }) => [{ [pool(0) + USED_COUNT]: 32 }, `pool ${pool(0)}: list and state differ`],
  ],
  [
    "the used count of a pool, as if it were empty",
    ({ pool }) => [{ [pool(0) + USED_COUNT]: 0 }, `pool ${pool(0)}: empty and free differ`],
  ],
  [
    "the used count of a full pool, as if it were not",
    ({ pool }) => [{ [pool(4) + USED_COUNT]: 31 }, `pool ${pool(4)}: list and state differ`],
  ],
  [
    "the used count of a free pool",
    ({ pool }) => [{ [pool(2) + USED_COUNT]: 1 }, `pool ${pool(2)}: empty and free differ`],
  ],
  [
    "a word of the map where no block begins",
    ({ map }) => [{ [map(0)]: 2 }, `allocated map ${map(0)}: no block begins`],
  ],
  [
    "a word of the map, one block more",
    ({ pool, map }) => [{ [map(0)]: 1 }, `pool ${pool(0)}: used count`],
  ],
  [
    "a word of the map, one block less",
    ({ pool, map }) => [{ [map(0) + 31]: 0 }, `pool ${pool(0)}: used count`],
  ],
  ["a used pool that waits", ({ state, pool }) => [{ [state + WAITING]: pool(0) }, "sound"]],
  [
    "a free pool that waits",
    ({ state, pool }) => [{ [state + WAITING]: pool(3) }, `pool ${pool(3)}: empty and free differ`],
  ],
];

it("validate() tells of each kind of word", () => {
  const setting = setUp();
  for (const [what, turn] of ROWS) {
    const [changes, said] = turn(setting);
    expect(saidOf(setting.heap, setting.pools.validate, changes), what).toBe(said);
  }
});

/** The pool of 16 bytes waits, in an arena that gives the next pool. */
function waiting(): Setting {
  const made = setUp();
  made.pools.free(made.tiny);
  return made;
}

it("validate() asks of the pool that waits that it is empty, linked, and the last", () => {
  const { heap, pools, state, tinyPool } = waiting();
  const said = (changes: Record<number, number>) => saidOf(heap, pools.validate, changes);
  expect(heap.words[state + WAITING]).toBe(tinyPool);
  const waits = heap.words[state + WAITING] as number;
  expect([
    said({}),
    said({ [state + WAITING]: 0 }),
    said({ [waits + NEXT]: state + NO_POOL + 8 }),
    said({ [state + 1]: state + NO_POOL }),
    said({ [waits + USED_COUNT]: 1 }),
  ]).toEqual([
    "sound",
    `pool ${waits}: empty and free differ`,
    `list ${state + NO_POOL + 8}: size class`,
    `pool ${waits}: list and state differ`,
    `pool ${waits}: used count`,
  ]);
});

it("validate() asks of pools that wait for the sweep that they are in no list, and to come", () => {
  const { heap, pools, marks, state, pool } = setUp();
  pools.beginSweep(marks);
  const said = (changes: Record<number, number>) => saidOf(heap, pools.validate, changes);
  expect([
    said({}),
    said({ [state + CURSOR]: (heap.words[state + CURSOR] as number) + 1 }),
    said({ [state + 32]: pool(0) }),
    said({ [state + SWEEP_NUMBER]: 0 }),
    said({ [state + CURSOR]: 0 }),
  ]).toEqual([
    "sound",
    `pool ${pool(0)}: the sweep passed it by`,
    `list ${pool(0)}: linked before it is swept`,
    `pool ${pool(0)}: list and state differ`,
    `pool ${pool(0)}: list and state differ`,
  ]);
});
