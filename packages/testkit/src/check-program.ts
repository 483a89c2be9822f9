// One program, played on a subject and on the shadow heap side by side, and looked at after every
// command and every collection.
//
//   step ─► subject ─► shadow heap ─► [birth noted] ─► command over? collected? ─► looks
//   last ─► the graph as text ─► all roots dropped, collected ─► what is left

import type { Observer } from "@ouro/interfaces";
import {
  type Census,
  createCensus,
  createDeathLog,
  type Moment,
  type ObjectCount,
} from "./census.js";
import { stepsOf } from "./command.js";
import { compareGraphs } from "./comparison.js";
import {
  BALLAST,
  createExhaustion,
  type Exhaustion,
  expectRefusal,
  expectServed,
} from "./exhaustion.js";
import { createExhaustionScript } from "./exhaustion-script.js";
import { graphText, shadowText } from "./graph-text.js";
import { both } from "./observers.js";
import { createPlayer, type Player } from "./player.js";
import { type Program, playOnShadow, stepsOfProgram } from "./program.js";
import { programTypes } from "./program-types.js";
import { BrokenPromiseError, expectPromise } from "./promise.js";
import * as property from "./properties.js";
import { recorderOf, recordingPlayer } from "./record.js";
import { createShadowHeap, type ShadowHeap, type ShadowObject } from "./shadow-heap.js";
import { type Snapshot, takeSnapshot } from "./snapshot.js";
import type { ScriptLine, Step } from "./step.js";
import type { Subject, SubjectMaker } from "./subject.js";

/** Two collections suffice to finish a cycle that was begun before; more is a promise broken. */
const LAST_COLLECTIONS = 3;

/** What is looked at when memory is used up. */
const ORACLES_WHEN_FULL = [
  property.SOUND,
  property.CONTENTS,
  property.DEATHS,
  property.COUNTS,
  property.ACYCLIC,
  property.EXACT,
] as const;

/** A program's stage: the subject, the shadow heap beside it, and the census between them. */
export interface Scene {
  readonly subject: Subject;
  readonly shadow: ShadowHeap;
  readonly player: Player;
  readonly census: Census;
  /** Says in the script what is done beside steps: code, or a comment. */
  remark(line: ScriptLine): void;
  /** Says in the script by which observer the manager is to be heard: an expression. */
  observe(observer: string): void;
}

/** A fresh subject and an empty shadow heap; `listener` hears of all that the subject tells. */
export function createScene(maker: SubjectMaker, listener?: Observer): Scene {
  const log = createDeathLog();
  const observer = listener === undefined ? log.observer : both(log.observer, listener);
  const subject = maker({ observer });
  const shadow = createShadowHeap();
  const recorder = recorderOf(maker);
  const player = recordingPlayer(createPlayer(subject), recorder);
  const census = createCensus(subject, shadow, log);
  const scene: Scene = {
    ...{ subject, shadow, player, census },
    remark: (line) => recorder?.add(line),
    observe: (text) => recorder?.observe(text),
  };
  recorder?.show({
    look: (known) => lookAt(scene, known),
    play: (step) => void playStep(step, scene),
  });
  return scene;
}

/**
 * What the scene holds now, with what `known` holds of what was before. Under a strategy that moves
 * addresses say nothing: then what is reachable is taken to be there. O(heap).
 */
function lookAt({ subject, shadow, census }: Scene, known: Set<ShadowObject>): Snapshot {
  census.take();
  for (const object of census.living()) known.add(object);
  const counts = census.counts();
  const { moves } = subject.collector.traits;
  const isThere = (object: ShadowObject): boolean => moves || census.isThere(object);
  return takeSnapshot(shadow, known, isThere, (object) => countNote(counts.get(object)));
}

/** Right ones are told too: only beside them a wrong one is understood. */
function countNote(count: ObjectCount | undefined): string | undefined {
  if (count === undefined) return undefined;
  const { kept, expected } = count;
  return kept === expected ? `count ${kept}` : `count ${kept}, not ${expected}`;
}

/** Plays a step on both sides, and notes a birth; answers what was born. */
export function playStep(step: Step, { shadow, player, census }: Scene): ShadowObject | undefined {
  player.play(step);
  const newborn = playOnShadow(step, shadow);
  if (newborn === undefined || step.call !== "allocate") return undefined;
  census.born(newborn, player.wordIn(step.into));
  return newborn;
}

