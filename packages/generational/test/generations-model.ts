// CPython's generations on plain arrays, as gc.c and its documentation describe them.

import type { Kind } from "./generations-rig.js";

export interface ModelObject {
  readonly kind: Kind;
  readonly slots: (ModelObject | undefined)[];
  rootCount: number;
  isTracked: boolean;
}

const OLDEST = 2;
const PERMANENT = 3;

export function createGenerationsModel(thresholds: [number, number, number]) {
  const lists: ModelObject[][] = [[], [], [], []];
  const all = new Set<ModelObject>();
  const counts = [0, 0, 0];
  const statistics = [0, 1, 2].map(() => ({ collections: 0, collected: 0, uncollectable: 0 }));
  let isEnabled = true;
  let isRequested = false;
  let pendingCount = 0;
  let totalCount = 0;

  function make(kind: Kind): ModelObject {
    const object: ModelObject = {
      kind,
      slots: [undefined, undefined],
      rootCount: 1,
      isTracked: false,
    };
    all.add(object);
    counts[0] = (counts[0] as number) + 1;
    const [young] = thresholds;
    if ((counts[0] as number) > young && young !== 0 && isEnabled) isRequested = true;
    if (kind !== "dict") track(object);
    return object;
  }

  function track(object: ModelObject): void {
    object.isTracked = true;
    lists[0]?.push(object);
  }

  function leave(object: ModelObject): void {
    object.isTracked = false;
    for (const [at, list] of lists.entries()) lists[at] = list.filter((each) => each !== object);
  }

  function store(object: ModelObject, field: number, value: ModelObject | undefined): void {
    if (!object.isTracked && value !== undefined && mayBeTracked(value)) track(object);
    object.slots[field] = value;
    sweep();
  }

  const mayBeTracked = ({ kind, isTracked }: ModelObject): boolean => kind !== "tuple" || isTracked;

  /** What nothing refers to dies, and then what only that referred to. */
  function sweep(): void {
    for (;;) {
      const held = new Set([...all].flatMap(({ slots }) => slots));
      const dead = [...all].filter((object) => object.rootCount === 0 && !held.has(object));
      if (dead.length === 0) return;
      for (const object of dead) end(object);
    }
  }

  function end(object: ModelObject): void {
    leave(object);
    all.delete(object);
    object.slots.fill(undefined);
    counts[0] = Math.max(0, (counts[0] as number) - 1);
  }

  function referenceCount(object: ModelObject): number {
    const held = [...all].flatMap(({ slots }) => slots).filter((each) => each === object).length;
    return held + object.rootCount;
  }

  /** What is left over of the counts is from outside; what that reaches is not garbage. */
  function garbageOf(list: readonly ModelObject[]): ModelObject[] {
    const inside = list.flatMap(({ slots }) => slots);
    const pending = list.filter(
      (object) => referenceCount(object) > inside.filter((each) => each === object).length,
    );
    const reached = new Set<ModelObject>();
    for (let object = pending.pop(); object !== undefined; object = pending.pop()) {
      if (reached.has(object) || !list.includes(object)) continue;
      reached.add(object);
      for (const each of object.slots) if (each !== undefined) pending.push(each);
    }
    return list.filter((object) => !reached.has(object));
  }

  function collect(generation: number): number {
    if (generation < OLDEST) counts[generation + 1] = (counts[generation + 1] as number) + 1;
    for (let younger = 0; younger <= generation; younger++) counts[younger] = 0;
    const list = [generation, ...[0, 1].filter((each) => each < generation)].flatMap(
      (each) => lists[each] as ModelObject[],
    );
    const garbage = garbageOf(list);
    const reached = list.filter((object) => !garbage.includes(object));
    for (let each = 0; each <= generation; each++) lists[each] = [];
    untrack(reached, "tuple");
    if (generation === OLDEST) untrack(reached, "dict");
    const kept = reached.filter(({ isTracked }) => isTracked);
    lists[Math.min(generation + 1, OLDEST)]?.push(...kept);
    if (generation === 1) pendingCount += kept.length;
    if (generation === OLDEST) [pendingCount, totalCount] = [0, kept.length];
    for (const object of garbage) object.slots.fill(undefined);
    sweep();
    const statistic = statistics[generation] as (typeof statistics)[number];
    statistic.collections++;
    statistic.collected += garbage.length;
    return garbage.length;
  }

  function untrack(objects: readonly ModelObject[], kind: Kind): void {
    for (const object of objects) {
      if (object.kind !== kind || !object.isTracked) continue;
      const keeps = object.slots.some((each) => each !== undefined && mayBeTracked(each));
      if (!keeps) object.isTracked = false;
    }
  }

  function poll(): void {
    if (!isRequested) return;
    isRequested = false;
    if (!isEnabled) return;
    const isAbove = (generation: number): boolean =>
      (counts[generation] as number) > (thresholds[generation] as number);
    if (isAbove(2) && pendingCount >= Math.floor(totalCount / 4)) collect(2);
    else if (isAbove(1)) collect(1);
    else if (isAbove(0)) collect(0);
  }

  return {
    ...{ lists, counts, statistics, make, store, collect, poll },
    longLived: () => ({ totalCount, pendingCount }),
    drop(object: ModelObject) {
      object.rootCount = 0;
      sweep();
    },
    setThresholds(...given: [number, number, number]) {
      thresholds = given;
    },
    setEnabled(given: boolean) {
      isEnabled = given;
    },
    freeze() {
      for (const generation of [0, 1, 2]) {
        lists[PERMANENT]?.push(...(lists[generation] as ModelObject[]));
        lists[generation] = [];
        counts[generation] = 0;
      }
    },
    unfreeze() {
      lists[OLDEST]?.push(...(lists[PERMANENT] as ModelObject[]));
      lists[PERMANENT] = [];
    },
  };
}
