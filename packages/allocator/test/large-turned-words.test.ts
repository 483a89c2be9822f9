// What the large block allocator's validate() says of each kind of its words, when it is another
// number.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_WORDS, type Block } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createLargeBlockAllocator, createPoolAllocator } from "../src/index.js";
import { noteRegions, saidOf } from "./turned-words.js";

/** Where the words of the allocator's region lie, as its layout is drawn. */
const [LEVEL_BITS, LIST_BITS, HEADS] = [0, 1, 25];
const [HELD_WORDS, LIVE_COUNT, LENT_COUNT] = [793, 794, 795];
/** Blocks of 252 words with their header: 63 granules, step 31 of level 1. */
const LIST = 63;

/** Blocks of 1000 bytes; the second, the fourth and the sixth of them are free. */
function setUp() {
  const heap = createPrivateHeap({ reservationBytes: 8 * 2 ** 20 });
  const { source, startOf } = noteRegions(heap);
  const large = createLargeBlockAllocator({ source });
  const blocks = Array.from({ length: 8 }, () => large.allocate(1000));
  for (const index of [1, 3, 5]) large.free(blocks[index] as Block);
  createPoolAllocator({ source: heap }).allocate(8);
  large.allocate(1_048_000);
  const headers = blocks.map((block) => block - 2);
  const state = startOf("large-blocks");
  const get = (word: number): number => heap.words[word] as number;
  const header = (index: number): number => headers[index] as number;
  const map = (block: number): number => large.allocatedMap + (block >>> 7);
  const sentinel = (Math.floor(header(0) / ARENA_SIZE_WORDS) + 1) * ARENA_SIZE_WORDS - 2;
  const turnedBit = (block: number) => ({ [map(block)]: get(map(block)) ^ (1 << (block >>> 2)) });
  const arena = heap.firstArenaIndex * ARENA_SIZE_WORDS;
  const rest = header(7) + 252;
  return { heap, large, state, get, header, map, sentinel, rest, turnedBit, arena };
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
    "the count of arenas",
    ({ state }) => [
      { [state + LENT_COUNT]: 3 },
      `large blocks ${state + LENT_COUNT}: 2 arenas are lent`,
    ],
  ],
  [
    "the count of blocks",
    ({ state }) => [
      { [state + LIVE_COUNT]: 5 },
      `large blocks ${state + LIVE_COUNT}: 6 blocks live`,
    ],
  ],
  [
    "the words held",
    ({ state, get }) => [
      { [state + HELD_WORDS]: 4 },
      `large blocks ${state + HELD_WORDS}: ${get(state + HELD_WORDS)} words are held`,
    ],
  ],
  [
    "a live block's size",
    ({ header, sentinel }) => [
      { [header(0)]: 256 },
      `extent ${header(0) + 256}: its blocks do not end at ${sentinel}`,
    ],
  ],
  [
    "a live block's size, beyond the extent",
    ({ header, sentinel }) => [
      { [header(6)]: 2 ** 20 + 2 },
      `extent ${header(6) + 2 ** 20}: its blocks do not end at ${sentinel}`,
    ],
  ],
  [
    "a live block's size of nothing",
    ({ header, sentinel }) => [
      { [header(0)]: 0 },
      `extent ${header(0)}: its blocks do not end at ${sentinel}`,
    ],
  ],
  [
    "a live block's mark",
    ({ header }) => [{ [header(0) + 1]: 0 }, `live block ${header(0)}: its header was overwritten`],
  ],
  [
    "a live block, as if it were free",
    ({ header }) => [{ [header(0)]: 253 }, `free block ${header(0)}: its tag is wrong`],
  ],
  [
    "a live block, as if none were free before it",
    ({ header }) => [{ [header(2)]: 252 }, `block ${header(2)}: it is wrong on the one before`],
  ],
  [
    "a live block, as if one were free before it",
    ({ header }) => [{ [header(0)]: 254 }, `block ${header(0)}: it is wrong on the one before`],
  ],
  [
    "a free block, as if one were free before it",
    ({ header }) => [{ [header(1)]: 255 }, `block ${header(1)}: it is wrong on the one before`],
  ],
  [
    "a free block, behind another",
    ({ header }) => [
      { [header(0)]: 253, [header(0) + 251]: 252, [header(1)]: 255 },
      `free block ${header(1)}: the one before is free and was not joined`,
    ],
  ],
  [
    "a free block's tag",
    ({ header }) => [{ [header(1) + 251]: 248 }, `free block ${header(1)}: its tag is wrong`],
  ],
  [
    "a free block, as if it lived",
    ({ header }) => [{ [header(1)]: 252 }, `live block ${header(1)}: its header was overwritten`],
  ],
  [
    "a free block's link",
    ({ header }) => [
      { [header(5) + 1]: header(5) },
      `free list ${header(5)}: a block is linked twice`,
    ],
  ],
  [
    "a free block's link to a live one",
    ({ header }) => [
      { [header(5) + 1]: header(0) },
      `free list ${header(0)}: it holds a block that is not free`,
    ],
  ],
  [
    "a free block's link to one of another size",
    ({ header, rest }) => [{ [header(5) + 1]: rest }, `free list ${rest}: it is in a wrong list`],
  ],
  [
    "a free block's link that ends the list",
    ({ state, header }) => [
      { [header(5) + 1]: 0 },
      `free lists ${state}: a free block is in no list`,
    ],
  ],
  [
    "a free block's link back",
    ({ header }) => [{ [header(3) + 2]: 0 }, `free block ${header(3)}: its back link is wrong`],
  ],
  [
    "a list's head",
    ({ state, header }) => [
      { [state + HEADS + LIST]: header(3) },
      `free block ${header(3)}: its back link is wrong`,
    ],
  ],
  [
    "an empty list's head",
    ({ state, header }) => [
      { [state + HEADS + 700]: header(3) },
      `list bits ${state}: list 700 is marked wrongly`,
    ],
  ],
  [
    "a list's bit",
    ({ state, get }) => [
      { [state + LIST_BITS + 1]: get(state + LIST_BITS + 1) & ~(1 << 31) },
      `list bits ${state}: list ${LIST} is marked wrongly`,
    ],
  ],
  [
    "an empty list's bit",
    ({ state }) => [
      { [state + LIST_BITS + 1]: -1 },
      `list bits ${state}: list 32 is marked wrongly`,
    ],
  ],
  [
    "a level's bit",
    ({ state, get }) => [
      { [state + LEVEL_BITS]: get(state + LEVEL_BITS) ^ 2 },
      `level bits ${state}: level 1 is marked wrongly`,
    ],
  ],
  [
    "an empty level's bit",
    ({ state, get }) => [
      { [state + LEVEL_BITS]: get(state + LEVEL_BITS) ^ (1 << 23) },
      `level bits ${state}: level 23 is marked wrongly`,
    ],
  ],
  [
    "a bit beyond the levels",
    ({ state, get }) => [{ [state + LEVEL_BITS]: get(state + LEVEL_BITS) ^ (1 << 24) }, "sound"],
  ],
  [
    "a sentinel, as if none were free before",
    ({ sentinel }) => [{ [sentinel]: 0 }, `sentinel ${sentinel}: its size word is not 2`],
  ],
  [
    "a sentinel's size",
    ({ sentinel }) => [{ [sentinel]: 6 }, `sentinel ${sentinel}: its size word is not 2`],
  ],
  [
    "a block in the map",
    ({ header, turnedBit, arena }) => [
      turnedBit(header(0) + 2),
      `allocated map ${arena}: 5 blocks live here`,
    ],
  ],
  [
    "a block in the map that is free",
    ({ header, map, turnedBit }) => [
      turnedBit(header(1) + 2),
      `allocated map ${map(header(1) + 2)}: it marks ${header(1) + 2}, which is not live`,
    ],
  ],
  [
    "a block in the map's first granule",
    ({ map, turnedBit, arena }) => [
      turnedBit(arena),
      `allocated map ${map(arena)}: it marks ${arena}, which is not live`,
    ],
  ],
];

it("validate() tells of each kind of word", () => {
  const setting = setUp();
  for (const [what, turn] of ROWS) {
    const [changes, said] = turn(setting);
    expect(saidOf(setting.heap, setting.large.validate, changes), what).toBe(said);
  }
});
