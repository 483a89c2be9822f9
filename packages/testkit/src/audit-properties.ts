// Audits that ask no structure about itself, as `validate` does: what lies in memory is compared
// with what the shadow heap and the traits say should lie there.
//
//   places   object │ header, length, slots, raw words │ next object      within what is lent
//   ages     0 at birth ─► older by one in each collection survived, and never younger
//            young garbage that no old object holds goes with the young
//   stale    a reference kept over a safepoint, or of the dead, is refused (checked managers)
//   growth   four times the objects ─► about four times the work of collections, not sixteen

import {
  EVENT_COLLECTION_START,
  IMAGE_GENERATION_SHIFT,
  IMAGE_TRACKED,
  isOuroError,
  OBJECT_HEADER_SIZE_WORDS,
  type Reference,
  slotAt,
  TYPE_MASK,
  TYPE_WORD_OFFSET,
} from "@ouro/interfaces";
import { createScene, playStep, type Scene } from "./check-program.js";
import { shadowTypes } from "./command.js";
import { type ManagerMaker, makeUnobserved } from "./manager-subject.js";
import { type Program, stepsOfProgram } from "./program.js";
import type { ProgramPropertyRow } from "./program-property.js";
import { PAIR, programTypes } from "./program-types.js";
import { expectPromise } from "./promise.js";
import type { ShadowObject, ShadowValue } from "./shadow-heap.js";
import type { Step } from "./step.js";
import type { Subject, SubjectMaker } from "./subject.js";

export const PLACES = "places objects apart, on granules, in arenas that are lent";
export const AGES = "makes objects older by a generation for each collection, and never younger";
export const STALE = "refuses references that are kept over a safepoint or over a death";
export const GROWTH = "works for its own collections as the heap grows, not as its square";

/** As `workFor` does it, for the smaller number. */
const GROWING = [
  "const { mutator: m } = manager;",
  'const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });',
  "const f = m.enter(2);",
  "for (let count = 0; count < 6000; count++) {",
  "  m.allocate(pair, f + 1);",
  "  m.fill(m.root(f + 1), 1, f);",
  "  m.moveRoot(f, f + 1);",
  "}",
].join("\n");

export const auditRows: readonly ProgramPropertyRow[] = [
  {
    name: PLACES,
    source: "O5 audit of places: dlmalloc's check_malloced_chunk",
    check: (program, { make }) => {
      const scene = createScene(make);
      play(program, scene, (step) => {
        if (step === undefined || step.call === "collect") checkPlaces(scene);
      });
    },
  },
  {
    name: AGES,
    source: "O4 audit of ages: Lua's checkold; O7: a minor collection is a full one of the young",
    whyNot: (maker) => {
      const { collector } = makeUnobserved(maker);
      if (collector.oldestGeneration === 0) return "the strategy has one generation";
      return collector.stateOf === undefined ? "it does not tell the state of objects" : undefined;
    },
    check: (program, { make }) => checkAges(program, make),
  },
  {
    name: STALE,
    source: "O9 poison: the contract of checked mode; CPython PYTHONMALLOC=debug",
    whyNot: (maker) => (isChecked(maker) ? undefined : "the manager is not checked"),
    check: (program, { make }) => checkStale(program, make),
  },
  {
    name: GROWTH,
    source: "O10 work bounds: bpo-4074, quadratic time in full collections",
    programs: { commandLimitCount: 1 },
    check: (_, { make }) => checkGrowth(make),
    calls: GROWING,
  },
];

function play(program: Program, scene: Scene, look: (step: Step | undefined) => void): void {
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step !== undefined) playStep(step, scene);
    look(step);
  }
}

const GRANULE_WORDS = 4;

