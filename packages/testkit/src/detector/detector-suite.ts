// The suite for cycle detectors: what they find, that they change nothing, in which order.

import { createNotes, type Notes } from "../notes.js";
import { DETECTOR_PROGRAM } from "../program-forms.js";
import type { Report } from "../report.js";
import { asProperties, type Property, runSuite, type Suite, type SuiteOptions } from "../suite.js";
import { playOnDetector } from "./detector-model.js";
import {
  checkQuestionInside,
  checkThrowingObserver,
  checkWithoutMemory,
} from "./detector-nemesis.js";
import { checkSoundness, detectorWarnings } from "./detector-notes.js";
import { type DetectorProgram, detectorPrograms } from "./detector-program.js";
import { drawTrial, printTrial, recordTrial } from "./detector-script.js";
import { type DetectorMaker, detectorEntry } from "./detector-subject.js";
import type { DetectorCheck } from "./detector-trial.js";
import { tightenGraph } from "./tightened-graph.js";

export const FINDS_GARBAGE_ONLY = "finds nothing that a reference from outside reaches";
export const FINDS_ALL = "finds all that only keeps each other alive";
export const KEEPS_LIST = "puts the reached ones first and the found ones behind, each once";
export const CHANGES_NOTHING = "changes no object and no count";
export const MARKS = "marks exactly what it found, until it is forgotten";
export const FINDS_AGAIN = "answers anew after program code revived and freed some";
export const REFUSES_COUNT = "refuses a count that is too small, and keeps the list";
export const NEEDS_NO_MEMORY = "answers with no memory left, and takes none";
export const THROWN_AT = "forgets what it found and keeps the list when who it tells throws";
export const ASKED_INSIDE =
  "refuses a question in the middle of another, and answers the outer one";
export const CPYTHON_ORDER = "orders both as CPython's move_unreachable does";

interface Row {
  readonly name: string;
  readonly check:
    | DetectorCheck
    | ((program: DetectorProgram, maker: DetectorMaker, notes: Notes) => void);
  readonly source: string;
  whyNot?(maker: DetectorMaker): string | undefined;
}

const incomplete = ({ complete }: DetectorMaker): string | undefined =>
  complete ? undefined : "it is not declared complete";

const unobserved = ({ observed }: DetectorMaker): string | undefined =>
  observed === true ? undefined : "it tells no observer: nothing can come in between";

const ROWS: readonly Row[] = [
  { name: FINDS_GARBAGE_ONLY, check: checkSoundness, source: "Bacon and Rajan 2001" },
  {
    name: FINDS_ALL,
    check: "complete",
    source: "CPython Python/gc.c deduce_unreachable",
    whyNot: incomplete,
  },
  { name: KEEPS_LIST, check: "list", source: "the contract of Detector" },
  { name: CHANGES_NOTHING, check: "unchanged", source: "the contract of Detector" },
  { name: MARKS, check: "marks", source: "the contract of Detector" },
  { name: FINDS_AGAIN, check: "again", source: "PEP 442", whyNot: incomplete },
  { name: REFUSES_COUNT, check: "refusal", source: "CPython gc.c: refcount is too small" },
  {
    name: NEEDS_NO_MEMORY,
    check: checkWithoutMemory,
    source: "nemesis: a collection is what a full heap asks for",
  },
  {
    name: THROWN_AT,
    check: checkThrowingObserver,
    source: "nemesis; the contract of observers",
    whyNot: unobserved,
  },
  {
    name: ASKED_INSIDE,
    check: checkQuestionInside,
    source: "nemesis; CPython gc.c: the collecting flag",
    whyNot: unobserved,
  },
  {
    name: CPYTHON_ORDER,
    check: "order",
    source: "CPython Python/gc.c move_unreachable",
    whyNot: ({ order }) => (order === "cpython" ? undefined : "no order is declared"),
  },
];

function play(
  check: Row["check"],
  program: DetectorProgram,
  maker: DetectorMaker,
  notes: Notes = createNotes(),
): void {
  if (typeof check === "function") check(program, maker, notes);
  else playOnDetector(maker, program, new Set([check]));
}

const properties: readonly Property<DetectorMaker, DetectorProgram>[] = ROWS.map(
  ({ name, check, source, whyNot }) => ({
    name,
    source,
    whyNot: (maker: DetectorMaker) => whyNot?.(maker),
    programs: (_: DetectorMaker, { commandLimitCount }: SuiteOptions) =>
      detectorPrograms(commandLimitCount),
    check: (program: DetectorProgram, maker: DetectorMaker, notes: Notes) =>
      play(check, program, maker, notes),
    form: DETECTOR_PROGRAM,
    commandCount: ({ objects }: DetectorProgram) => objects.length,
    tightened: tightenGraph,
    script: (program: DetectorProgram, maker: DetectorMaker) =>
      printTrial(recordTrial(maker, (recording) => play(check, program, recording))),
    drawing: (program: DetectorProgram, maker: DetectorMaker) =>
      drawTrial(recordTrial(maker, (recording) => play(check, program, recording))),
  }),
);

export const detectorSuite: Suite<DetectorMaker> = {
  name: "detector",
  properties: asProperties(properties),
  entry: detectorEntry,
  subjectName: ({ name }) => name,
  traitsOf: ({ complete, order, observed = false }) => ({ complete, order, observed }),
  warnings: detectorWarnings,
};

/** Holds a cycle detector to its contract; never throws for a property that fails. */
export function detectorConformance(maker: DetectorMaker, options?: SuiteOptions): Report {
  return runSuite(detectorSuite, maker, options);
}
