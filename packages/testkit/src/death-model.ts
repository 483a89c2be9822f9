// The model of death: nodes as plain objects, reachability by walking, and for each whether it was
// finalized. Beside it the program plays on the subject; finalizers and callbacks call back here.

import type { Finalization, Reference, Slot, TypeId } from "@ouro/interfaces";
import { isOuroError, OBJECT_HEADER_SIZE_WORDS, slotAt } from "@ouro/interfaces";
import {
  type Act,
  type DeathCommand,
  ROOT_COUNT,
  WEAK_COUNT,
  watchersOf,
} from "./death-program.js";
import { LARGE, LARGE_LENGTH, nodeType } from "./death-types.js";
import { type ManagerMaker, makeUnobserved } from "./manager-subject.js";
import type { Notes } from "./notes.js";
import { expectPromise } from "./promise.js";
import type { Subject, SubjectWeakReferences } from "./subject.js";

/** What a property looks at. */
export type DeathCheck = "finalizers" | "weak" | "order" | "whole";

interface Node {
  readonly id: number;
  readonly hasFinalizer: boolean;
  readonly act: Act;
  readonly fields: [Node | undefined, Node | undefined];
  isFinalized: boolean;
  /** Nothing reached it, once: its weak references may be empty for good. */
  wasUnreachable: boolean;
}

interface Weak {
  readonly target: Node;
  readonly act: Act | "no callback";
  callCount: number;
}

const ID_FIELD = 2;
const PROGRAM_ERROR = "thrown by program code";

const SAFEPOINTS: readonly string[] = ["new", "ring", "watched ring", "weak", "poll", "collect"];

/** How far a program about death was played. */
export interface DeathProgress {
  /** Commands begun, the one that broke among them. */
  commandCount: number;
  /** Times that everything was dropped and collected behind the program. */
  dropCount: number;
}

/**
 * Plays a program about death; throws at the first promise that does not hold. `progress` is
 * counted up on the way.
 */
export function playDeaths(
  maker: ManagerMaker,
  commands: readonly DeathCommand[],
  checks: ReadonlySet<DeathCheck>,
  notes: Notes,
  progress: DeathProgress = { commandCount: 0, dropCount: 0 },
): void {
  const play = createDeathPlay(makeUnobserved(maker), checks, notes);
  for (const command of commands) {
    progress.commandCount++;
    play.play(command);
  }
  play.end(progress);
}

