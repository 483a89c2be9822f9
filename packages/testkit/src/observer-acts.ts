// Whoever hears of what a manager does may call back into it: an observer of it, and a collection
// callback. What that does it does with objects of its own, on two handles, so that the program
// ends as if nobody had listened.
//
//   event or callback ─► the next act ─► outcome as expected? ─► noted, told after the step
//                        collect            inside of a collection: examines nothing
//                        allocate           served
//                        allocate with no memory left: served, or OutOfMemoryError
//                        store, drop        done; what dies in it dies inside of what runs
//                        resurrect          the number of a dying object is refused, if checked
//   last ─► handles dropped ─► every oracle

import {
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_FINALIZER_RUN,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  EVENT_OBJECT_UNREACHABLE,
  type EventCode,
  type Handle,
  isOuroError,
  type Reference,
} from "@ouro/interfaces";
import { createScene, playStep, type Scene } from "./check-program.js";
import { type ManagerMaker, makeUnobserved } from "./manager-subject.js";
import { checkWhole } from "./nemesis-properties.js";
import { type Program, stepsOfProgram } from "./program.js";
import type { ProgramPropertyRow } from "./program-property.js";
import { PAIR, programTypes } from "./program-types.js";
import { expectPromise } from "./promise.js";
import type { SubjectMaker } from "./subject.js";

export const ACTING_OBSERVER = "is whole when an observer allocates, stores, drops and collects";
export const COLLECTION_CALLBACKS = "is whole whatever collection callbacks do";

/** Many runs of each program: programs are short. */
const SHORT = { commandLimitCount: 12, shapeLimitCount: 4, rawLimitWords: 3000 };

export const observerActRows: readonly ProgramPropertyRow[] = [
  {
    name: ACTING_OBSERVER,
    source: "nemesis: re-entry; mmtk-core 943, code that runs while a collection is half done",
    programs: SHORT,
    check: (program, { make }) => checkActingObserver(program, make),
  },
  {
    name: COLLECTION_CALLBACKS,
    source: "nemesis: CPython test_gc, gc.callbacks that allocate, raise and collect",
    programs: SHORT,
    whyNot: (maker: ManagerMaker) =>
      makeUnobserved(maker).collector.generations === undefined
        ? "the strategy has no collection callbacks"
        : undefined,
    check: (program, { make }) => checkCollectionCallbacks(program, make),
  },
];

const WORDS_LENGTH = 300_000;
const typeNamed = (name: string): number =>
  programTypes.findIndex((descriptor) => descriptor.name === name);

/** Does what program code might, with objects of its own. */
interface Actor {
  /** The next act, with the number that an event named first; nothing in the middle of another. */
  act(code: EventCode | 0, first: number): void;
  /** Objects to drop, before the next step. Throws what went wrong before. */
  prepare(): void;
  isCollecting: boolean;
  /** Drops all that is its own. */
  end(): void;
}

const DYING: readonly EventCode[] = [
  EVENT_OBJECT_UNREACHABLE,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  EVENT_OBJECT_CLEAR,
  EVENT_FINALIZER_RUN,
];

