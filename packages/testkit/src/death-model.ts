// The play of a program about death: each command is done on the subject and in the model, and both
// are compared. Finalizers and callbacks of the subject call back here.
//
//   command ─► subject ─► finalizers, callbacks ─► model: what may be called, and when
//           └► model   ─────────────────────────► compared (death-audit.ts, death-order.ts)

import type { Reference, Slot } from "@ouro/interfaces";
import { isOuroError } from "@ouro/interfaces";
import { compareRoots, compareWeaks } from "./death-audit.js";
import { bear, type Node, reachableIn, type Weak } from "./death-graph.js";
import { createDeathOrder, isSafepoint } from "./death-order.js";
import {
  type Act,
  type DeathCommand,
  ROOT_COUNT,
  WEAK_COUNT,
  watchersOf,
} from "./death-program.js";
import { createDeathStage, type DeathStage } from "./death-stage.js";
import { ID_FIELD, LARGE_LENGTH } from "./death-types.js";
import { type ManagerMaker, makeUnobserved } from "./manager-subject.js";
import type { Notes } from "./notes.js";
import { expectPromise } from "./promise.js";

/** What a property looks at. */
export type DeathCheck = "finalizers" | "weak" | "order" | "whole";

const PROGRAM_ERROR = "thrown by program code";

/** Told before each command, and before each time that all is dropped behind the program. */
export type DeathWatch = (moment: "command" | "drop", stage: DeathStage) => void;

/** Plays a program about death; throws at the first promise that does not hold. */
export function playDeaths(
  maker: ManagerMaker,
  commands: readonly DeathCommand[],
  checks: ReadonlySet<DeathCheck>,
  notes: Notes,
  watch: DeathWatch = () => {},
): void {
  const stage = createDeathStage(makeUnobserved(maker));
  const play = createDeathPlay(stage, checks, notes);
  for (const command of commands) {
    watch("command", stage);
    play.play(command);
  }
  play.end(() => watch("drop", stage));
}

