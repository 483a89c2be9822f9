// The census: which shadow object lives at which address, births and deaths. It looks at the heap
// from below, through the collector's walk and the heap's words, where the comparison of graphs
// looks from above.
//
//   born: address → shadow object      walk: who is still there      the rest died in between
//
// Under a strategy that moves, addresses name nobody for long: then only numbers are compared.

import { EVENT_OBJECT_RECLAIM, type Observer } from "@ouro/interfaces";
import { BrokenPromiseError, expectPromise } from "./promise.js";
import type { ShadowHeap, ShadowObject } from "./shadow-heap.js";
import type { Subject } from "./subject.js";

/** What may have happened since the census before. */
export type Moment = "after a call" | "after a poll" | "after a full collection";

/** The count in an object's header, and the references that there are to it. */
export interface ObjectCount {
  readonly kept: number;
  readonly expected: number;
}

export interface Census {
  /** Told of each birth, when the shadow heap knows it. */
  born(object: ShadowObject, address: number): void;
  /** Told of each birth that the shadow heap does not know: of ballast. */
  bornOutside(address: number): void;
  /** Who is there now, and the dead are forgotten. Every check needs it first. O(heap). */
  take(): void;
  checkDeaths(): void;
  checkCounts(moment: Moment): void;
  checkAcyclicGarbage(moment: Moment): void;
  /** `outsideCount` objects are held that the shadow heap does not know. Default: none. */
  checkExact(moment: Moment, outsideCount?: number): void;
  /**
   * Garbage that stays, as the strategy promises no better: in cycles that it does not look for,
   * and what those hold. Not for strategies that move.
   */
  uncollectedCount(): number;
  /**
   * Who is reachable and gone, else who is there and not reachable, as the end of a message; empty
   * where nobody is wrong, or addresses name nobody.
   */
  wrongOnes(): string;
  /** Who was born and is there as far as addresses tell; nobody under a strategy that moves. */
  living(): readonly ShadowObject[];
  /** Who is there as far as addresses tell: an object moved since its birth is not known. */
  isThere(object: ShadowObject): boolean;
  /** The count of each that is there, and what it should be; empty where none are kept. O(heap). */
  counts(): Map<ShadowObject, ObjectCount>;
  /** Garbage outside cycles, as of the last `take`. O(heap). */
  acyclicGarbageCount(): number;
  /** Live objects as of the last `take`. */
  readonly liveCount: number;
  /** Whether word 0 of every object is the number of its references. O(heap). */
  hasExactCounts(): boolean;
}

/** Listens to a subject's reclaims; made before the subject, as the subject is made with it. */
export interface DeathLog {
  readonly observer: Observer;
  /** Addresses reclaimed since they were last born at. */
  readonly reclaimed: Set<number>;
  readonly eventCount: number;
  /** The first death that was told twice. */
  readonly problem: string | undefined;
  /** Told of each birth: the address is taken again. */
  forget(address: number): void;
}

export function createDeathLog(): DeathLog {
  const reclaimed = new Set<number>();
  let eventCount = 0;
  let problem: string | undefined;
  return {
    observer: {
      wants: [EVENT_OBJECT_RECLAIM],
      event(code, object) {
        if (code !== EVENT_OBJECT_RECLAIM) return;
        eventCount++;
        if (reclaimed.has(object)) problem ??= `object ${object} was reclaimed twice`;
        reclaimed.add(object);
      },
    },
    reclaimed,
    get eventCount() {
      return eventCount;
    },
    get problem() {
      return problem;
    },
    forget: (address) => void reclaimed.delete(address),
  };
}

