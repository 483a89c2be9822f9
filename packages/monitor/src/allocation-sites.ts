// Where memory comes from, while a program runs: whoever runs it says which site it enters and
// leaves, and each object born belongs to the stack of sites that stand open then. Deaths and moves
// are followed, so that at any time it is known how much of each site's memory is live.
//
//   enter("main") ─► enter("load") ─► object-create ──► stack [main, load], type "node": +1
//                                     object-reclaim ─► the sample that the object belongs to: −1
//
// Distinct stacks are bounded: what comes after `sampleLimitCount` of them is counted under the one
// site "(other sites)". Live objects are remembered by reference, one entry each.

import {
  checkInteger,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  type Observer,
} from "@ouro/interfaces";
import type { AllocationProfile, AllocationSite } from "./allocation-profile.js";
import { formatPlace } from "./source-place.js";

export interface AllocationSitesOptions {
  /** What a type is called. Default: `type N`. */
  typeName?: (type: number) => string;
  /** Distinct stacks with their types. Default 10,000. */
  sampleLimitCount?: number;
}

export interface AllocationSites {
  readonly observer: Observer;
  /** The program enters a function, or a step. O(1). */
  enter(site: AllocationSite): void;
  leave(): void;
  /** Another memory manager begins: what lived on the one before is gone. */
  forgetLive(): void;
  /** Samples in the order of their first allocation. */
  profile(name: string): AllocationProfile;
}

interface Tally {
  readonly sites: readonly AllocationSite[];
  readonly typeName: string;
  allocatedCount: number;
  allocatedBytes: number;
  liveCount: number;
  liveBytes: number;
}

const OTHER: readonly AllocationSite[] = [{ name: "(other sites)" }];

/** Listens to births, moves and deaths of one memory manager at a time. */
export function createAllocationSites(options: AllocationSitesOptions = {}): AllocationSites {
  const { typeName = (type) => `type ${type}`, sampleLimitCount = 10_000 } = options;
  checkInteger("createAllocationSites", "sampleLimitCount", sampleLimitCount, 1);
  const stack: { readonly site: AllocationSite; readonly key: string }[] = [];
  const tallies = new Map<string, Tally>();
  let owners = new Map<number, Tally>();

  function tallyAt(key: string, sites: () => readonly AllocationSite[], name: string): Tally {
    const known = tallies.get(key);
    if (known !== undefined) return known;
    const none = { allocatedCount: 0, allocatedBytes: 0, liveCount: 0, liveBytes: 0 };
    const tally = { sites: sites(), typeName: name, ...none };
    tallies.set(key, tally);
    return tally;
  }

  function tallyOf(type: number): Tally {
    const name = typeName(type);
    const key = `${stack.at(-1)?.key ?? ""}\n${name}`;
    if (tallies.has(key) || tallies.size < sampleLimitCount) {
      return tallyAt(key, () => stack.map(({ site }) => site), name);
    }
    return tallyAt("\n", () => OTHER, "(any type)");
  }

  function create(object: number, type: number, sizeWords: number): void {
    const tally = tallyOf(type);
    tally.allocatedCount++;
    tally.allocatedBytes += 4 * sizeWords;
    tally.liveCount++;
    tally.liveBytes += 4 * sizeWords;
    owners.set(object, tally);
  }

  function reclaim(object: number, sizeWords: number): void {
    const tally = owners.get(object);
    if (tally === undefined) return;
    owners.delete(object);
    tally.liveCount--;
    tally.liveBytes -= 4 * sizeWords;
  }

  function move(from: number, to: number): void {
    const tally = owners.get(from);
    if (tally === undefined) return;
    owners.delete(from);
    owners.set(to, tally);
  }

  return {
    observer: {
      wants: [EVENT_OBJECT_CREATE, EVENT_OBJECT_RECLAIM, EVENT_OBJECT_MOVE],
      event(code, a, b, c) {
        if (code === EVENT_OBJECT_CREATE) create(a, b, c);
        else if (code === EVENT_OBJECT_RECLAIM) reclaim(a, c);
        else move(a, b);
      },
    },
    enter(site) {
      const place = site.place === undefined ? "" : formatPlace(site.place);
      stack.push({ site, key: `${stack.at(-1)?.key ?? ""}\n${site.name}\t${place}` });
    },
    leave: () => void stack.pop(),
    forgetLive() {
      for (const tally of owners.values()) [tally.liveCount, tally.liveBytes] = [0, 0];
      owners = new Map();
    },
    profile: (name) => ({ name, samples: [...tallies.values()].map((tally) => ({ ...tally })) }),
  };
}
