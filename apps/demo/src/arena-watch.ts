// What no part tells of arenas: that one holds no pool any more and is kept all the same. The
// allocator keeps one wholly free arena, as CPython does, so that a program at its edge does not
// borrow and return it forever.
//
//   pool-take +1, pool-release −1 ──► none in use, and no arena-release ──► "it is kept"

import {
  EVENT_ARENA_RELEASE,
  EVENT_POOL_RELEASE,
  EVENT_POOL_TAKE,
  type Observer,
} from "@ouro/interfaces";
import type { Narration } from "./narration.js";
import { arenaNumber } from "./narration.js";

export interface ArenaWatch {
  readonly observer: Observer;
  /** Tells of arenas that stand empty since the last step. O(arenas). */
  endStep(): void;
}

export function watchArenas(narration: Pick<Narration, "say">): ArenaWatch {
  const poolCounts = new Map<number, number>();
  const emptied = new Set<number>();

  function add(arena: number, change: number): void {
    const count = (poolCounts.get(arena) ?? 0) + change;
    poolCounts.set(arena, count);
    if (count === 0) emptied.add(arena);
    else emptied.delete(arena);
  }

  return {
    observer: {
      wants: [EVENT_POOL_TAKE, EVENT_POOL_RELEASE, EVENT_ARENA_RELEASE],
      event(code, a, _b, c) {
        if (code === EVENT_POOL_TAKE) add(c, 1);
        else if (code === EVENT_POOL_RELEASE) add(c, -1);
        else emptied.delete(a);
      },
    },
    endStep() {
      for (const arena of emptied) narration.say("PM-ARENA-KEEP", { arena: arenaNumber(arena) });
      emptied.clear();
    },
  };
}
