// The machine of random mutator programs on Ouro's preset of CPython 3.13, through its public API.
// It is machine.py, function by function: the same operations hold the same operands, and log the
// same lines.
//
//   roots   6 root slots of a frame           what an operation holds   a frame of its own

import { type Finalization, type Reference, type Slot, slotAt, type Value } from "@ouro/interfaces";
import type * as MemoryManagerModule from "@ouro/memory-manager";
import type { MemoryManager } from "@ouro/memory-manager";
import { referenceCount } from "@ouro/refcount";
import {
  CODE_DEPTH_LIMIT,
  CODE_LIMIT_COUNT,
  type MachineProgram,
  NONE,
  type Operation,
  ROOT_COUNT,
  SELF,
  type Seen,
} from "./machine-program.js";
import { createObjectKinds, type MadeKind, type ObjectKinds } from "./object-kinds.js";

/** As much as a program holds at once; the frames of operations lie in one another. */
const RESERVATION_BYTES = 2 ** 23;
const HELD_LIMIT_COUNT = 6;
/** What Ouro has in place of CPython's tuple of callbacks: of no class that only programs use. */
const HOLDER = "callbacks of weak references";

/** Told, for the tally of features, what the lines of the log do not say. */
export interface MachineWatch {
  /** A finalizer or callback begins, with what its code does; `inCollection`: one is under way. */
  began?(what: CodeCaller, code: readonly Operation[], inCollection: boolean): void;
  /** An object in the census after a step. */
  saw?(kind: MadeKind, isTracked: boolean, isFinalized: boolean): void;
  stepped?(operation: Operation, lines: readonly string[]): void;
}

export type CodeCaller = "finalizer" | "callback" | "call";

class ProgramError extends Error {}

interface ProgramCode {
  finalize(slot: Slot): void;
  call(callable: Slot, weak: Slot): void;
}

export type ManagerModules = Pick<typeof MemoryManagerModule, "createGc" | "createMemoryManager">;

interface Known {
  readonly kind: MadeKind;
  readonly slotCount: number;
  readonly finalizer: number;
  readonly call: number;
}

interface Rig {
  readonly manager: MemoryManager;
  readonly gc: MemoryManagerModule.Gc;
  readonly roots: Slot;
  readonly kinds: ObjectKinds;
  /** Of the program that runs. */
  readonly code: ProgramCode;
}

/**
 * Runs programs on memory managers of `modules`: the package, or a copy with a planted fault. A
 * memory manager serves program after program as long as nothing of them is left.
 */
export function createOuroMachine(modules: ManagerModules): {
  run(program: MachineProgram, watch?: MachineWatch): Seen;
} {
  let rig: Rig | undefined;
  return {
    run(program, watch = {}) {
      const used = rig ?? createRig(modules);
      rig = undefined;
      const seen = createProgramRun(used, program, watch).run();
      used.manager.validate();
      const { liveCount } = used.manager.statistics();
      if (liveCount > 0) return [...seen, [`${liveCount} objects are left on Ouro`]];
      rig = used;
      return seen;
    },
  };
}

function createRig(modules: ManagerModules): Rig {
  const manager = modules.createMemoryManager("cpython-3.13", {
    reservationBytes: RESERVATION_BYTES,
  });
  const code: ProgramCode = { finalize() {}, call() {} };
  const kinds = createObjectKinds(manager, {
    finalize: (slot) => code.finalize(slot),
    call: (callable, weak) => code.call(callable, weak),
  });
  const gc = modules.createGc(manager);
  gc.disable();
  return { manager, gc, kinds, code, roots: manager.mutator.enter(ROOT_COUNT) };
}