function createDeathPlay(stage: DeathStage, checks: ReadonlySet<DeathCheck>, notes: Notes) {
  const { subject, finalization, graph, rootSlot, weakSlot, museumSlot, scratchSlot } = stage;
  const { nodes, roots, weaks } = graph;
  const { mutator, collector } = subject;
  const { traits } = collector;
  let throwCount = 0;
  let hasResurrected = false;
  let command: DeathCommand["do"] = "poll";
  let isCollecting = false;
  let problem: Error | undefined;
  const order = createDeathOrder(traits, graph, expect, notes, () => command);

  finalization.setFinalizer(stage.finalizedType, onFinalize);

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
    const node = nodes[id - 1];
    notes.note(isSafepoint(command) ? "program code at a safepoint" : "program code in place");
    if (checks.has("finalizers")) {
      expect(node !== undefined, `a finalizer is called on object ${id}, which was never made`);
      if (node !== undefined) {
        expect(node.finalizedCount === 0, `the finalizer of node ${id} runs a second time`);
        // Of a set that is garbage all finalizers run, also once one of them resurrected the set.
        node.wasFinalizedHeld ||= !hasResurrected && reachableIn(graph).has(node);
        expect(!node.wasFinalizedHeld, `the finalizer of node ${id} runs, and it is reachable`);
      }
    }
    if (checks.has("order")) order.called(node, "finalizer");
    if (checks.has("whole")) guarded(subject.validate);
    if (node === undefined) return;
    node.finalizedCount++;
    node.wasUnreachable = true;
    act(node.act, slot, node);
  }

  function onCallback(weak: Weak): void {
    weak.callCount++;
    notes.note(isSafepoint(command) ? "program code at a safepoint" : "program code in place");
    if (checks.has("weak")) {
      expect(weak.callCount === 1, "the callback of a weak reference runs a second time");
      const isHeld = reachableIn(graph).has(weak.target);
      expect(!isHeld, `the callback runs, and node ${weak.target.id} is held`);
    }
    if (checks.has("order")) order.called(weak.target, "callback");
    if (checks.has("whole")) guarded(subject.validate);
    weak.target.wasUnreachable = true;
    if (weak.act !== "no callback") act(weak.act, undefined, undefined);
  }

  function act(what: Act, slot: Slot | undefined, node: Node | undefined): void {
    switch (what) {
      case "throw":
        throwCount++;
        throw new Error(PROGRAM_ERROR);
      case "allocate":
        mutator.allocate(stage.plainType, scratchSlot);
        mutator.setRoot(scratchSlot, 0);
        break;
      case "resurrect":
        if (slot === undefined || !traits.resurrection) break;
        notes.note("resurrected");
        hasResurrected = true;
        graph.museum = node;
        mutator.setRoot(museumSlot, mutator.root(slot));
        break;
      case "collect": {
        const isInside = isCollecting;
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
      mutator.allocateArray(stage.largeType, LARGE_LENGTH, scratchSlot);
      mutator.setRoot(scratchSlot, 0);
    } catch (error) {
      expect(isOuroError(error, "out-of-memory"), `no memory in program code ends as ${error}`);
    } finally {
      heap.setLimitBytes(limitBytes);
    }
  }

  function birth(slot: number, hasFinalizer: boolean, what: Act): void {
    // A birth may collect first: the node is there once the call is over.
    const type = hasFinalizer ? stage.finalizedType : stage.plainType;
    roots[slot] = undefined;
    mutator.setRoot(rootSlot(slot), 0);
    order.during(() => mutator.allocate(type, rootSlot(slot)));
    noteCollections();
    const node = bear(graph, hasFinalizer, what);
    roots[slot] = node;
    mutator.setWord(mutator.root(rootSlot(slot)) as Reference, ID_FIELD, node.id);
  }

  const noteCollections = (): void => order.noteCollections(collector.statistics().collectionCount);

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
    order.during(() => {
      stage.weakReferences.create(weakSlot(index), rootSlot(slot), callback);
    });
    weaks[index] = weak;
  }

  function dropWeak(index: number): void {
    weaks[index] = undefined;
    mutator.setRoot(weakSlot(index), 0);
  }

  function collect(): void {
    const alive = reachableIn(graph);
    const garbage = new Set(nodes.filter((node) => !alive.has(node)));
    order.begin(garbage);
    isCollecting = true;
    mutator.collect();
    isCollecting = false;
    order.end();
    noteCollections();
    if (traits.cycles !== "full collection") return;
    for (const node of garbage) {
      const isDue = node.hasFinalizer && checks.has("finalizers");
      expect(!isDue || node.finalizedCount > 0, `node ${node.id} is garbage and was not finalized`);
    }
    for (const [index, weak] of weaks.entries()) {
      if (weak === undefined || !checks.has("weak") || !garbage.has(weak.target)) continue;
      const isEmpty = stage.targetOf(index) === 0 || reachableIn(graph).has(weak.target);
      expect(isEmpty, `a weak reference still gives node ${weak.target.id}, which is gone`);
    }
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
        order.during(() => mutator.poll());
        break;
      case "collect":
        collect();
    }
  }

  function look(): void {
    if (problem !== undefined) throw problem;
    const alive = reachableIn(graph);
    for (const node of nodes) if (!alive.has(node)) node.wasUnreachable = true;
    subject.validate();
    compareRoots(stage);
    if (checks.has("weak")) compareWeaks(stage, command);
    const { programErrorCount } = finalization;
    expectPromise(
      !checks.has("whole") || programErrorCount === throwCount,
      `program code threw ${throwCount} times, and ${programErrorCount} errors are kept`,
    );
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
    end(onDrop: () => void): void {
      command = "collect";
      const isHeld = (): boolean => mutator.root(museumSlot) !== 0;
      for (let round = 0; round < 3 || (isHeld() && round < 3 + nodes.length); round++) {
        onDrop();
        for (let index = 0; index < ROOT_COUNT; index++) drop(index);
        for (let index = 0; index < WEAK_COUNT; index++) dropWeak(index);
        graph.museum = undefined;
        mutator.setRoot(museumSlot, 0);
        collect();
        look();
      }
      if (!checks.has("whole")) return;
      const { liveCount } = collector.statistics();
      expectPromise(liveCount === 0, `${liveCount} live though nothing is held`);
    },
  };
}
