// Runs a mutator program on a subject and compares after each step everything that was observed of
// CPython. The runner is the machine: it turns operations into what a subject can do, carries out
// what finalizers and callbacks do, keeps the log of events, and finds out what changed by asking
// for every object it knows.

import {
  type MutatorProgram,
  namedBy,
  type ObjectState,
  type ProgramAction,
  type ProgramEvent,
  type ProgramObservation,
  type ProgramOperation,
} from "./mutator-program.js";
import { type ProgramHost, type ProgramSubject, SCRATCH_ROOT } from "./program-subject.js";

/** What is compared. */
export interface ProgramRunOptions {
  /** Events of a step in their order, or as a set. Default: `order`. */
  readonly events?: "order" | "set";
  /** Default: not in programs with the feature `freelist`. */
  readonly comparesCounts?: boolean;
  /** The run stops after so many differences. Default: 20. */
  readonly differenceLimitCount?: number;
  /** Called after each step: the subject may be checked then. */
  onStep?(): void;
}

/** One observed value that is not as recorded. */
export interface ProgramDifference {
  readonly stepIndex: number;
  readonly what: keyof ProgramObservation | "operand";
  /** As JSON. */
  readonly recorded: string;
  readonly got: string;
}

/** What running a program showed. */
export interface ProgramReport {
  readonly programName: string;
  /** Steps that were carried out. */
  readonly stepCount: number;
  readonly differences: readonly ProgramDifference[];
  readonly agrees: boolean;
}

/** Runs a program on a fresh subject. Throws what the subject throws. O(steps × live objects). */
export function runProgram(
  subject: ProgramSubject,
  program: MutatorProgram,
  options: ProgramRunOptions = {},
): ProgramReport {
  const { events = "order", differenceLimitCount = 20 } = options;
  const comparesCounts = options.comparesCounts ?? !program.features.includes("freelist");
  const machine = createMachine(subject);
  const differences: ProgramDifference[] = [];
  let stepCount = 0;

  function compareStep(recorded: ProgramObservation, got: ProgramObservation): void {
    const keys = Object.keys({ ...recorded, ...got }) as (keyof ProgramObservation)[];
    for (const what of keys) {
      if (what === "counts" && !comparesCounts) continue;
      const isSet = what === "events" && events === "set";
      const [one, other] = [recorded, got].map((observed) => {
        const value = observed[what];
        const sorted = isSet
          ? (value as unknown[]).map((item) => JSON.stringify(item)).sort()
          : value;
        return JSON.stringify(sorted) ?? "nothing";
      }) as [string, string];
      if (one !== other)
        differences.push({ stepIndex: stepCount, what, recorded: one, got: other });
    }
  }

  for (const { operation, observed } of program.steps) {
    const missing = machine.missingOperand(operation);
    if (missing !== undefined) {
      const recorded = `object ${missing} is alive`;
      differences.push({ stepIndex: stepCount, what: "operand", recorded, got: "it is dead" });
      break;
    }
    compareStep(observed, machine.step(operation, observed.all !== undefined));
    options.onStep?.();
    stepCount++;
    if (differences.length >= differenceLimitCount) break;
  }
  return {
    programName: program.name,
    stepCount,
    differences,
    agrees: differences.length === 0,
  };
}

interface Machine {
  /** An object that the operation names and that is not alive. */
  missingOperand(operation: ProgramOperation): number | undefined;
  step(operation: ProgramOperation, listsAll: boolean): ProgramObservation;
}

