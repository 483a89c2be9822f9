// A command is what a generated program does next, said in numbers that fit any state: "the third
// usable slot, whatever that is now". So a program stays a program when shrinking takes commands
// out of it. Against the shadow heap a command becomes steps; one that makes no sense there becomes
// none.
//
//   command: { do: "give", object: { root: 7, fields: [3] }, field: 12, from: 5 }
//   steps:   m.give(m.get(m.root(f0 + 1), 0), 2, f0 + 2);

import type { Value } from "@ouro/interfaces";
import { isPlayable } from "./playable-step.js";
import { programTypes } from "./program-types.js";
import type { Path, ShadowHeap, ShadowObject, ShadowValue } from "./shadow-heap.js";
import { accepts, endOfSlots, slotFields, usableSlots } from "./shadow-slots.js";
import { createShadowType, type ShadowType } from "./shadow-type.js";
import { type ShapeName, stepsOfShape } from "./shape.js";
import type { Step, StepValue } from "./step.js";

/** A number from 0; what it picks is settled by the remainder. */
export type Pick = number;

export interface ObjectPick {
  readonly root: Pick;
  readonly fields: readonly Pick[];
}

/** None, an immediate, or an object. */
export type ValuePick = Value | ObjectPick;

export type Command =
  | { readonly do: "enter"; readonly slotCount: number }
  | { readonly do: "leave" | "poll" | "collect" }
  | { readonly do: "drop all" }
  | { readonly do: "hold"; readonly from: Pick }
  | { readonly do: "dispose"; readonly handle: Pick }
  | {
      readonly do: "allocate";
      readonly type: Pick;
      readonly length: number;
      readonly into: Pick;
    }
  | { readonly do: "set root"; readonly slot: Pick; readonly value: ValuePick }
  | { readonly do: "move root"; readonly into: Pick; readonly from: Pick }
  | {
      readonly do: "set";
      readonly object: ObjectPick;
      readonly field: Pick;
      readonly value: ValuePick;
    }
  | {
      readonly do: "give" | "fill" | "take";
      readonly object: ObjectPick;
      readonly field: Pick;
      readonly slot: Pick;
    }
  | {
      readonly do: "copy";
      readonly target: ObjectPick;
      readonly targetField: Pick;
      readonly source: ObjectPick;
      readonly sourceField: Pick;
      readonly count: number;
    }
  | {
      readonly do: "set word";
      readonly object: ObjectPick;
      readonly field: Pick;
      readonly word: number;
    }
  | {
      readonly do: "build";
      readonly shape: ShapeName;
      readonly type: Pick;
      readonly count: number;
      readonly slot: Pick;
    }
  /** One call with everything said, as counterexamples have it; none where it means nothing. */
  | { readonly do: "step"; readonly step: Step };

export const shadowTypes: readonly ShadowType[] = programTypes.map(createShadowType);

/**
 * The steps of a command, one after the other: whoever takes them must play each on the shadow heap
 * before asking for the next.
 */
export function* stepsOf(command: Command, shadow: ShadowHeap): Generator<Step> {
  if (command.do === "build") {
    const slots = usableSlots(shadow);
    const first = command.slot % Math.max(1, slots.length);
    const chosen = [...slots.slice(first), ...slots.slice(0, first)];
    yield* stepsOfShape(command.shape, command.count, command.type, chosen);
  } else if (command.do === "step") {
    if (isPlayable(command.step, shadow)) yield command.step;
  } else if (command.do === "drop all") {
    while (shadow.depth > 0) yield { call: "leave" };
    for (const handle of [...shadow.handles.keys()]) yield { call: "dispose", handle };
    yield { call: "enter", slotCount: 4 };
  } else {
    const step = stepOf(command, shadow);
    if (step !== undefined) yield step;
  }
}

type Single = Exclude<Command, { do: "build" | "drop all" | "step" }>;

function stepOf(command: Single, shadow: ShadowHeap): Step | undefined {
  switch (command.do) {
    case "enter":
      return { call: "enter", slotCount: command.slotCount };
    case "leave":
      return shadow.depth > 1 ? { call: "leave" } : undefined;
    case "poll":
    case "collect":
      return { call: command.do };
    case "hold": {
      const from = pick(usableSlots(shadow), command.from);
      return from === undefined ? undefined : { call: "hold", from };
    }
    case "dispose": {
      const handle = pick([...shadow.handles.keys()], command.handle);
      return handle === undefined ? undefined : { call: "dispose", handle };
    }
    case "allocate":
      return allocation(command, shadow);
    case "set root": {
      const slot = pick(usableSlots(shadow), command.slot);
      const value = pickValue(shadow, command.value)?.value;
      if (slot === undefined || value === undefined) return undefined;
      return { call: "setRoot", slot, value };
    }
    case "move root": {
      const into = pick(usableSlots(shadow), command.into);
      const from = pick(usableSlots(shadow), command.from);
      if (into === undefined || from === undefined || into === from) return undefined;
      return { call: "moveRoot", into, from };
    }
    case "set":
      return store(command, shadow);
    case "give":
    case "fill":
    case "take":
      return transfer(command, shadow);
    case "copy":
      return copying(command, shadow);
    default:
      return writing(command, shadow);
  }
}

