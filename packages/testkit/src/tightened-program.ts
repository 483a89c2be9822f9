// A counterexample made smaller once more. Shrinking takes commands out, and makes numbers smaller;
// what is left may still build ten objects with one command, and collect before every second one
// because the program is stressed. Here such a program becomes its steps, with the collections
// among them, and then loses every step that it can do without; what is left goes the shortest way
// to its objects:
//
//   allocate table, build a shape, copy, take;  a collection at every allocation and command
//     ─► allocate, collect, hold, collect, allocate, collect, allocate, give, collect, copy, …
//     ─► allocate, allocate, set, setRoot, collect

import type { Command } from "./command.js";
import { createSearch, type Fails, leaveOut, simplifyEach } from "./fewer.js";
import { type Program, scriptOf } from "./program.js";
import { withShorterPaths } from "./shorter-paths.js";
import type { Step } from "./step.js";

/** Programs are short by now; one that is not would be played for minutes. */
const PLAY_LIMIT_COUNT = 500;

/** Of the frame that a program enters first. */
const FRAME_SLOTS = [0, 1, 2, 3];

/** The smallest program found that still fails; the one given if no other does. O(steps²) plays. */
export function tightenProgram(program: Program, fails: Fails<Program>): Program {
  const search = createSearch(fails, PLAY_LIMIT_COUNT);
  const { isSmaller } = search;
  const found = [asSteps(program), withCollections(program)].find(isSmaller);
  if (found === undefined) return program;
  const failsWith = (commands: readonly Command[]): boolean => isSmaller(calmProgram(commands));
  let { commands } = found;
  for (let before = -1; before !== search.smallerCount; ) {
    before = search.smallerCount;
    commands = simplifyEach(leaveOut(commands, failsWith), simplerThan, failsWith);
    commands = shorten(commands, failsWith);
  }
  return calmProgram(commands);
}

/** All paths at once, or none but in the calls with which the program fails still. */
function shorten(
  commands: readonly Command[],
  fails: Fails<readonly Command[]>,
): readonly Command[] {
  const shorter = withShorterPaths(commands);
  const isShort = JSON.stringify(shorter) === JSON.stringify(commands);
  if (isShort || fails(shorter)) return shorter;
  let found = commands;
  for (const [index, command] of shorter.entries()) {
    const isSame = JSON.stringify(command) === JSON.stringify(found[index]);
    const other = found.with(index, command);
    if (!isSame && fails(other)) found = other;
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
