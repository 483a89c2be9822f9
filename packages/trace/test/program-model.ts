// Test support: CPython's counting, collector, weak references and finalizers in plain JavaScript,
// as the recordings describe them: lists are arrays, objects are objects, nothing is quick. It
// shares no line with the packages and proves reader and runner; what agrees with it and with the
// recordings agrees with two witnesses.

import type { ProgramHost, ProgramKind, ProgramSubject, WeakCallback } from "../src/index.js";

interface PlainObject {
  id: number;
  kind: ProgramKind | "tuple" | "wref";
  refcount: number;
  /** List it is in: 0 to 2, 3 frozen, −1 none. */
  generation: number;
  /** By slot; a dict's in the order in which the keys came in. */
  slots: Map<number, PlainObject>;
  hasFinalizer: boolean;
  isFinalized: boolean;
  /** Weak references to it: the one without callback, then the newest first. */
  weak: PlainObject[];
  /** Of a weak reference. */
  target: PlainObject | null;
  callback: "log" | PlainObject | null;
}

export type ProgramFault =
  | "finalizer after weak callbacks"
  | "oldest callback first"
  | "finalizes twice"
  | "list forward"
  | "threshold reached"
  | "keeps tuples tracked"
  | "no quarter rule";

const FROZEN = 3;
const UNTRACKED = -1;

