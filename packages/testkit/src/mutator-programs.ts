// Arbitrary mutator programs: fast-check's arbitrary of commands, with the shapes that hurt given
// weight, and stress as parameters of the program, so that they shrink with it: a collection before
// every nth allocation, behind the kth store, of the young after every nth command.

import { IMMEDIATE_MAX, IMMEDIATE_MIN, immediateOf } from "@ouro/interfaces";
import fc from "fast-check";
import type { Command, ObjectPick, ValuePick } from "./command.js";
import { type Program, printProgram } from "./program.js";
import { SHAPES, type ShapeName } from "./shape.js";

export interface MutatorProgramsOptions {
  /** Most commands of one program. Default 60. */
  readonly commandLimitCount?: number;
  /** Most objects of one built shape. Default 40. */
  readonly shapeLimitCount?: number;
  /** Most raw words of one object; half a MiB of words fills arenas. Default 300 000. */
  readonly rawLimitWords?: number;
}

/** Programs of any kind. A counterexample prints as the script of its API calls. */
export function mutatorPrograms(options: MutatorProgramsOptions = {}): fc.Arbitrary<Program> {
  const { commandLimitCount = 60, shapeLimitCount = 40, rawLimitWords = 300_000 } = options;
  const command = commandArbitrary(shapeLimitCount, rawLimitWords);
  const commands = fc.array(command, { maxLength: commandLimitCount, size: "max" });
  const collectEvery = fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constant(1) },
    { weight: 2, arbitrary: fc.integer({ min: 2, max: 9 }) },
  );
  const collectAtBarrier = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
  );
  const collectYoungEvery = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) },
  );
  return fc
    .record(
      { commands, collectEvery, collectAtBarrier, collectYoungEvery },
      { noNullPrototype: true },
    )
    .map((program) => withScript(program));
}

function withScript(program: Program): Program {
  return Object.defineProperty(program, fc.toStringMethod, {
    value: () => `\n${printProgram(program)}\n`,
    enumerable: false,
  });
}

const pick = fc.nat({ max: 999 });

const object: fc.Arbitrary<ObjectPick> = fc.record(
  { root: pick, fields: fc.array(pick, { maxLength: 3 }) },
  { noNullPrototype: true },
);

const immediate = fc
  .oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(IMMEDIATE_MIN, IMMEDIATE_MAX),
    fc.integer({ min: IMMEDIATE_MIN, max: IMMEDIATE_MAX }),
  )
  .map(immediateOf);

const value: fc.Arbitrary<ValuePick> = fc.oneof(
  { weight: 5, arbitrary: object },
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: immediate },
);

/** What few other commands come by has more weight. */
const SHAPE_WEIGHTS: Readonly<Record<ShapeName, number>> = {
  chain: 2,
  ring: 3,
  loop: 1,
  diamond: 1,
  tails: 3,
  wide: 2,
  nested: 3,
  "acyclic tail": 2,
  "late edge": 3,
  reuse: 2,
};
const shape = fc.oneof(
  ...SHAPES.map((name) => ({ weight: SHAPE_WEIGHTS[name], arbitrary: fc.constant(name) })),
);

/** Raw words are anything; those that look like references must not be taken for any. */
const word = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.nat({ max: 2 ** 20 }).map((granule) => granule * 4),
);

function lengthArbitrary(rawLimitWords: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.nat({ max: 9 }) },
    { weight: 4, arbitrary: fc.integer({ min: 10, max: 600 }) },
    { weight: 1, arbitrary: fc.nat({ max: rawLimitWords }) },
  );
}

/** Most frames are small; a large one shrinks to them. */
const slotCount = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 6, max: 40 }) },
);

function commandArbitrary(shapeLimitCount: number, rawLimitWords: number): fc.Arbitrary<Command> {
  const make = <Name extends Command["do"]>(
    weight: number,
    name: Name,
    rest: Record<string, fc.Arbitrary<unknown>>,
  ) => ({
    weight,
    arbitrary: fc.record(
      { do: fc.constant(name), ...rest },
      { noNullPrototype: true },
    ) as unknown as fc.Arbitrary<Command>,
  });
  return fc.oneof(
    make(20, "allocate", { type: pick, length: lengthArbitrary(rawLimitWords), into: pick }),
    make(14, "set", { object, field: pick, value }),
    make(6, "set root", { slot: pick, value }),
    make(4, "move root", { into: pick, from: pick }),
    make(5, "give", { object, field: pick, slot: pick }),
    make(5, "fill", { object, field: pick, slot: pick }),
    make(5, "take", { object, field: pick, slot: pick }),
    make(5, "copy", {
      target: object,
      targetField: pick,
      source: object,
      sourceField: pick,
      count: fc.nat({ max: 8 }),
    }),
    make(4, "set word", { object, field: fc.nat(), word }),
    make(4, "build", {
      shape,
      type: pick,
      count: fc.integer({ min: 1, max: shapeLimitCount }),
      slot: pick,
    }),
    make(3, "enter", { slotCount }),
    make(3, "leave", {}),
    make(3, "hold", { from: pick }),
    make(2, "dispose", { handle: pick }),
    make(2, "poll", {}),
    make(3, "collect", {}),
    make(1, "drop all", {}),
  );
}
