// A mutator program as the course of a comparison: the same operations on every strategy, as
// plain-program.ts says them, and the oracle beside them while somebody looks.

import type { MemoryManager } from "@ouro/memory-manager";
import {
  createReachSubject,
  type ManagedSubject,
  type MutatorProgram,
  type ReachSubject,
} from "@ouro/trace";
import type { Course, CourseHost, MakeCompared } from "./course.js";
import { carryOut, type PlainOperation, type PlainStep } from "./plain-program.js";
import { createProgramOracle, type OracleObject } from "./program-oracle.js";

/** `isFixed`: thresholds are the comparison's own, whatever the program says. */
export function createProgramCourse(
  program: MutatorProgram,
  steps: readonly PlainStep[],
  make: MakeCompared,
  host: CourseHost,
  isFixed: boolean,
): Course {
  let made: MemoryManager | undefined;
  const subject: ReachSubject & ManagedSubject = createReachSubject((needs) => {
    made = make(needs);
    return made;
  }, program);
  const manager = made as unknown as MemoryManager;
  const { mutator, collector } = manager;
  const { generations } = collector;
  const oracle = createProgramOracle();
  let reachableBytes = 0;

  function collect(generation: number): void {
    const known = Math.min(generation, collector.oldestGeneration);
    if (generations === undefined) mutator.collect(known);
    else generations.collect(known);
  }

  function setThresholds([young = 0, middle = 0, old = 0]: readonly number[]): void {
    if (!isFixed) generations?.setThresholds({ young, middle, old });
  }

  function perform(operation: PlainOperation): void {
    const { op } = operation;
    if (op === "new") {
      subject.make(operation.id, operation.kind, operation.slotCount, operation.root, false);
    } else if (op === "tuple") {
      subject.makeTuple(operation.id, operation.items, operation.root);
    } else if (op === "set") subject.store(operation.object, operation.slot, operation.value);
    else if (op === "root") subject.setRoot(operation.root, operation.value);
    else if (op === "collect") collect(operation.generation);
    else if (op === "threshold") setThresholds(operation.values);
    else if (op === "enable" || op === "disable") generations?.setEnabled(op === "enable");
    else generations?.[op]();
  }

  /** Roots first, then what lies behind: nothing is asked that was not found to be there. */
  function check(): string | undefined {
    for (const [root, expected] of oracle.roots.entries()) {
      const got = subject.root(root);
      if (got !== (expected ?? -1)) return `root ${root} should hold ${expected}, not ${got}`;
    }
    const pending = oracle.roots.filter((id) => id !== null);
    const seen = new Set(pending);
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      for (const [slot, expected] of (oracle.objects.get(id) as OracleObject).slots.entries()) {
        const got = subject.slot(id, slot);
        const problem = `object ${id}, slot ${slot}, should hold ${expected}, not ${got}`;
        if (got !== (expected ?? -1)) return problem;
        if (expected === null || seen.has(expected)) continue;
        seen.add(expected);
        pending.push(expected);
      }
    }
    return undefined;
  }

  return {
    manager,
    heldCount: 0,
    heldBytes: 0,
    stepCount: steps.length,
    step(index) {
      for (const operation of steps[index] as PlainStep) {
        perform(operation);
        if (host.isLooking) carryOut(operation, oracle, host.bornBytes());
      }
      mutator.poll();
      if (host.isLooking) reachableBytes = oracle.reach();
      host.endOperation(true);
    },
    reachable: () => ({ count: oracle.objects.size, bytes: reachableBytes }),
    check,
    isWholeVisited: true,
  };
}
