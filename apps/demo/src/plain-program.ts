// A program without what only some strategies can do: the operations that every one of them is then
// given alike. Finalizers and callbacks are left out; a weak reference is an object with a slot for
// its callback, and empty once nothing reaches its referent; a load and a look through a weak
// reference are stores of what they give. A step that names what no root reaches is left out.

import {
  type MutatorProgram,
  namedBy,
  type ProgramKind,
  type ProgramOperation,
  SCRATCH_ROOT,
} from "@ouro/trace";
import { createProgramOracle, type ProgramOracle } from "./program-oracle.js";

type Made<Op extends ProgramOperation["op"]> = Extract<ProgramOperation, { op: Op }>;

export type PlainOperation =
  | {
      readonly op: "new";
      readonly id: number;
      readonly kind: ProgramKind;
      readonly slotCount: number;
      readonly root: number;
    }
  | Made<"tuple">
  | Made<"set">
  | Made<"root">
  | Made<"collect">
  | Made<"threshold">
  | { readonly op: "enable" | "disable" | "freeze" | "unfreeze" };

/** A step: what is done without a safepoint between. */
export type PlainStep = readonly PlainOperation[];

/** O(steps × live objects). */
export function plainProgram({ steps }: MutatorProgram): PlainStep[] {
  const oracle = createProgramOracle();
  const stepsOf = createPlainer(oracle);
  const plain: PlainStep[] = [];
  for (const { operation } of steps) {
    if (namedBy(operation).some((id) => !oracle.objects.has(id))) continue;
    for (const step of stepsOf(operation)) {
      plain.push(step);
      for (const each of step) carryOut(each, oracle, 0);
      oracle.reach();
    }
  }
  return plain;
}

/** Does to the oracle what an operation does to a heap. */
export function carryOut(operation: PlainOperation, oracle: ProgramOracle, bytes: number): void {
  switch (operation.op) {
    case "new":
      oracle.add(operation.id, new Array<null>(operation.slotCount).fill(null), bytes);
      oracle.roots[operation.root] = operation.id;
      break;
    case "tuple":
      oracle.add(operation.id, [...operation.items], bytes);
      oracle.roots[operation.root] = operation.id;
      break;
    case "set":
      oracle.store(operation.object, operation.slot, operation.value);
      break;
    case "root":
      oracle.roots[operation.root] = operation.value;
      break;
    default:
  }
}

/** What a weak reference refers to, and whether it calls no object. */
interface Weak {
  readonly target: number;
  readonly isPlain: boolean;
}

/** Makes the function that says an operation plainly: one step, but for a burst. */
function createPlainer({ objects, roots }: ProgramOracle) {
  const weaks = new Map<number, Weak>();

  /** A weak reference without callback to the same object is shared. */
  function sharedWeak(object: number): number | undefined {
    for (const [id, { target, isPlain }] of weaks) {
      if (target === object && isPlain && objects.has(id)) return id;
    }
    return undefined;
  }

  function weakStep({ id, object, root, callback }: Made<"wref">): PlainStep {
    const shared = callback === null ? sharedWeak(object) : undefined;
    if (shared !== undefined) return [{ op: "root", root, value: shared }];
    weaks.set(id, { target: object, isPlain: callback === null });
    const made: PlainOperation = { op: "new", id, kind: "node", slotCount: 1, root };
    if (typeof callback !== "number") return [made];
    return [made, { op: "set", object: id, slot: 0, value: callback }];
  }

  function derefStep({ weak, root }: Made<"deref">): PlainStep {
    const target = weaks.get(weak)?.target;
    const isThere = target !== undefined && objects.has(target);
    return [{ op: "root", root, value: isThere ? target : null }];
  }

  function burstStep(made: Made<"burst">, index: number): PlainStep {
    const { kind, slotCount, root, mode } = made;
    const id = made.id + index;
    const step: PlainOperation[] = [{ op: "new", id, kind, slotCount, root: SCRATCH_ROOT }];
    if (mode === "self_cycle") step.push({ op: "set", object: id, slot: 0, value: id });
    if (mode === "chain") {
      step.push({ op: "set", object: id, slot: 0, value: roots[root] ?? null });
    }
    if (mode === "chain" || mode === "replace") step.push({ op: "root", root, value: id });
    return [...step, { op: "root", root: SCRATCH_ROOT, value: null }];
  }

  return function* stepsOf(operation: ProgramOperation): Generator<PlainStep> {
    if (operation.op === "new") {
      const { id, kind, slotCount, root } = operation;
      yield [{ op: "new", id, kind, slotCount, root }];
    } else if (operation.op === "load") {
      const { object, slot, root } = operation;
      yield [{ op: "root", root, value: objects.get(object)?.slots[slot] ?? null }];
    } else if (operation.op === "wref") yield weakStep(operation);
    else if (operation.op === "deref") yield derefStep(operation);
    else if (operation.op !== "burst") yield [operation];
    else {
      for (let index = 0; index < operation.count; index++) yield burstStep(operation, index);
    }
  };
}
