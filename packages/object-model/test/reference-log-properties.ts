// Properties of the log of references, each under its name: beside a list of all that were given
// out, and two cases with an exact outcome.

import type { TypeId, TypeTable } from "@ouro/interfaces";
import fc from "fast-check";
import { CALLS, type Call, createReferenceLog, type ReferenceLog } from "../src/reference-log.js";
import { makeManager } from "./manager.js";
import { createLogModel, EPOCH_COUNT, HEAP_SIZE_WORDS, UNIT } from "./reference-log-model.js";
import { ANEW, EXPLAINS, FORGETS, NEVER } from "./reference-log-names.js";

const ALL_STAMPS = 2 ** 31 - 1;
const TAKER_LIMIT = 15;
const NAMES = Array.from({ length: 14 }, (_, index) => `part ${index}`);
const WORDS = [4, 8, 1024, HEAP_SIZE_WORDS - 4];
/** Begins an object, and never given out. */
const OTHER_WORD = 512;

type Command =
  | { readonly do: "give"; readonly word: number; readonly by: number; readonly count: number }
  | {
      readonly do: "pass";
      readonly call: Call;
      readonly isOfPair: boolean;
      readonly count: number;
    };

const counts = (...arbitraries: fc.Arbitrary<number>[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, ...arbitraries);

function commandsOf(
  giveCount: fc.Arbitrary<number>,
  passCount: fc.Arbitrary<number>,
  maxLength: number,
): fc.Arbitrary<Command[]> {
  const give = fc.record({
    do: fc.constant("give" as const),
    word: fc.constantFrom(...WORDS),
    by: fc.nat(3 + NAMES.length),
    count: giveCount,
  });
  const pass = fc.record({
    do: fc.constant("pass" as const),
    call: fc.integer({ min: 2, max: 5 }) as fc.Arbitrary<Call>,
    isOfPair: fc.boolean(),
    count: passCount,
  });
  return fc.array(fc.oneof(give, pass), { maxLength, size: "max" });
}

/** Hardly anything is forgotten, and a number may come round several times. */
const shortPrograms = commandsOf(
  fc.constant(1),
  counts(fc.constantFrom(EPOCH_COUNT - 1, EPOCH_COUNT), fc.nat(300)),
  40,
);

/** About the limits of what is remembered, and whole rounds of the epochs. */
const longPrograms = commandsOf(
  counts(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 1023, max: 1025 })),
  counts(
    fc.constantFrom(EPOCH_COUNT - 1, EPOCH_COUNT, EPOCH_COUNT + 1),
    fc.integer({ min: 2, max: 60 }),
    fc.integer({ min: 4092, max: 4100 }),
  ),
  16,
);

/** Among them some that go into a round of epochs, so that both begin anew together. */
const stampCounts = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ALL_STAMPS) },
  { weight: 1, arbitrary: fc.constantFrom(5, 17, 51, EPOCH_COUNT) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 400 }) },
);

