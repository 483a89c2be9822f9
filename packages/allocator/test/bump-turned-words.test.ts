// What the bump allocator's validate() says of each kind of its words, when it is another number.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_BYTES, ARENA_SIZE_WORDS } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createBumpAllocator, createPoolAllocator } from "../src/index.js";
import { noteRegions, saidOf } from "./turned-words.js";

/** Where the words of the allocator's region lie, and those of a run's first granule. */
const [END, RUN, LAST, FLOOR, LIVE_COUNT, ARENA_COUNT] = [1, 2, 3, 4, 5, 6];
const [PREVIOUS_RUN, RUN_END, PREVIOUS_TOP] = [0, 1, 2];
const LONG_BYTES = 2000;

/** Two runs: of three blocks, the second long and the first freed, and of a block alone. */
function setUp() {
  const heap = createPrivateHeap({ reservationBytes: 8 * 2 ** 20 });
  const { source, startOf } = noteRegions(heap);
  const bump = createBumpAllocator({ source });
  const freed = bump.allocate(40);
  const long = bump.allocate(LONG_BYTES);
  const small = bump.allocate(40);
  createPoolAllocator({ source: heap }).allocate(8);
  const last = bump.allocate(ARENA_SIZE_BYTES);
  bump.free(freed);
  const state = startOf("bump");
  // A map's region begins with the words of the first arena that can be lent.
  const wordIn = (region: string, block: number): number =>
    startOf(region) + ((block - heap.firstArenaIndex * ARENA_SIZE_WORDS) >>> 7);
  const get = (word: number): number => heap.words[word] as number;
  const newest = get(state + RUN);
  const oldest = get(newest);
  const turned = (region: string, block: number) => {
    const word = wordIn(region, block);
    return { [word]: get(word) ^ bitOf(block) };
  };
  const table = (word: number): number => heap.arenaTable + Math.floor(word / ARENA_SIZE_WORDS);
  const words = { state, newest, oldest, wordIn, turned, get, table };
  return { heap, bump, freed, long, small, last, ...words };
}

type Setting = ReturnType<typeof setUp>;

const bitOf = (block: number): number => 1 << (block >>> 2);

type Changes = Record<number, number>;