function checkPlaces({ subject, player }: Scene): void {
  const { collector, heap } = subject;
  const { words } = heap;
  let end = 0;
  let sizeBytes = 0;
  collector.walk((object) => {
    const id = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
    const type = shadowTypes.find((_, index) => player.typeId(index) === id);
    expectPromise(type !== undefined, `object ${object} has type ${id}, which no program defines`);
    const length = type.isVariable ? (words[object + OBJECT_HEADER_SIZE_WORDS] as number) : 0;
    const fieldCount = type.firstField + type.slotCount(length) + type.rawWordCount(length);
    expectPromise(object % GRANULE_WORDS === 0, `object ${object} begins on no granule`);
    expectPromise(object >= end, `object ${object} begins in the one before, which ends at ${end}`);
    end = object + OBJECT_HEADER_SIZE_WORDS + fieldCount;
    sizeBytes += 4 * (end - object);
    for (const word of [object, end - 1]) {
      const isLent = words[heap.arenaTable + (word >>> 18)] !== 0;
      expectPromise(isLent, `object ${object} reaches word ${word}, whose arena is not lent`);
    }
  });
  const { liveBytes } = collector.statistics();
  expectPromise(liveBytes >= sizeBytes, `${liveBytes} bytes live, and objects have ${sizeBytes}`);
}

/** Who lives where, as of now; for strategies that do not move. */
interface Population {
  readonly living: Map<number, ShadowObject>;
  /** Of those that are watched. */
  readonly ages: Map<number, number>;
}

function ageOf({ collector }: Subject, object: number): number | undefined {
  const state = collector.stateOf?.(object as Reference) ?? 0;
  return (state & IMAGE_TRACKED) === 0 ? undefined : state >> IMAGE_GENERATION_SHIFT;
}

function checkAges(program: Program, make: SubjectMaker): void {
  const scene = createScene(make);
  const { subject, shadow, player } = scene;
  const { collector } = subject;
  const people: Population = { living: new Map(), ages: new Map() };
  for (const step of stepsOfProgram(program, shadow)) {
    if (step === undefined) continue;
    const { collectionCount } = collector.statistics();
    const expectedDead = step.call === "collect" ? youngGarbage(scene, people, step) : [];
    playStep(step, scene);
    const before = new Map(people.ages);
    if (step.call === "allocate") {
      const address = player.wordIn(step.into);
      people.living.set(address, shadow.root(step.into) as ShadowObject);
      before.delete(address);
    }
    count(subject, people);
    const grown = collector.statistics().collectionCount - collectionCount;
    if (step.call === "collect") compareAges(before, people, step.generation, subject);
    else if (grown === 0) compareAges(before, people, -1, subject);
    for (const address of expectedDead) {
      const isGone = !people.living.has(address);
      expectPromise(isGone, `young garbage at ${address} stays, and no old object holds it`);
    }
  }
}

/** The dead are forgotten; so is the age of an address where someone else was born. */
function count(subject: Subject, { living, ages }: Population): void {
  const there = new Set<number>();
  subject.collector.walk((object) => there.add(object));
  ages.clear();
  for (const address of living.keys()) {
    const age = there.has(address) ? ageOf(subject, address) : undefined;
    if (!there.has(address)) living.delete(address);
    else if (age !== undefined) ages.set(address, age);
  }
}

function compareAges(
  before: ReadonlyMap<number, number>,
  { ages }: Population,
  generation: number | undefined,
  { collector }: Subject,
): void {
  const oldest = collector.oldestGeneration;
  const collected = generation ?? oldest;
  for (const [address, age] of ages) {
    const old = before.get(address);
    if (old === undefined) continue;
    const expected = old <= collected ? Math.min(collected + 1, oldest) : old;
    const what = collected < 0 ? "without a collection" : `in a collection of ${collected}`;
    expectPromise(
      age === expected,
      `object ${address} went from generation ${old} to ${age} ${what}, not to ${expected}`,
    );
  }
}

/** What a collection of these generations must take: nothing outside of them reaches it. */
function youngGarbage(
  { subject, shadow }: Scene,
  { living, ages }: Population,
  { generation = subject.collector.oldestGeneration }: Step & { call: "collect" },
): number[] {
  const addresses = new Map([...living].map(([address, object]) => [object, address]));
  const isYoung = (object: ShadowObject): boolean => {
    const age = ages.get(addresses.get(object) as number);
    return age !== undefined && age <= generation;
  };
  const pending: ShadowValue[] = shadow.rootNames().map((name) => shadow.root(name));
  for (const object of living.values()) {
    if (isYoung(object)) pending.push(...object.slots.slice(visitedCountOf(object)));
    else pending.push(...object.slots);
  }
  const reached = new Set<ShadowObject>();
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value === "number" || reached.has(value)) continue;
    reached.add(value);
    pending.push(...value.slots);
  }
  return [...living].flatMap(([address, object]) =>
    isYoung(object) && !reached.has(object) ? [address] : [],
  );
}

