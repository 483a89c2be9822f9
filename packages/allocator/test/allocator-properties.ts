// The named properties of every allocator. Each looks at one promise of the contract, so that a
// planted fault is killed by a name that says what it broke (test/faults).

import fc from "fast-check";
import { commandsFor, play } from "./allocator-commands.js";
import type { Check } from "./allocator-model.js";
import type { RigMaker } from "./rigs.js";

export const allocatorProperties: ReadonlyMap<string, Check> = new Map([
  ["gives blocks that are aligned, large enough and never overlap", "placement"],
  ["keeps the contents of a block until it is freed", "contents"],
  ["keeps the first bytes on reallocation and leaks nothing", "reallocation"],
  ["fills zeroed blocks with zeros", "zeroing"],
  ["accounts for every byte that it was lent", "accounting"],
  ["walks exactly the live blocks in address order", "walk"],
  ["refuses foreign, interior and double frees and changes nothing", "refusals"],
  ["stays sound after each command", "validate"],
  ["loses nothing when memory runs out at any allocation", "memory"],
  ["gives back every arena but the kept one when all is freed", "release"],
]);

/** Runs one property; throws fast-check's report, with its seed, when it does not hold. */
export function checkProperty(
  name: string,
  maker: RigMaker,
  parameters: fc.Parameters<unknown>,
): void {
  const check = allocatorProperties.get(name);
  if (check === undefined) throw new Error(`no property is named "${name}"`);
  fc.assert(
    fc.property(commandsFor(maker), (commands) => play(maker, commands, new Set([check]))),
    { interruptAfterTimeLimit: 40_000, ...parameters } as fc.Parameters<[unknown]> as never,
  );
}
