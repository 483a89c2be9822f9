// A pool that comes empty under a view that nobody listens to waits in its list. The view that
// gives it back has an observer, which was told that the pool was taken.

import {
  EVENT_POOL_RELEASE,
  EVENT_POOL_TAKE,
  GRANULE_SIZE_BYTES,
  type Observer,
  SIZE_CLASS_COUNT,
} from "@ouro/interfaces";
import { expectPromise } from "@ouro/testkit";
import fc from "fast-check";
import { newHeap, type Parts } from "./rigs.js";

export const WAITING_OBSERVED = "tells of a pool that another view left and its own gives back";

interface Plan {
  readonly keptClass: number;
  readonly leftClass: number;
  readonly nextClass: number;
}

/** What a listening view hears when it takes a pool while another view's empty one waits. */
function play(parts: Parts, { keptClass, leftClass, nextClass }: Plan): void {
  const source = newHeap();
  const seen: string[] = [];
  const observer: Observer = {
    wants: [EVENT_POOL_TAKE, EVENT_POOL_RELEASE],
    event: (code, pool) => seen.push(`${code === EVENT_POOL_TAKE ? "take" : "release"} ${pool}`),
  };
  const listening = parts.createPoolAllocator({ source, observer });
  const silent = parts.createPoolAllocator({ source });
  // One more pool of the arena is in use: a wholly free arena's pools do not wait.
  const kept = listening.allocate((keptClass + 1) * GRANULE_SIZE_BYTES);
  const left = listening.allocate((leftClass + 1) * GRANULE_SIZE_BYTES);
  expectPromise(seen.join() === `take ${kept},take ${left}`, `two pools are taken: ${seen}`);
  silent.free(left);
  seen.length = 0;
  listening.allocate((nextClass + 1) * GRANULE_SIZE_BYTES);
  const isServed = nextClass === keptClass || nextClass === leftClass;
  const due = isServed ? "" : `release ${left},take ${left}`;
  expectPromise(seen.join() === due, `told of "${seen}", due is "${due}"`);
  listening.validate();
}

export function waitingObservedProperty(parts: Parts): fc.IProperty<[Plan]> {
  const sizeClass = fc.nat({ max: SIZE_CLASS_COUNT - 1 });
  const plan = fc
    .record({ keptClass: sizeClass, leftClass: sizeClass, nextClass: sizeClass })
    .filter(({ keptClass, leftClass }) => keptClass !== leftClass);
  return fc.property(plan, (each) => play(parts, each));
}