/** Plays a program and checks nothing; answers the graph in which it ends, as text. */
export function runProgram(program: Program, maker: SubjectMaker): string {
  const scene = createScene(maker);
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step !== undefined) playStep(step, scene);
  }
  return graphText(scene.subject, scene.shadow, scene.player);
}

export interface CheckOptions {
  /** Told of each allocation that was refused because memory had been used up. */
  readonly onRefusal?: () => void;
  /** Told of each refusal before which the subject collected. */
  readonly onCollected?: () => void;
}

/**
 * Plays a program on a fresh subject; throws at the first of these properties that does not hold.
 * Properties that the subject's traits do not promise are not looked at. O(commands · heap).
 */
export function checkProgram(
  program: Program,
  maker: SubjectMaker,
  properties: readonly property.PropertyName[] = property.PROPERTY_NAMES,
  options: CheckOptions = {},
): void {
  checkSteps((shadow) => stepsOfProgram(program, shadow), maker, properties);
  const { traits } = maker({ observer: { wants: [], event() {} } }).collector;
  if (!properties.includes(property.MEMORY) || !property.isPromised(property.MEMORY, traits))
    return;
  holdTo(property.MEMORY, () => checkExhausted(program, createScene(maker), options));
}

/** Steps that depend on the shadow heap alone, and undefined where everything is looked at. */
export type StepSource = (shadow: ShadowHeap) => Iterable<Step | undefined>;

/** As `checkProgram`, for steps; memory is not refused. */
export function checkSteps(
  steps: StepSource,
  maker: SubjectMaker,
  properties: readonly property.PropertyName[],
): void {
  const scene = createScene(maker);
  const { traits } = scene.subject.collector;
  const promised = properties.filter((name) => property.isPromised(name, traits));
  const wanted = new Set<property.PropertyName>(promised);
  wanted.delete(property.MEMORY);
  if (wanted.size === 0) return;
  checkCalmly(steps, scene, wanted);
  if (!wanted.has(property.NOTHING_LEFT)) return;
  holdTo(property.NOTHING_LEFT, () => checkNothingLeft(scene, keptArenaCount(maker)));
}

function checkCalmly(
  steps: StepSource,
  scene: Scene,
  wanted: ReadonlySet<property.PropertyName>,
): void {
  for (const step of steps(scene.shadow)) {
    if (step !== undefined) playStep(step, scene);
    if (step === undefined) look(scene, wanted, "after a call");
    else if (step.call === "poll") look(scene, wanted, "after a poll");
    else if (step.call === "collect") look(scene, wanted, momentOf(step));
  }
  playStep({ call: "collect" }, scene);
  look(scene, wanted, "after a full collection");
  if (!wanted.has(property.SAME_GRAPH)) return;
  holdTo(property.SAME_GRAPH, () => {
    const found = graphText(scene.subject, scene.shadow, scene.player);
    const expected = shadowText(scene.shadow);
    expectPromise(found === expected, `the program ends in\n${found}\nand not in\n${expected}`);
  });
}

/** Of a younger generation alone nothing is promised but that nothing is lost. */
function momentOf({ generation }: Step & { call: "collect" }): Moment {
  return generation === undefined ? "after a full collection" : "after a call";
}

function look(
  { subject, shadow, player, census }: Scene,
  wanted: ReadonlySet<property.PropertyName>,
  moment: Moment,
  outsideCount = 0,
): void {
  const hold = (name: property.PropertyName, check: () => void): void => {
    if (wanted.has(name)) holdTo(name, check);
  };
  hold(property.SOUND, subject.validate);
  hold(property.CONTENTS, () => compareGraphs(subject, shadow, player));
  census.take();
  hold(property.DEATHS, census.checkDeaths);
  hold(property.COUNTS, () => census.checkCounts(moment));
  hold(property.ACYCLIC, () => census.checkAcyclicGarbage(moment));
  hold(property.EXACT, () => census.checkExact(moment, outsideCount));
}

/** A failure says which property it breaks. */
function holdTo(name: property.PropertyName, check: () => void): void {
  try {
    check();
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new BrokenPromiseError(`It ${name}: ${problem}`, { cause });
  }
}

