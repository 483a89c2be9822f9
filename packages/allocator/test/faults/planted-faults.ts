// Faults that a memory manager is known for, each a small change of the sources, and the property
// that kills it. A fault that no longer applies fails loudly: the sources moved on, it must too.

import * as names from "@ouro/testkit";
import { ARENA_CHOICE } from "../arena-choice.js";
import { BOUNDED_WORK } from "../bounded-work.js";
import { NEIGHBOUR_OVERRUN } from "../neighbour-overrun.js";
import { layerFaults } from "./layer-faults.js";
import type { AllocatorFault } from "./planted-fault.js";
import { sweepFaults } from "./sweep-faults.js";
import { waitingFaults } from "./waiting-faults.js";

const POOLS = { file: "pool-allocator.ts", on: "pool allocator" } as const;
const ARENAS = { file: "arena-list.ts", on: "pool allocator" } as const;
const LARGE = { file: "large-block-allocator.ts", on: "large block allocator" } as const;
const LISTS = { file: "free-block-lists.ts", on: "large block allocator" } as const;
const EXTENTS = { file: "extent.ts", on: "large block allocator" } as const;
const ROUTER = { file: "size-router.ts", on: "size router" } as const;

export const plantedFaults: readonly AllocatorFault[] = [
  {
    ...POOLS,
    name: "a pool's blocks begin 8 bytes off their alignment",
    find: "((31 - clz32(bit)) << 2)) as Block;",
    replace: "((31 - Math.clz32(bit)) << 2) + 2) as Block;",
    killedBy: names.PLACEMENT,
  },
  {
    ...POOLS,
    name: "the size class is rounded down",
    find: "(requestBytes + 15) >> 4",
    replace: "(requestBytes + 14) >> 4",
    killedBy: names.PLACEMENT,
  },
  {
    name: "one block too many is carved from a pool",
    file: "pool-layout.ts",
    on: "pool allocator",
    find: "return Math.floor(1024 / (sizeClass + 1));",
    replace: "return Math.floor(1024 / (sizeClass + 1)) + 1;",
    killedBy: names.PLACEMENT,
  },
  {
    ...POOLS,
    name: "giving a block writes into the one before",
    find: "words[pool + USED_COUNT] = ((words[pool + USED_COUNT] as number) + 1) | 0;",
    replace: `words[pool + USED_COUNT] = ((words[pool + USED_COUNT] as number) + 1) | 0;
    if (bit > 1) words[((mapWord - allocatedMap) << 7) + ((31 - Math.clz32(bit)) << 2) - 1] = 0;`,
    killedBy: names.BLOCK_CONTENTS,
  },
  {
    ...POOLS,
    name: "a word of the map stays free after its last block was given",
    find: "if (free === bit) words[pool + FREE_WORDS] = freeWords ^ lowestWord;",
    replace: "",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...POOLS,
    name: "a pool accepts a double free",
    find: 'if ((map & bit) === 0) refuse("free", block);',
    replace: 'if ((map & bit) === 0 && !isFreeBlock(block)) refuse("free", block);',
    killedBy: names.REFUSALS,
  },
  {
    ...LARGE,
    name: "a large block is freed by a number inside it or after its free",
    find: "function headerOf(block: Block, call: string): number {",
    replace:
      "function headerOf(block: Block, call: string): number {\n" +
      "    if (block > 1024 && !owns(block)) return block - HEADER;",
    killedBy: names.ALIASING,
  },
  {
    ...POOLS,
    name: "a pool accepts a free of a block's inside",
    find: 'if ((map & bit) === 0) refuse("free", block);',
    replace: 'if ((map & bit) === 0 && isFreeBlock(block)) refuse("free", block);',
    killedBy: names.REFUSALS,
  },
  {
    ...POOLS,
    name: "a pool accepts a free of a number that is no block",
    find: `(block - firstWord) >>> 0 >= spanWords) {
      refuse("free", block);`,
    replace: `(block - firstWord) >>> 0 >= spanWords) {
      if (block === 0) refuse("free", block);`,
    killedBy: names.REFUSALS,
  },
  {
    ...LARGE,
    name: "a large block's number is not tested for a fraction",
    find:
      "if (block !== (block | 0) || (block & 3) !== 0) return false;\n" +
      "    if ((block - firstWord)",
    replace: "if ((block - firstWord)",
    killedBy: names.REFUSALS,
  },
  {
    ...LARGE,
    name: "a freed block that was joined is no double free",
    find: "if (words[header + MARK] === layout.freedMark(header)) return true;",
    replace: "",
    killedBy: names.REFUSALS,
  },
  {
    ...LARGE,
    name: "the header mark of a large block is not checked",
    find: "if (words[header + MARK] !== layout.liveMark(header)) refuseHeader(block);",
    replace: "",
    killedBy: names.OVERRUN,
  },
  {
    ...LARGE,
    name: "a free looks at no header behind the block",
    find: "if (words[header + MARK] !== layout.liveMark(header)) repairAndRefuse(header);",
    replace: "",
    killedBy: NEIGHBOUR_OVERRUN,
  },
  {
    ...LARGE,
    name: "the tag of a free block is not compared",
    find: "if (words[header + sizeWords - 1] !== sizeWords) repairAndRefuse(header);",
    replace: "",
    killedBy: NEIGHBOUR_OVERRUN,
  },
  {
    ...LARGE,
    name: "a tag before the block is believed",
    find: "if (words[header - sizeWords] !== (sizeWords | FREE))",
    replace: "if (words[header - sizeWords] === 0)",
    killedBy: NEIGHBOUR_OVERRUN,
  },
  {
    ...LARGE,
    name: "what an overrun left is refused, and stays",
    find: "    repairLargeBlocks(context, lists);\n",
    replace: "",
    killedBy: NEIGHBOUR_OVERRUN,
  },
  {
    file: "large-repair.ts",
    on: "large block allocator",
    name: "a repair believes each header's size",
    find: "end = isBelievable(words, live, next) ? end : next;",
    replace: "",
    killedBy: NEIGHBOUR_OVERRUN,
  },
  {
    file: "large-repair.ts",
    on: "large block allocator",
    name: "a repair leaves the end of an extent as it was",
    find: "words[behind - HEADER + layout.SIZE] = 0;",
    replace: "",
    killedBy: NEIGHBOUR_OVERRUN,
  },
  {
    ...POOLS,
    name: "a block is moved when a move saves an eighth of it",
    find: "return 4 * requestBytes > 3 * sizeBytes ||",
    replace: "return 8 * requestBytes > 7 * sizeBytes ||",
    killedBy: ARENA_CHOICE,
  },
  {
    ...POOLS,
    name: "blocks of no bytes in a pool are one",
    find: "    if (granules === 0) return tryAllocate(1);",
    replace: `    if (granules === 0) {
      if (!owns(emptyBlock)) emptyBlock = tryAllocate(1);
      return emptyBlock;
    }`,
    and: [
      {
        ...POOLS,
        find: "  const waits = budgetWord === 0",
        replace: "  let emptyBlock = 0 as Block;\n  const waits = budgetWord === 0",
      },
    ],
    killedBy: names.PLACEMENT,
  },
  {
    ...POOLS,
    name: "a pool's reallocation forgets the copy",
    find: "words[moved + index] = words[block + index] as number;",
    replace: "words[moved + index] = 0;",
    killedBy: names.REALLOCATION,
  },
  {
    ...POOLS,
    name: "a pool's reallocation leaks the old block",
    find: "    free(block);\n    return moved;",
    replace: "    return moved;",
    killedBy: names.REALLOCATION,
  },
  {
    ...LARGE,
    name: "a large reallocation forgets the copy",
    find: "words.copyWithin(moved, block, block + oldWords - HEADER);",
    replace: "",
    killedBy: names.REALLOCATION,
  },
  {
    ...LARGE,
    name: "a large reallocation leaks the old block",
    find: "    free(block);\n    return moved;",
    replace: "    return moved;",
    killedBy: names.REALLOCATION,
  },
  {
    ...ROUTER,
    name: "a move from small to large forgets the copy",
    find: "words[moved + index] = words[block + index] as number;",
    replace: "words[moved + index] = 0;",
    killedBy: names.REALLOCATION,
  },
  {
    ...ROUTER,
    name: "a move from small to large leaks the small block",
    find: "    freeSmall(block);\n    return moved;",
    replace: "    return moved;",
    killedBy: names.REALLOCATION,
  },
  {
    ...ROUTER,
    name: "the walk over both allocators is not in address order",
    find: "    visitBelow(block);\n    visit(block, usableSizeBytes);",
    replace: "    visit(block, usableSizeBytes);",
    killedBy: names.WALK,
  },
  {
    ...POOLS,
    name: "zeroed small blocks are not zero-filled",
    find: "for (let word = block as number; word < end; word++) words[word] = 0;",
    replace: "if (end < 0) words[end] = 0;",
    killedBy: names.ZEROING,
  },
  {
    ...LARGE,
    name: "zeroed large blocks are zero-filled but for their last word",
    find: "words.fill(0, block, block + Math.ceil(requestBytes / 4));",
    replace: "words.fill(0, block, block + Math.ceil(requestBytes / 4) - 1);",
    killedBy: names.ZEROING,
  },
  {
    ...POOLS,
    name: "a formerly full pool is not linked again",
    find: "if (freeWords === 0) makeFirst(pool);",
    replace: "if (freeWords === 0) return;",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...POOLS,
    name: "a formerly full pool goes to the second place",
    find: `    words[pool + NEXT_POOL] = next;
    words[next + PREVIOUS_POOL] = pool;
    words[head] = pool;`,
    replace: `    if (next === noPool) {
      words[pool + NEXT_POOL] = next;
      words[head] = pool;
      return;
    }
    const second = words[next + NEXT_POOL] as number;
    words[head] = next;
    words[next + NEXT_POOL] = pool;
    words[pool + PREVIOUS_POOL] = next;
    words[pool + NEXT_POOL] = second;
    words[second + PREVIOUS_POOL] = pool;`,
    killedBy: ARENA_CHOICE,
  },
  {
    ...POOLS,
    name: "an empty pool is not released",
    find: "else if (usedCount === 0) releaseEmpty(pool);",
    replace: "",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...ARENAS,
    name: "an empty arena is never released",
    find: "return keepsArena && get(record + layout.NEXT_ARENA) === 0;",
    replace: "return true;",
    killedBy: names.RELEASE,
  },
  {
    ...ARENAS,
    name: "trim keeps the arena that is kept",
    find: "if (kept === 0) return;\n    words",
    replace: "if (kept >= 0) return;\n    words",
    killedBy: names.RELEASE,
  },
  {
    ...ARENAS,
    name: "trim leaves the arena that it gave back in the index",
    find: "    words[lastArenaWith + layout.POOLS_PER_ARENA] = 0;\n    releaseArena(kept);",
    replace: "    releaseArena(kept);",
    killedBy: names.RELEASE,
  },
  {
    ...ARENAS,
    name: "the emptiest arena gives the next pool, not the fullest",
    find: "if (last !== record) moveAfter(record, last);",
    replace: "",
    killedBy: ARENA_CHOICE,
  },
  {
    ...ARENAS,
    name: "the index of last arenas forgets the one before",
    find: "words[lastArenaWith + count] = isLast ? previous : 0;",
    replace: "words[lastArenaWith + count] = 0;",
    killedBy: ARENA_CHOICE,
  },
  {
    ...LARGE,
    name: "a freed block is not joined with the free one before",
    find: "const wordsBefore = freeWordsBefore(header, size);",
    replace: "const wordsBefore = freeWordsBefore(header, size) * 0;",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...LARGE,
    name: "a freed block is not joined with the free one behind",
    find: "const wordsBehind = freeWordsAt(end);\n    // Both neighbours",
    replace: "const wordsBehind = freeWordsAt(end) * 0;\n    // Both neighbours",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...LISTS,
    name: "the boundary tag is not updated on a split",
    find: "words[header + sizeWords - 1] = sizeWords;",
    replace: "if (words[header + sizeWords - 1] === 0) words[header + sizeWords - 1] = sizeWords;",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...LISTS,
    name: "the bit of an empty list stays set",
    find: "words[listBits + level] = get(listBits + level) & ~(1 << list);",
    replace: "",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...LARGE,
    name: "the allocated map keeps the bit of a freed block",
    find: "& ~(1 << (block >>> 2));",
    replace: "& -1;",
    killedBy: names.WALK,
  },
  {
    ...LARGE,
    name: "a refusal for memory leaves a count changed",
    find: "if (!extents.grow(sizeWords)) return 0 as Block;",
    replace: `words[state + LIVE_COUNT] = get(state + LIVE_COUNT) + 1;
      if (!extents.grow(sizeWords)) return 0 as Block;
      words[state + LIVE_COUNT] = get(state + LIVE_COUNT) - 1;`,
    killedBy: names.ALLOCATOR_MEMORY,
  },
  {
    ...ARENAS,
    name: "an arena that was refused is counted",
    find: "if (arena === 0) return 0;",
    replace: "if (arena === 0) countArena(1);\n    if (arena === 0) return 0;",
    killedBy: names.ALLOCATOR_MEMORY,
  },
  {
    ...LARGE,
    name: "a reallocation frees the old block before it has the new one",
    find: "    const moved = allocate(requestBytes);\n    words.copyWithin",
    replace: "    free(block);\n    const moved = allocate(requestBytes);\n    words.copyWithin",
    killedBy: names.ALLOCATOR_MEMORY,
  },
  {
    ...EXTENTS,
    name: "whole free arenas stay in the large allocator",
    find: "if (start >= end) lists.insert(header, sizeWords);",
    replace: "if (start >= end - 1) lists.insert(header, sizeWords);",
    killedBy: names.RELEASE,
  },
  {
    name: "the large statistics count headers as used",
    file: "large-statistics.ts",
    on: "large block allocator",
    find: "heldBytes - liveBlockCount * layout.LARGE_HEADER_SIZE_BYTES",
    replace: "heldBytes",
    killedBy: names.ACCOUNTING,
  },
  {
    name: "the pool statistics take a pool's tail for free space",
    file: "pool-statistics.ts",
    on: "pool allocator",
    find: "const availableCount = blockCount - usedCount;",
    replace: "const availableCount = blockCount - usedCount + 1;",
    killedBy: names.ACCOUNTING,
  },
  {
    ...LISTS,
    name: "the list whose sizes straddle the request is searched to its end",
    find: "looks < STRADDLING_LOOKS",
    replace: "looks >= 0",
    killedBy: BOUNDED_WORK,
  },
  {
    ...POOLS,
    name: "an allocation looks at all used pools of its size class",
    find: "const lowestWord = freeWords & -freeWords;",
    replace: `for (let each = pool; each !== noPool; each = words[each + NEXT_POOL] as number);
    const lowestWord = freeWords & -freeWords;`,
    killedBy: BOUNDED_WORK,
  },
  {
    ...POOLS,
    name: "a free looks its block up in a tree of addresses, in log n steps",
    find: `if ((map & bit) === 0) refuse("free", block);`,
    replace: `if ((map & bit) === 0) refuse("free", block);
    for (let rest = (block - firstWord) >>> 7; rest > 0; rest >>= 1) words[mapWord] = map;`,
    killedBy: BOUNDED_WORK,
  },
  ...sweepFaults,
  ...waitingFaults,
  ...layerFaults,
];