function createProgramRun(rig: Rig, program: MachineProgram, watch: MachineWatch): { run(): Seen } {
  const { manager, gc, kinds, roots } = rig;
  const { mutator } = manager;
  const finalization = manager.finalization as Finalization;
  const weakReferences = manager.weakReferences as NonNullable<MemoryManager["weakReferences"]>;
  const rootSlot = (root: number): Slot => slotAt(roots, root);
  const serials = new Map<number, number>();
  const known: Known[] = [];
  let log: string[] = [];
  let depth = 0;
  let codesLeft = CODE_LIMIT_COUNT;
  let collections = 0;
  let hasFrozen = false;
  Object.assign(rig.code, { finalize, call } satisfies ProgramCode);
  finalization.setErrorReporter((error) =>
    log.push(`unraisable ${(error as Error).constructor.name}`),
  );

  // ── What the program's code is called by ──────────────────────────────────────────────────────

  const serialOf = (value: number): number => (value > 0 ? (serials.get(value) as number) : -1);
  const knownOf = (value: number): Known => known[serialOf(value)] as Known;

  function finalize(slot: Slot): void {
    const serial = serialOf(mutator.root(slot));
    log.push(`finalizer ${serial}`);
    runCode("finalizer", knownOf(mutator.root(slot)).finalizer, slot);
  }

  function call(callable: Slot, weak: Slot): void {
    log.push(`call ${serialOf(mutator.root(callable))} ${serialOf(mutator.root(weak))}`);
    runCode("call", knownOf(mutator.root(callable)).call, callable);
  }

  function callBack(weak: Slot): void {
    log.push(`callback ${serialOf(mutator.root(weak))}`);
    runCode("callback", knownOf(mutator.root(weak)).call, weak);
  }

  function runCode(what: CodeCaller, number: number, self: Slot): void {
    const isRun = number >= 0 && codesLeft > 0 && depth < CODE_DEPTH_LIMIT;
    const code = isRun ? (program.codes[number] as readonly Operation[]) : [];
    watch.began?.(what, code, collections > 0);
    if (!isRun) return;
    codesLeft--;
    depth++;
    try {
      for (const operation of code) perform(operation, self);
    } finally {
      depth--;
    }
  }

  // ── Operations ────────────────────────────────────────────────────────────────────────────────

  function register(
    slot: Slot,
    kind: MadeKind,
    slotCount: number,
    finalizer = NONE,
    called = NONE,
  ) {
    serials.set(mutator.root(slot), known.length);
    known.push({ kind, slotCount, finalizer, call: called });
  }

  function hold(slot: Slot, operand: number, self: Slot | undefined): void {
    if (operand >= 0) mutator.setRoot(slot, mutator.root(rootSlot(operand)));
    else if (operand === SELF && self !== undefined) mutator.setRoot(slot, mutator.root(self));
  }

  /** What is held is released, the last first, while the frame is still there. */
  function letGo(frame: Slot): void {
    for (let index = HELD_LIMIT_COUNT - 1; index >= 0; index--) {
      mutator.setRoot(slotAt(frame, index), 0 as Value);
    }
    mutator.leave(frame);
  }

  function isReferable(value: number): boolean {
    return value > 0 && kinds.isReferable(knownOf(value).kind);
  }

  function makeWeak(into: number, at: Slot, weak: Slot, code: number): void {
    if (!isReferable(mutator.root(at))) return;
    const shared = finalization.sharedWeakReference(mutator.root(at) as Reference);
    if (code === NONE) weakReferences.create(weak, at);
    else weakReferences.create(weak, at, callBack);
    if (code !== NONE || shared === 0) register(weak, "weak", 0, NONE, code);
    mutator.setRoot(rootSlot(into), mutator.root(weak));
  }

  function makeWeakCall(into: number, at: Slot, called: Slot, weak: Slot): void {
    const callable = mutator.root(called) as number;
    if (!isReferable(mutator.root(at))) return;
    if (callable <= 0 || knownOf(callable).kind !== "function") return;
    weakReferences.createWith(weak, at, called);
    register(weak, "weak", 0);
    mutator.setRoot(rootSlot(into), mutator.root(weak));
  }

  function deref(into: number, at: Slot, target: Slot): void {
    const weak = mutator.root(at) as number;
    if (weak <= 0 || knownOf(weak).kind !== "weak") return;
    weakReferences.strengthen(target, at);
    log.push(`deref ${serialOf(mutator.root(target))}`);
    mutator.setRoot(rootSlot(into), mutator.root(target));
  }

  function collect(generation: number): void {
    collections++;
    const found = gc.collect(generation);
    collections--;
    log.push(`collect ${generation} = ${found}`);
  }

  function serialsIn(objects: readonly Reference[]): string {
    return objects.map(serialOf).join(" ");
  }

  const nameOfType = (object: Reference): string =>
    manager.types.descriptor(mutator.typeOf(object)).name;

  function tellObjects(generation: number): void {
    if (collections > 0) return;
    const found = gc.getObjects(generation).filter((object) => {
      return nameOfType(object) !== HOLDER && isReferable(object);
    });
    log.push(`objects ${generation} = ${serialsIn(found)}`);
  }

  function tell(name: "referents" | "weak references" | "ask", object: number): void {
    if (object <= 0) return;
    const reference = object as Reference;
    const serial = serialOf(object);
    if (name === "referents") {
      log.push(`referents ${serial} = ${serialsIn(gc.getReferents(reference))}`);
    } else if (name === "ask") {
      const asked = [gc.isTracked(reference), gc.isFinalized(reference)].map(Number).join("");
      log.push(`ask ${serial} = ${asked}`);
    } else if (isReferable(object)) {
      const found = finalization.weakReferencesTo(reference);
      log.push(`weak references ${serial} = ${serialsIn(found)}`);
    }
  }

  function makeNew([, into, kind, slotCount, finalizer, called]: Operation & { 0: "new" }): void {
    const frame = mutator.enter(HELD_LIMIT_COUNT);
    kinds.make(frame, kind, slotCount, finalizer !== NONE);
    register(frame, kind, slotCount, finalizer, called);
    mutator.setRoot(rootSlot(into), mutator.root(frame));
    letGo(frame);
  }

  function makeTuple([, into, ...items]: Operation & { 0: "tuple" }, self: Slot | undefined): void {
    const frame = mutator.enter(HELD_LIMIT_COUNT);
    for (const [index, item] of items.entries()) {
      hold(slotAt(frame, index), item as number, self);
    }
    const made = slotAt(frame, items.length);
    kinds.makeTuple(made, frame, items.length);
    register(made, "tuple", items.length);
    mutator.setRoot(rootSlot(into), mutator.root(made));
    letGo(frame);
  }

  /** Operations on up to two operands, with a third slot for what they make. */
  function performHolding(operation: Operation, self: Slot | undefined): void {
    const frame = mutator.enter(HELD_LIMIT_COUNT);
    const second = slotAt(frame, 1);
    switch (operation[0]) {
      case "set": {
        hold(frame, operation[1], self);
        hold(second, operation[3], self);
        const object = mutator.root(frame) as number;
        if (object > 0) kinds.store(frame, knownOf(object), operation[2], second);
        break;
      }
      case "load": {
        hold(frame, operation[2], self);
        const object = mutator.root(frame) as number;
        if (object > 0) {
          mutator.setRoot(second, kinds.load(object as Reference, knownOf(object), operation[3]));
        }
        mutator.setRoot(rootSlot(operation[1]), mutator.root(second));
        break;
      }
      case "copy":
        hold(frame, operation[2], self);
        mutator.setRoot(rootSlot(operation[1]), mutator.root(frame));
        break;
      case "weak":
        hold(frame, operation[2], self);
        makeWeak(operation[1], frame, second, operation[3]);
        break;
      case "weak call":
        hold(frame, operation[2], self);
        hold(second, operation[3], self);
        makeWeakCall(operation[1], frame, second, slotAt(frame, 2));
        break;
      case "deref":
        hold(frame, operation[2], self);
        deref(operation[1], frame, second);
        break;
      case "referents":
      case "weak references":
      case "ask":
        hold(frame, operation[1], self);
        tell(operation[0], mutator.root(frame));
    }
    letGo(frame);
  }

  function perform(operation: Operation, self: Slot | undefined): void {
    if (operation[0] === "new") makeNew(operation);
    else if (operation[0] === "tuple") makeTuple(operation, self);
    else if (operation[0] === "collect") collect(operation[1]);
    else if (operation[0] === "objects") tellObjects(operation[1]);
    else if (operation[0] === "unfreeze") gc.unfreeze();
    else if (operation[0] === "freeze") {
      hasFrozen = true;
      gc.freeze();
    } else if (operation[0] !== "throw") performHolding(operation, self);
    else if (depth > 0) throw new ProgramError();
  }

  // ── What is seen ──────────────────────────────────────────────────────────────────────────────

  function describe(object: Reference): string {
    const [isTracked, isFinalized] = [gc.isTracked(object), gc.isFinalized(object)];
    const marks = (isTracked ? "t" : "") + (isFinalized ? "f" : "");
    watch.saw?.(knownOf(object).kind, isTracked, isFinalized);
    const slots = contentOf(object).map((value) => (value > 0 ? serialOf(value) : "-"));
    return `${serialOf(object)}:${referenceCount(manager, object)}${marks}[${slots.join(",")}]`;
  }

  function contentOf(object: Reference): readonly number[] {
    const { kind, slotCount } = knownOf(object);
    if (kind === "weak") return [finalization.targetOf(object)];
    const slots = Array.from({ length: slotCount }, (_, slot) => slot);
    return slots.map((slot) => kinds.load(object, knownOf(object), slot) as number);
  }

  function census(): string {
    const values = Array.from({ length: ROOT_COUNT }, (_, root) => mutator.root(rootSlot(root)));
    const found = new Set<number>(values.filter((value) => value > 0));
    for (const object of found) {
      if (knownOf(object).kind === "weak") continue;
      for (const value of contentOf(object as Reference)) if (value > 0) found.add(value);
    }
    const parts = [...found].map((object) => describe(object as Reference));
    return `roots [${values.map(serialOf).join(", ")}] ${parts.join(" ")}`;
  }

  function dropAll(): void {
    for (let root = 0; root < ROOT_COUNT; root++) mutator.setRoot(rootSlot(root), 0 as Value);
    collect(2);
  }

  function run(): Seen {
    const seen: string[][] = [];
    for (const operation of program.steps) {
      log = [];
      perform(operation, undefined);
      log.push(census());
      watch.stepped?.(operation, log);
      seen.push(log);
    }
    log = [];
    dropAll();
    dropAll();
    codesLeft = 0;
    if (hasFrozen) gc.unfreeze();
    dropAll();
    return [...seen, log];
  }

  return { run };
}