function createMachine(subject: ProgramSubject): Machine {
  /** What was observed last; refcount 0 before that. */
  const known = new Map<number, { refcount: number; generation: number }>();
  const weakTargets = new Map<number, number>();
  const actions = new Map<number, ProgramAction>();
  let events: ProgramEvent[] = [];

  const host: ProgramHost = {
    died: (id) => events.push(["dealloc", id]),
    finalize(id) {
      events.push(["fin", id]);
      act(id, actions.get(id));
    },
    call(weak, callback) {
      if (callback === "log") {
        events.push(["cb", weak]);
        return;
      }
      events.push(["call", callback, weak]);
      act(callback, actions.get(callback));
    },
  };
  subject.begin(host);

  const isAlive = (id: number): boolean => known.has(id) && subject.refcount(id) > 0;

  function act(self: number, action: ProgramAction | undefined): void {
    switch (action?.do) {
      case "resurrect_root":
        subject.setRoot(action.root, self);
        return;
      case "resurrect_slot":
        if (isAlive(action.object)) subject.store(action.object, action.slot, self);
        return;
      case "clear_slot":
        subject.store(self, action.slot, null);
        return;
      case "slot_to_root": {
        const content = subject.slot(self, action.slot);
        if (content >= 0) subject.setRoot(action.root, content);
        return;
      }
      default:
    }
  }

  function remember(id: number): void {
    known.set(id, { refcount: 0, generation: 0 });
  }

  function makeNew(made: Extract<ProgramOperation, { op: "new" }>): void {
    const { id, finalizer, action } = made;
    remember(id);
    const code = finalizer ?? action;
    if (code !== undefined) actions.set(id, code);
    subject.make(id, made.kind, made.slotCount, made.root, finalizer !== undefined);
  }

  function makeWeak(made: Extract<ProgramOperation, { op: "wref" }>): number {
    const result = subject.makeWeak(made.id, made.object, made.root, made.callback);
    if (result === made.id) {
      remember(made.id);
      weakTargets.set(made.id, Number.NaN);
    }
    return result;
  }

  function load(made: Extract<ProgramOperation, { op: "load" }>): number {
    const content = subject.slot(made.object, made.slot);
    subject.setRoot(made.root, content < 0 ? null : content);
    return content;
  }

  function burst(made: Extract<ProgramOperation, { op: "burst" }>): void {
    for (let id = made.id; id < made.id + made.count; id++) {
      remember(id);
      subject.make(id, made.kind, made.slotCount, SCRATCH_ROOT, false);
      if (made.mode === "self_cycle") subject.store(id, 0, id);
      if (made.mode === "chain") {
        const content = subject.root(made.root);
        subject.store(id, 0, content < 0 ? null : content);
      }
      if (made.mode === "chain" || made.mode === "replace") subject.setRoot(made.root, id);
      subject.setRoot(SCRATCH_ROOT, null);
      subject.safepoint();
    }
  }

  /** Answers the operation's result, if it has one. */
  function perform(operation: ProgramOperation): number | undefined {
    switch (operation.op) {
      case "new":
        makeNew(operation);
        return undefined;
      case "tuple":
        remember(operation.id);
        subject.makeTuple(operation.id, operation.items, operation.root);
        return undefined;
      case "set":
        subject.store(operation.object, operation.slot, operation.value);
        return undefined;
      case "root":
        subject.setRoot(operation.root, operation.value);
        return undefined;
      case "load":
        return load(operation);
      case "wref":
        return makeWeak(operation);
      case "deref":
        return subject.deref(operation.weak, operation.root);
      case "collect":
        return subject.collect(operation.generation);
      case "burst":
        burst(operation);
        return undefined;
      case "threshold":
        subject.setThresholds(operation.values);
        return undefined;
      case "enable":
        subject.enable();
        return undefined;
      case "disable":
        subject.disable();
        return undefined;
      case "freeze":
        return subject.freeze();
      case "unfreeze":
        return subject.unfreeze();
    }
  }

  /** What died and what changed since the last step; ids ascend. */
  function findChanges(): { dead: number[]; changed: ObjectState[] } {
    const dead: number[] = [];
    const changed: ObjectState[] = [];
    for (const [id, state] of known) {
      const refcount = subject.refcount(id);
      if (refcount === 0) {
        dead.push(id);
        continue;
      }
      const generation = subject.generation(id);
      if (refcount === state.refcount && generation === state.generation) continue;
      state.refcount = refcount;
      state.generation = generation;
      changed.push([id, refcount, generation]);
    }
    for (const id of dead) {
      known.delete(id);
      weakTargets.delete(id);
    }
    return { dead: dead.sort((a, b) => a - b), changed: changed.sort(([a], [b]) => a - b) };
  }

  function findWeakChanges(): (readonly [number, number])[] {
    const changed: (readonly [number, number])[] = [];
    for (const [weak, before] of weakTargets) {
      const target = subject.weakTarget(weak);
      if (target === before) continue;
      weakTargets.set(weak, target);
      changed.push([weak, target]);
    }
    return changed.sort(([a], [b]) => a - b);
  }

  function step(operation: ProgramOperation, listsAll: boolean): ProgramObservation {
    events = [];
    const result = perform(operation);
    subject.safepoint();
    const { dead, changed } = findChanges();
    const all = [...known].map(([id, { refcount, generation }]): ObjectState => {
      return [id, refcount, generation];
    });
    return {
      events,
      dead,
      changed,
      weak: findWeakChanges(),
      counts: subject.counts(),
      statistics: subject.statistics(),
      longLived: subject.longLived(),
      ...(result === undefined ? {} : { result }),
      ...(listsAll ? { all: all.sort(([a], [b]) => a - b) } : {}),
    };
  }

  return {
    missingOperand: (operation) => namedBy(operation).find((id) => !isAlive(id)),
    step,
  };
}
