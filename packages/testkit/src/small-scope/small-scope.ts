// Small-scope proof: where arbitrary programs are a sample, here every case there is of a small
// scope is played, up to renaming. Most mistakes of collectors need three objects to show.
//
//   case ─► runner (one subject for many cases) ─► holds ─► next case
//                                               └► fails ─► again, on a fresh subject beside the
//                                                           shadow heap: the counterexample
//   shown only after others ─► the same, with as many cases before it as it needs

import { checkSteps } from "../check-program.js";
import { type ManagerMaker, makeUnobserved } from "../manager-subject.js";
import { drawSteps } from "../program-drawing.js";
import { MEMORY, PROPERTY_NAMES } from "../properties.js";
import { printScript, type Step } from "../step.js";
import type { Property, SuiteOptions, Sweep } from "../suite.js";
import { type SmallCase, stepsOfCase } from "./small-case.js";
import { type ScopeOptions, smallCollections, smallHeaps, smallPrograms } from "./small-cases.js";
import { createSmallRunner } from "./small-runner.js";
import { historiesOf } from "./start-heap.js";

export const SMALL_PROGRAMS = "keeps its promises in every program of at most seven commands";
export const SMALL_HEAPS =
  "keeps its promises from every heap of at most three objects on, in three commands";
export const SMALL_COLLECTIONS =
  "keeps its promises from every heap of four objects on, in one command";

interface Row {
  readonly name: string;
  readonly cases: (options: ScopeOptions) => Iterable<SmallCase>;
  /** By default one case in so many: a thousand or two. */
  readonly stride: number;
}

const ROWS: readonly Row[] = [
  { name: SMALL_PROGRAMS, cases: smallPrograms, stride: 300 },
  { name: SMALL_HEAPS, cases: smallHeaps, stride: 40_000 },
  { name: SMALL_COLLECTIONS, cases: smallCollections, stride: 2000 },
];

export const smallScopeProperties: readonly Property<ManagerMaker, SmallCase>[] = ROWS.map(
  ({ name, cases, stride }) => ({
    name,
    source: "small-scope hypothesis: Jackson's Alloy; Korat",
    whyNot: () => undefined,
    sweep: (maker: ManagerMaker, { scopeStride = stride, seed = 1 }: SuiteOptions) =>
      sweepCases(cases, maker, scopeStride, Math.abs(seed)),
    check: checkCase,
    commandCount: ({ letters }: SmallCase) => letters.length,
    script: (small: SmallCase, maker: ManagerMaker) => printScript(scriptOfCase(small, maker)),
    drawing: (small: SmallCase, maker: ManagerMaker) =>
      drawSteps(scriptOfCase(small, maker), maker.make),
  }),
);

const CHECKED = PROPERTY_NAMES.filter((name) => name !== MEMORY);

/** One case on a fresh subject, everything looked at; then as the runner plays it. */
function checkCase(small: SmallCase, maker: ManagerMaker): void {
  const hasGenerations = oldestGenerationOf(maker) > 0;
  checkSteps(() => stepsOfCase(small, hasGenerations), maker.make, CHECKED);
  const runner = createSmallRunner(makeUnobserved(maker));
  for (const before of small.before ?? []) runner.play(before);
  runner.play(small);
  runner.validate();
}

function oldestGenerationOf(maker: ManagerMaker): number {
  return makeUnobserved(maker).collector.oldestGeneration;
}

function scriptOfCase(small: SmallCase, maker: ManagerMaker): Step[] {
  const steps = stepsOfCase(small, oldestGenerationOf(maker) > 0);
  return [...steps].flatMap((step) => step ?? []);
}

/** Then a subject is made anew: what broke long ago is found again among so many cases. */
const CASES_PER_SUBJECT = 20_000;
/** Or when so much garbage stays that nobody collects. */
const LEFT_LIMIT_COUNT = 5000;

function sweepCases(
  cases: Row["cases"],
  maker: ManagerMaker,
  stride: number,
  seed: number,
): Sweep<SmallCase> {
  const { collector } = makeUnobserved(maker);
  const { oldestGeneration, traits } = collector;
  const histories = historiesOf(traits, oldestGeneration);
  let runner = createSmallRunner(makeUnobserved(maker));
  let played: SmallCase[] = [];
  let programCount = 0;
  let commandCount = 0;
  const hasGenerations = oldestGeneration > 0;
  for (const small of cases({ hasGenerations, histories, stride, seed })) {
    try {
      if (played.length >= CASES_PER_SUBJECT || runner.leftCount > LEFT_LIMIT_COUNT) {
        runner.validate();
        runner = createSmallRunner(makeUnobserved(maker));
        played = [];
      }
      runner.play(small);
    } catch (error) {
      const failure = { program: findAgain(small, played, maker), reason: reasonOf(error) };
      return { programCount, commandCount, stride, failure };
    }
    played.push(small);
    programCount++;
    commandCount += small.letters.length;
  }
  const reason = reasonFor(() => runner.validate());
  const last = played.pop();
  if (reason === undefined || last === undefined) return { programCount, commandCount, stride };
  const program = findAgain(last, played, maker);
  return { programCount, commandCount, stride, failure: { program, reason } };
}

/** The case with as few before it as show the failure on a fresh subject. */
function findAgain(small: SmallCase, played: readonly SmallCase[], maker: ManagerMaker): SmallCase {
  for (let count = 0; ; count = Math.max(1, 2 * count)) {
    const before = count === 0 ? [] : played.slice(-count);
    const program = before.length === 0 ? small : { ...small, before };
    const isAgain = reasonFor(() => checkCase(program, maker)) !== undefined;
    if (isAgain || count >= played.length) return program;
  }
}

function reasonFor(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
