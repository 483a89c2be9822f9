// The machine of mutator programs twice, on the shadow heap and on a subject. The shadow is always
// changed first: finalizers and callbacks run inside the subject's operations, and what they may do
// depends on what the shadow says by then.

import type { ProgramAction, ProgramOperation } from "./mutator-program.js";
import type { ProgramDifference } from "./program-runner.js";
import { createProgramShadow } from "./program-shadow.js";
import { type ReachSubject, SCRATCH_ROOT } from "./program-subject.js";

/** Tells of a difference. */
export type Differ = (
  what: ProgramDifference["what"],
  expected: string | number,
  got: string | number,
) => void;

type Made<Op extends ProgramOperation["op"]> = Extract<ProgramOperation, { op: Op }>;

type ProgramCode = NonNullable<ReachSubject["programCode"]>;

const RESCUES: ReadonlySet<string> = new Set([
  "resurrect_root",
  "resurrect_slot",
  "slot_to_root",
] satisfies ProgramAction["do"][]);

export interface ReachMachine {
  /** Whether a root reached the object after the last step. */
  isReached(id: number): boolean;
  /** Answers what a `load` gave. */
  perform(operation: ProgramOperation): number | undefined;
  /** Until a collection runs no program code, which may leave garbage of its own. */
  collect(): void;
  compare(): void;
}