function expectSame(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, and should be ${other}`);
}

interface Types {
  readonly types: TypeTable;
  readonly pair: TypeId;
}

function makeTypes(): Types {
  const { types, defineType } = makeManager();
  return { types, pair: defineType({ name: "pair", visitedSlotCount: 2 }) };
}

function makeLog({ types }: Types, stampCount = ALL_STAMPS): ReferenceLog {
  const options = { heapSizeWords: HEAP_SIZE_WORDS, types, sites: false, stampCount };
  return createReferenceLog(options);
}

/** A log, and beside it what it should say. */
function makeBoth(types: Types, stampCount: number) {
  const log = makeLog(types, stampCount);
  const model = createLogModel(stampCount);
  /** References given out, each with its object. */
  const given = new Map<number, number>();

  function give(word: number, by: number): void {
    const name = NAMES[by - CALLS.length + 2];
    const taker = name === undefined ? by : log.takerOf(name);
    const reference = log.give(word, taker);
    expectSame(reference, model.epoch() * UNIT + word, "a reference");
    const said = name ?? (CALLS[by] as string);
    model.give(word, taker < TAKER_LIMIT ? said : "another part");
    given.set(reference, word);
  }

  function pass(call: Call, isOfPair: boolean): void {
    log.passSafepoint(call, isOfPair ? types.pair : 0);
    model.pass(call, isOfPair ? "pair" : "");
  }

  function play(command: Command): void {
    for (let count = 0; count < command.count; count++) {
      if (command.do === "pass") pass(command.call, command.isOfPair);
      else give(WORDS[(WORDS.indexOf(command.word) + count) % WORDS.length] as number, command.by);
    }
  }

  /** Which numbers are references now. */
  function expectGiven(): void {
    expectSame(log.safepointCount, model.now(), "safepoints");
    expectSame(log.hasGiven(), model.hasGiven(), "whether there is a reference");
    for (const [reference, word] of given) {
      const isNow = reference === model.epoch() * UNIT + word && model.isGiven(word);
      expectSame(log.wordOf(reference), isNow ? word : 0, `the word of ${reference}`);
    }
  }

  /** What is known of all that were given out, of some others, and of numbers that are none. */
  function expectExplained(): void {
    const epoch = model.epoch();
    const epochs = [epoch, 1, 2, EPOCH_COUNT, epoch === 1 ? EPOCH_COUNT : epoch - 1];
    const others = epochs.flatMap((each) =>
      [...WORDS, OTHER_WORD].map((word) => each * UNIT + word),
    );
    for (const reference of new Set([...given.keys(), ...others])) {
      const expected = model.explain(Math.floor(reference / UNIT), reference % UNIT);
      expectSame(log.explain(reference), expected, `the explanation of ${reference}`);
    }
    const none = [8, epoch * UNIT + HEAP_SIZE_WORDS, (EPOCH_COUNT + 1) * UNIT + 8, -UNIT + 8];
    for (const number of [...none, epoch * UNIT + 9, epoch * UNIT + 8.5]) {
      expectSame(log.explain(number), undefined, `the explanation of ${number}`);
    }
  }

  return { play, expectGiven, expectExplained };
}

function playBeside(types: Types, commands: readonly Command[], stampCount = ALL_STAMPS): void {
  const { play, expectGiven, expectExplained } = makeBoth(types, stampCount);
  for (const command of commands) {
    play(command);
    expectGiven();
  }
  expectExplained();
}

function expectNeverGiven(): void {
  const log = makeLog(makeTypes());
  const reference = log.give(HEAP_SIZE_WORDS - 4, 0);
  const last = EPOCH_COUNT * UNIT + 4;
  const others = [
    ...[reference + 0.5, reference + 1, reference + 2, reference + 4, reference - 4],
    ...[reference + UNIT, reference - UNIT, 4, 0, -4, Number.NaN, Number.POSITIVE_INFINITY],
    ...[last, last + UNIT, last + 2 ** 30, UNIT + 2 ** 21, 2 ** 40],
  ];
  for (const each of others) expectSame(log.explain(each), undefined, `what ${each} is`);
  expectSame(log.explain(reference)?.reference, HEAP_SIZE_WORDS - 4, "what was given out");
  for (let count = 1; count < EPOCH_COUNT; count++) log.passSafepoint(4, 0);
  expectSame(log.give(4, 0), last, "a reference of the last epoch");
  expectSame(log.explain(last)?.takenAtSafepoint, EPOCH_COUNT - 1, "when it was given out");
  log.passSafepoint(4, 0);
  expectSame(log.give(4, 0), UNIT + 4, "a reference of the first epoch");
}

function expectAnew(): void {
  const log = makeLog(makeTypes(), 6);
  let before: number[] = [];
  for (let count = 0; count < 40; count++) {
    const reference = log.give(1024, 1);
    for (const each of before) expectSame(log.wordOf(each), 0, "what was given out before");
    expectSame([log.wordOf(reference), log.hasGiven()], [1024, true], "what was given out now");
    const { takenAtSafepoint, followedBy } = log.explain(reference) ?? {};
    expectSame([takenAtSafepoint, followedBy], [count, "none"], "what is known of it");
    before = [...before.slice(-200), reference];
    log.passSafepoint(5, 0);
    expectSame([log.safepointCount, log.hasGiven()], [count + 1, false], "after a safepoint");
    expectSame(log.explain(reference)?.takenAtSafepoint, count, "what is known of it then");
  }
}

type LogProperty = fc.IProperty<[never]>;

/** Asked of arbitrary programs. */
const properties: Record<string, (types: Types) => LogProperty> = {
  [EXPLAINS]: (types) =>
    fc.property(shortPrograms, (commands) => playBeside(types, commands)) as never,
  [FORGETS]: (types) =>
    fc.property(longPrograms, stampCounts, (commands, stampCount) =>
      playBeside(types, commands, stampCount),
    ) as never,
};

export const logPropertyNames = Object.keys(properties);

export function logProperty(name: string): LogProperty {
  return (properties[name] as (types: Types) => LogProperty)(makeTypes());
}

/** With an exact outcome: each throws when it comes out otherwise. */
export const logCases: Readonly<Record<string, () => void>> = {
  [NEVER]: expectNeverGiven,
  [ANEW]: expectAnew,
};
