// A program is a list of commands and how it is stressed. It means the same on every manager: which
// call comes next depends on the shadow heap alone.

import { type Command, shadowTypes, stepsOf } from "./command.js";
import {
  createShadowHeap,
  type ShadowHeap,
  type ShadowObject,
  type ShadowValue,
} from "./shadow-heap.js";
import type { ShadowType } from "./shadow-type.js";
import { printScript, type Step, type StepValue } from "./step.js";

export interface Program {
  readonly commands: readonly Command[];
  /** A full collection before every so many allocations; 0 for none. */
  readonly collectEvery: number;
  /** A full collection behind the store, move, copy or drop with this number, from 1. */
  readonly collectAtBarrier?: number;
  /** The youngest generation alone is collected after every so many commands; 0: never. */
  readonly collectYoungEvery?: number;
}

const STORES: readonly Step["call"][] = [
  "leave",
  "dispose",
  "setRoot",
  "moveRoot",
  "set",
  "give",
  "fill",
  "take",
  "copy",
];

/**
 * The steps of a program, and undefined at the end of each command. Whoever takes them must play
 * each on the shadow heap (`playOnShadow`) before asking for the next. The first step enters a
 * frame.
 */
export function* stepsOfProgram(program: Program, shadow: ShadowHeap): Generator<Step | undefined> {
  const { commands, collectEvery, collectAtBarrier = 0, collectYoungEvery = 0 } = program;
  let allocationCount = 0;
  let storeCount = 0;
  let commandCount = 0;
  yield { call: "enter", slotCount: 4 };
  for (const command of commands) {
    for (const step of stepsOf(command, shadow)) {
      if (step.call === "allocate" && collectEvery > 0) {
        if (allocationCount++ % collectEvery === 0) yield { call: "collect" };
      }
      yield step;
      // A reference in a root slot is all that a program keeps over the collection.
      if (STORES.includes(step.call) && ++storeCount === collectAtBarrier)
        yield { call: "collect" };
    }
    commandCount++;
    if (collectYoungEvery > 0 && commandCount % collectYoungEvery === 0) {
      yield { call: "collect", generation: 0 };
    }
    yield undefined;
  }
}

/** Every step of a program: it can be run anywhere, and printed. */
export function scriptOf(program: Program): Step[] {
  const shadow = createShadowHeap();
  const script: Step[] = [];
  for (const step of stepsOfProgram(program, shadow)) {
    if (step === undefined) continue;
    script.push(step);
    playOnShadow(step, shadow);
  }
  return script;
}

/** How many objects a program allocates: under every manager the same. */
export function allocationCountOf(program: Program): number {
  return scriptOf(program).filter(({ call }) => call === "allocate").length;
}

/** The program as JavaScript, for a memory manager that is called `manager`. */
export function printProgram(program: Program): string {
  return printScript(scriptOf(program));
}

/** Plays one step on the shadow heap; answers what was born. */
export function playOnShadow(step: Step, shadow: ShadowHeap): ShadowObject | undefined {
  const heldBy = (value: StepValue): ShadowValue =>
    typeof value === "number" ? value : shadow.follow(value);
  switch (step.call) {
    case "enter":
      shadow.enter(step.slotCount);
      break;
    case "leave":
      shadow.leave();
      break;
    case "hold":
      shadow.hold(step.from);
      break;
    case "dispose":
      shadow.dispose(step.handle);
      break;
    case "allocate":
      return shadow.allocate(shadowTypes[step.type] as ShadowType, step.length, step.into);
    case "setRoot":
      shadow.setRoot(step.slot, heldBy(step.value));
      break;
    case "moveRoot":
      moveRoot(step.into, step.from, shadow);
      break;
    case "set":
      shadow.set(shadow.follow(step.object), step.field, heldBy(step.value));
      break;
    case "give":
    case "fill": {
      const object = shadow.follow(step.object);
      const value = shadow.root(step.from);
      if (step.call === "fill" && shadow.get(object, step.field) !== 0) refuseFill(step.field);
      shadow.setRoot(step.from, 0);
      shadow.set(object, step.field, value);
      break;
    }
    case "take": {
      const object = shadow.follow(step.object);
      const value = shadow.get(object, step.field);
      shadow.set(object, step.field, 0);
      shadow.setRoot(step.into, value);
      break;
    }
    case "copy":
      copy(step, shadow);
      break;
    case "setWord":
      shadow.follow(step.object).raw.set(step.field, step.word);
  }
  return undefined;
}

function moveRoot(into: number, from: number, shadow: ShadowHeap): void {
  const value = shadow.root(from);
  shadow.setRoot(from, 0);
  shadow.setRoot(into, value);
}

/** As one: all is read before anything is written. */
function copy(step: Step & { call: "copy" }, shadow: ShadowHeap): void {
  const { targetField, sourceField, count } = step;
  const target = shadow.follow(step.target);
  const source = shadow.follow(step.source);
  const values: ShadowValue[] = [];
  for (let index = 0; index < count; index++) values.push(shadow.get(source, sourceField + index));
  for (const [index, value] of values.entries()) shadow.set(target, targetField + index, value);
}

/** A program that does so is none: the contract of `fill` is for who calls it. */
function refuseFill(field: number): never {
  throw new Error(`shadow heap: field ${field} is full`);
}
