// Which slots of the shadow heap a program may name, and what it may store there.

import { mayHold } from "./program-types.js";
import type { ShadowHeap, ShadowObject, ShadowValue, SlotName } from "./shadow-heap.js";

/** The root slots that a program may name now: the current frame's, and handles. */
export function usableSlots(shadow: ShadowHeap): SlotName[] {
  const slots: SlotName[] = [];
  for (let slot = shadow.frameStart; slot < shadow.top; slot++) slots.push(slot);
  for (const serial of shadow.handles.keys()) slots.push(-1 - serial);
  return slots;
}

/** The field behind an object's last slot. */
export function endOfSlots(object: ShadowObject): number {
  return object.type.firstField + object.slots.length;
}

/** The fields of an object that are slots. */
export function slotFields(object: ShadowObject): number[] {
  return [...object.slots.keys()].map((index) => object.type.firstField + index);
}

/** Whether a type may hold a value: an acyclic one holds no slots of others. */
export function accepts(holder: ShadowObject, value: ShadowValue): boolean {
  return typeof value === "number" || mayHold(holder.type.descriptor, value.type.descriptor);
}
