// The named properties of every allocator. Each looks at one promise of the contract, so that a
// planted fault is killed by a name that says what it broke (test/faults).

import fc from "fast-check";
import { type Command, commandsFor, play } from "./allocator-commands.js";
import type { Check } from "./allocator-model.js";
import * as names from "./property-names.js";
import type { RigMaker } from "./rigs.js";

export const allocatorProperties: ReadonlyMap<string, Check> = new Map([
  [names.PLACEMENT, "placement"],
  [names.CONTENTS, "contents"],
  [names.REALLOCATION, "reallocation"],
  [names.ZEROING, "zeroing"],
  [names.ACCOUNTING, "accounting"],
  [names.WALK, "walk"],
  [names.REFUSALS, "refusals"],
  [names.ALIASING, "aliasing"],
  [names.OVERRUN, "overrun"],
  [names.SOUND, "validate"],
  [names.MEMORY, "memory"],
  [names.RELEASE, "release"],
]);

/** The property of that name on that allocator: hand it to fast-check. */
export function allocatorProperty(name: string, maker: RigMaker): fc.IProperty<[Command[]]> {
  const check = allocatorProperties.get(name);
  if (check === undefined) throw new Error(`no property is named "${name}"`);
  return fc.property(commandsFor(maker), (commands) => play(maker, commands, new Set([check])));
}
