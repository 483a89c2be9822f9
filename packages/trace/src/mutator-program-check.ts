// Whether a program can be run on the machine, and whether what was observed can be true: the
// check follows the program step by step with what the recording itself says about life and death.
//
//   ids        made once, named only while alive
//   operands   roots below 64, slots that the object has, callbacks that are callable
//   observed   only the living change, each list ascending, and every 25th step all that is alive

import type { Fail } from "./json-fields.js";
import {
  FULL_LIST_INTERVAL_STEPS,
  type MutatorProgram,
  type ObjectState,
  PROGRAM_ROOT_COUNT,
  type ProgramAction,
  type ProgramObservation,
  type ProgramOperation,
  RESULT_OPERATIONS,
} from "./mutator-program.js";

const GENERATION_COUNT = 3;
const FROZEN = 3;
const UNTRACKED = -1;
const SLOT_LIMIT = 0xffff;
const WEAKLY_REFERABLE = new Set(["node", "fn", "list", "dict"]);

interface KnownObject {
  readonly kind: string;
  readonly slotCount: number;
  isAlive: boolean;
  /** As observed last; refcount 0 before that. */
  refcount: number;
  generation: number;
}

/** `exceed` throws for a program that makes more than `objectLimitCount` objects. O(program). */
export function checkMutatorProgram(
  program: MutatorProgram,
  objectLimitCount: number,
  fail: Fail,
  exceed: (actual: number) => never,
): void {
  const objects = new Map<number, KnownObject>();
  let stepIndex = 0;
  const wrong: Fail = (problem) => fail(`step ${stepIndex}: ${problem}`);
  const check = createStepCheck(objects, wrong);
  for (const { operation, observed } of program.steps) {
    const made = madeBy(operation);
    if (objects.size + made > objectLimitCount) exceed(objects.size + made);
    check.operation(operation, observed.result);
    const isListed =
      (stepIndex + 1) % FULL_LIST_INTERVAL_STEPS === 0 || stepIndex + 1 === program.steps.length;
    check.observation(observed, isListed);
    stepIndex++;
  }
}

function madeBy(operation: ProgramOperation): number {
  if (operation.op === "burst") return operation.count;
  return operation.op === "new" || operation.op === "tuple" || operation.op === "wref" ? 1 : 0;
}

