// Plays steps on a subject, the way a program would make them: every reference is read anew from a
// root slot in the call that uses it, so that none is kept over a safepoint.

import type { Handle, Mutator, Reference, Slot, TypeId, Value } from "@ouro/interfaces";
import { programTypes } from "./program-types.js";
import type { Path, SlotName } from "./shadow-heap.js";
import type { Step, StepValue } from "./step.js";
import type { Subject } from "./subject.js";

export interface Player {
  /** Throws what the subject throws; then nothing of the player has changed. */
  play(step: Step): void;
  slotOf(name: SlotName): Slot;
  /** What the heap's word of a slot holds: an address, also where references are none. */
  wordIn(name: SlotName): number;
  /** The type's number in the subject; it is defined when first asked for. */
  typeId(type: number): TypeId;
}

export function createPlayer(subject: Subject): Player {
  const { mutator, handles } = subject;
  const typeIds: TypeId[] = [];
  const frames: { readonly slot: Slot; readonly start: number }[] = [];
  const held: Handle[] = [];
  let top = 0;

  function slotOf(name: SlotName): Slot {
    if (name < 0) return (held[-1 - name] as Handle).slot;
    for (let index = frames.length - 1; ; index--) {
      const frame = frames[index];
      if (frame === undefined) throw new Error(`player: slot ${name} is in no frame`);
      if (frame.start <= name) return (frame.slot + (name - frame.start)) as Slot;
    }
  }

  function wordIn(name: SlotName): number {
    const slot = slotOf(name);
    return subject.heap.words[subject.plainSlot?.(slot) ?? slot] as number;
  }

  function typeId(type: number): TypeId {
    const known = typeIds[type];
    if (known !== undefined) return known;
    const defined = subject.defineType(programTypes[type] as (typeof programTypes)[number]);
    typeIds[type] = defined;
    return defined;
  }

  function allocate({ type, length, into }: Step & { call: "allocate" }): void {
    const id = typeId(type);
    if (programTypes[type]?.variablePart === "none") mutator.allocate(id, slotOf(into));
    else mutator.allocateArray(id, length, slotOf(into));
  }

  function leave(): void {
    const frame = frames.pop();
    if (frame === undefined) throw new Error("player: no frame is left to leave");
    top = frame.start;
    mutator.leave(frame.slot);
  }

  function play(step: Step): void {
    switch (step.call) {
      case "enter": {
        const slot = mutator.enter(step.slotCount);
        frames.push({ slot, start: top });
        top += step.slotCount;
        break;
      }
      case "leave":
        leave();
        break;
      case "hold":
        held.push(handles.hold(slotOf(step.from)));
        break;
      case "dispose":
        held[step.handle]?.dispose();
        break;
      case "allocate":
        allocate(step);
        break;
      case "poll":
        mutator.poll();
        break;
      case "collect":
        mutator.collect(step.generation);
        break;
      default:
        playStore(step, mutator, slotOf);
    }
  }

  return { play, slotOf, wordIn, typeId };
}

type Store = Exclude<
  Step,
  { call: "enter" | "leave" | "hold" | "dispose" | "allocate" | "poll" | "collect" }
>;

function playStore(step: Store, mutator: Mutator, slotOf: (name: SlotName) => Slot): void {
  const read = (path: Path): Reference => follow(path, mutator, slotOf);
  const valueOfStep = (value: StepValue): Value =>
    typeof value === "number" ? value : read(value);
  switch (step.call) {
    case "setRoot":
      mutator.setRoot(slotOf(step.slot), valueOfStep(step.value));
      break;
    case "moveRoot":
      mutator.moveRoot(slotOf(step.into), slotOf(step.from));
      break;
    case "set":
      mutator.set(read(step.object), step.field, valueOfStep(step.value));
      break;
    case "give":
      mutator.give(read(step.object), step.field, slotOf(step.from));
      break;
    case "fill":
      mutator.fill(read(step.object), step.field, slotOf(step.from));
      break;
    case "take":
      mutator.take(slotOf(step.into), read(step.object), step.field);
      break;
    case "copy":
      mutator.copy(
        read(step.target),
        step.targetField,
        read(step.source),
        step.sourceField,
        step.count,
      );
      break;
    case "setWord":
      mutator.setWord(read(step.object), step.field, step.word);
  }
}

function follow(
  { slot, fields }: Path,
  mutator: Mutator,
  slotOf: (name: SlotName) => Slot,
): Reference {
  let reference = mutator.root(slotOf(slot)) as Reference;
  for (const field of fields) reference = mutator.get(reference, field) as Reference;
  return reference;
}
