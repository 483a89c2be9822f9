// Traits held to what a strategy does. Most are refuted by the oracle that they make apply; here
// are the ones that need a look of their own, and the notes from which missing traits are told.
//
//   step ─► addresses in root slots, number of collections, bits in headers: before and after
//
// What a trait allows and nothing ever showed is a warning, and so is what was always so and is not
// declared: neither is wrong, both are worth a look.

import {
  type BarrierHook,
  FLAGS_SHIFT,
  type Reference,
  type SafepointCall,
  slotAt,
  type Traits,
  TYPE_WORD_OFFSET,
  type TypeDescriptor,
} from "@ouro/interfaces";
import type { Census } from "./census.js";
import { createScene, playStep, type Scene } from "./check-program.js";
import { type ManagerMaker, makeUnobserved, traitsOf } from "./manager-subject.js";
import type { Notes } from "./notes.js";
import { type Program, stepsOfProgram } from "./program.js";
import type { ProgramPropertyRow } from "./program-property.js";
import { programTypes } from "./program-types.js";
import { expectPromise } from "./promise.js";
import type { Step } from "./step.js";
import type { Subject } from "./subject.js";

export const MOVES_AS_SAID = "moves objects only if its traits say so, in the calls that they name";
export const COLLECTS_AS_SAID = "collects only in the calls that its traits name";
export const HOOKS_AS_SAID = "has exactly the barrier hooks and the step that its traits name";
export const RESURRECTS_AS_SAID = "lets a finalizer make its object reachable if its traits say so";
export const HEADER_AS_SAID = "sets no header bit that its traits do not ask for";

const HOOKS: readonly BarrierHook[] = ["born", "write", "move", "copy", "drop"];
/** No collection is told to have begun while nothing is done but these. */
const SAFEPOINTS: Readonly<Record<string, SafepointCall>> = {
  allocate: "allocate",
  poll: "poll",
  collect: "collect",
};

/** As `resurrect` does it. */
const RESURRECTING = [
  "const { mutator: m, collector } = manager;",
  "const shape = { visitedSlotCount: 1, rawWordCount: 1, finalizer: true };",
  'const finalized = manager.defineType({ name: "finalized", ...shape });',
  "const f = m.enter(2);",
  "collector.finalization.setFinalizer(finalized, (slot) => m.setRoot(f + 1, m.root(slot)));",
  "m.allocate(finalized, f);",
  "m.setWord(m.root(f), 1, 2026);",
  "m.set(m.root(f), 0, m.root(f));",
  "m.setRoot(f, 0);",
  "m.collect();",
  "m.collect();",
  "console.log(m.word(m.root(f + 1), 1));",
].join("\n");

export const traitRows: readonly ProgramPropertyRow[] = [
  {
    name: MOVES_AS_SAID,
    source: "trait moves",
    check: (program, { make }, notes) => {
      watch(program, createScene(make), notes, checkMoves);
    },
  },
  {
    name: COLLECTS_AS_SAID,
    source: "trait collectsAt",
    check: (program, { make }, notes) => {
      watch(program, createScene(make), notes, checkCollects);
    },
  },
  {
    name: HOOKS_AS_SAID,
    source: "traits hooks and slices",
    programs: { commandLimitCount: 1 },
    check: (_, maker) => checkHooks(maker),
    calls: [
      "const { collector } = manager;",
      `const hooks = ${JSON.stringify(HOOKS)};`,
      "console.log(hooks.filter((hook) => collector[hook] !== undefined), collector.traits.hooks);",
      "console.log(collector.step !== undefined, collector.traits.slices);",
    ].join("\n"),
  },
  {
    name: RESURRECTS_AS_SAID,
    source: "trait resurrection: PEP 442",
    programs: { commandLimitCount: 1 },
    whyNot: (maker) =>
      makeUnobserved(maker).collector.finalization === undefined
        ? "the strategy has no finalization"
        : undefined,
    check: (_, maker, notes) => checkResurrection(makeUnobserved(maker), notes),
    calls: RESURRECTING,
  },
  {
    name: HEADER_AS_SAID,
    source: "trait headerBits",
    check: (program, { make }, notes) => {
      const scene = createScene(make);
      watch(program, scene, notes, () => () => checkHeaders(scene, notes));
    },
  },
];

const FINALIZED: TypeDescriptor = {
  ...(programTypes.find(({ name }) => name === "record") as TypeDescriptor),
  name: "finalized",
  visitedSlotCount: 1,
  ownedSlotCount: 0,
  rawWordCount: 1,
  finalizer: true,
};