function createStepCheck(objects: Map<number, KnownObject>, wrong: Fail) {
  function make(id: number, kind: string, slotCount: number): void {
    if (objects.has(id)) wrong(`object ${id} is made a second time`);
    if (slotCount > SLOT_LIMIT) wrong(`object ${id} has ${slotCount} slots, ${SLOT_LIMIT} at most`);
    objects.set(id, { kind, slotCount, isAlive: true, refcount: 0, generation: UNTRACKED });
  }

  function alive(id: number): KnownObject {
    const object = objects.get(id);
    if (object?.isAlive !== true) return wrong(`object ${id} is not alive`);
    return object;
  }

  function value(id: number | null): void {
    if (id !== null) alive(id);
  }

  function root(index: number): void {
    if (index >= PROGRAM_ROOT_COUNT) wrong(`root ${index} is not below ${PROGRAM_ROOT_COUNT}`);
  }

  function slot(object: KnownObject, id: number, index: number): void {
    if (index >= object.slotCount) wrong(`object ${id} has no slot ${index}`);
  }

  function action(self: number, act: ProgramAction | undefined): void {
    if (act === undefined || act.do === "log") return;
    if ("root" in act) root(act.root);
    if (act.do === "resurrect_slot") {
      const object = objects.get(act.object) ?? wrong(`object ${act.object} is not known`);
      if (object.kind === "tuple") wrong(`object ${act.object} is a tuple`);
      slot(object, act.object, act.slot);
    } else if ("slot" in act) {
      slot(objects.get(self) as KnownObject, self, act.slot);
    }
  }

  function makeNew(made: Extract<ProgramOperation, { op: "new" }>): void {
    const { id, kind, finalizer, action: act } = made;
    make(id, kind, made.slotCount);
    root(made.root);
    if (kind === "atom" && made.slotCount > 0) wrong("an atom has slots");
    if (finalizer !== undefined && kind !== "node") wrong(`a ${kind} has a finalizer`);
    if (act !== undefined && kind !== "fn") wrong(`a ${kind} has an action`);
    action(id, finalizer);
    action(id, act);
  }

  function makeWeak(
    { id, object, root: index, callback }: Extract<ProgramOperation, { op: "wref" }>,
    result: number | undefined,
  ): void {
    const { kind } = alive(object);
    if (!WEAKLY_REFERABLE.has(kind)) wrong(`a ${kind} can not be referred to weakly`);
    root(index);
    if (typeof callback === "number" && alive(callback).kind !== "fn") {
      wrong(`object ${callback} is no callback`);
    }
    if (result === id) make(id, "wref", 0);
    else if (objects.get(result as number)?.kind !== "wref" || callback !== null) {
      wrong(`the result ${result} is no weak reference that could be shared`);
    }
  }

  function makeBurst(burst: Extract<ProgramOperation, { op: "burst" }>): void {
    const { id, count, kind, slotCount, mode } = burst;
    root(burst.root);
    if ((mode === "self_cycle" || mode === "chain") && slotCount === 0) wrong("it needs a slot");
    if (kind === "atom" && slotCount > 0) wrong("an atom has slots");
    for (let made = id; made < id + count; made++) make(made, kind, slotCount);
  }

  function checkOperation(operation: ProgramOperation, result: number | undefined): void {
    if (RESULT_OPERATIONS.has(operation.op) !== (result !== undefined)) {
      wrong(`"${operation.op}" has the result ${result}`);
    }
    switch (operation.op) {
      case "new":
        makeNew(operation);
        return;
      case "tuple":
        for (const item of operation.items) value(item);
        make(operation.id, "tuple", operation.items.length);
        root(operation.root);
        return;
      case "set": {
        const object = alive(operation.object);
        if (object.kind === "tuple") wrong(`object ${operation.object} is a tuple`);
        slot(object, operation.object, operation.slot);
        value(operation.value);
        return;
      }
      case "root":
        root(operation.root);
        value(operation.value);
        return;
      case "load":
        root(operation.root);
        slot(alive(operation.object), operation.object, operation.slot);
        return;
      case "wref":
        makeWeak(operation, result);
        return;
      case "deref":
        root(operation.root);
        if (alive(operation.weak).kind !== "wref") wrong(`${operation.weak} is not weak`);
        return;
      case "collect":
        if (operation.generation >= GENERATION_COUNT) wrong(`generation ${operation.generation}`);
        return;
      case "burst":
        makeBurst(operation);
        return;
      case "threshold":
        if (operation.values.length !== GENERATION_COUNT) wrong("there are three thresholds");
        return;
      default:
    }
  }

  function ascending(ids: readonly number[], what: string): void {
    for (let index = 1; index < ids.length; index++) {
      if ((ids[index] as number) <= (ids[index - 1] as number)) wrong(`"${what}" does not ascend`);
    }
  }

  function takeChange([id, refcount, generation]: ObjectState): void {
    const object = alive(id);
    if (refcount < 1 || generation < UNTRACKED || generation > FROZEN) {
      wrong(`object ${id} can not have refcount ${refcount} and generation ${generation}`);
    }
    if (object.refcount === refcount && object.generation === generation) {
      wrong(`object ${id} has not changed`);
    }
    object.refcount = refcount;
    object.generation = generation;
  }

  function checkAll(all: readonly ObjectState[]): void {
    ascending(
      all.map(([id]) => id),
      "full",
    );
    for (const [id, refcount, generation] of all) {
      const object = alive(id);
      if (object.refcount !== refcount || object.generation !== generation) {
        wrong(`object ${id} differs between "full" and what changed before`);
      }
    }
    let aliveCount = 0;
    for (const { isAlive } of objects.values()) if (isAlive) aliveCount++;
    if (aliveCount !== all.length) wrong(`"full" lists ${all.length} of ${aliveCount} objects`);
  }

  function checkObservation(observed: ProgramObservation, isListed: boolean): void {
    const { events, dead, changed, weak, counts, statistics, longLived, all } = observed;
    for (const [, ...ids] of events) {
      for (const id of ids) if (!objects.has(id)) wrong(`an event names the unknown object ${id}`);
    }
    ascending(dead, "dead");
    for (const id of dead) alive(id).isAlive = false;
    ascending(
      changed.map(([id]) => id),
      "chg",
    );
    for (const change of changed) takeChange(change);
    for (const [id, target] of weak) {
      if (alive(id).kind !== "wref") wrong(`object ${id} is not weak`);
      if (target !== -1) alive(target);
    }
    const isShaped =
      counts.length === GENERATION_COUNT &&
      statistics.length === GENERATION_COUNT &&
      longLived.length === 2;
    if (!isShaped) wrong("counts or statistics are not those of three generations");
    if (isListed !== (all !== undefined)) wrong(`"full" is ${isListed ? "missing" : "not due"}`);
    if (all !== undefined) checkAll(all);
  }

  return { operation: checkOperation, observation: checkObservation };
}