export function createProgramModel(fault?: ProgramFault): ProgramSubject {
  const objects = new Map<number, PlainObject>();
  const roots: (PlainObject | null)[] = new Array(65).fill(null);
  const lists: PlainObject[][] = [[], [], [], []];
  let counts = [0, 0, 0];
  let thresholds: readonly number[] = [2000, 10, 10];
  const statistics = [0, 1, 2].map(() => [0, 0, 0]);
  let longLived = [0, 0];
  let isEnabled = true;
  let isRequested = false;
  let isCollecting = false;
  let host: ProgramHost;

  const find = (id: number): PlainObject => {
    const object = objects.get(id);
    if (object === undefined) throw new Error(`the model has no object ${id}`);
    return object;
  };
  const isCollected = ({ kind }: PlainObject): boolean => kind !== "atom";
  const isCounted = ({ kind }: PlainObject): boolean =>
    kind !== "atom" && kind !== "xlist" && kind !== "xdict";
  const mayBeTracked = (object: PlainObject): boolean =>
    isCollected(object) && (object.kind !== "tuple" || object.generation !== UNTRACKED);

  /** In the order in which traversal visits and death releases. */
  function held(object: PlainObject): PlainObject[] {
    const { kind, slots, callback } = object;
    if (kind === "wref") return callback === null || callback === "log" ? [] : [callback];
    if (kind === "dict" || kind === "xdict") return [...slots.values()];
    const ascending = [...slots].sort(([one], [other]) => one - other).map(([, value]) => value);
    const isBackward = kind === "list" || kind === "tuple" || kind === "xlist";
    return isBackward && fault !== "list forward" ? ascending.reverse() : ascending;
  }

  function track(object: PlainObject, generation: number): void {
    untrack(object);
    object.generation = generation;
    (lists[generation] as PlainObject[]).push(object);
  }

  function untrack(object: PlainObject): void {
    const list = lists[object.generation];
    const at = list?.indexOf(object) ?? -1;
    if (at >= 0) list?.splice(at, 1);
    object.generation = UNTRACKED;
  }

  function release(object: PlainObject): void {
    object.refcount--;
    if (object.refcount === 0) die(object);
  }

  function die(object: PlainObject): void {
    host.died(object.id);
    untrack(object);
    if (fault !== "finalizer after weak callbacks" && isRescued(object)) return;
    if (object.kind === "wref") unlink(object);
    clearWeakReferences(object);
    if (fault === "finalizer after weak callbacks" && isRescued(object)) return;
    for (const value of held(object)) release(value);
    object.slots.clear();
    if (isCounted(object)) counts[0] = Math.max(0, (counts[0] as number) - 1);
    objects.delete(object.id);
  }

  /** Runs the finalizer of an object without references; true if it has some afterwards. */
  function isRescued(object: PlainObject): boolean {
    if (!object.hasFinalizer || (object.isFinalized && fault !== "finalizes twice")) return false;
    object.isFinalized = true;
    object.refcount = 1;
    track(object, 0);
    host.finalize(object.id);
    object.refcount--;
    if (object.refcount > 0) return true;
    untrack(object);
    return false;
  }

  function unlink(weak: PlainObject): void {
    const { target } = weak;
    if (target !== null) target.weak.splice(target.weak.indexOf(weak), 1);
    weak.target = null;
  }

  function clearWeakReferences(object: PlainObject): void {
    const cleared = [...object.weak];
    for (const weak of cleared) unlink(weak);
    const calling = cleared.filter(({ callback, refcount }) => callback !== null && refcount > 0);
    if (fault === "oldest callback first") calling.reverse();
    for (const weak of calling) weak.refcount++;
    for (const weak of calling) {
      const callback = weak.callback as "log" | PlainObject;
      weak.callback = null;
      host.call(weak.id, callback === "log" ? callback : callback.id);
      if (callback !== "log") release(callback);
      release(weak);
    }
  }

  /** What only the given objects hold, in CPython's order; the rest in `survivors`. */
  function partition(young: readonly PlainObject[]): [PlainObject[], PlainObject[]] {
    const rest = new Map(young.map((object) => [object, object.refcount]));
    for (const object of young) {
      for (const value of held(object)) {
        const count = rest.get(value);
        if (count !== undefined) rest.set(value, count - 1);
      }
    }
    const exiles = new Set<PlainObject>();
    const survivors: PlainObject[] = [];
    const queue = [...young];
    for (let at = 0; at < queue.length; at++) {
      const object = queue[at] as PlainObject;
      if (rest.get(object) === 0) {
        exiles.add(object);
        continue;
      }
      survivors.push(object);
      for (const value of held(object)) {
        if (rest.get(value) !== 0) continue;
        rest.set(value, 1);
        if (exiles.delete(value)) queue.push(value);
      }
    }
    return [survivors, [...exiles]];
  }

  function untrackAll(list: readonly PlainObject[], kind: "tuple" | "xdict"): void {
    for (const object of list) {
      if (object.kind === kind && !held(object).some(mayBeTracked)) untrack(object);
    }
  }

  function collect(generation: number): number {
    if (isCollecting) return 0;
    isCollecting = true;
    if (generation < 2) counts[generation + 1] = (counts[generation + 1] as number) + 1;
    counts = counts.map((count, younger) => (younger <= generation ? 0 : count));
    const young = [...(lists[generation] as PlainObject[]), ...lists.slice(0, generation).flat()];
    for (let younger = 0; younger <= generation; younger++) lists[younger] = [];
    const old = Math.min(generation + 1, 2);
    const [survivors, garbage] = partition(young);
    for (const object of survivors) track(object, generation);
    for (const object of garbage) object.generation = UNTRACKED;
    if (fault !== "keeps tuples tracked") untrackAll(survivors, "tuple");
    const kept = survivors.filter((object) => object.generation !== UNTRACKED);
    if (generation < 2) for (const object of kept) track(object, old);
    if (generation === 1) longLived[1] = (longLived[1] as number) + kept.length;
    if (generation === 2) {
      untrackAll(kept, "xdict");
      longLived = [(lists[2] as PlainObject[]).length, 0];
    }
    const found = endGarbage(garbage, old);
    const statistic = statistics[generation] as number[];
    statistic[0] = (statistic[0] as number) + 1;
    statistic[1] = (statistic[1] as number) + found;
    isCollecting = false;
    return found;
  }

  /** Answers what `gc.collect` does. */
  function endGarbage(garbage: readonly PlainObject[], old: number): number {
    const freedWeak = callBack(garbage, old);
    const alive = (object: PlainObject): boolean => objects.get(object.id) === object;
    for (const object of garbage) {
      if (!alive(object) || !object.hasFinalizer || object.isFinalized) continue;
      object.isFinalized = true;
      object.refcount++;
      host.finalize(object.id);
      release(object);
    }
    const [resurrected, condemned] = partition(
      garbage.filter((object) => alive(object) && object.generation === UNTRACKED),
    );
    for (const object of resurrected) track(object, old);
    for (const object of condemned) {
      if (!alive(object)) continue;
      if (object.kind !== "tuple") empty(object);
      if (alive(object)) track(object, old);
    }
    return freedWeak + condemned.length;
  }

  /** Clears weak references to garbage and in it; answers how many died after their callback. */
  function callBack(garbage: readonly PlainObject[], old: number): number {
    const trash = new Set(garbage);
    const calling: PlainObject[] = [];
    for (const object of garbage) {
      if (object.kind === "wref") unlink(object);
      for (const weak of [...object.weak]) {
        unlink(weak);
        if (weak.callback === null || trash.has(weak)) continue;
        weak.refcount++;
        calling.push(weak);
      }
    }
    let freedCount = 0;
    for (const weak of calling) untrack(weak);
    for (const weak of calling) {
      const callback = weak.callback as "log" | PlainObject;
      host.call(weak.id, callback === "log" ? callback : callback.id);
      release(weak);
      if (objects.get(weak.id) === weak) track(weak, old);
      else freedCount++;
    }
    return freedCount;
  }

  /** A collector empties an object, which is held meanwhile. */
  function empty(object: PlainObject): void {
    object.refcount++;
    if (object.kind === "wref") {
      const values = held(object);
      object.callback = null;
      for (const value of values) release(value);
    } else if (object.kind === "node" || object.kind === "fn") {
      for (const slot of [...object.slots.keys()].sort((one, other) => one - other)) {
        const value = object.slots.get(slot);
        object.slots.delete(slot);
        if (value !== undefined) release(value);
      }
    } else {
      const values = held(object);
      object.slots.clear();
      for (const value of values) release(value);
    }
    release(object);
  }

  function born(id: number, kind: PlainObject["kind"]): PlainObject {
    const object: PlainObject = {
      ...{ id, kind, refcount: 1, generation: UNTRACKED, slots: new Map() },
      ...{ hasFinalizer: false, isFinalized: false, weak: [], target: null, callback: null },
    };
    objects.set(id, object);
    if (!isCollected(object)) return object;
    if (kind !== "xdict") track(object, 0);
    if (isCounted(object)) counts[0] = (counts[0] as number) + 1;
    const [count, threshold] = [counts[0] as number, thresholds[0] as number];
    const isAbove = fault === "threshold reached" ? count >= threshold : count > threshold;
    if (isAbove && threshold !== 0 && isEnabled && !isCollecting) isRequested = true;
    return object;
  }

  /** Moves a reference that is counted already into a root. */
  function give(root: number, object: PlainObject | null): void {
    const before = roots[root] ?? null;
    roots[root] = object;
    if (before !== null) release(before);
  }

  function setRoot(root: number, value: number | null): void {
    const object = value === null ? null : find(value);
    if (object !== null) object.refcount++;
    give(root, object);
  }

  function store(id: number, slot: number, value: number | null): void {
    const object = find(id);
    const before = object.slots.get(slot);
    if (value === null) {
      object.slots.delete(slot);
    } else {
      const stored = find(value);
      stored.refcount++;
      object.slots.set(slot, stored);
      const isNowTracked = object.kind === "xdict" && object.generation === UNTRACKED;
      if (isNowTracked && mayBeTracked(stored)) track(object, 0);
    }
    if (before !== undefined) release(before);
  }

  function makeWeak(id: number, target: number, root: number, callback: WeakCallback): number {
    const object = find(target);
    const shared = object.weak.find((weak) => weak.callback === null);
    if (callback === null && shared !== undefined) {
      shared.refcount++;
      give(root, shared);
      return shared.id;
    }
    const weak = born(id, "wref");
    weak.target = object;
    weak.callback = typeof callback === "number" ? find(callback) : callback;
    if (typeof callback === "number") find(callback).refcount++;
    const at = callback !== null && shared !== undefined ? 1 : 0;
    object.weak.splice(at, 0, weak);
    give(root, weak);
    return id;
  }

  function safepoint(): void {
    if (!isRequested) return;
    isRequested = false;
    for (let generation = 2; generation >= 0; generation--) {
      if ((counts[generation] as number) <= (thresholds[generation] as number)) continue;
      const [total, pending] = longLived as [number, number];
      const isPutOff = generation === 2 && pending < Math.floor(total / 4);
      if (isPutOff && fault !== "no quarter rule") continue;
      collect(generation);
      return;
    }
  }

  return {
    begin: (newHost) => {
      host = newHost;
    },
    make(id, kind, _slotCount, root, hasFinalizer) {
      const object = born(id, kind);
      object.hasFinalizer = hasFinalizer;
      give(root, object);
    },
    makeTuple(id, items, root) {
      const tuple = born(id, "tuple");
      for (const [index, item] of items.entries()) {
        if (item === null) continue;
        find(item).refcount++;
        tuple.slots.set(index, find(item));
      }
      give(root, tuple);
    },
    makeWeak,
    store,
    setRoot,
    slot(id, slot) {
      const object = find(id);
      const content = object.kind === "wref" ? held(object)[0] : object.slots.get(slot);
      return content?.id ?? -1;
    },
    root: (root) => roots[root]?.id ?? -1,
    deref(weak, root) {
      const id = find(weak).target?.id ?? -1;
      setRoot(root, id < 0 ? null : id);
      return id;
    },
    collect,
    safepoint,
    setThresholds: (values) => {
      thresholds = values;
    },
    enable: () => {
      isEnabled = true;
    },
    disable: () => {
      isEnabled = false;
    },
    freeze() {
      const young = lists.slice(0, FROZEN).flat();
      lists.splice(0, FROZEN, [], [], []);
      for (const object of young) track(object, FROZEN);
      counts = [0, 0, 0];
      return (lists[FROZEN] as PlainObject[]).length;
    },
    unfreeze() {
      const frozen = lists[FROZEN] as PlainObject[];
      lists[FROZEN] = [];
      for (const object of frozen) track(object, 2);
      return 0;
    },
    refcount: (id) => objects.get(id)?.refcount ?? 0,
    generation: (id) => find(id).generation,
    weakTarget: (weak) => find(weak).target?.id ?? -1,
    counts: () => [...counts],
    statistics: () => statistics.map((statistic) => [...statistic]),
    longLived: () => [...longLived],
  };
}
