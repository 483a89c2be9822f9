// The order of finalizers and callbacks, held to the traits as they are called. Only for programs
// whose code does nothing: then what dies in a collection was garbage before.

import type { Traits } from "@ouro/interfaces";
import type { DeathGraph, Node } from "./death-graph.js";
import type { DeathCommand } from "./death-program.js";
import type { Notes } from "./notes.js";

export interface DeathOrder {
  /** A collection begins that is asked for, and this is garbage. */
  begin(garbage: ReadonlySet<Node>): void;
  /** It is over; `collectionCount` is what the statistics say, of automatic ones too. */
  end(): void;
  /** A call that may collect by itself: what dies there dies by count, or was found. */
  during(call: () => void): void;
  /** Any safepoint may collect: who survived is not fresh, and may stand behind who comes later. */
  noteCollections(collectionCount: number): void;
  /** A finalizer or a callback of this node is called in the command. */
  called(node: Node | undefined, what: "finalizer" | "callback"): void;
}

/** Told of a promise that may not hold: program code may not throw. */
export type Expect = (fact: boolean, text: string) => void;

/** What of program code in this command may run. */
const SAFEPOINTS: readonly string[] = ["new", "ring", "watched ring", "weak", "poll", "collect"];

export const isSafepoint = (command: DeathCommand["do"]): boolean => SAFEPOINTS.includes(command);

export function createDeathOrder(
  traits: Traits,
  { nodes, weaks }: DeathGraph,
  expect: Expect,
  notes: Notes,
  commandNow: () => DeathCommand["do"],
): DeathOrder {
  /** What was garbage when the running collection began; undefined outside of one. */
  let collected: ReadonlySet<Node> | undefined;
  /** Whether it may be one of the automatic ones, of which nobody says what they look at. */
  let mayCollect = false;
  /** Who was born since the last collection, asked for or automatic, has a higher number. */
  let lastOld = 0;
  let collectionCount = 0;
  /** The fresh node that was finalized last in the running collection; 0 for none. */
  let lastFresh = 0;

  function checkTime(what: string): void {
    const command = commandNow();
    const isInTime = traits.programCode === "in place" || isSafepoint(command);
    expect(isInTime, `a ${what} runs in "${command}", and its traits say at safepoints`);
  }

  /** Of those that no collection met yet, age is the order of birth. */
  function checkAge({ id }: Node): void {
    if (id <= lastOld) return;
    const isByAge = id > lastFresh;
    if (lastFresh > 0) notes.note(isByAge ? "finalized by age" : "finalized out of age");
    const isRight = isByAge || traits.collectionOrder === "any";
    expect(isRight, `node ${id} is finalized after node ${lastFresh}, which is younger`);
    lastFresh = id;
  }

  /** Which callbacks come first depends on the traits, and in a collection they all do. */
  function areCallbacksFirst(): boolean {
    return traits.finalizationOrder === "weak references first" || collected !== undefined;
  }

  function checkFinalizer(node: Node): void {
    if (collected !== undefined) checkAge(node);
    if (!areCallbacksFirst()) return;
    const late = weaks.find(
      (weak) =>
        weak !== undefined &&
        weak.act !== "no callback" &&
        weak.callCount === 0 &&
        (collected?.has(weak.target) ?? weak.target === node) &&
        weak.target.finalizedCount === 0,
    );
    const text = `the finalizer of node ${node.id} runs before the callback for node`;
    expect(late === undefined, `${text} ${late?.target.id}`);
  }

  function checkCallback(node: Node): void {
    if (areCallbacksFirst() || mayCollect) return;
    const isDone = !node.hasFinalizer || node.finalizedCount > 0;
    expect(isDone, `the callback for node ${node.id} runs before its finalizer`);
  }

  return {
    begin(garbage) {
      collected = garbage;
      lastFresh = 0;
    },
    end() {
      collected = undefined;
    },
    during(call) {
      mayCollect = true;
      call();
      mayCollect = false;
    },
    noteCollections(count) {
      if (count !== collectionCount) lastOld = nodes.length;
      collectionCount = count;
    },
    called(node, what) {
      checkTime(what);
      if (node === undefined) return;
      if (what === "finalizer") checkFinalizer(node);
      else checkCallback(node);
    },
  };
}