function createDeathPlay(subject: Subject, checks: ReadonlySet<DeathCheck>, notes: Notes) {
  const { mutator, collector } = subject;
  const finalization = collector.finalization as Finalization;
  const weakReferences = subject.weakReferences as SubjectWeakReferences;
  const { traits } = collector;
  const plainType = subject.defineType(nodeType("plain node", false));
  const finalizedType = subject.defineType(nodeType("node", true));
  const largeType = subject.defineType(LARGE);
  const frame = mutator.enter(ROOT_COUNT + WEAK_COUNT + 2);
  const rootSlot = (index: number): Slot => slotAt(frame, index);
  const weakSlot = (index: number): Slot => slotAt(frame, ROOT_COUNT + index);
  const museumSlot = slotAt(frame, ROOT_COUNT + WEAK_COUNT);
  const scratchSlot = slotAt(frame, ROOT_COUNT + WEAK_COUNT + 1);
  const roots = new Array<Node | undefined>(ROOT_COUNT).fill(undefined);
  const weaks = new Array<Weak | undefined>(WEAK_COUNT).fill(undefined);
  const nodes: Node[] = [];
  let museum: Node | undefined;
  let throwCount = 0;
  let hasResurrected = false;
  let command = "";
  /** What was garbage when the running collection began; undefined outside of one. */
  let collected: ReadonlySet<Node> | undefined;
  let problem: Error | undefined;
  /** Who was born since the last collection, asked for or automatic: younger than all others. */
  let firstFresh = 0;
  let collectionCount = 0;
  /** The fresh node that was finalized last in the running collection; −1 for none. */
  let lastFresh = -1;

  finalization.setFinalizer(finalizedType, onFinalize);

  function reachable(): Set<Node> {
    const found = new Set<Node>();
    const pending = [...roots, museum];
    while (pending.length > 0) {
      const node = pending.pop();
      if (node === undefined || found.has(node)) continue;
      found.add(node);
      pending.push(...node.fields);
    }
    return found;
  }

  /** What program code throws is kept from the caller: problems are told once the call is over. */
  function expect(fact: boolean, text: string): void {
    try {
      expectPromise(fact, text);
    } catch (error) {
      problem ??= error as Error;
    }
  }

  function guarded(look: () => void): void {
    try {
      look();
    } catch (error) {
      problem ??= error as Error;
    }
  }

  function onFinalize(slot: Slot): void {
    const id = mutator.word(mutator.root(slot) as Reference, ID_FIELD);
    const node = nodes[id];
    notes.note(isSafepoint() ? "program code at a safepoint" : "program code in place");
    if (checks.has("finalizers")) {
      expect(node !== undefined, `a finalizer is called on object ${id}, which was never made`);
      if (node !== undefined) {
        expect(!node.isFinalized, `the finalizer of node ${id} runs a second time`);
        // Of a set that is garbage all finalizers run, also once one of them resurrected the set.
        const isHeld = !hasResurrected && reachable().has(node);
        expect(!isHeld, `the finalizer of node ${id} runs, and it is reachable`);
      }
    }
    if (checks.has("order")) checkOrder(node, "finalizer");
    if (checks.has("whole")) guarded(subject.validate);
    if (node === undefined) return;
    node.isFinalized = true;
    node.wasUnreachable = true;
    act(node.act, slot, node);
  }

  function onCallback(weak: Weak): void {
    weak.callCount++;
    notes.note(isSafepoint() ? "program code at a safepoint" : "program code in place");
    if (checks.has("weak")) {
      expect(weak.callCount === 1, "the callback of a weak reference runs a second time");
      expect(
        !reachable().has(weak.target),
        `the callback runs, and node ${weak.target.id} is held`,
      );
    }
    if (checks.has("order")) checkOrder(weak.target, "callback");
    if (checks.has("whole")) guarded(subject.validate);
    weak.target.wasUnreachable = true;
    if (weak.act !== "no callback") act(weak.act, undefined, undefined);
  }

  const isSafepoint = (): boolean => SAFEPOINTS.includes(command);

  /**
   * Only for programs whose code does nothing: then what dies in a collection was garbage before.
   */
  function checkOrder(node: Node | undefined, what: "finalizer" | "callback"): void {
    const isInTime = traits.programCode === "in place" || isSafepoint();
    expect(isInTime, `a ${what} runs in "${command}", and its traits say at safepoints`);
    const isFirst = traits.finalizationOrder === "weak references first" || collected !== undefined;
    if (node === undefined) return;
    if (what === "finalizer" && collected !== undefined) checkAge(node);
    if (what === "callback" && !isFirst) {
      const isDone = !node.hasFinalizer || node.isFinalized;
      expect(isDone, `the callback for node ${node.id} runs before its finalizer`);
    }
    if (what === "finalizer" && isFirst) {
      const late = weaks.find(
        (weak) =>
          weak !== undefined &&
          weak.act !== "no callback" &&
          weak.callCount === 0 &&
          (collected?.has(weak.target) ?? weak.target === node) &&
          !weak.target.isFinalized,
      );
      const text = `the finalizer of node ${node.id} runs before the callback for node`;
      expect(late === undefined, `${text} ${late?.target.id}`);
    }
  }

  /** Of those that no collection met yet, age is the order of birth. */
  function checkAge({ id }: Node): void {
    if (id < firstFresh) return;
    const isByAge = id > lastFresh;
    if (lastFresh >= 0) notes.note(isByAge ? "finalized by age" : "finalized out of age");
    const isRight = isByAge || traits.collectionOrder === "any";
    expect(isRight, `node ${id} is finalized after node ${lastFresh}, which is younger`);
    lastFresh = id;
  }

  function act(what: Act, slot: Slot | undefined, node: Node | undefined): void {
    switch (what) {
      case "throw":
        throwCount++;
        throw new Error(PROGRAM_ERROR);
      case "allocate":
        mutator.allocate(plainType, scratchSlot);
        mutator.setRoot(scratchSlot, 0);
        break;
      case "resurrect":
        if (slot === undefined || !traits.resurrection) break;
        notes.note("resurrected");
        hasResurrected = true;
        museum = node;
        mutator.setRoot(museumSlot, mutator.root(slot));
        break;
      case "collect": {
        const isInside = collected !== undefined;
        const { examinedCount } = mutator.collect();
        if (isInside && checks.has("whole")) {
          expect(examinedCount === 0, "a collection that is asked for inside of one examines");
        }
        break;
      }
      case "drop a root":
        roots[0] = undefined;
        mutator.setRoot(rootSlot(0), 0);
        break;
      case "run out of memory":
        runOutOfMemory();
        break;
      case "store": {
        const [holder] = roots.slice(1, 2);
        if (holder === undefined) break;
        holder.fields[1] = undefined;
        mutator.set(mutator.root(rootSlot(1)) as Reference, 1, 0);
      }
    }
  }

  /** Served from what is lent, or refused with the typed error; the limit rises again. */
  function runOutOfMemory(): void {
    const { heap } = subject;
    const { limitBytes } = heap;
    heap.setLimitBytes(heap.statistics().lentBytes);
    try {
      mutator.allocateArray(largeType, LARGE_LENGTH, scratchSlot);
      mutator.setRoot(scratchSlot, 0);
    } catch (error) {
      expect(isOuroError(error, "out-of-memory"), `no memory in program code ends as ${error}`);
    } finally {
      heap.setLimitBytes(limitBytes);
    }
  }

  /** Any safepoint may collect: who survived is not fresh, and may stand behind who comes later. */
  function noteCollections(): void {
    const { collectionCount: count } = collector.statistics();
    if (count !== collectionCount) firstFresh = nodes.length;
    collectionCount = count;
  }

  function birth(slot: number, hasFinalizer: boolean, what: Act): Node {
    const fields: Node["fields"] = [undefined, undefined];
    const node: Node = {
      id: nodes.length,
      hasFinalizer,
      act: what,
      fields,
      isFinalized: false,
      wasUnreachable: false,
    };
    // A birth may collect first: the node is there once the call is over.
    const type: TypeId = hasFinalizer ? finalizedType : plainType;
    roots[slot] = undefined;
    mutator.setRoot(rootSlot(slot), 0);
    mutator.allocate(type, rootSlot(slot));
    noteCollections();
    nodes.push(node);
    roots[slot] = node;
    mutator.setWord(mutator.root(rootSlot(slot)) as Reference, ID_FIELD, node.id);
    return node;
  }

  function link(from: number, field: number, to: Node | undefined, slot: number): void {
    const holder = roots[from];
    if (holder === undefined) return;
    holder.fields[field as 0 | 1] = to;
    const value = to === undefined ? 0 : mutator.root(rootSlot(slot));
    mutator.set(mutator.root(rootSlot(from)) as Reference, field, value);
  }

  /** A chain whose end holds its start: dropped, only a collection finds it. */
  function ring(slot: number, count: number, what: Act): void {
    const next = (slot + 1) % ROOT_COUNT;
    const first = (slot + 2) % ROOT_COUNT;
    birth(slot, true, what);
    roots[first] = roots[slot];
    mutator.setRoot(rootSlot(first), mutator.root(rootSlot(slot)));
    for (let made = 1; made < count; made++) {
      birth(next, true, what);
      link(next, 0, roots[slot], slot);
      roots[slot] = roots[next];
      mutator.setRoot(rootSlot(slot), mutator.root(rootSlot(next)));
    }
    link(first, 0, roots[slot], slot);
    drop(next);
    drop(first);
  }

  /** Garbage to which two weak references still lead. */
  function watchedRing(slot: number, count: number, what: Act): void {
    ring(slot, count, what);
    for (const { weak, act } of watchersOf(slot, count, what)) makeWeak(weak, slot, act);
    drop(slot);
  }

  function drop(slot: number): void {
    roots[slot] = undefined;
    mutator.setRoot(rootSlot(slot), 0);
  }

  function makeWeak(index: number, slot: number, what: Act | "no callback"): void {
    const target = roots[slot];
    if (target === undefined) return;
    dropWeak(index);
    const weak: Weak = { target, act: what, callCount: 0 };
    const callback = what === "no callback" ? undefined : () => onCallback(weak);
    weakReferences.create(weakSlot(index), rootSlot(slot), callback);
    weaks[index] = weak;
  }

  function dropWeak(index: number): void {
    weaks[index] = undefined;
    mutator.setRoot(weakSlot(index), 0);
  }

  function collect(): void {
    const alive = reachable();
    const garbage = new Set(nodes.filter((node) => !alive.has(node)));
    collected = garbage;
    lastFresh = -1;
    mutator.collect();
    collected = undefined;
    noteCollections();
    if (traits.cycles !== "full collection") return;
    for (const node of garbage) {
      const isDue = node.hasFinalizer && checks.has("finalizers");
      expect(!isDue || node.isFinalized, `node ${node.id} is garbage and was not finalized`);
    }
    for (const [index, weak] of weaks.entries()) {
      if (weak === undefined || !checks.has("weak") || !garbage.has(weak.target)) continue;
      const isEmpty = targetOf(index) === 0 || reachable().has(weak.target);
      expect(isEmpty, `a weak reference still gives node ${weak.target.id}, which is gone`);
    }
  }

  function targetOf(index: number): Reference | 0 {
    const weak = mutator.root(weakSlot(index)) as Reference;
    return finalization.targetOf(subject.plain?.(weak) ?? weak);
  }

  function playOne(next: DeathCommand): void {
    switch (next.do) {
      case "new":
        birth(next.slot, next.isFinalized, next.act);
        break;
      case "link":
        link(next.from, next.field, roots[next.to], next.to);
        break;
      case "cut":
        link(next.from, next.field, undefined, 0);
        break;
      case "drop":
        drop(next.slot);
        break;
      case "weak":
        makeWeak(next.weak, next.slot, next.act);
        break;
      case "drop weak":
        dropWeak(next.weak);
        break;
      case "ring":
        ring(next.slot, next.count, next.act);
        break;
      case "watched ring":
        watchedRing(next.slot, next.count, next.act);
        break;
      case "poll":
        mutator.poll();
        break;
      case "collect":
        collect();
    }
  }

  function look(): void {
    if (problem !== undefined) throw problem;
    const alive = reachable();
    for (const node of nodes) if (!alive.has(node)) node.wasUnreachable = true;
    subject.validate();
    compareRoots();
    if (checks.has("weak")) compareWeaks(alive);
    const { programErrorCount } = finalization;
    expectPromise(
      !checks.has("whole") || programErrorCount === throwCount,
      `program code threw ${throwCount} times, and ${programErrorCount} errors are kept`,
    );
  }

  /** What is reachable is what the model says, by the numbers that the nodes carry. */
  function compareRoots(): void {
    const seen = new Map<Node, number>();
    const pending: [Node | undefined, number, string][] = roots.map((node, index) => [
      node,
      mutator.root(rootSlot(index)),
      `root ${index}`,
    ]);
    pending.push([museum, mutator.root(museumSlot), "the museum"]);
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const [node, value, where] = at;
      if (node === undefined) expectPromise(value === 0, `${where} holds ${value}, not none`);
      if (node === undefined || seen.has(node)) continue;
      expectPromise(value > 0, `${where} holds ${value}, not node ${node.id}`);
      seen.set(node, value);
      const id = mutator.word(value as Reference, ID_FIELD);
      expectPromise(id === node.id, `${where} holds node ${id}, not node ${node.id}`);
      for (const field of [0, 1] as const) {
        const held = mutator.get(value as Reference, field);
        pending.push([node.fields[field], held, `field ${field} of node ${id}`]);
      }
    }
  }

  function compareWeaks(alive: ReadonlySet<Node>): void {
    for (const [index, weak] of weaks.entries()) {
      if (weak !== undefined) expectCalled(weak, index);
      if (weak === undefined || !alive.has(weak.target) || weak.target.wasUnreachable) continue;
      const target = targetOf(index);
      const { id } = weak.target;
      expectPromise(target !== 0, `a weak reference to node ${id} is empty, and the node is held`);
      const found = subject.heap.words[target + OBJECT_HEADER_SIZE_WORDS + ID_FIELD];
      expectPromise(found === id, `a weak reference to node ${id} gives node ${found}`);
    }
  }

  /** Who emptied it has called back by the end of a call that is a safepoint and no more. */
  function expectCalled({ act: what, callCount, target }: Weak, index: number): void {
    const isDue = command === "poll" || command === "collect";
    if (what === "no callback" || callCount > 0 || !isDue) return;
    const text = `the weak reference to node ${target.id} is empty, and its callback did not run`;
    expectPromise(targetOf(index) !== 0, text);
  }

  return {
    play(next: DeathCommand): void {
      command = next.do;
      hasResurrected = false;
      playOne(next);
      noteCollections();
      look();
    },
    /** All is dropped; what finalizers do meanwhile is dropped as well: each runs once a node. */
    end(progress: DeathProgress): void {
      command = "collect";
      const isHeld = (): boolean => mutator.root(museumSlot) !== 0;
      for (let round = 0; round < 3 || (isHeld() && round < 3 + nodes.length); round++) {
        progress.dropCount++;
        for (let index = 0; index < ROOT_COUNT; index++) drop(index);
        for (let index = 0; index < WEAK_COUNT; index++) dropWeak(index);
        museum = undefined;
        mutator.setRoot(museumSlot, 0);
        collect();
      }
      look();
      if (!checks.has("whole")) return;
      const { liveCount } = collector.statistics();
      expectPromise(liveCount === 0, `${liveCount} live though nothing is held`);
    },
  };
}