/** Three properties note; ten programs of each. */
const FEWEST_PROGRAMS = 30;

type Watch = (scene: Scene, step: Step, notes: Notes) => () => void;

/** Calls a watch before each step, and what that answered after it. */
function watch(program: Program, scene: Scene, notes: Notes, before: Watch): void {
  const collect: Step = { call: "collect" };
  const play = (step: Step): void => {
    const after = before(scene, step, notes);
    playStep(step, scene);
    after();
  };
  for (const step of stepsOfProgram(program, scene.shadow)) if (step !== undefined) play(step);
  const { census } = scene;
  census.take();
  const heldCount = census.uncollectedCount();
  play(collect);
  census.take();
  noteWhatIsLeft(scene, heldCount, notes);
}

/** The first root slot that holds an object keeps its address over calls that do not write it. */
function checkMoves({ subject, shadow, player }: Scene, step: Step, notes: Notes): () => void {
  const { traits } = subject.collector;
  const held = shadow.rootNames().flatMap((name) => {
    const value = shadow.root(name);
    if (typeof value === "number") return [];
    return [{ name, value, address: player.wordIn(name) }];
  });
  const call = SAFEPOINTS[step.call];
  const isAllowed = traits.moves && call !== undefined && traits.collectsAt.includes(call);
  return () => {
    const names = new Set(shadow.rootNames());
    for (const { name, value, address } of held) {
      if (!names.has(name) || shadow.root(name) !== value) continue;
      if (player.wordIn(name) === address) continue;
      notes.note("moved");
      expectPromise(isAllowed, `an object moved in ${step.call}, where its traits let none move`);
    }
  };
}

function checkCollects({ subject, census }: Scene, step: Step, notes: Notes): () => void {
  const { traits, statistics } = subject.collector;
  const before = statistics().collectionCount;
  const waitingCount = step.call === "poll" && !traits.moves ? garbageCount(census) : 0;
  return () => {
    const call = SAFEPOINTS[step.call];
    if (call === undefined && traits.death !== "prompt" && !traits.moves) {
      census.take();
      const isLeft = census.acyclicGarbageCount() > 0;
      notes.note(isLeft ? "acyclic garbage stayed" : "no acyclic garbage stayed");
    }
    if (statistics().collectionCount === before) {
      if (step.call === "poll") noteSafepoint(census, waitingCount, notes);
      return;
    }
    notes.note(`collected in ${step.call}`);
    // Asked for is allowed to all: who has nothing to collect counts it or does not.
    const isAllowed =
      call === "collect" || (call !== undefined && traits.collectsAt.includes(call));
    expectPromise(isAllowed, `it collected in ${step.call}, which its traits do not name`);
  };
}

function garbageCount(census: Census): number {
  census.take();
  return census.acyclicGarbageCount();
}

/** What waited for a poll in which nothing was collected. */
function noteSafepoint(census: Census, waitingCount: number, notes: Notes): void {
  if (waitingCount === 0) return;
  const isGone = garbageCount(census) === 0;
  notes.note(isGone ? "garbage went at a safepoint" : "garbage stayed over a safepoint");
}

const LEAF_WORD = 20_26;

/** A finalizer stores its object into a root: it is there after two collections, whole. */
function checkResurrection(subject: Subject, notes: Notes): void {
  if (subject.collector.traits.resurrection) {
    resurrect(subject);
    return;
  }
  try {
    resurrect(subject);
    notes.note("resurrected, and not declared");
  } catch {
    // It says that it cannot, and it cannot.
  }
}

function resurrect({ collector, mutator, defineType, validate }: Subject): void {
  const type = defineType(FINALIZED);
  const frame = mutator.enter(2);
  const kept = slotAt(frame, 1);
  let callCount = 0;
  collector.finalization?.setFinalizer(type, (slot) => {
    callCount++;
    mutator.setRoot(kept, mutator.root(slot));
  });
  mutator.allocate(type, frame);
  mutator.setWord(mutator.root(frame) as Reference, 1, LEAF_WORD);
  mutator.set(mutator.root(frame) as Reference, 0, mutator.root(frame));
  mutator.setRoot(frame, 0);
  for (let count = 0; count < 2; count++) mutator.collect();
  expectPromise(callCount === 1, `a finalizer of one object in a ring runs ${callCount} times`);
  const object = mutator.root(kept);
  expectPromise(object > 0, "what a finalizer stored in a root is not there");
  const word = mutator.word(object as Reference, 1);
  expectPromise(word === LEAF_WORD, `what a finalizer stored holds ${word}, not ${LEAF_WORD}`);
  validate();
}

