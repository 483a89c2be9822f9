// Where large blocks take arenas, as drawings: `.` is a free one, `x` another's, `L` their own.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_BYTES, ARENA_SIZE_WORDS, type Arena, type Block } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createLargeBlockAllocator } from "../src/index.js";

const OVERHEAD_BYTES = 16;
const HEADER_BYTES = 8;

/** With its header a block of so many MiB, and so many bytes more. */
const request = (mib: number, moreBytes = 0): number =>
  Math.floor(mib * 65536) * 16 + moreBytes - HEADER_BYTES;

function setUp(arenaCount: number) {
  const reservationBytes = (arenaCount + 1) * ARENA_SIZE_BYTES;
  const heap = createPrivateHeap({ reservationBytes, regionBytes: ARENA_SIZE_BYTES - 4096 });
  const other = heap.registerBorrower("other");
  const large = createLargeBlockAllocator({ source: heap });
  const first = heap.firstArenaIndex;
  const arena = (index: number): Arena => ((first + index) * ARENA_SIZE_WORDS) as Arena;
  const drawing = (): string => {
    large.validate();
    const owners = heap.words.subarray(heap.arenaTable + first, heap.arenaTable + heap.arenaCount);
    return [...owners].map((owner) => (owner === 0 ? "." : owner === other ? "x" : "L")).join("");
  };
  return { heap, large, other, arena, drawing };
}

/** How much is free at an extent's head and tail, in MiB. */
type Ends = readonly [head: number, tail: number];

/** Each run of `L` is an extent, with what is free at its ends. */
function draw(text: string, ends: readonly Ends[]) {
  const made = setUp(text.length);
  const { heap, large, other, arena } = made;
  for (let index = 0; index < text.length; index++) heap.reserveArenasAt(other, arena(index), 1);
  const unused: Block[] = [];
  for (const [order, { index, 0: run }] of [...text.matchAll(/L+/g)].entries()) {
    const [head, tail] = ends[order] ?? [0, 0];
    heap.releaseArenas(other, arena(index), run.length);
    const live = request(run.length) - OVERHEAD_BYTES - (head + tail) * ARENA_SIZE_BYTES;
    if (head > 0) unused.push(large.allocate(request(head)));
    large.allocate(live);
    if (tail > 0) unused.push(large.allocate(request(tail)));
  }
  for (const block of unused) large.free(block);
  for (let index = 0; index < text.length; index++) {
    if (text[index] === ".") heap.releaseArenas(other, arena(index), 1);
  }
  expect(made.drawing()).toBe(text);
  return made;
}

/** In arenas: the first block of an extent lies behind the extent's pad and its own header. */
const PAD = 4 / ARENA_SIZE_WORDS;

/** The place is in arenas from the first. */
type Row = readonly [
  what: string,
  before: string,
  ends: readonly Ends[],
  request: number,
  after: string,
  place: number,
];

const ROWS: readonly Row[] = [
  [
    "of its own, when a gap behind a tail is a granule short",
    "x..xL.x..",
    [[0, 0.5]],
    request(1.5, 16),
    "xLLxL.x..",
    1 + PAD,
  ],
  [
    "of its own, when a gap before a head is a granule short",
    "x..x.Lx..",
    [[0.5, 0]],
    request(1.5, 16),
    "xLLx.Lx..",
    1 + PAD,
  ],
  [
    "where they are free, when it borders on nothing",
    "x..x....",
    [],
    request(1.5),
    "xLLx....",
    1 + PAD,
  ],
  ["before an extent whose first block lives", "x..Lx....", [], request(1.5), "xLLLx....", 1 + PAD],
  ["at the first place with so many", "x..x....", [], request(2.5), "x..xLLL.", 4 + PAD],
  [
    "behind a free tail, one fewer",
    "L..xL....",
    [
      [0, 0],
      [0, 0.5],
    ],
    request(1.5),
    "L..xLL...",
    4.5,
  ],
  [
    "of its own, when one granule more than tail and arena is asked for",
    "L..xL....",
    [
      [0, 0],
      [0, 0.5],
    ],
    request(1.5, 16),
    "LLLxL....",
    1,
  ],
  ["before a free head, one fewer", "x...x..Lx", [[0.5, 0]], request(1.5), "x...x.LLx", 6 + PAD],
  [
    "of its own, when one granule more than arena and head is asked for",
    "x...x..Lx",
    [[0.5, 0]],
    request(1.5, 16),
    "xLL.x..Lx",
    1 + PAD,
  ],
  [
    "between two extents, to the last granule of all that is free",
    "x..xxL.Lx",
    [
      [0, 0.25],
      [0.25, 0],
    ],
    request(1.5, 16),
    "x..xxLLLx",
    5.75,
  ],
  [
    "of its own, when a granule more is asked for than is free between",
    "x..xxL.Lx",
    [
      [0, 0.25],
      [0.25, 0],
    ],
    request(1.5, 32),
    "xLLxxL.Lx",
    1 + PAD,
  ],
  [
    "from the start of a gap whose both ends would do",
    "x...xL...Lx",
    [
      [0, 0.5],
      [0.5, 0],
    ],
    request(1.5),
    "x...xLL..Lx",
    5.5,
  ],
  [
    "from the end of a gap, when that takes fewer",
    "x...xL...Lx",
    [
      [0, 0.125],
      [0.75, 0],
    ],
    request(2.5),
    "x...xL.LLLx",
    7 + PAD,
  ],
  [
    "from the start of a gap, when that takes fewer",
    "x...xL...Lx",
    [
      [0, 0.75],
      [0.125, 0],
    ],
    request(2.5),
    "x...xLLL.Lx",
    5.25,
  ],
  [
    "of a gap that it fills, behind a tail",
    "x..xL.x..",
    [[0, 0.5]],
    request(1.5),
    "x..xLLx..",
    4.5,
  ],
  [
    "of a gap that it fills, before a head",
    "x..x.Lx..",
    [[0.5, 0]],
    request(1.5),
    "x..xLLx..",
    4 + PAD,
  ],
  ["of no gap that is too small", "xL.xx...", [[0, 0.5]], request(2.5), "xL.xxLLL", 5 + PAD],
  [
    "of no gap that is too small before a head",
    "x.Lxx...",
    [[0.5, 0]],
    request(2.5),
    "x.LxxLLL",
    5 + PAD,
  ],
  [
    "of the gap that takes fewest, though it comes later",
    "xL...xL....",
    [
      [0, 0.125],
      [0, 0.9375],
    ],
    request(2.75),
    "xL...xLLL..",
    6.0625,
  ],
  [
    "of the first of two gaps that take as many",
    "xL..xL..x..",
    [
      [0, 0.5],
      [0, 0.5],
    ],
    request(1.5),
    "xLL.xL..x..",
    1.5,
  ],
  ["at the end of memory, behind a tail", "x..xL.", [[0, 0.5]], request(1.5), "x..xLL", 4.5],
  [
    "at the start of memory, before a head",
    "..Lxx..",
    [[0.5, 0]],
    request(1.5),
    ".LLxx..",
    1 + PAD,
  ],
  ["next to an extent that is full", "x..xL..x", [], request(1), "x..xLL.x", 5],
  [
    "as few as there can be, however much is free beside it",
    "xxL.x..",
    [[0, 0.9375]],
    request(1.0625),
    "xxLLx..",
    2.0625,
  ],
  ["of its own, when one is enough", ".x.L.", [[0.25, 0.25]], request(0.5), "Lx.L.", PAD],
];

