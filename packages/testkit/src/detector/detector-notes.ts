// What a detector does beyond what is declared of it, noted beside the property of soundness, which
// is asked of every detector; and the warnings that are made of it.

import type { Notes } from "../notes.js";
import { ask, openTrial } from "./detector-model.js";
import type { DetectorProgram } from "./detector-program.js";
import type { DetectorMaker } from "./detector-subject.js";
import type { DetectorCheck } from "./detector-trial.js";

const SOUND: ReadonlySet<DetectorCheck> = new Set(["sound"]);

/** Of few questions nothing can be said to be always so. */
const FEWEST_QUESTIONS = 10;

/** Looks for false findings, and notes all that the answer shows. */
export function checkSoundness(program: DetectorProgram, maker: DetectorMaker, notes: Notes): void {
  let eventCount = 0;
  const observer = {
    event() {
      eventCount++;
    },
  };
  const trial = openTrial(maker, program, SOUND, { observer });
  eventCount = 0;
  const { found, missed, order, wantedOrder } = ask(trial, () =>
    trial.subject.detector.find(trial.list),
  );
  notes.note("questions");
  notes.note("events told", eventCount);
  if (found.length > 0) notes.note(missed.length === 0 ? "found all" : "missed some");
  // Where both are as they were in the list, CPython's order is no other than the plainest.
  const isFound = new Set(found.map(({ index }) => index));
  const listed = trial.listed.map(({ index }) => index);
  const plain = [
    ...listed.filter((index) => !isFound.has(index)),
    ...listed.filter((index) => isFound.has(index)),
  ];
  if (plain.join() === wantedOrder.join()) return;
  notes.note(order.join() === wantedOrder.join() ? "in CPython's order" : "in another order");
}

/** Traits that could be declared, and a declared one that nothing showed. */
export function detectorWarnings(maker: DetectorMaker, notes: Notes): string[] {
  const { complete, order, observed = false } = maker;
  const warnings: string[] = [];
  const warn = (isDue: boolean, text: string): void => {
    if (isDue) warnings.push(text);
  };
  const isAlways = (what: string, otherwise: string): boolean =>
    notes.count(what) >= FEWEST_QUESTIONS && notes.count(otherwise) === 0;
  warn(
    !complete && isAlways("found all", "missed some"),
    "complete is not declared, and all garbage of every list was found",
  );
  warn(
    order === "any" && isAlways("in CPython's order", "in another order"),
    'order is declared "any", and every answer came in the order of CPython\'s move_unreachable',
  );
  const isTold = notes.count("events told") > 0;
  warn(
    !observed && isTold,
    "observed is not declared, and the observer that it is made with was told",
  );
  warn(
    observed && !isTold && notes.count("questions") >= FEWEST_QUESTIONS,
    "observed is declared, and no observer was told of anything",
  );
  return warnings;
}
