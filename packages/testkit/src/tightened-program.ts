// A counterexample made smaller once more. Shrinking takes commands out, and makes numbers smaller;
// what is left may still build ten objects with one command, and collect before every second one
// because the program is stressed. Here such a program becomes its steps, with the collections
// among them, and then loses every step that it can do without:
//
//   allocate table, build a shape, copy, take;  a collection at every allocation and command
//     ─► allocate, collect, hold, collect, allocate, collect, allocate, give, collect, copy, …
//     ─► allocate, allocate, set, setRoot, collect
//
// Source of the search: Zeller and Hildebrandt 2002, *Simplifying and isolating failure-inducing
// input*, without its test of what was taken out alone.

import type { Command } from "./command.js";
import { type Program, scriptOf } from "./program.js";
import type { Step } from "./step.js";

/** Programs are short by now; one that is not would be played for minutes. */
const PLAY_LIMIT_COUNT = 500;

/** Of the frame that a program enters first. */
const FRAME_SLOTS = [0, 1, 2, 3];

type Fails = (program: Program) => boolean;

/** The smallest program found that still fails; the one given if no other does. O(steps²) plays. */
export function tightenProgram(program: Program, fails: Fails): Program {
  let playCount = 0;
  let smallerCount = 0;
  const isSmaller: Fails = (candidate) => {
    if (playCount === PLAY_LIMIT_COUNT) return false;
    playCount++;
    const hasFailed = fails(candidate);
    if (hasFailed) smallerCount++;
    return hasFailed;
  };
  let found = [asSteps(program), withCollections(program)].find(isSmaller);
  if (found === undefined) return program;
  for (let before = -1; before !== smallerCount; ) {
    before = smallerCount;
    found = withSimplerSteps(withFewerCommands(found, isSmaller), isSmaller);
  }
  return found;
}

function calmProgram(commands: readonly Command[]): Program {
  return { commands, collectEvery: 0 };
}

/** All that is called, the collections of its stress among it. A program enters a frame itself. */
function asSteps(program: Program): Program {
  const [, ...steps] = scriptOf(program);
  return calmProgram(steps.map((step) => ({ do: "step", step })));
}

/** Its own commands, with a collection behind each instead of the stress. */
function withCollections({ commands }: Program): Program {
  return calmProgram(commands.flatMap((command) => [command, { do: "collect" } as const]));
}

/** Whole stretches first, the last ones before the others: what is called last fails. */
function withFewerCommands(program: Program, fails: Fails): Program {
  let { commands } = program;
  for (let size = commands.length >> 1; size > 0; size >>= 1) {
    for (let start = commands.length - size; start > -size; start -= size) {
      const first = Math.max(0, start);
      const fewer = [...commands.slice(0, first), ...commands.slice(start + size)];
      if (fails(calmProgram(fewer))) commands = fewer;
    }
  }
  return calmProgram(commands);
}

function withSimplerSteps(program: Program, fails: Fails): Program {
  let { commands } = program;
  for (const index of commands.keys()) {
    for (const simpler of simplerThan(commands[index] as Command)) {
      const other = commands.with(index, simpler);
      if (!fails(calmProgram(other))) continue;
      commands = other;
      break;
    }
  }
  return calmProgram(commands);
}

/** The simplest first. */
function simplerThan(command: Command): Command[] {
  if (command.do !== "step") return [];
  return simplerSteps(command.step).map((step) => ({ do: "step", step }));
}

function simplerSteps(step: Step): Step[] {
  switch (step.call) {
    case "collect":
      return step.generation === undefined ? [] : [{ call: "collect" }];
    case "allocate":
      return [0, 1, step.length >> 1, step.length - 1]
        .filter(
          (length, index, all) =>
            length >= 0 && length < step.length && all.indexOf(length) === index,
        )
        .map((length) => ({ ...step, length }));
    case "take":
      return [{ call: "set", object: step.object, field: step.field, value: 0 }];
    case "copy": {
      const { target: object, targetField: field, source, sourceField } = step;
      const value = { slot: source.slot, fields: [...source.fields, sourceField] };
      return [{ call: "set", object, field, value }];
    }
    case "give": {
      const { object, field, from } = step;
      return [{ call: "set", object, field, value: { slot: from, fields: [] } }];
    }
    case "set":
      if (typeof step.value === "number" || step.value.fields.length === 0) return [];
      return FRAME_SLOTS.map((slot) => ({ ...step, value: { slot, fields: [] } }));
    default:
      return [];
  }
}
