// A bump allocator fills runs of adjacent arenas from their first word on. Where its blocks begin,
// one map says, and which of them were freed since, another: blocks have no headers, and one ends
// where the next begins.
//
//   run      │ previous run, end, its top, – │ block │ block │ freed │ block │ → top … end │
//   begun      · · · · · · · · · · · · · · · · 1 · · · 1 · · · 1 · · · 1 · · · · · · · · · ·
//   freed      · · · · · · · · · · · · · · · · · · · · · · · · 1 · · · · · · · · · · · · · ·
//
// The next word of the maps belongs to a long block alone: no block can begin there, and none be
// freed. There the freed map notes the block's end, so that a size is read and not searched for.
//
// Runs are a stack: the newest knows the one before and where that one's blocks ended. No bit is
// set at or above a run's top.
//
// The allocator's own words, one region of the heap:
//
//   │ top │ end │ run │ last block │ floor │ live count │ arena count │ – │

/** Offsets in the allocator's region. `RUN` is 0 before the first arena is lent. */
export const TOP = 0;
export const END = 1;
export const RUN = 2;
/** The block that ends at the top, while it may still grow in place; else 0. */
export const LAST = 3;
/** The newest mark that stands; 0 without one. */
export const FLOOR = 4;
export const LIVE_COUNT = 5;
export const ARENA_COUNT = 6;
export const BUMP_REGION_SIZE_WORDS = 8;

/** Offsets in a run's first granule. */
export const PREVIOUS_RUN = 0;
export const RUN_END = 1;
export const PREVIOUS_TOP = 2;
export const RUN_HEADER_SIZE_WORDS = 4;

/** From so many words on, a block covers all that the maps' next word stands for. */
export const LONG_SIZE_WORDS = 256;

/** What the bump allocator's parts share. */
export interface BumpContext {
  readonly words: Int32Array;
  readonly name: string;
  readonly state: number;
  /** The maps' words of block b are at `begunMap + (b >>> 7)` and `freedMap + (b >>> 7)`. */
  readonly begunMap: number;
  readonly freedMap: number;
  readonly borrower: number;
  readonly arenaTable: number;
  readonly firstArenaIndex: number;
  readonly arenaCount: number;
}

/** Calls `visit` for each run with its first word and its top, the newest first. O(runs). */
export function walkRuns(
  { words, state }: BumpContext,
  visit: (run: number, top: number) => void,
): void {
  let top = words[state + TOP] as number;
  let run = words[state + RUN] as number;
  while (run !== 0) {
    const previousTop = words[run + PREVIOUS_TOP] as number;
    const previous = words[run + PREVIOUS_RUN] as number;
    visit(run, top);
    top = previousTop;
    run = previous;
  }
}

/** The word that notes a long block's end. */
export function noteOf({ freedMap }: BumpContext, block: number): number {
  return freedMap + (block >>> 7) + 1;
}

/** Where a block ends: where the next one begins, or at its run's top. O(1). */
export function endOf(context: BumpContext, block: number, top: number): number {
  const { words, begunMap, freedMap } = context;
  const next = (block >>> 7) + 1;
  // A block may end below, and others begin there: then the word holds bits, as any other.
  const isCovered = next << 7 < top && words[begunMap + next] === 0;
  const noted = isCovered ? (words[freedMap + next] as number) : 0;
  return noted === 0 || begunBehind(context, block) ? nextBegun(context, block, top) : noted;
}

/** Whether another block begins behind it, in the same word of the map. */
function begunBehind({ words, begunMap }: BumpContext, block: number): boolean {
  return ((words[begunMap + (block >>> 7)] as number) & (-2 << (block >>> 2))) !== 0;
}

/** Where the next block begins above `block`, `top` when there is none. O(distance / 512 bytes). */
export function nextBegun({ words, begunMap }: BumpContext, block: number, top: number): number {
  let at = block + 4;
  if (at >= top) return top;
  let bits = (words[begunMap + (at >>> 7)] as number) & (-1 << (at >>> 2));
  while (bits === 0) {
    at = (at | 127) + 1;
    if (at >= top) return top;
    bits = words[begunMap + (at >>> 7)] as number;
  }
  return (at & ~127) + (31 - Math.clz32(bits & -bits)) * 4;
}
