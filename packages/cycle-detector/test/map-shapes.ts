// Heaps that more than one test of the map detector is about, in a rig of its own.

import type { MapKind, MapRig } from "./map-rig.js";

/** So many objects one behind the other; their granules. */
export function putMany(rig: MapRig, kind: MapKind, count: number, first = 0): number[] {
  const granules: number[] = [];
  for (let at = first; granules.length < count; ) {
    granules.push(at);
    at = rig.put(at, kind);
  }
  return granules;
}

/** An array that holds each of so many objects so often, in turns, and is held by the first. */
export function putCrowd(rig: MapRig, size: number, times: number): number[] {
  const members = putMany(rig, "one", size);
  const array = (members.at(-1) as number) + 1;
  rig.put(array, "many", 0, size * times);
  for (let turn = 0; turn < times; turn++) {
    for (const [index, member] of members.entries()) {
      rig.link(array, turn * size + index, member);
    }
  }
  rig.link(members[0] as number, 0, array);
  return [...members, array];
}

export interface LateOnes {
  readonly direct: readonly number[];
  /** What those hold, and that holds, if there is any. */
  readonly further: readonly number[];
  readonly array: number;
}

/** Behind all: an array that holds each of the first ones, and is held from outside. */
export function putLateOnes(rig: MapRig, count: number, areTrees = false): LateOnes {
  const direct = putMany(rig, "two", count);
  const array = 40_000;
  rig.put(array, "many", 1, count);
  for (const [field, granule] of direct.entries()) rig.link(array, field, granule);
  const further = areTrees ? putMany(rig, "two", 3 * count, 10_000) : [];
  for (const [index, granule] of direct.entries()) {
    const [one, other, tip] = further.slice(3 * index, 3 * index + 3);
    if (one === undefined || other === undefined || tip === undefined) continue;
    rig.link(granule, 0, one);
    rig.link(granule, 1, other);
    rig.link(other, 0, tip);
    for (const each of [one, other, tip]) rig.link(each, 1, array);
  }
  rig.setCandidates([...direct, ...further, array]);
  return { direct, further, array };
}
