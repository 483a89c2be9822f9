// What the machine of mutator programs asks of a memory manager, and what it hears from it. The
// machine's own rules (bursts, actions of finalizers and callbacks, what is observed) are the
// runner's; here is what only a memory manager can do or know.
//
//   runner  ── operations, questions ──►  ProgramSubject (a memory manager, adapted)
//   runner  ◄── deaths, finalizers, callbacks ──  as they happen, inside an operation
//
// Objects are named by the ids of the program. Root 64 is the runner's own, beside the 64 of the
// program.

import { PROGRAM_ROOT_COUNT, type ProgramKind, type WeakCallback } from "./mutator-program.js";

/** The root in which the runner holds an object of a burst before it is stored or dropped. */
export const SCRATCH_ROOT = PROGRAM_ROOT_COUNT;

/** What a subject tells while it carries out an operation, in the order in which it happens. */
export interface ProgramHost {
  /** The refcount of an object reached 0, or it is emptied; its destruction starts. */
  died(id: number): void;
  /** The object's finalizer is called now: the host may store and load, as program code does. */
  finalize(id: number): void;
  /** The callback of a weak reference is called now; as for `finalize`. */
  call(weak: number, callback: "log" | number): void;
}

/**
 * A memory manager that programs can be run on. Each operation stores the new reference before it
 * releases the old one. Nothing is collected but in `collect` and `safepoint`.
 */
export interface ProgramSubject {
  /** Called once, before anything else. All roots are empty, nothing is alive. */
  begin(host: ProgramHost): void;
  /** Makes an object with empty slots. Its finalizer, if it has one, is `host.finalize`. */
  make(id: number, kind: ProgramKind, slotCount: number, root: number, hasFinalizer: boolean): void;
  makeTuple(id: number, items: readonly (number | null)[], root: number): void;
  /** Answers `id`, or that of the weak reference without callback that was there already. */
  makeWeak(id: number, object: number, root: number, callback: WeakCallback): number;
  store(object: number, slot: number, value: number | null): void;
  setRoot(root: number, value: number | null): void;
  /** The id of what a slot holds; −1 if it is empty. */
  slot(object: number, slot: number): number;
  /** The id of what a root holds; −1 if it is empty. */
  root(root: number): number;
  /** Copies a weak reference's target to a root; answers its id, or −1 and empties the root. */
  deref(weak: number, root: number): number;

  /** As `gc.collect`. */
  collect(generation: number): number;
  /** Collects automatically if that was requested. */
  safepoint(): void;
  setThresholds(values: readonly number[]): void;
  enable(): void;
  disable(): void;
  /** Answers the number of frozen objects. */
  freeze(): number;
  unfreeze(): number;

  /** 0 for an object that has died. */
  refcount(id: number): number;
  /** 0 to 2; 3 frozen; −1 not tracked. */
  generation(id: number): number;
  /** The target's id; −1 if there is none any more. */
  weakTarget(weak: number): number;
  counts(): readonly number[];
  statistics(): readonly (readonly number[])[];
  longLived(): readonly number[];
}

/** What running a program against a shadow heap needs; any strategy can give it. */
export interface ReachSubject
  extends Pick<ProgramSubject, "make" | "makeTuple" | "store" | "setRoot" | "slot" | "root"> {
  /** Reclaims all that the roots do not reach. */
  collectAll(): void;
  /** How many objects are not reclaimed; asked after `collectAll`, if the strategy is exact. */
  liveCount?(): number;
  /** Only if the subject runs finalizers and has weak references. */
  readonly programCode?: Pick<
    ProgramSubject,
    "begin" | "makeWeak" | "deref" | "weakTarget" | "refcount"
  >;
}
