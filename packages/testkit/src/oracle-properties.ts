// The oracles as properties of the suite for memory managers: those that look after every command
// (check-program.ts), and those that compare whole runs.
//
//   metamorphic   program           ─► graph ─┐ equal: collections of every generation behind each
//                 program + collect ─► graph ─┘        command, and between any two calls
//   work          collect ─► examined ≤ objects there      rounds 3 to 8 lend no more than round 2

import {
  checkProgram,
  createScene,
  playStep,
  type Scene,
  type StepSource,
} from "./check-program.js";
import { type Command, stepsOf } from "./command.js";
import { graphText, shadowText } from "./graph-text.js";
import { isReclaiming, type ManagerMaker, traitsOf } from "./manager-subject.js";
import type { Notes } from "./notes.js";
import { type Program, playOnShadow, scriptOf, stepsOfProgram } from "./program.js";
import type { ProgramPropertyRow } from "./program-property.js";
import { programTypes } from "./program-types.js";
import { expectPromise } from "./promise.js";
import * as property from "./properties.js";
import { createShadowHeap } from "./shadow-heap.js";
import type { Step } from "./step.js";
import type { SubjectMaker } from "./subject.js";

export const METAMORPHIC = "shows a program nothing of collections and polls put in anywhere";
export const RENAMED =
  "shows a program nothing of the numbers of types, nor of the order of independent stores";
export const WORK = "examines no more than there is, and counts what it reclaims";
export const ROOM = "needs no more arenas for eight rounds of a program than for two";

/** So short that each allocation is refused in turn. */
const SHORT = { commandLimitCount: 15, shapeLimitCount: 5 };
const ROUND_COUNT = 8;
/** What fragments differently from round to round. */
const SPARE_ARENA_COUNT = 1;

export const oracleRows: readonly ProgramPropertyRow[] = [
  ...property.PROPERTY_NAMES.map((name) => ({
    name,
    source: `${property.ORACLES[name].oracle}: ${property.ORACLES[name].source}`,
    ...(name === property.MEMORY ? { programs: SHORT } : {}),
    whyNot: (maker: ManagerMaker) => property.whyNotPromised(name, traitsOf(maker)),
    check: (program: Program, { make }: ManagerMaker, notes: Notes) =>
      checkProgram(program, make, [name], {
        onRefusal: () => notes.note("refusals"),
        onCollected: () => notes.note("collected in allocate"),
      }),
  })),
  {
    name: METAMORPHIC,
    source: "O7 metamorphic: SpiderMonkey's zeal modes",
    check: (program, { make }) => checkMetamorphic(program, make),
  },
  {
    name: RENAMED,
    source: "O7 metamorphic: permuting independent commands, renaming",
    programs: { commandLimitCount: 30, rawLimitWords: 3000 },
    check: (program, { make }) => checkRenamed(program, make),
  },
  {
    name: WORK,
    source: "O10 work bounds: Lins 2008 on quadratic collectors",
    check: (program, { make }) => checkWork(program, make),
  },
  {
    name: ROOM,
    source: "O10 work bounds: PHP's bug 9266, a threshold that ratchets",
    programs: { commandLimitCount: 25, rawLimitWords: 20_000 },
    whyNot: (maker) =>
      isReclaiming(traitsOf(maker)) ? undefined : "by its traits it reclaims nothing",
    check: (program, { make }) => checkRoom(program, make),
  },
];

function endOf(program: Program, make: SubjectMaker, between?: (scene: Scene) => void): string {
  return endOfSteps((shadow) => stepsOfProgram(program, shadow), make, { between });
}

interface Hooks {
  /** Before the first step. */
  readonly prepare?: (scene: Scene) => void;
  readonly between?: ((scene: Scene) => void) | undefined;
}

function endOfSteps(
  steps: StepSource,
  make: SubjectMaker,
  { prepare = () => {}, between = () => {} }: Hooks = {},
): string {
  const scene = createScene(make);
  prepare(scene);
  for (const step of steps(scene.shadow)) {
    if (step === undefined) continue;
    playStep(step, scene);
    between(scene);
  }
  return graphText(scene.subject, scene.shadow, scene.player);
}

/** What is put between any two calls: a full collection, or one of each generation in turn. */
function collectionsBetween(): readonly (readonly [string, (scene: Scene) => void])[] {
  let turn = 0;
  return [
    ["a collection", (scene) => playStep({ call: "collect" }, scene)],
    [
      "a collection of one generation after the other",
      ({ subject, remark }) => {
        const { generations } = subject.collector;
        if (generations === undefined) return;
        const generation = turn++ % (generations.oldestGeneration + 1);
        remark(`manager.collector.generations.collect(${generation});`);
        generations.collect(generation);
      },
    ],
  ];
}

