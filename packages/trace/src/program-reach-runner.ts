// Runs a mutator program on a subject of which only one thing is promised: what the roots reach is
// there and holds what it should. So strategies without counts, with other collections or none, can
// run the recorded programs: those that never look at death. A shadow heap of plain maps says what
// should be there.
//
//   step ─► the same on shadow and subject ─► full collection ─► walk both from the roots, compare

import {
  type MutatorProgram,
  namedBy,
  type ProgramKind,
  type ProgramOperation,
} from "./mutator-program.js";
import type { ProgramDifference, ProgramReport, ProgramRunOptions } from "./program-runner.js";
import { type ProgramSubject, SCRATCH_ROOT } from "./program-subject.js";

/** The part of a subject that programs without weak references and finalizers need. */
export interface ReachSubject
  extends Pick<ProgramSubject, "makeTuple" | "store" | "setRoot" | "slot" | "root"> {
  make(id: number, kind: ProgramKind, slotCount: number, root: number): void;
  /** Reclaims all that the roots do not reach. */
  collectAll(): void;
  /** How many objects are not reclaimed; asked after `collectAll`, if the strategy is exact. */
  liveCount?(): number;
}

/** Operations that look at death, or at a collector of CPython's kind. */
const BEYOND_REACH: ReadonlySet<string> = new Set(["wref", "deref"]);

/** Whether a program has no weak references and no finalizers. O(steps). */
export function isReachProgram({ steps }: MutatorProgram): boolean {
  return steps.every(
    ({ operation }) =>
      !BEYOND_REACH.has(operation.op) &&
      !(operation.op === "new" && operation.finalizer !== undefined),
  );
}

interface ShadowObject {
  readonly slots: (number | null)[];
}

/**
 * Runs a program of which `isReachProgram` holds on a fresh subject: each `load` must give what was
 * recorded, and after each step and a full collection the roots must reach what they should, and
 * nothing else be left if the subject counts. O(steps × reachable objects).
 */
export function runReachProgram(
  subject: ReachSubject,
  program: MutatorProgram,
  options: Pick<ProgramRunOptions, "onStep"> = {},
): ProgramReport {
  const differences: ProgramDifference[] = [];
  let stepCount = 0;
  const differ: Differ = (what, recorded, got) => {
    differences.push({ stepIndex: stepCount, what, recorded, got });
  };
  const machine = createReachMachine(subject, differ);
  for (const { operation, observed } of program.steps) {
    const missing = machine.missingOperand(operation);
    if (missing !== undefined) {
      differ("operand", `object ${missing} is named`, "no root reaches it");
      break;
    }
    machine.perform(operation, observed.result ?? -1);
    subject.collectAll();
    machine.compareReach();
    options.onStep?.();
    stepCount++;
    if (differences.length > 0) break;
  }
  return {
    programName: program.name,
    stepCount,
    differences,
    agrees: differences.length === 0,
  };
}

/** Tells of a difference. */
type Differ = (what: ProgramDifference["what"], recorded: string, got: string) => void;

/** The same machine twice, on the shadow and on the subject. */
function createReachMachine(subject: ReachSubject, differ: Differ) {
  const shadow = new Map<number, ShadowObject>();
  const roots = new Array<number | null>(SCRATCH_ROOT + 1).fill(null);
  function make(id: number, kind: ProgramKind, slotCount: number, root: number): void {
    shadow.set(id, { slots: new Array<number | null>(slotCount).fill(null) });
    subject.make(id, kind, slotCount, root);
    roots[root] = id;
  }

  function store(object: number, slot: number, value: number | null): void {
    (shadow.get(object) as ShadowObject).slots[slot] = value;
    subject.store(object, slot, value);
  }

  function setRoot(root: number, value: number | null): void {
    roots[root] = value;
    subject.setRoot(root, value);
  }

  function load(operation: Extract<ProgramOperation, { op: "load" }>, recorded: number): void {
    const { root, object, slot } = operation;
    const content = subject.slot(object, slot);
    if (content !== recorded) differ("result", String(recorded), String(content));
    setRoot(root, recorded < 0 ? null : recorded);
  }

  function burst(operation: Extract<ProgramOperation, { op: "burst" }>): void {
    const { id: first, count, kind, slotCount, root, mode } = operation;
    for (let id = first; id < first + count; id++) {
      make(id, kind, slotCount, SCRATCH_ROOT);
      if (mode === "self_cycle") store(id, 0, id);
      if (mode === "chain") store(id, 0, roots[root] as number | null);
      if (mode === "chain" || mode === "replace") setRoot(root, id);
      setRoot(SCRATCH_ROOT, null);
    }
  }

  function perform(operation: ProgramOperation, recorded: number): void {
    switch (operation.op) {
      case "new":
        make(operation.id, operation.kind, operation.slotCount, operation.root);
        break;
      case "tuple":
        shadow.set(operation.id, { slots: [...operation.items] });
        subject.makeTuple(operation.id, operation.items, operation.root);
        roots[operation.root] = operation.id;
        break;
      case "set":
        store(operation.object, operation.slot, operation.value);
        break;
      case "root":
        setRoot(operation.root, operation.value);
        break;
      case "load":
        load(operation, recorded);
        break;
      case "burst":
        burst(operation);
        break;
      default: // What only a collector of CPython's kind knows changes nothing that roots reach.
    }
  }

  /** Walks the shadow from its roots and asks the subject for each slot on the way. */
  function compareReach(): void {
    const reached = new Set<number>();
    const pending: number[] = [];
    const compare = (where: string, expected: number | null, got: number): void => {
      if (got !== (expected ?? -1)) differ("all", `${where}: ${expected}`, String(got));
      else if (expected !== null && !reached.has(expected)) {
        reached.add(expected);
        pending.push(expected);
      }
    };
    for (const [root, expected] of roots.entries()) {
      compare(`root ${root}`, expected, subject.root(root));
    }
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      const { slots } = shadow.get(id) as ShadowObject;
      for (const [slot, expected] of slots.entries()) {
        compare(`object ${id}, slot ${slot}`, expected, subject.slot(id, slot));
      }
    }
    const liveCount = subject.liveCount?.() ?? reached.size;
    if (liveCount !== reached.size) differ("all", `${reached.size} live`, `${liveCount} live`);
    for (const id of shadow.keys()) if (!reached.has(id)) shadow.delete(id);
  }

  return {
    perform,
    compareReach,
    /** An object that the operation names and that no root reaches. */
    missingOperand: (operation: ProgramOperation): number | undefined =>
      namedBy(operation).find((id) => !shadow.has(id)),
  };
}