function checkHooks(maker: ManagerMaker): void {
  const { collector } = makeUnobserved(maker);
  const { hooks, slices } = collector.traits;
  for (const hook of HOOKS) {
    const isThere = collector[hook] !== undefined;
    expectPromise(
      isThere === hooks.includes(hook),
      isThere ? `it has the hook "${hook}", which its traits do not name` : `it has no "${hook}"`,
    );
  }
  const hasStep = collector.step !== undefined;
  expectPromise(
    hasStep === slices,
    hasStep ? "it has a step, and its traits do not say slices" : "it says slices and has no step",
  );
}

/** Header bits lie above the type, from the lowest on, in the order of the traits. */
function checkHeaders({ subject }: Scene, notes: Notes): void {
  const { collector, heap } = subject;
  const { headerBits } = collector.traits;
  const bitCount = headerBits.reduce((sum, bits) => sum + bits.bitCount, 0);
  const allowed = 2 ** bitCount - 1;
  collector.walk((object) => {
    const flags = (heap.words[object + TYPE_WORD_OFFSET] as number) >>> FLAGS_SHIFT;
    notes.note("header bits", flags & allowed);
    expectPromise(
      (flags & ~allowed) === 0,
      `object ${object} has header bits ${flags.toString(2)}, and ${bitCount} are asked for`,
    );
  });
}

/** What a strategy did without having said so. */
function noteWhatIsLeft({ subject, shadow, census }: Scene, heldCount: number, notes: Notes): void {
  const { moves, counts } = subject.collector.traits;
  const excess = census.liveCount - shadow.reachable().size;
  notes.note(excess === 0 ? "exact in the end" : "inexact in the end");
  if (heldCount > 0) notes.note(excess === 0 ? "held garbage went" : "held garbage stayed");
  notes.note("programs");
  if (moves || counts) return;
  notes.note(census.hasExactCounts() ? "counts equal" : "counts differ");
}

/** Traits that could be declared, and declared ones that nothing showed. */
export function traitWarnings(maker: ManagerMaker, notes: Notes): string[] {
  const traits = traitsOf(maker);
  const warnings: string[] = [];
  const warn = (isDue: boolean, text: string): void => {
    if (isDue) warnings.push(text);
  };
  const seen = (what: string): boolean => notes.count(what) > 0;
  // Of few programs nothing can be said to be always so.
  if (notes.count("programs") < FEWEST_PROGRAMS) return warnings;
  warn(traits.moves && !seen("moved"), "moves is declared, and no object was seen to move");
  for (const call of traits.collectsAt) {
    const isMissing = !seen(`collected in ${call}`);
    warn(isMissing, `collectsAt names ${call}, and no collection was seen in it`);
  }
  warn(
    !traits.exact && !seen("inexact in the end"),
    "exact is not declared, and after every full collection exactly the reachable was left",
  );
  warn(
    traits.cycles === "eventually" && seen("exact in the end") && !seen("inexact in the end"),
    'cycles are declared to go "eventually", and after every full collection they were gone',
  );
  warn(
    !traits.counts && seen("counts equal") && !seen("counts differ"),
    "counts is not declared, and word 0 was always the count of references",
  );
  warn(
    traits.headerBits.length > 0 && !seen("header bits"),
    "headerBits are asked for, and none was ever set",
  );
  warnOfDeaths(traits, notes, warn);
  return warnings;
}

function warnOfDeaths(
  { death, cycles, cyclesThrough }: Traits,
  notes: Notes,
  warn: (isDue: boolean, text: string) => void,
): void {
  const waits = notes.count("garbage stayed over a safepoint") > 0;
  warn(
    death === "collection" && notes.count("garbage went at a safepoint") > 0 && !waits,
    'death is declared "collection", and garbage outside cycles always went at the next poll',
  );
  const isSlow = notes.count("acyclic garbage stayed") > 0;
  const isLooked = notes.count("no acyclic garbage stayed") > 0;
  warn(
    death !== "prompt" && isLooked && !isSlow,
    `death is declared "${death}", and garbage outside cycles always went in the call that made it`,
  );
  const isHeld = notes.count("held garbage stayed") > 0;
  const isGone = notes.count("held garbage went") > 0;
  warn(
    cycles === "never" && isGone && !isHeld,
    'cycles are declared to go "never", and in full collections they always went',
  );
  warn(
    cyclesThrough === "visited slots" && isGone && !isHeld,
    "cyclesThrough leaves owned-only slots out, and cycles through them always went",
  );
}
