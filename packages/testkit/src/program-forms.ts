// What the programs of the suites look like, as forms: a file of a counterexample that is damaged
// is told as damaged, where a program that cannot be played would be told as a refutation.

import type { AllocatorCommand } from "./allocator/allocator-commands.js";
import type { SweepCommand } from "./allocator/sweep-command.js";
import type { Command } from "./command.js";
import { ACTS, type DeathCommand, ROOT_COUNT, WEAK_COUNT } from "./death-program.js";
import type { DeepCase } from "./deep-case.js";
import type { DetectorProgram, GraphObject } from "./detector/detector-program.js";
import {
  either,
  FLAG,
  type Form,
  form,
  kindsBy,
  listOf,
  oneOf,
  optional,
  record,
  TEXT,
  wholeNumber,
} from "./form.js";
import type { HeapCommand } from "./heap/heap-commands.js";
import type { Program } from "./program.js";
import { programTypes } from "./program-types.js";
import { SHAPES } from "./shape.js";
import type { Letter } from "./small-scope/letter.js";
import type { SmallCase } from "./small-scope/small-case.js";
import type { StartHeap } from "./small-scope/start-heap.js";
import type { Step } from "./step.js";

/** A form for each field. */
type Fields<Value, But = never> = {
  readonly [Key in Exclude<keyof Required<Value>, But>]: Form;
};
/** Of a union, what has `Word` in its field `Key`. */
type Kind<Union, Key extends PropertyKey, Word> = Union extends { readonly [K in Key]: infer Words }
  ? Word extends Words
    ? Union
    : never
  : never;
type Kinds<Union extends { readonly [K in Key]: string }, Key extends string> = {
  readonly [Word in Union[Key]]: Fields<Kind<Union, Key, Word>, Key>;
};

const LARGEST = Number.MAX_SAFE_INTEGER;
const PICK = wholeNumber();
const COUNT = wholeNumber(1);
const WORD = wholeNumber(-LARGEST, LARGEST);
const NUMBER = form("a number", (value) => typeof value === "number");
const fieldsOf = <Value>(fields: Fields<Value>): Form => record(fields);

const OBJECT = record({ root: PICK, fields: listOf(PICK) });
const VALUE = either(WORD, OBJECT);
/** Slots of frames from 0 on, those of handles below. */
const SLOT = wholeNumber(-LARGEST, LARGEST);
const PATH = record({ slot: SLOT, fields: listOf(PICK) });
const STEP_VALUE = either(WORD, PATH);

const STEP = kindsBy("call", {
  enter: { slotCount: COUNT },
  leave: {},
  hold: { from: SLOT },
  dispose: { handle: PICK },
  allocate: { type: wholeNumber(0, programTypes.length - 1), length: PICK, into: SLOT },
  setRoot: { slot: SLOT, value: STEP_VALUE },
  moveRoot: { into: SLOT, from: SLOT },
  set: { object: PATH, field: PICK, value: STEP_VALUE },
  give: { object: PATH, field: PICK, from: SLOT },
  fill: { object: PATH, field: PICK, from: SLOT },
  take: { into: SLOT, object: PATH, field: PICK },
  copy: { target: PATH, targetField: PICK, source: PATH, sourceField: PICK, count: PICK },
  setWord: { object: PATH, field: PICK, word: WORD },
  poll: {},
  collect: { generation: optional(PICK) },
} satisfies Kinds<Step, "call">);

const COMMAND = kindsBy("do", {
  enter: { slotCount: COUNT },
  leave: {},
  poll: {},
  collect: {},
  "drop all": {},
  hold: { from: PICK },
  dispose: { handle: PICK },
  allocate: { type: PICK, length: PICK, into: PICK },
  "set root": { slot: PICK, value: VALUE },
  "move root": { into: PICK, from: PICK },
  set: { object: OBJECT, field: PICK, value: VALUE },
  give: { object: OBJECT, field: PICK, slot: PICK },
  fill: { object: OBJECT, field: PICK, slot: PICK },
  take: { object: OBJECT, field: PICK, slot: PICK },
  copy: { target: OBJECT, targetField: PICK, source: OBJECT, sourceField: PICK, count: PICK },
  "set word": { object: OBJECT, field: PICK, word: WORD },
  build: { shape: oneOf(...SHAPES), type: PICK, count: COUNT, slot: PICK },
  step: { step: STEP },
} satisfies Kinds<Command, "do">);

