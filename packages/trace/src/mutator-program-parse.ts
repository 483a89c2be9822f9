// From the JSON of a line to a program, field by field. It says what is wrong where; whether the
// fields make sense on the machine is for mutator-program-check.ts.

import { type Fail, type JsonFields, parseJsonFields } from "./json-fields.js";
import {
  BURST_MODES,
  type MutatorProgram,
  type ObjectState,
  PROGRAM_KINDS,
  type ProgramAction,
  type ProgramEvent,
  type ProgramObservation,
  type ProgramOperation,
  type ProgramStep,
  type WeakCallback,
} from "./mutator-program.js";

/** Reads one line; `fail` is told what is wrong, and in which step. O(line). */
export function parseMutatorProgram(text: string, fail: Fail): MutatorProgram {
  const fields = parseJsonFields(text, "the program", fail);
  const steps = fields.objects("steps");
  const stepCount = fields.count("nsteps");
  if (stepCount !== steps.length) fail(`nsteps is ${stepCount}, there are ${steps.length} steps`);
  return {
    name: fields.text("name"),
    profile: fields.text("profile"),
    ...(fields.has("seed") ? { seed: fields.count("seed") } : {}),
    ...(fields.has("about") ? { about: fields.text("about") } : {}),
    features: fields.texts("features"),
    steps: steps.map((step, index) =>
      programStep(step, (problem) => fail(`step ${index}: ${problem}`)),
    ),
  };
}

function programStep(fields: JsonFields, fail: Fail): ProgramStep {
  return {
    operation: programOperation(fields.object("do"), fail),
    observed: programObservation(fields, fail),
  };
}

function programOperation(fields: JsonFields, fail: Fail): ProgramOperation {
  const op = fields.text("op");
  const count = fields.count;
  const root = (): number => count("root");
  switch (op) {
    case "new":
      return {
        ...{ op, id: count("id"), kind: choice(fields, "kind", PROGRAM_KINDS, fail) },
        ...{ slotCount: count("slots"), root: root() },
        ...(fields.has("fin") ? { finalizer: programAction(fields.object("fin"), fail) } : {}),
        ...(fields.has("act") ? { action: programAction(fields.object("act"), fail) } : {}),
      };
    case "tuple":
      return { op, id: count("id"), items: fields.countsOrNull("items"), root: root() };
    case "set":
      return { op, object: count("obj"), slot: count("slot"), value: fields.countOrNull("val") };
    case "root":
      return { op, root: root(), value: fields.countOrNull("val") };
    case "load":
      return { op, root: root(), object: count("obj"), slot: count("slot") };
    case "wref":
      return { op, id: count("id"), object: count("obj"), root: root(), callback: call(fields) };
    case "deref":
      return { op, weak: count("ref"), root: root() };
    case "collect":
      return { op, generation: count("gen") };
    case "burst":
      return {
        ...{ op, id: count("id"), count: count("n") },
        ...{ kind: choice(fields, "kind", PROGRAM_KINDS, fail), slotCount: count("slots") },
        ...{ root: root(), mode: choice(fields, "mode", BURST_MODES, fail) },
      };
    case "threshold":
      return { op, values: fields.counts("value") };
    case "enable":
    case "disable":
    case "freeze":
    case "unfreeze":
      return { op };
    default:
      return fail(`the machine has no operation "${op}"`);
  }
}

function call(fields: JsonFields): WeakCallback {
  return fields.isText("cb") && fields.text("cb") === "log" ? "log" : fields.countOrNull("cb");
}

function programAction(fields: JsonFields, fail: Fail): ProgramAction {
  const action = fields.text("do");
  const { count } = fields;
  switch (action) {
    case "log":
      return { do: action };
    case "resurrect_root":
      return { do: action, root: count("root") };
    case "resurrect_slot":
      return { do: action, object: count("obj"), slot: count("slot") };
    case "clear_slot":
      return { do: action, slot: count("slot") };
    case "slot_to_root":
      return { do: action, slot: count("slot"), root: count("root") };
    default:
      return fail(`the machine has no action "${action}"`);
  }
}

function choice<Choice extends string>(
  fields: JsonFields,
  name: string,
  choices: readonly Choice[],
  fail: Fail,
): Choice {
  const text = fields.text(name) as Choice;
  return choices.includes(text) ? text : fail(`${name} "${text}" is none of ${choices.join(", ")}`);
}

function programObservation(fields: JsonFields, fail: Fail): ProgramObservation {
  return {
    events: fields.mixedRows("ev").map((row) => programEvent(row, fail)),
    dead: fields.counts("dead"),
    changed: states(fields, "chg"),
    weak: fields.integerRows("weak", 2) as ProgramObservation["weak"],
    counts: fields.counts("count"),
    statistics: fields.rows("stats", 3),
    longLived: fields.counts("long_lived"),
    ...(fields.has("ret") ? { result: fields.integer("ret") } : {}),
    ...(fields.has("full") ? { all: states(fields, "full") } : {}),
  };
}

function states(fields: JsonFields, name: string): readonly ObjectState[] {
  return fields.integerRows(name, 3) as unknown as readonly ObjectState[];
}

function programEvent(row: readonly unknown[], fail: Fail): ProgramEvent {
  const [name, ...ids] = row;
  const width = name === "call" ? 2 : 1;
  const isKnown = name === "dealloc" || name === "fin" || name === "cb" || name === "call";
  const areIds = ids.length === width && ids.every((id) => Number.isSafeInteger(id));
  if (!isKnown || !areIds) fail(`"ev": ${JSON.stringify(row)} is no event`);
  return row as unknown as ProgramEvent;
}
