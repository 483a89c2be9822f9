// Small-scope proof: where arbitrary programs are a sample, here every case there is of a small
// scope is played, up to renaming. Most mistakes of collectors need three objects to show.
//
//   case ─► runner (one subject for many cases) ─► holds ─► next case
//                                               └► fails ─► again, on a fresh subject beside the
//                                                           shadow heap: the counterexample
//   shown only after others ─► the same, with as many cases before it as it needs

import { checkSteps, createScene, playStep } from "../check-program.js";
import { type ManagerMaker, makeUnobserved } from "../manager-subject.js";
import { drawSteps } from "../program-drawing.js";
import { SMALL_CASE } from "../program-forms.js";
import { BrokenPromiseError } from "../promise.js";
import { MEMORY, PROPERTY_NAMES } from "../properties.js";
import { messageOf, printRecording, type Recording, record, stepsIn, thrownBy } from "../record.js";
import type { Step } from "../step.js";
import type { SubjectMaker } from "../subject.js";
import type { Property, SuiteOptions } from "../suite.js";
import { playable, type SmallCase, stepsOfCase } from "./small-case.js";
import {
  type Branch,
  collectionBranches,
  heapBranches,
  programBranches,
  type ScopeOptions,
} from "./small-cases.js";
import { collectionsOf, createSmallRunner } from "./small-runner.js";
import { sweepCases } from "./small-sweep.js";

export const SMALL_PROGRAMS = "keeps its promises in every program of at most seven commands";
export const SMALL_HEAPS =
  "keeps its promises from every heap of at most three objects on, in three commands";
export const SMALL_COLLECTIONS =
  "keeps its promises from every heap of four objects on, in one command";

interface Row {
  readonly name: string;
  readonly branchesOf: (options: ScopeOptions) => Branch[];
  /** By default one case in so many: some thousands. */
  readonly stride: number;
}

const ROWS: readonly Row[] = [
  { name: SMALL_PROGRAMS, branchesOf: programBranches, stride: 100 },
  { name: SMALL_HEAPS, branchesOf: heapBranches, stride: 40_000 },
  { name: SMALL_COLLECTIONS, branchesOf: collectionBranches, stride: 2000 },
];

export const smallScopeProperties: readonly Property<ManagerMaker, SmallCase>[] = ROWS.map(
  ({ name, branchesOf, stride }) => ({
    name,
    source: "small-scope hypothesis: Jackson's Alloy; Korat",
    whyNot: () => undefined,
    sweep: (maker: ManagerMaker, options: SuiteOptions) =>
      sweepCases(branchesOf, maker, checkCase, { scopeStride: stride, ...options }),
    check: checkCase,
    form: SMALL_CASE,
    commandCount: ({ letters }: SmallCase) => letters.length,
    script: (small: SmallCase, maker: ManagerMaker) =>
      printRecording(maker, recordCase(small, maker)),
    drawing: (small: SmallCase, maker: ManagerMaker) =>
      drawSteps(stepsIn(recordCase(small, maker).lines), maker.make),
  }),
);

const CHECKED = PROPERTY_NAMES.filter((name) => name !== MEMORY);

/** One case on a fresh subject, everything looked at; then as the runner plays it. */
function checkCase(small: SmallCase, maker: ManagerMaker): void {
  checkBesideShadow(small, maker, maker.make);
  checkAsRunner(small, maker);
}

function checkBesideShadow(small: SmallCase, maker: ManagerMaker, make: SubjectMaker): void {
  const collections = collectionsOf(makeUnobserved(maker).collector);
  checkSteps(() => stepsOfCase(small, collections), make, CHECKED);
}

/** The runner looks at numbers alone; who they are the same calls say, played beside the shadow. */
function checkAsRunner(small: SmallCase, maker: ManagerMaker): void {
  const error = thrownBy(() => playAsRunner(small, maker));
  if (error === undefined) return;
  throw new BrokenPromiseError(messageOf(error) + wrongOnesOf(small, maker));
}

/** As the end of a message; empty where the shadow heap shows nobody. */
function wrongOnesOf(small: SmallCase, maker: ManagerMaker): string {
  const scene = createScene(maker.make);
  const broken = thrownBy(() => {
    for (const step of stepsAsRunner(small, maker)) playStep(step, scene);
    scene.census.take();
  });
  return broken === undefined ? scene.census.wrongOnes() : "";
}

function playAsRunner(small: SmallCase, maker: ManagerMaker): void {
  const subject = makeUnobserved(maker);
  const collections = collectionsOf(subject.collector);
  const runner = createSmallRunner(subject);
  for (const before of small.before ?? []) runner.play(playable(before, collections));
  runner.play(playable(small, collections));
  runner.audit();
}

/** What the runner alone shows is shown by its calls: the case, roots emptied, a collection. */
function recordCase(
  small: SmallCase,
  maker: ManagerMaker,
): Pick<Recording, "lines" | "observer" | "reason"> {
  const recording = record(maker.make, (make) => checkBesideShadow(small, maker, make));
  if (recording.reason !== undefined) return recording;
  const { reason } = record(maker.make, () => checkAsRunner(small, maker));
  return { lines: stepsAsRunner(small, maker), observer: undefined, reason };
}

function stepsAsRunner(small: SmallCase, maker: ManagerMaker): Step[] {
  const collections = collectionsOf(makeUnobserved(maker).collector);
  const played = [...stepsOfCase(small, collections)].flatMap((step) => step ?? []);
  const emptied = Array.from(
    { length: small.rootCount },
    (_, slot): Step => ({ call: "setRoot", slot, value: 0 }),
  );
  return [...played, ...emptied, { call: "collect" }];
}
