// Whether a step means something where it stands. A script that lost some of its steps names slots
// that are not in use, objects that were not born and fields that are none: those steps are left
// out, as commands are that pick from nothing.

import type { Path, ShadowHeap, ShadowObject, ShadowValue, SlotName } from "./shadow-heap.js";
import { accepts, endOfSlots, usableSlots } from "./shadow-slots.js";
import type { Step, StepValue } from "./step.js";

/** Whether a step can be played where the shadow heap stands. */
export function isPlayable(step: Step, shadow: ShadowHeap): boolean {
  const usable = usableSlots(shadow);
  const isUsable = (slot: SlotName): boolean => usable.includes(slot);
  switch (step.call) {
    case "enter":
    case "poll":
    case "collect":
      return true;
    case "leave":
      return shadow.depth > 1;
    case "hold":
      return isUsable(step.from);
    case "dispose":
      return shadow.handles.has(step.handle);
    case "allocate":
      return isUsable(step.into);
    case "moveRoot":
      return isUsable(step.into) && isUsable(step.from) && step.into !== step.from;
    case "setRoot":
      return isUsable(step.slot) && heldBy(step.value, shadow) !== undefined;
    case "setWord":
      return hasWord(objectAt(step.object, shadow), step.field);
    case "copy":
      return canCopy(step, shadow);
    case "set":
      return canHold(objectAt(step.object, shadow), step.field, heldBy(step.value, shadow));
    case "take":
      return isUsable(step.into) && hasSlot(objectAt(step.object, shadow), step.field);
    default:
      return isUsable(step.from) && canTakeIn(step, shadow);
  }
}

/** The object at the end of a path from a usable slot. */
function objectAt({ slot, fields }: Path, shadow: ShadowHeap): ShadowObject | undefined {
  if (!usableSlots(shadow).includes(slot)) return undefined;
  let value = shadow.root(slot);
  for (const field of fields) {
    if (typeof value === "number" || !hasSlot(value, field)) return undefined;
    value = shadow.get(value, field);
  }
  return typeof value === "number" ? undefined : value;
}

function heldBy(value: StepValue, shadow: ShadowHeap): ShadowValue | undefined {
  return typeof value === "number" ? value : objectAt(value, shadow);
}

function hasSlot(object: ShadowObject | undefined, field: number): object is ShadowObject {
  if (object === undefined) return false;
  return field >= object.type.firstField && field < endOfSlots(object);
}

function hasWord(object: ShadowObject | undefined, field: number): boolean {
  if (object === undefined) return false;
  const word = field - endOfSlots(object);
  return word >= 0 && word < object.type.writableWordCount(object.length);
}

function canHold(
  holder: ShadowObject | undefined,
  field: number,
  value: ShadowValue | undefined,
): boolean {
  return value !== undefined && hasSlot(holder, field) && accepts(holder, value);
}

function canTakeIn(step: Step & { call: "give" | "fill" }, shadow: ShadowHeap): boolean {
  const holder = objectAt(step.object, shadow);
  if (!canHold(holder, step.field, shadow.root(step.from))) return false;
  return step.call === "give" || shadow.get(holder as ShadowObject, step.field) === 0;
}

function canCopy(step: Step & { call: "copy" }, shadow: ShadowHeap): boolean {
  const target = objectAt(step.target, shadow);
  const source = objectAt(step.source, shadow);
  for (let index = 0; index < step.count; index++) {
    const field = step.sourceField + index;
    const value = hasSlot(source, field) ? shadow.get(source, field) : undefined;
    if (!canHold(target, step.targetField + index, value)) return false;
  }
  return target !== undefined && source !== undefined;
}
