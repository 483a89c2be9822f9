// Plays small cases one after the other on one subject, and holds it to the small heap after each.
// It looks at less than a fresh subject with a shadow heap is shown, and is a hundred times faster;
// what it finds is played again there.
//
//   case ─► mutator ─► live objects counted after the last letter
//        └─► small heap     graph, counts and live objects compared after the full collection
//   then all roots are dropped, everything is collected, and nothing may be left
//
// What is so after the letters before the last, shorter cases show.

import type { Reference, Slot, Value } from "@ouro/interfaces";
import { isReclaiming } from "../manager-subject.js";
import { programTypes } from "../program-types.js";
import { expectPromise } from "../promise.js";
import type { Subject } from "../subject.js";
import type { Collections } from "./letter.js";
import { type Move, NUMBER_FIELD, SMALL_TYPE } from "./move.js";
import { fieldOf, fieldsOf, type Route, rootOf, withoutField } from "./route.js";
import type { PlayableCase } from "./small-case.js";
import { createSmallComparison } from "./small-comparison.js";
import { countOf, reachableOf } from "./small-heap.js";

type Moment = "after the last letter" | "after a full collection";

const NONE = 0 as Value;
const FRAME_SLOT_COUNT = 6;
/** Structures and statistics are audited after every so many cases. */
const AUDIT_EVERY = 500;

export interface SmallRunner {
  /** Plays a case; throws at the first promise that does not hold. O(objects²). */
  play(small: PlayableCase): void;
  /** Audits the structures. O(heap). */
  audit(): void;
  /** Garbage that stays for good: who never collects it is made anew from time to time. */
  readonly leftCount: number;
}

export function collectionsOf({ traits, oldestGeneration }: Subject["collector"]): Collections {
  return {
    hasGenerations: oldestGeneration > 0,
    isExact: traits.exact && traits.cycles === "full collection",
    leavesCycles: traits.cycles === "never",
  };
}

export function createSmallRunner(subject: Subject): SmallRunner {
  const { mutator, collector } = subject;
  const { traits } = collector;
  const { isExact } = collectionsOf(collector);
  const isPrompt = traits.death === "prompt";
  const reclaims = isReclaiming(traits);
  const type = subject.defineType(programTypes[SMALL_TYPE] as (typeof programTypes)[number]);
  const frame = mutator.enter(FRAME_SLOT_COUNT);
  const compare = createSmallComparison(subject, frame);
  let leftCount = 0;
  let playedCount = 0;
  /** Collections as the statistics had it last, and those that were asked for since. */
  let collectionCount = 0;

  function play(small: PlayableCase): void {
    const { heap, moves, startMoves } = small;
    for (let index = 0; index < startMoves.length; index++) playMove(startMoves[index] as Move);
    for (let index = 0; index < moves.length; index++) playMove(moves[index] as Move);
    if (isPrompt) expectLive(small, "after the last letter");
    collect(undefined);
    expectLive(small, "after a full collection");
    compare(heap);
    clear(heap.roots.length);
    playedCount++;
    if (playedCount % AUDIT_EVERY === 0) audit();
  }

  function playMove(move: Move): void {
    switch (move.do) {
      case "allocate": {
        const object = mutator.allocate(type, slotOf(move.root));
        if (move.number !== 0) mutator.setWord(object, NUMBER_FIELD, move.number);
        break;
      }
      case "root":
        mutator.setRoot(slotOf(move.root), find(move.value));
        break;
      case "write":
        mutator.set(find(move.object) as Reference, move.field, find(move.value));
        break;
      case "collect":
        collect(move.generation);
    }
  }

  const slotOf = (root: number): Slot => (frame + root) as Slot;

  function find(route: Route): Value {
    if (route === 0) return 0 as Value;
    let value = mutator.root(slotOf(rootOf(route)));
    for (let left = fieldsOf(route); left !== 0; left = withoutField(left)) {
      value = mutator.get(value as Reference, fieldOf(left));
    }
    return value;
  }

  function collect(generation: number | undefined): void {
    collectionCount++;
    mutator.collect(generation);
  }

  function expectLive({ heap, startMoves }: PlayableCase, moment: Moment): void {
    const statistics = collector.statistics();
    const found = statistics.liveCount - leftCount;
    const reachable = countOf(reachableOf(heap));
    let [least, most] = [reachable, reachable];
    if (!isExact || moment === "after the last letter") {
      most = isPrompt ? countOf(heap.live) : heap.slots.length / 2 + garbageOf(startMoves);
      // A collection that nobody asked for may have taken cycles.
      const isSure = heap.isSure && statistics.collectionCount <= collectionCount;
      if (!reclaims || (isPrompt && isSure)) least = most;
    }
    collectionCount = Math.max(collectionCount, statistics.collectionCount);
    if (found >= least && found <= most) return;
    const expected = least === most ? `${least}` : `${least} to ${most}`;
    expectPromise(false, `${found} live ${moment}, not ${expected}; ${reachable} are reachable`);
  }

  function clear(rootCount: number): void {
    for (let root = 0; root < rootCount; root++) mutator.setRoot(slotOf(root), NONE);
    collect(undefined);
    const { liveCount } = collector.statistics();
    if (isExact && liveCount !== leftCount) {
      expectPromise(false, `${liveCount - leftCount} live though nothing is held`);
    }
    leftCount = liveCount;
  }

  function audit(): void {
    subject.validate();
    let walkedCount = 0;
    collector.walk(() => walkedCount++);
    const { liveCount } = collector.statistics();
    expectPromise(
      walkedCount === liveCount,
      `statistics say ${liveCount} live, the walk finds ${walkedCount}`,
    );
  }

  return {
    play,
    audit,
    get leftCount() {
      return leftCount;
    },
  };
}

function garbageOf(startMoves: readonly Move[]): number {
  return startMoves.filter((move) => move.do === "allocate" && move.number === 0).length;
}
