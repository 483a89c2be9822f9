// A counterexample of an allocator made smaller once more. Shrinking does not get below the numbers
// of blocks that fill arenas; here commands in bulk become fewer, then single calls, of which every
// one goes that the failure can do without, and sizes and picks become small.
//
//   allocate 412 of 24,000 bytes, free 700 ─► allocate 4, free 1
//     ─► allocate, allocate, allocate, allocate, free ─► allocate, free

import { createSearch, type Fails, leaveOut, simplifyEach } from "../fewer.js";

/** As many plays as for managers; those of allocators are quicker. */
const PLAY_LIMIT_COUNT = 1500;
/** Longer programs stay in bulk. */
const CALL_LIMIT_COUNT = 3000;

/** What commands of allocators have in common: those of sweeps too. */
type Numbers = Readonly<
  Partial<Record<"count" | "requestBytes" | "pick" | "offset" | "keptPercent" | "salt", number>>
>;

/**
 * The smallest commands found that still fail; those given if no others do. `single` answers the
 * single calls that a command in bulk stands for.
 */
export function tightenCommands<Command extends object>(
  commands: readonly Command[],
  single: (command: Command) => readonly Command[],
  fails: Fails<Command[]>,
): Command[] {
  const search = createSearch(fails, PLAY_LIMIT_COUNT);
  const isSmaller = (candidate: readonly Command[]): boolean => search.isSmaller([...candidate]);
  let found = leaveOut(commands, isSmaller);
  found = simplifyEach(found, withSmallerCount, isSmaller);
  const calls = found.flatMap(single);
  if (calls.length <= CALL_LIMIT_COUNT && isSmaller(calls)) found = calls;
  for (let before = -1; before !== search.smallerCount; ) {
    before = search.smallerCount;
    found = simplifyEach(leaveOut(found, isSmaller), withSmallerNumbers, isSmaller);
  }
  return [...found];
}

/** By doubling: the first count that is large enough is less than twice what is needed. */
function withSmallerCount<Command extends object>(command: Command): Command[] {
  const { count = 1 } = command as Numbers;
  const counts: number[] = [];
  for (let fewer = 1; fewer < count; fewer *= 2) counts.push(fewer);
  return counts.map((fewer) => ({ ...command, count: fewer }));
}

/** The smallest first; one number at a time. */
function withSmallerNumbers<Command extends object>(command: Command): Command[] {
  const numbers = command as Numbers;
  const names = ["requestBytes", "count", "pick", "offset", "keptPercent", "salt"] as const;
  return names.flatMap((name) => {
    const value = numbers[name];
    if (value === undefined) return [];
    return smallerThan(value).map((smaller) => ({ ...command, [name]: smaller }));
  });
}

/** Of a size the least, granules, sizes beyond small blocks, a half; of a pick the first ones. */
function smallerThan(value: number): number[] {
  const candidates = [0, 1, 2, 3, 16, 32, 100, 600, 1000, value >> 1, value - 1];
  return [...new Set(candidates)].filter((smaller) => smaller >= 0 && smaller < value);
}