function createActor({ subject, player }: Scene, turn: number, acts: readonly string[]): Actor {
  const { mutator, handles, heap, plain } = subject;
  const pair = player.typeId(typeNamed(PAIR));
  const words = player.typeId(typeNamed("words"));
  const frame = mutator.enter(1);
  const chain: Handle = handles.hold(frame);
  const spare: Handle = handles.hold(frame);
  mutator.leave(frame);
  let isActing = false;
  let actCount = turn;
  let problem: unknown;

  const held = (): Reference => mutator.root(chain.slot) as Reference;

  function collect(isInside: boolean): void {
    const { examinedCount } = mutator.collect();
    const isRight = !isInside || examinedCount === 0;
    expectPromise(isRight, `inside of a collection another one examines ${examinedCount} objects`);
  }

  /** The next request finds no memory but what is lent. */
  function allocateWithoutRoom(): void {
    const { limitBytes } = heap;
    heap.setLimitBytes(heap.statistics().lentBytes);
    try {
      mutator.allocateArray(words, WORDS_LENGTH, spare.slot);
      mutator.setRoot(spare.slot, 0);
    } catch (error) {
      if (!isOuroError(error, "out-of-memory")) throw error;
    } finally {
      heap.setLimitBytes(limitBytes);
    }
  }

  /** An observer is told words, and no references: checked mode takes none of them for one. */
  function resurrect(code: EventCode | 0, first: number): void {
    const isChecked = plain !== undefined && held() > 0 && plain(held()) !== held();
    if (!isChecked || code === 0 || !DYING.includes(code)) return;
    let kind = "an answer";
    try {
      mutator.setRoot(spare.slot, first as Reference);
    } catch (error) {
      if (!isOuroError(error)) throw error;
      kind = error.kind;
    }
    expectPromise(kind !== "an answer", "the number of a dying object is taken for a reference");
  }

  function play(what: string, code: EventCode | 0, first: number, isInside: boolean): void {
    switch (what) {
      case "collect":
        collect(isInside);
        break;
      case "allocate":
        mutator.allocate(pair, spare.slot);
        mutator.setRoot(spare.slot, 0);
        break;
      case "allocate without room":
        allocateWithoutRoom();
        break;
      case "store":
        if (held() > 0) mutator.set(held(), 0, mutator.get(held(), 1));
        break;
      case "drop":
        mutator.setRoot(chain.slot, 0);
        break;
      case "resurrect":
        resurrect(code, first);
    }
  }

  const actor: Actor = {
    isCollecting: false,
    act(code, first) {
      if (isActing) return;
      isActing = true;
      const what = acts[actCount++ % acts.length] as string;
      try {
        play(what, code, first, actor.isCollecting);
        if (what === "throw") throw new Error("thrown by program code");
      } catch (error) {
        if (what === "throw") throw error;
        problem ??= error;
      } finally {
        isActing = false;
      }
    },
    prepare() {
      if (problem !== undefined) throw problem;
      if (mutator.root(chain.slot) !== 0) return;
      isActing = true;
      for (let count = 0; count < 3; count++) {
        mutator.allocate(pair, spare.slot);
        mutator.fill(mutator.root(spare.slot) as Reference, 1, chain.slot);
        mutator.moveRoot(chain.slot, spare.slot);
      }
      isActing = false;
    },
    end() {
      if (problem !== undefined) throw problem;
      isActing = true;
      chain.dispose();
      spare.dispose();
    },
  };
  return actor;
}

const OBSERVER_ACTS = [
  "collect",
  "allocate",
  "drop",
  "store",
  "allocate without room",
  "resurrect",
] as const;
/** At the first times that an event comes, and at later ones. */
const ACTS_AT: readonly number[] = [1, 2, 3, 5, 8, 13, 21, 34, 55];

function checkActingObserver(program: Program, make: SubjectMaker): void {
  const told = new Set<EventCode>();
  playWithActor(program, make, { turn: 0, isTurn: (code) => !told.add(code) });
  for (const code of told) {
    let count = 0;
    // Each event begins with another act.
    const isTurn = (each: EventCode) => each === code && ACTS_AT.includes(++count);
    playWithActor(program, make, { turn: code, isTurn });
  }
}

interface Turns {
  readonly turn: number;
  readonly isTurn: (code: EventCode) => boolean;
}

function playWithActor(program: Program, make: SubjectMaker, { turn, isTurn }: Turns): void {
  const heard: { actor?: Actor } = {};
  const scene = createScene(make, { event: listen });
  const named = OBSERVER_ACTS.map(
    (_, index) => OBSERVER_ACTS[(turn + index) % OBSERVER_ACTS.length],
  );
  scene.remark(`// at events of one kind an observer does in turn: ${named.join(", ")}`);
  const actor = createActor(scene, turn, OBSERVER_ACTS);
  heard.actor = actor;

  function listen(code: EventCode, first: number): void {
    if (heard.actor === undefined) return;
    if (code === EVENT_COLLECTION_END) heard.actor.isCollecting = false;
    if (isTurn(code)) heard.actor.act(code, first);
    if (code === EVENT_COLLECTION_START) heard.actor.isCollecting = true;
  }

  playAll(program, scene, actor);
}

function playAll(program: Program, scene: Scene, actor: Actor): void {
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step === undefined) continue;
    actor.prepare();
    actor.isCollecting = false;
    playStep(step, scene);
  }
  actor.end();
  checkWhole(scene);
}

/** As those of observers; what a callback throws is kept from the caller. */
const CALLBACK_ACTS = ["collect", "throw", "drop", "allocate", "store", "allocate without room"];

function checkCollectionCallbacks(program: Program, make: SubjectMaker): void {
  for (let turn = 0; turn < CALLBACK_ACTS.length; turn++) {
    const scene = createScene(make);
    scene.remark(`// collection callbacks do in turn: ${CALLBACK_ACTS.join(", ")}`);
    const actor = createActor(scene, turn, CALLBACK_ACTS);
    scene.subject.collector.generations?.callbacks.push((phase) => {
      actor.isCollecting = phase === "start";
      actor.act(0, 0);
    });
    playAll(program, scene, actor);
  }
}