function checkMetamorphic({ commands }: Program, make: SubjectMaker): void {
  const plain = endOf({ commands, collectEvery: 0 }, make);
  const put: readonly (readonly [string, readonly Command[]])[] = [
    ["a collection", [{ do: "collect" }]],
    ["a poll", [{ do: "poll" }]],
    ["a poll and two collections", [{ do: "poll" }, { do: "collect" }, { do: "collect" }]],
  ];
  for (const [what, added] of put) {
    const more = commands.flatMap((command) => [command, ...added]);
    const found = endOf({ commands: more, collectEvery: 0 }, make);
    expectSameEnd(`${what} behind each command`, found, plain);
  }
  for (const [what, collect] of collectionsBetween()) {
    const found = endOf({ commands, collectEvery: 0 }, make, collect);
    expectSameEnd(`${what} between any two calls`, found, plain);
  }
}

function expectSameEnd(what: string, found: string, plain: string): void {
  const text = `with ${what} the program ends in\n${found}\nand not in\n${plain}`;
  expectPromise(found === plain, text);
}

/** The same by another name, or in another order where that is the same. */
function checkRenamed(program: Program, make: SubjectMaker): void {
  const plain = endOf(program, make);
  const renamed = endOfSteps((shadow) => stepsOfProgram(program, shadow), make, {
    // Types are numbered as they are defined.
    prepare({ player }) {
      for (let type = programTypes.length - 1; type >= 0; type--) player.typeId(type);
    },
  });
  expectPromise(renamed === plain, `with types numbered otherwise it ends in\n${renamed}`);
  for (const steps of swappedScripts(scriptOf(program))) {
    const swapped = endOfSteps(() => steps, make);
    expectPromise(swapped === plain, `with two calls swapped it ends in\n${swapped}`);
  }
}

const SWAPPED: readonly Step["call"][] = ["set", "setRoot", "setWord"];
const SWAP_LIMIT_COUNT = 4;

/** The script with two neighbours swapped, where the shadow heap ends in the same graph. */
function swappedScripts(script: readonly Step[]): Step[][] {
  const end = endOnShadow(script);
  const found: Step[][] = [];
  for (let place = script.length - 2; place > 0 && found.length < SWAP_LIMIT_COUNT; place--) {
    const [one, other] = [script[place] as Step, script[place + 1] as Step];
    if (!SWAPPED.includes(one.call) || !SWAPPED.includes(other.call)) continue;
    const swapped = [...script.slice(0, place), other, one, ...script.slice(place + 2)];
    if (endOnShadow(swapped) === end) found.push(swapped);
  }
  return found;
}

/** Undefined when a path leads nowhere. */
function endOnShadow(script: readonly Step[]): string | undefined {
  const shadow = createShadowHeap();
  try {
    for (const step of script) playOnShadow(step, shadow);
    return shadowText(shadow);
  } catch {
    return undefined;
  }
}

function checkWork(program: Program, make: SubjectMaker): void {
  const scene = createScene(make);
  const { collector, mutator } = scene.subject;
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step === undefined) continue;
    if (step.call !== "collect") {
      playStep(step, scene);
      continue;
    }
    const before = collector.statistics();
    const { examinedCount, reclaimedCount } = mutator.collect(step.generation);
    const after = collector.statistics();
    const reclaimed = after.reclaimedCount - before.reclaimedCount;
    // Who counts and has no generations examines candidates, and whoever lost a reference from
    // what was reclaimed becomes one. All others look at each object once.
    const hasCandidates = collector.traits.counts && collector.generations === undefined;
    expectPromise(
      examinedCount <= before.liveCount * (hasCandidates ? 1 + reclaimed : 1),
      `a collection examined ${examinedCount} objects where ${before.liveCount} were, ` +
        `and reclaimed ${reclaimed}`,
    );
    expectPromise(
      reclaimedCount === reclaimed,
      `a collection says that it reclaimed ${reclaimedCount}, by the statistics ${reclaimed}`,
    );
    expectPromise(
      before.liveCount - reclaimed === after.liveCount,
      `${before.liveCount} lived before, ${reclaimed} were reclaimed, ${after.liveCount} live`,
    );
  }
}

function checkRoom(program: Program, make: SubjectMaker): void {
  const scene = createScene(make);
  let limitCount = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= ROUND_COUNT; round++) {
    const lentCount = playRound(program, scene);
    if (round === 2) limitCount = lentCount + SPARE_ARENA_COUNT;
    expectPromise(
      lentCount <= limitCount,
      `round ${round} has ${lentCount} arenas lent in the end, ${limitCount} are allowed`,
    );
  }
}

/** Plays the program, then drops everything; how many arenas were lent before the drop. */
function playRound(program: Program, scene: Scene): number {
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step !== undefined) playStep(step, scene);
  }
  playStep({ call: "collect" }, scene);
  const { lentArenaCount } = scene.subject.heap.statistics();
  for (const step of stepsOf({ do: "drop all" }, scene.shadow)) playStep(step, scene);
  playStep({ call: "leave" }, scene);
  playStep({ call: "collect" }, scene);
  return lentArenaCount;
}