/** All roots go, everything is collected; in the end nothing may be there. */
function checkNothingLeft(scene: Scene, keptCount: number): void {
  const { subject, shadow, census } = scene;
  for (const step of stepsOf({ do: "drop all" }, shadow)) playStep(step, scene);
  const collect: Step = { call: "collect" };
  for (let count = 0; count < LAST_COLLECTIONS; count++) playStep(collect, scene);
  subject.validate();
  census.take();
  const expectedCount = census.uncollectedCount();
  const { liveCount } = subject.collector.statistics();
  expectPromise(liveCount === expectedCount, `${liveCount} live though nothing is held`);
  if (liveCount > 0) return;
  const { lentArenaCount } = subject.heap.statistics();
  expectPromise(
    lentArenaCount <= keptCount,
    `${lentArenaCount} arenas are lent with nothing alive; an empty manager keeps ${keptCount}`,
  );
  checkTrimmed(scene);
}

/** A collector that gives back what it keeps has no arena left then. */
function checkTrimmed({ subject, remark }: Scene): void {
  const { collector, heap } = subject;
  if (collector.trim === undefined) return;
  remark("manager.collector.trim();");
  collector.trim();
  subject.validate();
  const { lentArenaCount } = heap.statistics();
  expectPromise(lentArenaCount === 0, `${lentArenaCount} arenas are lent after trim`);
}

/**
 * What an empty manager keeps: the arenas that a fresh subject has lent after one small and one
 * large object were born, dropped and collected.
 */
function keptArenaCount(maker: SubjectMaker): number {
  const scene = createScene(maker);
  const { shadow } = scene;
  playStep({ call: "enter", slotCount: 4 }, scene);
  for (const length of [1, 100_000]) {
    const type = programTypes.findIndex(({ variablePart }) => variablePart === "raw");
    playStep({ call: "allocate", type, length, into: 0 }, scene);
  }
  for (const step of stepsOf({ do: "drop all" }, shadow)) playStep(step, scene);
  for (let count = 0; count < LAST_COLLECTIONS; count++) playStep({ call: "collect" }, scene);
  return scene.subject.heap.statistics().lentArenaCount;
}

/**
 * Memory is used up for real, and every allocation of the program is refused once, then served when
 * as much was dropped; everything that is promised is looked at in between, and after a collection.
 * A strategy that never reclaims is given room instead, and memory is used up anew for each of its
 * allocations.
 */
function checkExhausted(
  program: Program,
  scene: Scene,
  { onRefusal, onCollected }: CheckOptions,
): void {
  const { subject, shadow, player, census } = scene;
  const { traits } = subject.collector;
  const isReclaiming = traits.collectsAt.length > 0 || traits.death !== "collection";
  const promised = new Set(ORACLES_WHEN_FULL.filter((name) => property.isPromised(name, traits)));
  const script = createExhaustionScript(scene.remark, BALLAST);
  let exhaustion: Exhaustion | undefined;

  function lookWhenFull(moment: Moment): void {
    look(scene, promised, moment, exhaustion?.heldCount);
  }

  function refuse(step: Step & { call: "allocate" }): void {
    exhaustion ??= createExhaustion(subject, player, script, census.bornOutside);
    exhaustion.topUp(step);
    const { collectionCount } = subject.collector.statistics();
    expectRefusal(player, step);
    if (subject.collector.statistics().collectionCount > collectionCount) onCollected?.();
    onRefusal?.();
    lookWhenFull("after a call");
    player.play({ call: "collect" });
    lookWhenFull("after a full collection");
    if (exhaustion.dropTopUp() > 0 && isReclaiming) {
      expectServed(player, step);
      return;
    }
    exhaustion.relieve();
    exhaustion = undefined;
    player.play(step);
  }

  for (const step of stepsOfProgram(program, shadow)) {
    if (step === undefined) continue;
    if (step.call === "allocate") refuse(step);
    else player.play(step);
    const newborn = playOnShadow(step, shadow);
    if (newborn === undefined || step.call !== "allocate") continue;
    census.born(newborn, player.wordIn(step.into));
    lookWhenFull("after a call");
  }
  exhaustion?.relieve();
  exhaustion = undefined;
  player.play({ call: "collect" });
  lookWhenFull("after a full collection");
}
