// The nemesis: faults from outside, put between any two steps. Each has an expected outcome, and
// after it every oracle must still hold.
//
//   fault                              outcome
//   memory refused at any allocation   OutOfMemoryError, nothing changed          (properties.ts)
//   limit lowered in mid-run           OutOfMemoryError or served, nothing lost
//   observer that looks at every event none: what it sees is whole
//   observer that throws               its error at the caller, or none; nothing lost
//   observer that calls back           as the call says, and nothing lost     (observer-acts.ts)
//   program code that does anything    none at the caller      (death-properties.ts)

import { type EventCode, isOuroError, type Observer } from "@ouro/interfaces";
import { createScene, playStep, type Scene } from "./check-program.js";
import { compareGraphs } from "./comparison.js";
import { isReclaiming } from "./manager-subject.js";
import { type Program, stepsOfProgram } from "./program.js";
import type { ProgramPropertyRow } from "./program-property.js";
import { expectPromise } from "./promise.js";
import type { Step } from "./step.js";
import type { SubjectMaker } from "./subject.js";
import { playTurns, sayTurns, type Turns } from "./turns.js";

export const LOWERED_LIMIT = "loses nothing when its limit is lowered in mid-run";
export const LOOKING_OBSERVER = "is whole whenever an observer is told of something";
export const THROWING_OBSERVER = "loses nothing when an observer throws";

const JEPSEN = "Jepsen: faults between any two steps";
/** After each event the whole heap is looked at: programs are short. */
const SHORT = { commandLimitCount: 14, shapeLimitCount: 5, rawLimitWords: 3000 };

export const nemesisRows: readonly ProgramPropertyRow[] = [
  {
    name: LOWERED_LIMIT,
    source: JEPSEN,
    check: (program, { make }) => checkLoweredLimit(program, make),
  },
  {
    name: LOOKING_OBSERVER,
    source: "the contract of observers",
    programs: SHORT,
    check: (program, { make }) => checkLooking(program, make),
  },
  {
    name: THROWING_OBSERVER,
    source: JEPSEN,
    programs: SHORT,
    check: (program, { make }) => checkThrowing(program, make),
  },
];

/** The limit falls to what is lent at every third allocation, and rises again ten later. */
const LOWERED_EVERY = 3;
const RAISED_AFTER = 10;

function checkLoweredLimit(program: Program, make: SubjectMaker): void {
  const scene = createScene(make);
  const { heap } = scene.subject;
  const { limitBytes } = heap;
  let allocationCount = 0;
  playThrough(program, scene, (step) => {
    if (step.call !== "allocate") return;
    const turn = allocationCount++ % (LOWERED_EVERY + RAISED_AFTER);
    if (turn === LOWERED_EVERY) setLimit(scene, heap.statistics().lentBytes);
    if (turn === 0) setLimit(scene, limitBytes);
  });
  setLimit(scene, limitBytes);
  checkWhole(scene);
}

function setLimit({ subject, remark }: Scene, limitBytes: number): void {
  remark(`manager.heap.setLimitBytes(${limitBytes});`);
  subject.heap.setLimitBytes(limitBytes);
}

/**
 * Plays a program of which steps may be refused for memory: the rest of a refused step's command is
 * left out, on both sides. Everything is looked at after each refusal.
 */
function playThrough(program: Program, scene: Scene, before: (step: Step) => void): void {
  let isRefused = false;
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step === undefined) isRefused = false;
    if (step === undefined || isRefused) continue;
    before(step);
    try {
      playStep(step, scene);
    } catch (error) {
      if (!isOuroError(error, "out-of-memory")) throw error;
      isRefused = true;
      checkSound(scene);
    }
  }
}

function checkSound({ subject, shadow, player, census }: Scene): void {
  subject.validate();
  compareGraphs(subject, shadow, player);
  census.take();
}

