// What must hold of a bump allocator, as executable documentation: the runs are its arenas, blocks
// tile each run from its header to its top, and no bit stands anywhere else.

import { ARENA_SHIFT, ARENA_SIZE_WORDS, expectSound } from "@ouro/interfaces";
import { walkAllocatedMap } from "./allocated-map.js";
import * as layout from "./bump-layout.js";

/** Throws `HeapCorruptionError` naming the first thing found broken. O(memory lent). */
export function validateBump(context: layout.BumpContext): void {
  const { words, state } = context;
  const get = (word: number): number => words[word] as number;
  const tops = collectRuns(context);
  let begunCount = 0;
  let liveCount = 0;
  for (const [run, top] of tops) {
    const first = run + layout.RUN_HEADER_SIZE_WORDS;
    expectSound(
      top === first || hasBit(context, first),
      "run",
      run,
      "no block begins at its start",
    );
    walkAllocatedMap(words, context.begunMap, run, get(run + layout.RUN_END), (block) => {
      expectSound(
        block >= first && block < top,
        "begun map",
        block,
        "a block beyond its run's top",
      );
      begunCount++;
      if (!isFreed(context, block)) liveCount++;
    });
    expectFreedMap(context, run, top);
  }
  expectSound(get(state + layout.LIVE_COUNT) === liveCount, "bump allocator", state, "live count");
  const last = get(state + layout.LAST);
  const isLast =
    last === 0 ||
    layout.nextBegun(context, last, get(state + layout.TOP)) === get(state + layout.TOP);
  expectSound(
    isLast && (last === 0 || hasBit(context, last)),
    "bump allocator",
    state,
    "last block",
  );
  const isQuiet = liveCount > 0 || begunCount === 0 || get(state + layout.FLOOR) !== 0;
  expectSound(isQuiet, "bump allocator", state, "nothing lives, and it was not cleared");
}

/** Bits where blocks began, the ends of long blocks in the words that are theirs, and no more. */
function expectFreedMap(context: layout.BumpContext, run: number, top: number): void {
  const { words, begunMap, freedMap } = context;
  const notes = new Map<number, number>();
  for (let block = run + layout.RUN_HEADER_SIZE_WORDS; block < top; ) {
    const end = layout.nextBegun(context, block, top);
    if (end - block >= layout.LONG_SIZE_WORDS) notes.set(layout.noteOf(context, block), end);
    block = end;
  }
  const runEnd = words[run + layout.RUN_END] as number;
  for (let at = run; at < runEnd; at += 128) {
    const freed = words[freedMap + (at >>> 7)] as number;
    const note = notes.get(freedMap + (at >>> 7));
    if (note !== undefined) expectSound(freed === note, "freed map", at, "a long block's end");
    else {
      const begun = words[begunMap + (at >>> 7)] as number;
      expectSound((freed & ~begun) === 0, "freed map", at, "no block began here");
    }
  }
}

/** The runs with their tops; checks that they are exactly the arenas lent. */
function collectRuns(context: layout.BumpContext): Map<number, number> {
  const { words, state, arenaTable, borrower } = context;
  const tops = new Map<number, number>();
  let runArenaCount = 0;
  layout.walkRuns(context, (run, top) => {
    expectSound(!tops.has(run) && run % ARENA_SIZE_WORDS === 0, "run", run, "no run begins here");
    const end = words[run + layout.RUN_END] as number;
    expectSound(top > run && top <= end, "run", run, "its top is outside");
    for (let index = run >>> ARENA_SHIFT; index < end >>> ARENA_SHIFT; index++, runArenaCount++) {
      expectSound(words[arenaTable + index] === borrower, "run", run, "an arena is not lent");
    }
    tops.set(run, top);
  });
  let lentCount = 0;
  for (let index = context.firstArenaIndex; index < context.arenaCount; index++) {
    if (words[arenaTable + index] === borrower) lentCount++;
  }
  expectSound(lentCount === runArenaCount, "bump allocator", state, "an arena is in no run");
  const isCounted = words[state + layout.ARENA_COUNT] === lentCount;
  expectSound(isCounted, "bump allocator", state, "arena count");
  const run = words[state + layout.RUN] as number;
  const isEnd = words[state + layout.END] === (run === 0 ? 0 : words[run + layout.RUN_END]);
  expectSound(isEnd, "bump allocator", state, "end");
  return tops;
}

function hasBit({ words, begunMap }: layout.BumpContext, block: number): boolean {
  return ((words[begunMap + (block >>> 7)] as number) & (1 << (block >>> 2))) !== 0;
}

function isFreed({ words, freedMap }: layout.BumpContext, block: number): boolean {
  return ((words[freedMap + (block >>> 7)] as number) & (1 << (block >>> 2))) !== 0;
}
