// The nemesis of detectors: faults from outside in the middle of a question. Each has an expected
// outcome, and after it the same question is answered right.
//
//   fault                             outcome
//   memory refused                    none: a detector needs no memory
//   an observer throws                its error at who asked; nothing is found, the list is whole
//   an observer asks in the middle    UsageError at the observer; the outer question is answered

import { isOuroError, type Observer } from "@ouro/interfaces";
import { expectPromise } from "../promise.js";
import { ask, expectNothingFound, openTrial } from "./detector-model.js";
import type { DetectorProgram } from "./detector-program.js";
import type { DetectorMaker } from "./detector-subject.js";
import type { DetectorCheck, Trial } from "./detector-trial.js";

const ANSWERS: ReadonlySet<DetectorCheck> = new Set(["sound", "complete", "list", "unchanged"]);
const SOUND: ReadonlySet<DetectorCheck> = new Set(["sound", "list", "unchanged"]);

const checksOf = ({ complete }: DetectorMaker): ReadonlySet<DetectorCheck> =>
  complete ? ANSWERS : SOUND;

/** All that is lent is lent, and no more may be. */
export function checkWithoutMemory(program: DetectorProgram, maker: DetectorMaker): void {
  const trial = openTrial(maker, program, checksOf(maker));
  const { heap, detector } = trial.subject;
  const { lentBytes } = heap.statistics();
  heap.setLimitBytes(lentBytes);
  trial.recorder?.add("heap.setLimitBytes(heap.statistics().lentBytes);");
  ask(trial, () => detector.find(trial.list));
  const grown = heap.statistics().lentBytes - lentBytes;
  expectPromise(grown === 0, `a question borrowed ${grown} bytes`);
}

class ObserverError extends Error {
  override readonly name = "ObserverError";
}

/** In scripts: a function that is hoisted, so that it is there when the detector is made. */
const HEARD = "{ event() { heard(); } }";

const ASK_CODE = `function heard() {
  if (!isReady) return;
  isReady = false;
  try { console.log("an answer", detector.find(list)); }
  catch (error) { console.log(error.kind ?? error); }
  isReady = true;
}`;

/** It throws at the first event of a question, at the second, and so on. */
const EVENT_LIMIT_COUNT = 40;

export function checkThrowingObserver(program: DetectorProgram, maker: DetectorMaker): void {
  for (let at = 1; at <= EVENT_LIMIT_COUNT; at++) {
    let count = 0;
    const observer: Observer = {
      event() {
        if (++count === at) throw new ObserverError(`event ${at}`);
      },
    };
    const trial = openTrial(maker, program, checksOf(maker), { observer }, HEARD);
    count = 0;
    trial.recorder?.add("var count = 0;");
    const code = `if (++count === ${at}) throw new Error("thrown by an observer");`;
    trial.recorder?.add(`function heard() {\n  ${code}\n}`);
    trial.recorder?.add("try { detector.find(list); } catch {}");
    if (!throwsObserverError(trial)) return;
    expectNothingFound(trial);
    ask(trial, () => trial.subject.detector.find(trial.list));
  }
}

/** False when the question was over before the event came. */
function throwsObserverError({ subject, list }: Trial): boolean {
  try {
    subject.detector.find(list);
    return false;
  } catch (error) {
    if (!(error instanceof ObserverError)) throw error;
    return true;
  }
}

/** Each event of the outer question asks once more, of the same list. */
export function checkQuestionInside(program: DetectorProgram, maker: DetectorMaker): void {
  const asked: { trial?: Trial; isInside: boolean; kind: string } = { isInside: false, kind: "" };
  const observer: Observer = {
    event() {
      const { trial } = asked;
      if (trial === undefined || asked.isInside) return;
      asked.isInside = true;
      asked.kind = kindOf(() => trial.subject.detector.find(trial.list));
      asked.isInside = false;
    },
  };
  const trial = openTrial(maker, program, checksOf(maker), { observer }, HEARD);
  trial.recorder?.add("var isReady = true;");
  trial.recorder?.add(ASK_CODE);
  ask(trial, () => {
    asked.trial = trial;
    const examined = trial.subject.detector.find(trial.list);
    delete asked.trial;
    return examined;
  });
  const { kind } = asked;
  expectPromise(kind === "" || kind === "usage", `a question inside of another ends as ${kind}`);
}

function kindOf(call: () => void): string {
  try {
    call();
    return "an answer";
  } catch (error) {
    if (!isOuroError(error)) throw error;
    return error.kind;
  }
}