it.each(ROWS)("a block takes arenas %s", (_, before, ends, bytes, after, place) => {
  const { large, arena, drawing } = draw(before, ends);
  const block = large.allocate(bytes);
  expect([drawing(), (block - arena(0)) / ARENA_SIZE_WORDS]).toEqual([after, place]);
});

it("a block takes no arenas beside an extent whose end was written over", () => {
  const { heap, large, arena } = draw("x..xL....", [[0, 0.5]]);
  const sentinel = arena(5) - 2;
  const tag = heap.words[sentinel - 1] as number;
  for (const wrong of [tag + 4, tag - 4, 0, -1]) {
    heap.words[sentinel - 1] = wrong;
    const block = large.allocate(request(1.5));
    expect((block - arena(0)) / ARENA_SIZE_WORDS).toBe(1 + PAD);
    large.free(block);
  }
  heap.words[sentinel - 1] = tag;
  large.validate();
});

it("a block that grows takes the arenas behind it, no more than it needs, if all are free", () => {
  const { large, arena, drawing } = draw("xL..x...", [[0, 0.5]]);
  const first = (arena(1) + 4) as Block;
  const grown = (mib: number, moreBytes = 0): string => {
    const block = large.reallocate(first, request(mib, moreBytes));
    return `${drawing()} ${block === first ? "in place" : "moved"}`;
  };
  expect(grown(1, -OVERHEAD_BYTES)).toBe("xL..x... in place");
  expect(grown(2, -OVERHEAD_BYTES)).toBe("xLL.x... in place");
  expect(grown(2)).toBe("xLLLx... in place");
  expect(grown(3, -OVERHEAD_BYTES)).toBe("xLLLx... in place");
  expect(grown(0.5)).toBe("xL..x... in place");
  expect(() => grown(3)).toThrow(/no room/);
  expect(drawing()).toBe("xL..x...");
});

it("a free block gives back an arena that it covers, with room for the ends of two extents", () => {
  const after = (beginsWords: number, endsWords: number): string => {
    const { large, drawing } = setUp(4);
    large.allocate(ARENA_SIZE_BYTES - OVERHEAD_BYTES - HEADER_BYTES + beginsWords * 4);
    const covering = large.allocate(request(1, (endsWords - beginsWords) * 4));
    const behind = large.allocate(1000);
    large.free(covering);
    const text = drawing();
    large.free(behind);
    return `${text} ${drawing()}`;
  };
  // It begins where a sentinel would at the end of the first arena, or earlier, and has a granule
  // for the pad of the third.
  expect(after(0, 4)).toBe("L.L. L...");
  expect(after(-4, 4)).toBe("L.L. L...");
  expect(after(-400, 400)).toBe("L.L. L...");
  expect(after(4, 4)).toBe("LLL. LL..");
  expect(after(0, 0)).toBe("LLL. L...");
});

it("a free block gives back all arenas when nothing else lives in its extent", () => {
  const { large, drawing } = setUp(4);
  for (const mib of [0.5, 1 - PAD, 1, 2.5]) {
    const block = large.allocate(request(mib));
    large.free(block);
    expect(drawing()).toBe("....");
    expect([large.arenaCount(), large.heldBytes()]).toEqual([0, 0]);
  }
});

it("a block that goes back with its arenas leaves the end of another's arena alone", () => {
  const { heap, large, other, arena, drawing } = setUp(4);
  heap.reserveArenasAt(other, arena(0), 1);
  const words = heap.words.subarray(arena(1) - 8, arena(1));
  words.fill(-7);
  const [first] = [large.allocate(request(1.5)), large.allocate(1000)] as [Block, Block];
  large.free(first);
  expect(drawing()).toBe("x.L.");
  expect([...words]).toEqual(Array(8).fill(-7));
});
