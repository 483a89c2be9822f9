// Paths in a counterexample made short: to the same object, at the same moment, from another slot
// or over fewer fields.
//
//   m.set(m.get(m.get(m.root(f0), 0), 0), 1, m.root(f0))  ─►  m.set(m.root(f0), 1, m.root(f0))

import { type Command, stepsOf } from "./command.js";
import { playOnShadow } from "./program.js";
import { createShadowHeap, type Path, type ShadowHeap, type ShadowObject } from "./shadow-heap.js";
import { slotFields, usableSlots } from "./shadow-slots.js";
import type { Step } from "./step.js";

/** The frame that a program enters first. */
const FRAME_SLOT_COUNT = 4;

/** The commands, the paths of their steps shortest; a command that is no step is left as it is. */
export function withShorterPaths(commands: readonly Command[]): Command[] {
  const shadow = createShadowHeap();
  shadow.enter(FRAME_SLOT_COUNT);
  return commands.map((command) => {
    let shorter = command;
    for (const step of stepsOf(command, shadow)) {
      if (command.do === "step") shorter = { do: "step", step: shortened(step, shadow) };
      playOnShadow(step, shadow);
    }
    return shorter;
  });
}

function shortened(step: Step, shadow: ShadowHeap): Step {
  const entries = Object.entries(step).map(([key, value]) => [
    key,
    typeof value === "object" ? shortestPath(value as Path, shadow) : (value as unknown),
  ]);
  return Object.fromEntries(entries) as Step;
}

/** The path itself when none is shorter. O(reachable slots). */
function shortestPath(path: Path, shadow: ShadowHeap): Path {
  const wanted = shadow.follow(path);
  const seen = new Set<ShadowObject>();
  const pending: Path[] = usableSlots(shadow).map((slot) => ({ slot, fields: [] }));
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { slot, fields } = next;
    if (fields.length >= path.fields.length) break;
    const object = objectAt(next, shadow);
    if (object === wanted) return next;
    if (object === undefined || seen.has(object)) continue;
    seen.add(object);
    for (const field of slotFields(object)) pending.push({ slot, fields: [...fields, field] });
  }
  return path;
}

function objectAt({ slot, fields }: Path, shadow: ShadowHeap): ShadowObject | undefined {
  let value = shadow.root(slot);
  for (const field of fields) value = typeof value === "number" ? 0 : shadow.get(value, field);
  return typeof value === "number" ? undefined : value;
}
