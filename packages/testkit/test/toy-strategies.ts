// Three toy strategies, each as plain as it can be: what a property must let pass, and the ground
// in which faults are planted. JavaScript sets stand for marks; nothing here is quick.
//
//   tracing   marks from the roots, frees the rest
//   moving    the same, and then puts every survivor into a fresh block
//   counting  counts in word 0, death at zero, cycles leak

import {
  type Block,
  type Collection,
  type Collector,
  EVENT_OBJECT_RECLAIM,
  type Reference,
  type Strategy,
  type StrategyParts,
  type Traits,
  TYPE_WORD_OFFSET,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import { createObjectLayout } from "@ouro/object-model";

/** What a toy does wrong: each a name that the code below asks for. */
export type Fault =
  | "none"
  | "drops the last object that it reached"
  | "drops what lies three references from a root"
  | "marks by calling itself"
  | "drops what only an owned-only slot holds"
  | "forgets to update a root"
  | "forgets to update the last slot"
  | "copies an object without its last word"
  | "swaps two slots when it collects"
  | "leaks objects without slots"
  | "leaks rings"
  | "frees twice"
  | "tells of no reclaim in the sweep of large objects"
  | "says that one more was reclaimed"
  | "decrements before it increments"
  | "forgets the count of a copy"
  | "forgets the decrement of a dropped frame"
  | "counts a move twice"
  | "lets the dead wait"
  | "keeps an arena for every large object"
  | "writes where it must not when it refuses"
  | "refuses with another error"
  | "is full for good once it refused"
  | "says that one more was reclaimed when it refuses"
  | "gives a fresh object a wrong type"
  | "walks an object twice"
  | "forgets frames below the current one"
  | "leaves a word of its own broken";

const base: Traits = {
  moves: false,
  collectsAt: ["allocate", "collect"],
  counts: false,
  cycles: "full collection",
  death: "collection",
  exact: true,
  slices: false,
  programCode: "at safepoints",
  finalizationOrder: "weak references first",
  resurrection: false,
  hooks: [],
  headerBits: [],
  sideBytesPerGranule: 0,
};

export type ToyKind = "tracing" | "moving" | "counting";
export const TOY_KINDS: readonly ToyKind[] = ["tracing", "moving", "counting"];

const TRAITS: Record<ToyKind, Traits> = {
  tracing: base,
  moving: { ...base, moves: true },
  counting: {
    ...base,
    collectsAt: [],
    counts: true,
    cycles: "never",
    death: "prompt",
    exact: false,
    hooks: ["born", "write", "move", "copy", "drop"],
  },
};

export function toyStrategy(kind: ToyKind, fault: Fault = "none"): Strategy {
  return {
    name: kind,
    traits: TRAITS[kind],
    create: (parts) =>
      kind === "counting" ? createCounting(parts, fault) : createTracing(parts, kind, fault),
  };
}

interface Ground {
  readonly slotsOf: (object: number) => number[];
  readonly place: (type: TypeId, sizeWords: number) => Reference | 0;
  readonly reclaim: (object: number) => void;
  readonly common: Pick<Collector, "isObject" | "walk" | "statistics" | "restored" | "poll">;
}

/** What both kinds share: blocks are the objects. */
function createGround(parts: StrategyParts, fault: Fault): Ground {
  const { heap, allocator, types, observer } = parts;
  const { words } = heap;
  const layout = createObjectLayout(words, types);
  let reclaimedCount = 0;
  let isFull = false;

  function place(type: TypeId, sizeWords: number): Reference | 0 {
    const block = isFull ? 0 : allocator.tryAllocate(sizeWords * 4);
    if (block === 0) {
      if (fault === "refuses with another error") throw new RangeError("no room");
      isFull = fault === "is full for good once it refused";
      if (fault === "writes where it must not when it refuses") spoil();
      if (fault === "says that one more was reclaimed when it refuses") reclaimedCount++;
      return 0;
    }
    words.fill(0, block, block + sizeWords);
    const isWrong = fault === "gives a fresh object a wrong type" && sizeWords > 200;
    words[block + TYPE_WORD_OFFSET] = isWrong ? 1 : type;
    return block as number as Reference;
  }

  /** Writes into the first slot of every object. */
  function spoil(): void {
    allocator.walk((block) => {
      const start = layout.slotsStart(block);
      if (start < layout.slotsEnd(block)) words[start] = -1;
    });
  }

  function reclaim(object: number): void {
    const sizeWords = layout.sizeWords(object);
    const type = layout.typeOf(object);
    const isKept =
      fault === "keeps an arena for every large object" && sizeWords > 2000 && sizeWords < 90_000;
    reclaimedCount++;
    if (fault === "says that one more was reclaimed" && sizeWords > 100) reclaimedCount++;
    allocator.free(object as unknown as Block);
    if (isKept) heap.reserveArenas(heap.registerBorrower("lost"), 1);
    if (fault === "tells of no reclaim in the sweep of large objects" && sizeWords > 50) return;
    observer?.event(EVENT_OBJECT_RECLAIM, object, type, sizeWords);
  }

  return {
    slotsOf(object) {
      const slots: number[] = [];
      const end = layout.slotsEnd(object);
      for (let slot = layout.slotsStart(object); slot < end; slot++) slots.push(slot);
      return slots;
    },
    place,
    reclaim,
    common: {
      isObject: (word) => allocator.owns(word),
      walk(visit) {
        let count = 0;
        allocator.walk((block) => {
          visit(block as number as Reference);
          if (fault === "walks an object twice" && ++count === 7) {
            visit(block as number as Reference);
          }
        });
      },
      restored() {},
      poll() {},
      statistics() {
        const { liveBlockCount, usedBytes } = allocator.statistics();
        return {
          liveCount: liveBlockCount,
          liveBytes: usedBytes,
          collectionCount: 0,
          reclaimedCount,
        };
      },
    },
  };
}

function collectionOf(reclaimedCount: number): Collection {
  return {
    generation: 0,
    examinedCount: 0,
    promotedCount: 0,
    reclaimedCount,
    reclaimedBytes: 0,
    resurrectedCount: 0,
    uncollectableCount: 0,
  };
}

function createTracing(parts: StrategyParts, kind: ToyKind, fault: Fault): Collector {
  const { heap, roots, allocator, types } = parts;
  const { words } = heap;
  const ground = createGround(parts, fault);
  const { slotsOf, reclaim } = ground;
  const layout = createObjectLayout(words, types);

  function rootSlots(): number[] {
    const slots: number[] = [];
    roots.walk((slot) => slots.push(slot));
    return fault === "forgets frames below the current one" ? slots.slice(-4) : slots;
  }

  function reach(): Set<number> {
    const reached = new Set<number>();
    const pending = rootSlots();
    if (fault === "marks by calling itself") {
      for (const slot of pending) mark(words[slot] as number, reached);
      return reached;
    }
    if (fault === "drops what lies three references from a root") return nearest(pending);
    while (pending.length > 0) {
      const value = words[pending.pop() as number] as Value;
      if (value <= 0 || reached.has(value)) continue;
      reached.add(value);
      const slots = slotsOf(value);
      const owned = layout.slotsEnd(value) - layout.visitedEnd(value);
      if (fault !== "drops what only an owned-only slot holds" || owned === 0) {
        pending.push(...slots);
      } else pending.push(...slots.slice(0, slots.length - owned));
    }
    if (fault === "drops the last object that it reached" && reached.size > 5) {
      reached.delete([...reached].at(-1) as number);
    }
    return reached;
  }

  function mark(value: number, reached: Set<number>): void {
    if (value <= 0 || reached.has(value)) return;
    reached.add(value);
    for (const slot of slotsOf(value)) mark(words[slot] as number, reached);
  }

  /** Three rounds: what roots hold, what those hold, and what those hold. */
  function nearest(rootSlots: readonly number[]): Set<number> {
    const reached = new Set<number>();
    let slots = [...rootSlots];
    for (let round = 0; round < 3; round++) {
      const found = slots.map((slot) => words[slot] as number).filter((value) => value > 0);
      slots = found.flatMap((object) => slotsOf(object));
      for (const object of found) reached.add(object);
    }
    return reached;
  }

  function isSpared(object: number): boolean {
    const slots = slotsOf(object);
    if (fault === "leaks objects without slots") return slots.length === 0;
    return fault === "leaks rings" && slots.some((slot) => (words[slot] as number) > 0);
  }

  function swapSlots(objects: Iterable<number>): void {
    for (const object of objects) {
      const slots = slotsOf(object);
      if (slots.length !== 3) continue;
      const [one, other] = slots as [number, number];
      const value = words[one] as number;
      words[one] = words[other] as number;
      words[other] = value;
    }
  }

  /** Each survivor into a fresh block, as far as there are any. */
  function moveAll(objects: ReadonlySet<number>): void {
    const places = new Map<number, number>();
    for (const object of objects) {
      const sizeWords = layout.sizeWords(object);
      const block = allocator.tryAllocate(sizeWords * 4);
      if (block === 0) continue;
      const isCut = fault === "copies an object without its last word" && sizeWords > 6;
      words.copyWithin(block, object, object + sizeWords - (isCut ? 1 : 0));
      if (isCut) words[block + sizeWords - 1] = 0;
      places.set(object, block);
    }
    const updated = (slots: number[]): void => {
      for (const slot of slots) {
        const place = places.get(words[slot] as number);
        if (place !== undefined) words[slot] = place;
      }
    };
    const slots = rootSlots();
    updated(fault === "forgets to update a root" ? slots.slice(1) : slots);
    for (const object of objects) {
      const own = slotsOf(places.get(object) ?? object);
      const isLastForgotten = fault === "forgets to update the last slot" && own.length > 4;
      updated(isLastForgotten ? own.slice(0, -1) : own);
    }
    for (const object of places.keys()) allocator.free(object as unknown as Block);
  }

  function collect(): Collection {
    const reached = reach();
    const dead: number[] = [];
    allocator.walk((block) => {
      if (!reached.has(block) && !isSpared(block)) dead.push(block);
    });
    for (const object of dead) reclaim(object);
    if (fault === "frees twice") {
      for (const object of dead.slice(5, 6))
        parts.observer?.event(EVENT_OBJECT_RECLAIM, object, 1, 4);
    }
    if (fault === "swaps two slots when it collects") swapSlots(reached);
    if (kind === "moving") moveAll(reached);
    return collectionOf(dead.length);
  }

  return {
    name: kind,
    traits: TRAITS[kind],
    oldestGeneration: 0,
    ...ground.common,
    allocate: ground.place,
    tryAllocate: ground.place,
    collect,
    validate() {
      allocator.validate();
      if (fault === "leaves a word of its own broken") {
        const { liveBlockCount } = allocator.statistics();
        if (liveBlockCount > 20) throw new Error("a structure is broken");
      }
    },
  };
}

function createCounting(parts: StrategyParts, fault: Fault): Collector {
  const { heap, allocator } = parts;
  const { words } = heap;
  const ground = createGround(parts, fault);
  const waiting: number[] = [];

  function change(value: Value, by: number): void {
    if (value > 0) words[value] = (words[value] as number) + by;
  }

  function release(value: Value): void {
    const dying: number[] = [value];
    while (dying.length > 0) {
      const object = dying.pop() as number;
      if (object <= 0) continue;
      change(object, -1);
      if (words[object] !== 0) continue;
      dying.push(...ground.slotsOf(object).map((slot) => words[slot] as number));
      if (fault === "lets the dead wait") waiting.push(object);
      else ground.reclaim(object);
      if (fault === "frees twice" && ground.slotsOf(object).length > 2) {
        parts.observer?.event(EVENT_OBJECT_RECLAIM, object, 1, 4);
      }
    }
  }

  function drain(): void {
    for (const object of waiting.splice(0)) ground.reclaim(object);
  }

  function place(type: TypeId, sizeWords: number): Reference | 0 {
    drain();
    return ground.place(type, sizeWords);
  }

  function write(slot: number, value: Value): void {
    const old = words[slot] as number;
    if (fault === "decrements before it increments") {
      words[slot] = 0;
      release(old);
      change(value, 1);
      words[slot] = value;
      return;
    }
    change(value, 1);
    words[slot] = value;
    release(old);
  }

  return {
    name: "counting",
    traits: TRAITS.counting,
    oldestGeneration: 0,
    ...ground.common,
    allocate: place,
    tryAllocate: place,
    collect() {
      drain();
      return collectionOf(0);
    },
    born(slot, object) {
      const old = words[slot] as number;
      words[object] = 1;
      words[slot] = object;
      release(old);
    },
    write,
    move(into, from) {
      const value = words[from] as number;
      const old = words[into] as number;
      words[from] = 0;
      words[into] = value;
      if (fault === "counts a move twice") change(value, 1);
      release(old);
    },
    copy(into, from, count) {
      const old = words.slice(into, into + count);
      const fresh = words.slice(from, from + count);
      for (const value of fresh) change(value, fault === "forgets the count of a copy" ? 0 : 1);
      words.set(fresh, into);
      for (const value of old) release(value);
    },
    drop(start, end) {
      for (let slot: number = start; slot < end; slot++) {
        if (fault === "forgets the decrement of a dropped frame" && slot === end - 1) continue;
        release(words[slot] as number);
      }
    },
    validate: () => allocator.validate(),
  };
}
