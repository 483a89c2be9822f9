// A mutator program is a list of operations on a small machine, and after each what could be seen
// of CPython. A file (`NAME.jsonl.gz`) is one gzip member with one program a line, as JSON.
//
//   64 roots, each empty or one reference
//     │
//     ├─► node   slots; weakly referable, maybe a finalizer     ├─► wref   a weak reference
//     ├─► fn     a node that can be a weak reference's callback ├─► tuple  items, never changed
//     ├─► list   items                                          ├─► atom   nothing, not collected
//     └─► dict   slot i is key i; emptying one removes the key  └─► xlist, xdict  exact ones
//
// An operation that stores takes the new reference first, stores it, then releases the old one.
// Automatic collections happen at safe points: after each step, and after each object of a burst.

/** How many roots a machine has. */
export const PROGRAM_ROOT_COUNT = 64;

/** What a program's objects can be; `wref` and `tuple` come from operations of their own. */
export const PROGRAM_KINDS = ["node", "list", "dict", "fn", "atom", "xlist", "xdict"] as const;
export type ProgramKind = (typeof PROGRAM_KINDS)[number];

export const BURST_MODES = ["drop", "self_cycle", "chain", "replace"] as const;
export type BurstMode = (typeof BURST_MODES)[number];

/** What a finalizer does with its object, or a callback object with itself, after it is logged. */
export type ProgramAction =
  | { readonly do: "log" }
  | { readonly do: "resurrect_root"; readonly root: number }
  | { readonly do: "resurrect_slot"; readonly object: number; readonly slot: number }
  | { readonly do: "clear_slot"; readonly slot: number }
  | { readonly do: "slot_to_root"; readonly slot: number; readonly root: number };

/** What a weak reference calls: nothing, something that logs, or an object of kind `fn`. */
export type WeakCallback = null | "log" | number;

/** One operation. `value` null is None. */
export type ProgramOperation =
  | {
      readonly op: "new";
      readonly id: number;
      readonly kind: ProgramKind;
      readonly slotCount: number;
      readonly root: number;
      readonly finalizer?: ProgramAction;
      readonly action?: ProgramAction;
    }
  | {
      readonly op: "tuple";
      readonly id: number;
      readonly items: readonly (number | null)[];
      readonly root: number;
    }
  | {
      readonly op: "set";
      readonly object: number;
      readonly slot: number;
      readonly value: number | null;
    }
  | { readonly op: "root"; readonly root: number; readonly value: number | null }
  | {
      readonly op: "load";
      readonly root: number;
      readonly object: number;
      readonly slot: number;
    }
  | {
      readonly op: "wref";
      readonly id: number;
      readonly object: number;
      readonly root: number;
      readonly callback: WeakCallback;
    }
  | { readonly op: "deref"; readonly weak: number; readonly root: number }
  | { readonly op: "collect"; readonly generation: number }
  | {
      readonly op: "burst";
      readonly id: number;
      readonly count: number;
      readonly kind: ProgramKind;
      readonly slotCount: number;
      readonly root: number;
      readonly mode: BurstMode;
    }
  | { readonly op: "threshold"; readonly values: readonly number[] }
  | { readonly op: "enable" | "disable" | "freeze" | "unfreeze" };

/** What happened, in order: an object's end began, a finalizer ran, a weak reference called. */
export type ProgramEvent =
  | readonly ["dealloc" | "fin" | "cb", number]
  | readonly ["call", fn: number, weak: number];

/** Generation 3 is the frozen one, −1 is not tracked. */
export type ObjectState = readonly [id: number, refcount: number, generation: number];

/** What was seen after a step. */
export interface ProgramObservation {
  readonly events: readonly ProgramEvent[];
  /** Ascending. */
  readonly dead: readonly number[];
  /** Live objects that are new, or of another refcount or generation; ascending. */
  readonly changed: readonly ObjectState[];
  /** Weak references that are new or changed, and their target's id or −1. */
  readonly weak: readonly (readonly [weak: number, target: number])[];
  /** As `gc.get_count()`. */
  readonly counts: readonly number[];
  /** For each generation collections, collected, uncollectable. */
  readonly statistics: readonly (readonly number[])[];
  /** Survivors of the last full collection, and of collections of generation 1 since. */
  readonly longLived: readonly number[];
  /** The operation's result, if it has one. */
  readonly result?: number;
  /** All live objects, at every 25th step and the last. */
  readonly all?: readonly ObjectState[];
}

export interface ProgramStep {
  readonly operation: ProgramOperation;
  readonly observed: ProgramObservation;
}

/** A recorded program. */
export interface MutatorProgram {
  readonly name: string;
  readonly profile: string;
  /** Of random programs. */
  readonly seed?: number;
  /** Of programs written by hand. */
  readonly about?: string;
  readonly features: readonly string[];
  readonly steps: readonly ProgramStep[];
}

/** Operations that have a result. */
export const RESULT_OPERATIONS: ReadonlySet<string> = new Set([
  "load",
  "wref",
  "deref",
  "collect",
  "freeze",
  "unfreeze",
]);

/** Every so many steps, and at the last, all live objects are listed. */
export const FULL_LIST_INTERVAL_STEPS = 25;

/** Ids of the objects that an operation needs. */
export function namedBy(operation: ProgramOperation): number[] {
  const named: (number | null | string)[] = [];
  if ("object" in operation) named.push(operation.object);
  if ("value" in operation) named.push(operation.value);
  if ("weak" in operation) named.push(operation.weak);
  if ("callback" in operation) named.push(operation.callback);
  if ("items" in operation) named.push(...operation.items);
  return named.filter((id): id is number => typeof id === "number");
}