/** All that holds after a program, after a collection too. */
export function checkWhole(scene: Scene): void {
  checkSound(scene);
  playStep({ call: "collect" }, scene);
  checkSound(scene);
  const { traits } = scene.subject.collector;
  if (traits.counts && !traits.moves) scene.census.checkCounts("after a full collection");
  if (!traits.exact || !isReclaiming(traits)) return;
  const { census, shadow } = scene;
  const expected = shadow.reachable().size + census.uncollectedCount();
  expectPromise(
    census.liveCount === expected,
    `${census.liveCount} live after a full collection, and not ${expected}`,
  );
}

const LOOK_CODE = `{
    manager.collector.walk((object) => {
      if (!manager.collector.isObject(object)) throw new Error("it walks no object");
    });
    manager.heap.validate();
  }`;

/** Counts are told before the store that they belong to, often: looks there are the reader's. */
function checkLooking(program: Program, make: SubjectMaker): void {
  playTurns<"look">(
    make,
    () => "look",
    (turns) => playLooking(program, make, turns),
  );
}

function playLooking(program: Program, make: SubjectMaker, turns: Turns<"look">): void {
  const watch: { scene?: Scene } = {};
  let isLooking = false;
  const looker: Observer = {
    event() {
      const { scene } = watch;
      if (scene === undefined || turns.come(!isLooking) === undefined) return;
      isLooking = true;
      const { collector, heap } = scene.subject;
      collector.walk((object) => expectPromise(collector.isObject(object), "it walks no object"));
      heap.validate();
      isLooking = false;
    },
  };
  const scene = createScene(make, looker);
  if (sayTurns(scene, turns, () => LOOK_CODE, "heard()")) {
    scene.observe("{ event() { heard(); } }");
  }
  watch.scene = scene;
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step !== undefined) playStep(step, scene);
  }
  checkWhole(scene);
}

class ObserverError extends Error {
  override readonly name = "ObserverError";
}

const THROW_CODE = 'throw new Error("thrown by an observer");';

/** The first time and later ones: in the middle of a collection's work. */
const THROWS_AT: readonly number[] = [1, 4, 20];

/** What an observer is told of in collections and polls throws there, one event after the other. */
function checkThrowing(program: Program, make: SubjectMaker): void {
  const told = new Set<EventCode>();
  const note = (code: EventCode, isArmed: boolean): boolean => isArmed && !told.add(code);
  playTurns<"throw">(
    make,
    () => undefined,
    (turns) => playThrowing(program, make, turns, note),
  );
  for (const code of told) {
    let armedCount = 0;
    const choose = () => (THROWS_AT.includes(++armedCount) ? "throw" : undefined);
    const play = (turns: Turns<"throw">): void => {
      const isTurn = (each: EventCode, isArmed: boolean): boolean =>
        each === code && turns.come(isArmed) !== undefined;
      const observer = `{ event(code) { if (code === ${code}) heard(); } }`;
      playThrowing(program, make, turns, isTurn, observer);
    };
    playTurns<"throw">(make, choose, play);
  }
}

/** A collection is the one call whose result on the shadow heap is the same, done or not. */
function playThrowing(
  program: Program,
  make: SubjectMaker,
  turns: Turns<"throw">,
  isTurn: (code: EventCode, isArmed: boolean) => boolean,
  observer = "",
): void {
  let isArmed = false;
  let isReady = false;
  const listener: Observer = {
    event(code) {
      if (isReady && isTurn(code, isArmed)) throw new ObserverError(`event ${code}`);
    },
  };
  const scene = createScene(make, listener);
  isReady = true;
  if (sayTurns(scene, turns, () => THROW_CODE, "heard()")) scene.observe(observer);
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step === undefined) continue;
    isArmed = step.call === "collect" || step.call === "poll";
    try {
      playStep(step, scene);
    } catch (error) {
      if (!(error instanceof ObserverError)) throw error;
      isArmed = false;
      checkSound(scene);
    }
    isArmed = false;
  }
  checkWhole(scene);
}
