// Whoever hears of what a manager does may call back into it: an observer of it, and a collection
// callback. What that does it does with objects of its own (actor.ts), so that the program ends as
// if nobody had listened.
//
//   event or callback ─► a turn ─► outcome as expected? ─► noted, told after the step
//                        collect            inside of a collection: examines nothing
//                        allocate           served
//                        allocate with no memory left: served, or OutOfMemoryError
//                        store, drop        done; what dies in it dies inside of what runs
//                        resurrect          the number of a dying object is refused, if checked
//   last ─► handles dropped ─► every oracle

import { EVENT_COLLECTION_END, EVENT_COLLECTION_START, type EventCode } from "@ouro/interfaces";
import {
  type Actor,
  type ActorAct,
  actorCode,
  type Belongings,
  belongingsFor,
  createActor,
} from "./actor.js";
import { createScene, playStep, type Scene } from "./check-program.js";
import { type ManagerMaker, makeUnobserved } from "./manager-subject.js";
import { checkWhole } from "./nemesis-properties.js";
import { type Program, stepsOfProgram } from "./program.js";
import type { ProgramPropertyRow } from "./program-property.js";
import type { SubjectMaker } from "./subject.js";
import { playTurns, sayTurns, type Turns } from "./turns.js";

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

const OBSERVER_ACTS: readonly ActorAct[] = [
  "collect",
  "allocate",
  "drop",
  "store",
  "allocate without room",
  "resurrect",
];
/** At the first times that an event comes, and at later ones. */
const ACTS_AT: readonly number[] = [1, 2, 3, 5, 8, 13, 21, 34, 55];

/** One after the other, from this one on. */
function inTurn(acts: readonly ActorAct[], first: number): () => ActorAct {
  let count = first;
  return () => acts[count++ % acts.length] as ActorAct;
}

function checkActingObserver(program: Program, make: SubjectMaker): void {
  const told = new Set<EventCode>();
  const note = (code: EventCode): boolean => !told.add(code);
  playTurns<ActorAct>(
    make,
    () => undefined,
    (turns, isBare) => playHeard(program, make, note, turns, belongingsFor(turns, isBare)),
  );
  for (const code of told) {
    // Each event begins with another act.
    const next = inTurn(OBSERVER_ACTS, code);
    const isHeard = (each: EventCode): boolean => each === code;
    playTurns(
      make,
      (nth) => (ACTS_AT.includes(nth) ? next() : undefined),
      (turns, isBare) =>
        playHeard(program, make, isHeard, turns, belongingsFor(turns, isBare), code),
    );
  }
}

/** It is the actor's turn whenever one of these events comes. */
function playHeard(
  program: Program,
  make: SubjectMaker,
  isHeard: (code: EventCode) => boolean,
  turns: Turns<ActorAct>,
  own: Belongings,
  code: EventCode | 0 = 0,
): void {
  const heard: { actor?: Actor } = {};
  const scene = createScene(make, { event: listen });
  const actor = createActor(scene, turns, own);
  heard.actor = actor;
  if (sayTurns(scene, turns, actorCode, "heard(object)")) {
    scene.observe(`{ event(code, object) { if (code === ${code}) heard(object); } }`);
  }

  function listen(each: EventCode, first: number): void {
    if (heard.actor === undefined) return;
    if (each === EVENT_COLLECTION_END) heard.actor.isCollecting = false;
    if (isHeard(each)) heard.actor.act(each, first);
    if (each === EVENT_COLLECTION_START) heard.actor.isCollecting = true;
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
const CALLBACK_ACTS: readonly ActorAct[] = [
  "collect",
  "throw",
  "drop",
  "allocate",
  "store",
  "allocate without room",
];

function checkCollectionCallbacks(program: Program, make: SubjectMaker): void {
  for (let first = 0; first < CALLBACK_ACTS.length; first++) {
    const next = inTurn(CALLBACK_ACTS, first);
    playTurns(make, next, (turns, isBare) =>
      playCalledBack(program, make, turns, belongingsFor(turns, isBare)),
    );
  }
}

function playCalledBack(
  program: Program,
  make: SubjectMaker,
  turns: Turns<ActorAct>,
  own: Belongings,
): void {
  const scene = createScene(make);
  const actor = createActor(scene, turns, own);
  if (sayTurns(scene, turns, actorCode, "called()")) {
    scene.remark("manager.collector.generations.callbacks.push(called);");
  }
  scene.subject.collector.generations?.callbacks.push((phase) => {
    actor.isCollecting = phase === "start";
    actor.act(0, 0);
  });
  playAll(program, scene, actor);
}