/** What is changed to what, and what validate() says then. */
const ROWS: readonly [
  what: string,
  turn: (setting: Setting) => [changes: Changes, said: string],
][] = [
  ["nothing", () => [{}, "sound"]],
  [
    "the top, below the run",
    ({ state, newest }) => [{ [state]: newest }, `run ${newest}: its top is outside`],
  ],
  [
    "the top, above the end",
    ({ state, get, newest }) => [
      { [state]: get(state + END) + 4 },
      `run ${newest}: its top is outside`,
    ],
  ],
  [
    "the top, at the run's first block",
    ({ state, last, newest }) => [
      { [state]: newest + 4 },
      `begun map ${last}: a block beyond its run's top`,
    ],
  ],
  [
    "the top, one block less",
    ({ state, last }) => [{ [state]: last }, `begun map ${last}: a block beyond its run's top`],
  ],
  ["the end", ({ state }) => [{ [state + END]: 0 }, `bump allocator ${state}: end`]],
  [
    "a run's end",
    ({ get, newest }) => [
      { [newest + RUN_END]: get(newest + RUN_END) - ARENA_SIZE_WORDS },
      `run ${newest}: its top is outside`,
    ],
  ],
  [
    "the end of an older run",
    ({ get, oldest }) => [
      { [oldest + RUN_END]: get(oldest + RUN_END) + ARENA_SIZE_WORDS },
      `run ${oldest}: an arena is not lent`,
    ],
  ],
  [
    "an older run's top",
    ({ newest, oldest }) => [
      { [newest + PREVIOUS_TOP]: oldest },
      `run ${oldest}: its top is outside`,
    ],
  ],
  [
    "an older run's top, at its last block",
    ({ small, newest }) => [
      { [newest + PREVIOUS_TOP]: small },
      `begun map ${small}: a block beyond its run's top`,
    ],
  ],
  [
    "an older run, inside an arena",
    ({ newest, oldest }) => [
      { [newest + PREVIOUS_RUN]: oldest + 4 },
      `run ${oldest + 4}: no run begins here`,
    ],
  ],
  [
    "an older run that is the newer one",
    ({ newest }) => [{ [newest + PREVIOUS_RUN]: newest }, `run ${newest}: no run begins here`],
  ],
  [
    "no older run",
    ({ state, newest }) => [
      { [newest + PREVIOUS_RUN]: 0 },
      `bump allocator ${state}: an arena is in no run`,
    ],
  ],
  [
    "no run at all",
    ({ state }) => [{ [state + RUN]: 0 }, `bump allocator ${state}: an arena is in no run`],
  ],
  [
    "an arena in the table, of a run",
    ({ last, newest, table }) => [{ [table(last)]: 0 }, `run ${newest}: an arena is not lent`],
  ],
  [
    "an arena in the table, of none",
    ({ bump, state, last, table }) => [
      { [table(last) + 3]: bump.borrower },
      `bump allocator ${state}: an arena is in no run`,
    ],
  ],
  [
    "the count of arenas",
    ({ state }) => [{ [state + ARENA_COUNT]: 4 }, `bump allocator ${state}: arena count`],
  ],
  [
    "the count of what lives",
    ({ state }) => [{ [state + LIVE_COUNT]: 4 }, `bump allocator ${state}: live count`],
  ],
  [
    "the last block",
    ({ state, last }) => [{ [state + LAST]: last + 4 }, `bump allocator ${state}: last block`],
  ],
  [
    "the last block, of an older run",
    ({ state, small }) => [{ [state + LAST]: small }, `bump allocator ${state}: last block`],
  ],
  ["no last block", ({ state }) => [{ [state + LAST]: 0 }, "sound"]],
  [
    "a block that began",
    ({ freed, oldest, turned }) => [
      turned("begun-map", freed),
      `run ${oldest}: no block begins at its start`,
    ],
  ],
  [
    "a block that began behind others",
    ({ small, oldest, turned }) => [
      turned("begun-map", small),
      `freed map ${oldest + 128}: a long block's end`,
    ],
  ],
  [
    "a block where none began",
    ({ state, small, turned }) => [
      turned("begun-map", small + 4),
      `bump allocator ${state}: live count`,
    ],
  ],
  [
    "a block beyond the top",
    ({ state, get, turned }) => [
      turned("begun-map", get(state)),
      `begun map ${get(state)}: a block beyond its run's top`,
    ],
  ],
  [
    "a block in a run's first granule",
    ({ newest, turned }) => [
      turned("begun-map", newest),
      `begun map ${newest}: a block beyond its run's top`,
    ],
  ],
  [
    "a block that was freed",
    ({ state, freed, turned }) => [
      turned("freed-map", freed),
      `bump allocator ${state}: live count`,
    ],
  ],
  [
    "a block that was not",
    ({ state, small, turned }) => [
      turned("freed-map", small),
      `bump allocator ${state}: live count`,
    ],
  ],
  [
    "a freed block where none began",
    ({ small, oldest, turned }) => [
      turned("freed-map", small + 4),
      `freed map ${oldest + 512}: no block began here`,
    ],
  ],
  [
    "a freed block far above the top",
    ({ small, oldest, turned }) => [
      turned("freed-map", small + 1024),
      `freed map ${oldest + 1536}: no block began here`,
    ],
  ],
  [
    "the end of a long block",
    ({ long, oldest, turned }) => [
      turned("freed-map", long + 128),
      `freed map ${oldest + 128}: a long block's end`,
    ],
  ],
  [
    "no end of a long block",
    ({ long, wordIn, oldest }) => [
      { [wordIn("freed-map", long + 128)]: 0 },
      `freed map ${oldest + 128}: a long block's end`,
    ],
  ],
];

it("validate() tells of each kind of word", () => {
  const setting = setUp();
  for (const [what, turn] of ROWS) {
    const [changes, said] = turn(setting);
    expect(saidOf(setting.heap, setting.bump.validate, changes), what).toBe(said);
  }
});

it("validate() asks that it was cleared when nothing lives, unless a mark stands", () => {
  const { heap, bump, state, long, small, last, wordIn } = setUp();
  bump.free(last);
  bump.free(small);
  const freed = wordIn("freed-map", long);
  const nothingLives = {
    [freed]: (heap.words[freed] as number) | bitOf(long),
    [state + LIVE_COUNT]: 0,
  };
  const said = (changes: Record<number, number>) => saidOf(heap, bump.validate, changes);
  expect([
    said({ [state + LIVE_COUNT]: 0 }),
    said(nothingLives),
    said({ ...nothingLives, [state + FLOOR]: small }),
  ]).toEqual([
    `bump allocator ${state}: live count`,
    `bump allocator ${state}: nothing lives, and it was not cleared`,
    "sound",
  ]);
});