function allocation(command: Command & { do: "allocate" }, shadow: ShadowHeap): Step | undefined {
  const into = pick(usableSlots(shadow), command.into);
  if (into === undefined) return undefined;
  const type = command.type % programTypes.length;
  return { call: "allocate", type, length: lengthFor(type, command.length), into };
}

/** Programs keep slots few, as each is looked at after each command; raw words may be many. */
function lengthFor(type: number, length: number): number {
  const { variablePart, untracking } = programTypes[type] as (typeof programTypes)[number];
  if (variablePart === "none") return 0;
  if (variablePart === "raw" || variablePart === "bytes") return length;
  return untracking === "dict" ? (length % 600) & ~1 : length % 600;
}

function store(command: Command & { do: "set" }, shadow: ShadowHeap): Step | undefined {
  const holder = pickObject(shadow, command.object);
  const source = pickValue(shadow, command.value);
  if (holder === undefined || source === undefined) return undefined;
  const field = pick(slotFields(holder.object), command.field);
  if (field === undefined || !accepts(holder.object, source.held)) return undefined;
  return { call: "set", object: holder.path, field, value: source.value };
}

function transfer(
  command: Command & { do: "give" | "fill" | "take" },
  shadow: ShadowHeap,
): Step | undefined {
  const holder = pickObject(shadow, command.object);
  const slot = pick(usableSlots(shadow), command.slot);
  if (holder === undefined || slot === undefined) return undefined;
  const { object, path } = holder;
  const fields = slotFields(object);
  if (command.do === "take") {
    const field = pick(fields, command.field);
    return field === undefined ? undefined : { call: "take", into: slot, object: path, field };
  }
  const isFill = command.do === "fill";
  const open = isFill ? fields.filter((field) => shadow.get(object, field) === 0) : fields;
  const field = pick(open, command.field);
  if (field === undefined || !accepts(object, shadow.root(slot))) return undefined;
  return { call: command.do, object: path, field, from: slot };
}

function copying(command: Command & { do: "copy" }, shadow: ShadowHeap): Step | undefined {
  const target = pickObject(shadow, command.target);
  const source = pickObject(shadow, command.source);
  if (target === undefined || source === undefined) return undefined;
  const targetField = pick(slotFields(target.object), command.targetField);
  const sourceField = pick(slotFields(source.object), command.sourceField);
  if (targetField === undefined || sourceField === undefined) return undefined;
  const room = Math.min(
    endOfSlots(target.object) - targetField,
    endOfSlots(source.object) - sourceField,
  );
  const count = Math.min(command.count, room);
  for (let index = 0; index < count; index++) {
    const value = shadow.get(source.object, sourceField + index);
    if (!accepts(target.object, value)) return undefined;
  }
  return {
    call: "copy",
    target: target.path,
    targetField,
    source: source.path,
    sourceField,
    count,
  };
}

function writing(command: Command & { do: "set word" }, shadow: ShadowHeap): Step | undefined {
  const holder = pickObject(shadow, command.object);
  if (holder === undefined) return undefined;
  const { object, path } = holder;
  const count = object.type.writableWordCount(object.length);
  if (count === 0) return undefined;
  const field = endOfSlots(object) + (command.field % count);
  return { call: "setWord", object: path, field, word: command.word };
}

function pick<T>(from: readonly T[], number: Pick): T | undefined {
  return from[number % from.length];
}

/** An object that a usable slot holds, or one further along its references. */
function pickObject(
  shadow: ShadowHeap,
  { root, fields }: ObjectPick,
): { object: ShadowObject; path: Path } | undefined {
  const holding = usableSlots(shadow).filter((slot) => typeof shadow.root(slot) !== "number");
  const slot = pick(holding, root);
  if (slot === undefined) return undefined;
  let object = shadow.root(slot) as ShadowObject;
  const path: number[] = [];
  for (const number of fields) {
    const linked = slotFields(object).filter(
      (field) => typeof shadow.get(object, field) !== "number",
    );
    const field = pick(linked, number);
    if (field === undefined) break;
    path.push(field);
    object = shadow.get(object, field) as ShadowObject;
  }
  return { object, path: { slot, fields: path } };
}

function pickValue(
  shadow: ShadowHeap,
  value: ValuePick,
): { value: StepValue; held: ShadowValue } | undefined {
  if (typeof value === "number") return { value, held: value };
  const source = pickObject(shadow, value);
  return source === undefined ? undefined : { value: source.path, held: source.object };
}
