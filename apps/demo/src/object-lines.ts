// Objects after a step, a line each, widest columns last.

import { formatTableWithin } from "./format.js";
import type { Look } from "./look.js";
import type { ObjectState } from "./object-states.js";

const NAME_LIMIT = 4;

export function objectLines(states: readonly ObjectState[] | undefined, look: Look): string[] {
  if (states === undefined) return ["This preset neither counts nor has generations to show."];
  if (states.length === 0) return ["No object is alive."];
  const { glyphs, width } = look;
  const rows = states.map((state) => [
    `  ${state.kind} #${state.id}`,
    String(state.count),
    state.generation === -1 ? glyphs.dash : String(state.generation),
    state.roots.length === 0 ? glyphs.dash : few(state.roots.map(String)),
    state.slots.length === 0 ? glyphs.dash : few(state.slots.map((id) => `#${id}`)),
  ]);
  const heading = ["  alive", "count", "generation", "roots", "refers to"];
  return formatTableWithin(width, [heading, ...rows], 3);
}

function few(names: readonly string[]): string {
  const more = names.length > NAME_LIMIT ? `, +${names.length - NAME_LIMIT}` : "";
  return names.slice(0, NAME_LIMIT).join(", ") + more;
}