export const PROGRAM: Form = fieldsOf<Program>({
  commands: listOf(COMMAND),
  collectEvery: PICK,
  collectAtBarrier: optional(PICK),
  collectYoungEvery: optional(PICK),
});

const ROOT = wholeNumber(0, ROOT_COUNT - 1);
const WEAK = wholeNumber(0, WEAK_COUNT - 1);
const FIELD = wholeNumber(0, 1);
const ACT = oneOf(...ACTS);

export const DEATH_COMMANDS: Form = listOf(
  kindsBy("do", {
    new: { slot: ROOT, isFinalized: FLAG, act: ACT },
    link: { from: ROOT, field: FIELD, to: ROOT },
    cut: { from: ROOT, field: FIELD },
    drop: { slot: ROOT },
    weak: { weak: WEAK, slot: ROOT, act: oneOf(...ACTS, "no callback") },
    "drop weak": { weak: WEAK },
    ring: { slot: ROOT, count: COUNT, act: ACT },
    "watched ring": { slot: ROOT, count: COUNT, act: ACT },
    poll: {},
    collect: {},
  } satisfies Kinds<DeathCommand, "do">),
);

export const DEEP_CASE: Form = fieldsOf<DeepCase>({
  shape: oneOf("chain", "ring", "fan", "wheel"),
  type: oneOf(...programTypes.map(({ name }) => name)),
  link: PICK,
  count: COUNT,
});

/** Routes of small heaps have seven roots at most. */
const SMALL_ROOT = wholeNumber(0, 6);

const LETTER = kindsBy("do", {
  allocate: { root: SMALL_ROOT },
  root: { root: SMALL_ROOT, value: PICK },
  write: { object: COUNT, field: FIELD, value: PICK },
  collect: { isYoungOnly: FLAG },
} satisfies Kinds<Letter, "do">);

const PAIR = form(
  "the two numbers of an object's slots",
  (value) => listOf(PICK, 2)(value) === undefined && (value as unknown[]).length === 2,
);

const SMALL_FIELDS: Fields<SmallCase, "before"> = {
  rootCount: wholeNumber(1, 7),
  start: fieldsOf<StartHeap>({
    slots: listOf(PAIR),
    isRooted: listOf(FLAG),
    histories: listOf(either(PICK, oneOf("touched"))),
  }),
  letters: listOf(LETTER),
};

/** Cases that were played before had none before them. */
export const SMALL_CASE: Form = fieldsOf<SmallCase>({
  ...SMALL_FIELDS,
  before: optional(listOf(record(SMALL_FIELDS))),
});

export const ALLOCATOR_COMMANDS: Form = listOf(
  kindsBy("do", {
    allocate: { requestBytes: NUMBER },
    allocateZeroed: { requestBytes: NUMBER },
    reallocate: { pick: PICK, requestBytes: NUMBER },
    free: { pick: PICK },
    allocateMany: { count: PICK, requestBytes: NUMBER },
    freeMany: { pick: PICK, count: PICK },
    misuse: { pick: PICK, offset: WORD },
  } satisfies Kinds<AllocatorCommand, "do">),
);

export const SWEEP_COMMANDS: Form = listOf(
  kindsBy("do", {
    allocate: { count: PICK, requestBytes: NUMBER },
    free: { pick: PICK, count: PICK },
    sweep: { keptPercent: wholeNumber(0, 100), salt: PICK },
    finish: {},
  } satisfies Kinds<SweepCommand, "do">),
);

export const DETECTOR_PROGRAM: Form = fieldsOf<DetectorProgram>({
  objects: listOf(
    fieldsOf<GraphObject>({
      type: wholeNumber(0, 3),
      slots: listOf(PICK),
      outsideCount: PICK,
      isListed: FLAG,
    }),
    1,
  ),
  revived: listOf(PICK),
  forgotten: listOf(PICK),
});

export const HEAP_COMMANDS: Form = listOf(
  kindsBy("do", {
    reserve: { borrower: COUNT, count: COUNT },
    "reserve at": { borrower: COUNT, index: PICK, count: COUNT },
    release: { borrower: COUNT, index: PICK, count: COUNT },
    "release lent": { nth: PICK, count: COUNT },
    limit: { arenaCount: PICK },
    region: { borrower: COUNT, name: TEXT, sizeWords: COUNT },
  } satisfies Kinds<HeapCommand, "do">),
);
