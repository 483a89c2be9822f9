// A step is one call of the API, with everything said: which slot, which field, which value. A list
// of steps is a script: it runs on a subject, on the shadow heap, and prints as code.

import type { Value } from "@ouro/interfaces";
import { programTypes } from "./program-types.js";
import type { Path, SlotName } from "./shadow-heap.js";

/** None and immediates are written as numbers, references as the path to them. */
export type StepValue = Value | Path;

export type Step =
  | { readonly call: "enter"; readonly slotCount: number }
  | { readonly call: "leave" }
  | { readonly call: "hold"; readonly from: SlotName }
  | { readonly call: "dispose"; readonly handle: number }
  | {
      readonly call: "allocate";
      /** Index in `programTypes`. */
      readonly type: number;
      /** 0 for a type of fixed length. */
      readonly length: number;
      readonly into: SlotName;
    }
  | { readonly call: "setRoot"; readonly slot: SlotName; readonly value: StepValue }
  | { readonly call: "moveRoot"; readonly into: SlotName; readonly from: SlotName }
  | {
      readonly call: "set";
      readonly object: Path;
      readonly field: number;
      readonly value: StepValue;
    }
  | {
      readonly call: "give" | "fill";
      readonly object: Path;
      readonly field: number;
      readonly from: SlotName;
    }
  | {
      readonly call: "take";
      readonly into: SlotName;
      readonly object: Path;
      readonly field: number;
    }
  | {
      readonly call: "copy";
      readonly target: Path;
      readonly targetField: number;
      readonly source: Path;
      readonly sourceField: number;
      readonly count: number;
    }
  | {
      readonly call: "setWord";
      readonly object: Path;
      readonly field: number;
      readonly word: number;
    }
  | { readonly call: "poll" }
  /** Generations 0 to this one; everything without it. */
  | { readonly call: "collect"; readonly generation?: number };

/** Code as it is printed, which uses these of `programTypes`. */
export interface ScriptCode {
  readonly code: string;
  readonly types: readonly number[];
}

/** In a script: a call, code as it is printed, or a call that is refused and left at that. */
export type ScriptLine = Step | string | ScriptCode | { readonly refused: Step };

/** What a script's names stand for while it is printed. */
interface Names {
  readonly frames: { readonly name: string; readonly start: number }[];
  top: number;
  frameCount: number;
  handleCount: number;
}

/**
 * The steps as JavaScript, for a memory manager that is called `manager`: what a person runs to see
 * a failure again.
 */
export function printScript(script: readonly ScriptLine[]): string {
  const names: Names = { frames: [], top: 0, frameCount: 0, handleCount: 0 };
  const lines = script.map((line) => printLine(line, names));
  return ["const { mutator: m, handles } = manager;", ...printTypes(script), ...lines].join("\n");
}

function printLine(line: ScriptLine, names: Names): string {
  if (typeof line === "string") return line;
  if ("code" in line) return line.code;
  if ("call" in line) return printStep(line, names);
  return `try { ${printStep(line.refused, names)} } catch {}`;
}

function printTypes(script: readonly ScriptLine[]): string[] {
  const used = new Set(script.flatMap(typesIn));
  const lines: string[] = [];
  for (const [index, descriptor] of programTypes.entries()) {
    if (!used.has(index)) continue;
    const text = JSON.stringify(descriptor).replaceAll(/"(\w+)":/g, " $1: ");
    lines.push(`const ${descriptor.name} = manager.defineType(${text});`);
  }
  return lines;
}

function typesIn(line: ScriptLine): readonly number[] {
  if (typeof line === "string") return [];
  if ("code" in line) return line.types;
  const step = "call" in line ? line : line.refused;
  return step.call === "allocate" ? [step.type] : [];
}

function printStep(step: Step, names: Names): string {
  const slot = (name: SlotName): string => printSlot(name, names);
  const path = (to: Path): string => printPath(to, names);
  const value = (of: StepValue): string => (typeof of === "number" ? String(of) : path(of));
  switch (step.call) {
    case "enter":
      return printEnter(step.slotCount, names);
    case "leave":
      return printLeave(names);
    case "hold":
      return `const h${names.handleCount++} = handles.hold(${slot(step.from)});`;
    case "dispose":
      return `h${step.handle}.dispose();`;
    case "allocate":
      return printAllocate(step, slot(step.into));
    case "setRoot":
      return `m.setRoot(${slot(step.slot)}, ${value(step.value)});`;
    case "moveRoot":
      return `m.moveRoot(${slot(step.into)}, ${slot(step.from)});`;
    case "set":
      return `m.set(${path(step.object)}, ${step.field}, ${value(step.value)});`;
    case "give":
    case "fill":
      return `m.${step.call}(${path(step.object)}, ${step.field}, ${slot(step.from)});`;
    case "take":
      return `m.take(${slot(step.into)}, ${path(step.object)}, ${step.field});`;
    case "copy": {
      const { target, targetField, source, sourceField, count } = step;
      return `m.copy(${path(target)}, ${targetField}, ${path(source)}, ${sourceField}, ${count});`;
    }
    case "setWord":
      return `m.setWord(${path(step.object)}, ${step.field}, ${step.word});`;
    case "poll":
      return "m.poll();";
    case "collect":
      return `m.collect(${step.generation ?? ""});`;
  }
}

function printEnter(slotCount: number, names: Names): string {
  const name = `f${names.frameCount++}`;
  names.frames.push({ name, start: names.top });
  names.top += slotCount;
  return `const ${name} = m.enter(${slotCount});`;
}

function printLeave(names: Names): string {
  const left = names.frames.pop();
  if (left === undefined) return "// no frame is left";
  names.top = left.start;
  return `m.leave(${left.name});`;
}

function printAllocate(step: Step & { call: "allocate" }, into: string): string {
  const { name, variablePart } = programTypes[step.type] as (typeof programTypes)[number];
  if (variablePart === "none") return `m.allocate(${name}, ${into});`;
  return `m.allocateArray(${name}, ${step.length}, ${into});`;
}

function printSlot(name: SlotName, { frames }: Names): string {
  if (name < 0) return `h${-1 - name}.slot`;
  const frame = frames.findLast(({ start }) => start <= name);
  if (frame === undefined) return `slot ${name} of no frame`;
  return name === frame.start ? frame.name : `${frame.name} + ${name - frame.start}`;
}

function printPath({ slot, fields }: Path, names: Names): string {
  let text = `m.root(${printSlot(slot, names)})`;
  for (const field of fields) text = `m.get(${text}, ${field})`;
  return text;
}