export function createCensus(subject: Subject, shadow: ShadowHeap, log: DeathLog): Census {
  const { collector, heap } = subject;
  const { traits } = collector;
  const living = new Map<number, ShadowObject>();
  const outside = new Set<number>();
  let outsideBirthCount = 0;
  let present: number[] = [];
  let collisionProblem: string | undefined;

  function born(object: ShadowObject, address: number): void {
    const other = living.get(address);
    if (other !== undefined && !traits.moves && shadow.reachable().has(other)) {
      collisionProblem ??= `a birth at ${address}, where a reachable object lives`;
    }
    outside.delete(address);
    living.set(address, object);
    // A strategy that moves tells of reclaims at addresses that it uses again on its own.
    if (!traits.moves) log.forget(address);
  }

  function bornOutside(address: number): void {
    outsideBirthCount++;
    if (traits.moves) return;
    living.delete(address);
    outside.add(address);
    log.forget(address);
  }

  function take(): void {
    present = [];
    collector.walk((object) => present.push(object));
    if (traits.moves) return;
    const there = new Set(present);
    for (const address of living.keys()) if (!there.has(address)) living.delete(address);
    for (const address of outside) if (!there.has(address)) outside.delete(address);
  }

  function checkDeaths(): void {
    const { liveCount, reclaimedCount } = collector.statistics();
    const births = shadow.birthCount + outsideBirthCount;
    expectPromise(
      liveCount === present.length,
      `statistics say ${liveCount} live, the walk finds ${present.length}`,
    );
    expectPromise(
      reclaimedCount === births - present.length,
      `${births} were born and ${present.length} live, but ${reclaimedCount} reclaimed`,
    );
    expectPromise(new Set(present).size === present.length, "the walk meets an object twice");
    if (collisionProblem !== undefined) throw new BrokenPromiseError(collisionProblem);
    if (!traits.moves) checkBook();
    checkLog(births);
  }

  /** Everyone present was born, and nobody died that is reachable. */
  function checkBook(): void {
    for (const address of present) {
      const isKnown = living.has(address) || outside.has(address);
      expectPromise(isKnown, `the walk meets ${address}, where nothing was born`);
    }
    const alive = new Set(living.values());
    for (const object of shadow.reachable()) {
      const { name } = object.type.descriptor;
      expectPromise(alive.has(object), `"${name}" ${object.serial} is freed and reachable`);
    }
  }

  /** A strategy tells of all reclaims or of none. */
  function checkLog(births: number): void {
    if (log.eventCount === 0) return;
    const dead = births - present.length;
    expectPromise(
      log.eventCount === dead,
      `${dead} died, and ${log.eventCount} reclaims were told to the observer`,
    );
    if (traits.moves) return;
    if (log.problem !== undefined) throw new BrokenPromiseError(log.problem);
    for (const address of present) {
      expectPromise(!log.reclaimed.has(address), `${address} is reclaimed and still walked`);
    }
  }

  /** Under deferred death the dead still hold counts until they are drained. */
  function checkCounts(moment: Moment): void {
    if (traits.death !== "prompt" && moment === "after a call") return;
    for (const [object, { kept, expected }] of countsNow()) {
      expectPromise(
        kept === expected,
        `"${object.type.descriptor.name}" ${object.serial} has count ${kept}, not ${expected}`,
      );
    }
  }

  function countsNow(): Map<ShadowObject, ObjectCount> {
    const expected = shadow.countReferences(living.values());
    return new Map(
      [...living].map(([address, object]) => [
        object,
        { kept: heap.words[address] as number, expected: expected.get(object) as number },
      ]),
    );
  }

  function checkAcyclicGarbage(moment: Moment): void {
    const isDue =
      traits.death === "prompt" ||
      (traits.death === "safepoint" && moment !== "after a call") ||
      moment === "after a full collection";
    if (!isDue || traits.moves) return;
    const left = shadow.withoutAcyclicGarbage(living.values());
    for (const object of living.values()) {
      const { name } = object.type.descriptor;
      expectPromise(
        left.has(object),
        `"${name}" ${object.serial} lives ${moment}, though nothing refers to it`,
      );
    }
  }

  function checkExact(moment: Moment, outsideCount = 0): void {
    if (moment !== "after a full collection") return;
    const reachable = shadow.reachable();
    if (present.length === reachable.size + uncollectedCount() + outsideCount) return;
    const problem = `${present.length} live ${moment}, and ${reachable.size} are reachable`;
    expectPromise(false, problem + wrongOnes());
  }

  function wrongOnes(): string {
    if (traits.moves) return "";
    const reachable = shadow.reachable();
    const alive = new Set(living.values());
    const lost = [...reachable].filter((object) => !alive.has(object));
    const left = [...alive].filter((object) => !reachable.has(object));
    if (lost.length > 0) return `: ${namesOf(lost)} gone`;
    return left.length > 0 ? `: ${namesOf(left)} garbage` : "";
  }

  /** Garbage that cycles hold which the strategy does not look for. */
  function uncollectedCount(): number {
    if (traits.cycles === "never") return shadow.withoutAcyclicGarbage(living.values()).size;
    if (traits.cyclesThrough !== "visited slots") return 0;
    return heldByOwnedSlots(new Set(living.values()), shadow.reachable());
  }

  return {
    born,
    bornOutside,
    take,
    checkDeaths,
    checkCounts,
    checkAcyclicGarbage,
    checkExact,
    uncollectedCount,
    wrongOnes,
    living: () => (traits.moves ? [] : [...living.values()]),
    isThere: (object) => [...living.values()].includes(object),
    counts: () => (traits.counts && !traits.moves ? countsNow() : new Map()),
    acyclicGarbageCount() {
      const left = shadow.withoutAcyclicGarbage(living.values());
      return [...living.values()].filter((object) => !left.has(object)).length;
    },
    hasExactCounts() {
      return [...countsNow().values()].every(({ kept, expected }) => kept === expected);
    },
    get liveCount() {
      return present.length;
    },
  };
}

/** So many are named, and the others counted. */
const NAME_LIMIT = 5;

function namesOf(objects: readonly ShadowObject[]): string {
  const sorted = [...objects].sort((one, other) => one.serial - other.serial);
  const names = sorted.slice(0, NAME_LIMIT).map(({ type, serial }) => {
    return `"${type.descriptor.name}" ${serial}`;
  });
  const left = objects.length - names.length;
  const more = left > 0 ? ` and more: ${left}` : "";
  return `${names.join(", ")}${more} ${objects.length > 1 ? "are" : "is"}`;
}

/**
 * How much garbage is held by references that no cycle detector visits: from owned-only slots, and
 * from objects that are not collected. What nothing of that kind holds goes, and with it what it
 * held, until all that is left is held. O(objects²) at worst.
 */
function heldByOwnedSlots(
  present: ReadonlySet<ShadowObject>,
  reachable: ReadonlySet<ShadowObject>,
): number {
  let garbage = [...present].filter((object) => !reachable.has(object));
  for (;;) {
    const held = new Set<ShadowObject>();
    const waiting = garbage.flatMap((object) => object.slots.slice(visitedCountOf(object)));
    for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
      if (typeof value === "number" || reachable.has(value) || held.has(value)) continue;
      held.add(value);
      waiting.push(...value.slots);
    }
    const left = garbage.filter((object) => held.has(object));
    if (left.length === garbage.length) return left.length;
    garbage = left;
  }
}

function visitedCountOf({ type, length }: ShadowObject): number {
  const { collected, visitedSlotCount, variablePart } = type.descriptor;
  if (!collected) return 0;
  return visitedSlotCount + (variablePart === "visited" ? length : 0);
}
