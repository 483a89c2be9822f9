// A heap saved and restored is the same, under every preset, whatever a program did: generations
// and the order of lists, what was finalized, frozen or made immortal, and what weak references
// refer to. OURO_RUNS sets the programs of each, OURO_SEED the seed.

import { composeMemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import { describe, it } from "vitest";
import {
  callsNobody,
  comesBackUntracked,
  HOST,
  imageOfDeathProperty,
  imageProperty,
  ROOM,
  refusesManyTypes,
  SAME_BYTES,
  SAME_HEAP,
  UNTRACKED,
} from "./heap-image-properties.js";
import { presets } from "./presets.js";

const runs = process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 60 : undefined);
const numRuns = Number(runs ?? 5);
/** Programs about death are looked at many times each, and cost ten times as much. */
const deathRuns = Number(runs ?? 2);
const seed = Number(process.env.OURO_SEED ?? 1);
const TIMEOUT_MILLISECONDS = 30_000 + numRuns * 2000;

describe.each([...presets])("A heap under %s", (_, strategy) => {
  const { finalization, collector } = composeMemoryManager({
    strategy: strategy(),
    reservationBytes: 2 ** 23,
  });

  it.each([SAME_BYTES, SAME_HEAP])(
    "%s",
    (name) => {
      fc.assert(imageProperty(name, strategy), { numRuns, seed });
      if (finalization !== undefined) {
        fc.assert(imageOfDeathProperty(name, strategy), { numRuns: deathRuns, seed });
      }
    },
    TIMEOUT_MILLISECONDS,
  );

  it.runIf(collector.generations !== undefined)(UNTRACKED, () => comesBackUntracked(strategy));

  it(ROOM, () => refusesManyTypes(strategy));

  it.runIf(finalization !== undefined)(HOST, () => callsNobody(strategy));
});