export function createReachMachine(subject: ReachSubject, differ: Differ): ReachMachine {
  const shadow = createProgramShadow();
  const { programCode } = subject;
  let reached: ReadonlySet<number> = new Set();
  let hasRunCode = false;
  /** In this step program code made reachable what may not have been. */
  let hasRescued = false;
  programCode?.begin({ died() {}, finalize, call });

  function store(object: number, slot: number, value: number | null): void {
    shadow.get(object).slots[slot] = value;
    subject.store(object, slot, value);
  }

  function setRoot(root: number, value: number | null): void {
    shadow.setRoot(root, value);
    subject.setRoot(root, value);
  }

  function isAlive(id: number): boolean {
    return shadow.has(id) && (programCode as ProgramCode).refcount(id) > 0;
  }

  /** How long a weak reference keeps a callback that was called is the strategy's own business. */
  function learnCallback(id: number): void {
    const { slots, weak } = shadow.get(id);
    if (weak?.isCalled && isAlive(id) && subject.slot(id, 0) < 0) slots[0] = null;
  }

  function isReachable(id: number): boolean {
    for (const other of shadow.reach()) learnCallback(other);
    return shadow.reach().has(id);
  }

  function finalize(id: number): void {
    hasRunCode = true;
    const { finalizer } = shadow.get(id);
    if (finalizer === null) differ("events", `object ${id} is finalized once`, "again");
    if (!hasRescued && isReachable(id))
      differ("events", `object ${id} is reachable`, "its finalizer runs");
    shadow.get(id).finalizer = null;
    act(id, finalizer ?? undefined);
  }

  function call(id: number, callback: "log" | number): void {
    hasRunCode = true;
    const { weak } = shadow.get(id);
    if (weak === undefined || weak.isCalled || weak.callback !== callback) {
      differ("events", `weak reference ${id} calls ${weak?.callback} once`, callback);
      return;
    }
    if (!hasRescued && weak.target !== null && isReachable(weak.target)) {
      differ("events", `object ${weak.target} is reachable`, `weak reference ${id} calls`);
    }
    weak.isCalled = true;
    weak.target = null;
    if (callback !== "log") act(callback, shadow.get(callback).action);
  }

  function act(self: number, action: ProgramAction | undefined): void {
    hasRescued ||= action !== undefined && RESCUES.has(action.do);
    switch (action?.do) {
      case "resurrect_root":
        setRoot(action.root, self);
        break;
      case "resurrect_slot":
        if (isAlive(action.object)) store(action.object, action.slot, self);
        break;
      case "clear_slot":
        store(self, action.slot, null);
        break;
      case "slot_to_root": {
        const content = shadow.get(self).slots[action.slot] ?? null;
        if (content !== null) setRoot(action.root, content);
        break;
      }
      default:
    }
  }

  function makeNew({ id, kind, slotCount, root, finalizer, action }: Made<"new">): void {
    const runs = finalizer !== undefined && programCode !== undefined;
    shadow.add(id, emptySlots(slotCount), { finalizer: runs ? finalizer : null, action });
    shadow.setRoot(root, id);
    subject.make(id, kind, slotCount, root, runs);
  }

  function load({ root, object, slot }: Made<"load">): number {
    const expected = shadow.get(object).slots[slot] ?? -1;
    const content = subject.slot(object, slot);
    if (content !== expected) differ("result", expected, content);
    setRoot(root, expected < 0 ? null : expected);
    return content;
  }

  function makeWeak({ id, object, root, callback }: Made<"wref">): void {
    const shared = callback === null ? shadow.sharedWeak(object) : undefined;
    if (shared === undefined) {
      const held = typeof callback === "number" ? callback : null;
      shadow.add(id, [held], { weak: { target: object, callback, isCalled: false } });
    }
    const expected = shared ?? id;
    shadow.setRoot(root, expected);
    if (programCode !== undefined) {
      const got = programCode.makeWeak(id, object, root, callback);
      if (got !== expected) differ("result", expected, got);
    } else if (shared !== undefined) subject.setRoot(root, shared);
    else {
      // The callback may have no other root than the one that is written last.
      subject.make(id, "node", 1, SCRATCH_ROOT, false);
      subject.store(id, 0, shadow.get(id).slots[0] ?? null);
      subject.setRoot(root, id);
      subject.setRoot(SCRATCH_ROOT, null);
    }
  }

  function deref({ weak, root }: Made<"deref">): void {
    const expected = shadow.get(weak).weak?.target ?? null;
    shadow.setRoot(root, expected);
    if (programCode === undefined) {
      subject.setRoot(root, expected);
      return;
    }
    const got = programCode.deref(weak, root);
    if (got !== (expected ?? -1)) differ("result", expected ?? -1, got);
  }

  function burst({ id: first, count, kind, slotCount, root, mode }: Made<"burst">): void {
    for (let id = first; id < first + count; id++) {
      makeNew({ op: "new", id, kind, slotCount, root: SCRATCH_ROOT });
      if (mode === "self_cycle") store(id, 0, id);
      if (mode === "chain") store(id, 0, shadow.roots[root] ?? null);
      if (mode === "chain" || mode === "replace") setRoot(root, id);
      setRoot(SCRATCH_ROOT, null);
    }
  }

  function makeTuple({ id, items, root }: Made<"tuple">): void {
    shadow.add(id, items);
    shadow.setRoot(root, id);
    subject.makeTuple(id, items, root);
  }

  function perform(operation: ProgramOperation): number | undefined {
    hasRescued = false;
    if (operation.op === "new") makeNew(operation);
    else if (operation.op === "tuple") makeTuple(operation);
    else if (operation.op === "set") store(operation.object, operation.slot, operation.value);
    else if (operation.op === "root") setRoot(operation.root, operation.value);
    else if (operation.op === "load") return load(operation);
    else if (operation.op === "burst") burst(operation);
    else if (operation.op === "wref") makeWeak(operation);
    else if (operation.op === "deref") deref(operation);
    // What only a collector of CPython's kind knows changes nothing that roots reach.
    return undefined;
  }

  function collect(): void {
    do {
      hasRunCode = false;
      subject.collectAll();
    } while (hasRunCode);
  }

  /** What is gone must be forgotten, what is reachable referred to: but what finalizers rescued. */
  function compareWeak(id: number): void {
    const { weak } = shadow.get(id);
    if (weak === undefined) return;
    const isThere = weak.target !== null && reached.has(weak.target);
    const expected = isThere ? (weak.target as number) : -1;
    const got = programCode?.weakTarget(id) ?? expected;
    const isEmptied = got < 0 && weak.target !== null;
    if (got !== expected && !(isEmptied && hasRescued)) {
      differ("weak", `${id} refers to ${expected}`, got);
    }
    const isSilent = isEmptied && weak.callback !== null && !weak.isCalled;
    if (isSilent && !hasRescued && programCode !== undefined) {
      differ("events", `weak reference ${id} calls`, "nothing");
    }
    if (got < 0) weak.target = null;
  }

  /** Asks the subject for each root and slot on the way of what should be there. */
  function compare(): void {
    for (const id of shadow.reach()) learnCallback(id);
    reached = shadow.reach();
    for (const [root, expected] of shadow.roots.entries()) {
      const got = subject.root(root);
      if (got === (expected ?? -1)) continue;
      differ("all", `root ${root}: ${expected}`, got);
      return; // What lies behind cannot be asked for.
    }
    for (const id of reached) {
      for (const [slot, expected] of shadow.get(id).slots.entries()) {
        const got = subject.slot(id, slot);
        if (got === (expected ?? -1)) continue;
        differ("all", `object ${id}, slot ${slot}: ${expected}`, got);
        return;
      }
      compareWeak(id);
    }
    const liveCount = subject.liveCount?.() ?? reached.size;
    if (liveCount !== reached.size) differ("all", `${reached.size} live`, `${liveCount} live`);
    for (const id of shadow.forget(reached)) {
      differ("events", `object ${id} is finalized`, "it is not");
    }
  }

  return { isReached: (id) => reached.has(id), perform, collect, compare };
}

function emptySlots(count: number): null[] {
  return new Array<null>(count).fill(null);
}