function visitedCountOf({ type, length }: ShadowObject): number {
  const { collected, visitedSlotCount, variablePart } = type.descriptor;
  if (!collected) return 0;
  return visitedSlotCount + (variablePart === "visited" ? length : 0);
}

/** What it gives out is no word index then. */
function isChecked(maker: ManagerMaker): boolean {
  const { mutator, defineType, plain } = makeUnobserved(maker);
  const descriptor = programTypes.find(({ name }) => name === PAIR);
  const type = defineType(descriptor as (typeof programTypes)[number]);
  const object = mutator.allocate(type, mutator.enter(1));
  return plain !== undefined && plain(object) !== object;
}

const SAFEPOINTS: readonly Step["call"][] = ["allocate", "poll", "collect"];

function checkStale(program: Program, make: SubjectMaker): void {
  const scene = createScene(make);
  const { subject, shadow, player } = scene;
  const { mutator, collector } = subject;
  const plain = subject.plain as NonNullable<Subject["plain"]>;
  for (const step of stepsOfProgram(program, shadow)) {
    if (step === undefined) continue;
    const kept = shadow.rootNames().flatMap((name) => {
      const value = mutator.root(player.slotOf(name));
      return value > 0 ? [value as Reference] : [];
    });
    const addresses = kept.map((reference) => plain(reference));
    playStep(step, scene);
    const isOver = SAFEPOINTS.includes(step.call);
    for (const [index, reference] of kept.entries()) {
      const isDead = !collector.isObject(addresses[index] as number);
      if (isOver || isDead) expectStale(subject, reference, isOver ? "a safepoint" : "its death");
    }
  }
}

function expectStale({ mutator }: Subject, reference: Reference, over: string): void {
  const uses = {
    typeOf: () => mutator.typeOf(reference),
    get: () => mutator.get(reference, 0),
    set: () => mutator.set(reference, 0, 0),
  };
  for (const [call, use] of Object.entries(uses)) {
    let kind = "an answer";
    try {
      use();
    } catch (error) {
      if (!isOuroError(error)) throw error;
      kind = error.kind;
    }
    expectPromise(kind === "stale-reference", `${call} over ${over} ends as ${kind}`);
  }
}

const SMALL_COUNT = 6000;
const TIMES = 4;
/** Linear work is 4 times as much, and what comes in steps a little more; quadratic 16 times. */
const WORK_LIMIT_TIMES = 9;

function checkGrowth(make: SubjectMaker): void {
  const small = workFor(SMALL_COUNT, make);
  const large = workFor(SMALL_COUNT * TIMES, make);
  expectPromise(
    large <= WORK_LIMIT_TIMES * Math.max(small, SMALL_COUNT),
    `${SMALL_COUNT} objects cost ${small} objects examined, ${TIMES} times as many ${large}`,
  );
}

/** How many objects collections looked at by themselves while a list of so many was built. */
function workFor(objectCount: number, make: SubjectMaker): number {
  let examinedCount = 0;
  const subject = make({
    observer: {
      wants: [EVENT_COLLECTION_START],
      event(code, _generation, candidateCount) {
        if (code !== EVENT_COLLECTION_START) return;
        // Who does not say how many it examines, examines all.
        examinedCount += candidateCount || bornCount;
      },
    },
  });
  const { mutator } = subject;
  const descriptor = programTypes.find(({ name }) => name === PAIR);
  const type = subject.defineType(descriptor as (typeof programTypes)[number]);
  const frame = mutator.enter(2);
  const next = slotAt(frame, 1);
  let bornCount = 0;
  for (; bornCount < objectCount; bornCount++) {
    mutator.allocate(type, next);
    mutator.fill(mutator.root(next) as Reference, 1, frame);
    mutator.moveRoot(frame, next);
  }
  return examinedCount;
}
