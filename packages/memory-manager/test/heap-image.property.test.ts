// A heap saved, restored and saved again is the same to the byte, under every preset, whatever a
// program did: generations and the order of lists, what was finalized, frozen or made immortal, and
// what weak references refer to. OURO_RUNS sets the programs of each, OURO_SEED the seed.

import type { Strategy } from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManager } from "@ouro/memory-manager";
import { decodeHeapImage, encodeHeapImage } from "@ouro/object-model";
import { mutatorPrograms, runProgram } from "@ouro/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { presets } from "./presets.js";
import { playTwin, type TwinCommand, twinPrograms } from "./twin-programs.js";

const numRuns = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 60 : 3));
const seed = Number(process.env.OURO_SEED ?? 1);
const TIMEOUT_MILLISECONDS = 30_000 + numRuns * 2000;

const reservationBytes = 2 ** 24;
const finalizing = [...presets].filter(
  ([, strategy]) => composeMemoryManager({ strategy: strategy() }).finalization !== undefined,
);

function expectSameBytes(manager: MemoryManager, strategy: () => Strategy): MemoryManager {
  const bytes = encodeHeapImage(manager.saveHeap());
  const other = composeMemoryManager({ strategy: strategy(), reservationBytes });
  other.restoreHeap(decodeHeapImage(bytes));
  other.validate();
  expect(Buffer.compare(encodeHeapImage(other.saveHeap()), bytes)).toBe(0);
  return other;
}

/** Commands: a manager is made for each look, which takes longer than all else. */
const LOOKED_AT_EVERY = 4;

/** One object, the weak reference without callback that all share, and one with a callback. */
const WEAK: readonly TwinCommand[] = [
  { do: "make", kind: "watched", slot: 0, length: 0 },
  { do: "weak", slot: 1, of: 0, hasCallback: false },
  { do: "weak", slot: 2, of: 0, hasCallback: true },
];

it.each([...presets])(
  "Under %s save, restore and save give equal bytes after a program",
  (_, strategy) => {
    const isSame = fc.property(mutatorPrograms(), (program) => {
      const managers: MemoryManager[] = [];
      const make = () => {
        managers.push(composeMemoryManager({ strategy: strategy(), reservationBytes }));
        return managers.at(-1) as MemoryManager;
      };
      runProgram(program, make);
      expect(managers).toHaveLength(1);
      expectSameBytes(managers[0] as MemoryManager, strategy);
    });
    fc.assert(isSame, { numRuns, seed });
  },
  TIMEOUT_MILLISECONDS,
);

it.each(finalizing)(
  "Under %s they do in the middle of programs about death and age",
  (_, strategy) => {
    let lookCount = 0;
    let weakCount = 0;
    const isSame = fc.property(twinPrograms, (program) => {
      playTwin([...WEAK, ...program], strategy(), (manager) => {
        if (lookCount++ % LOOKED_AT_EVERY !== 0) return;
        weakCount += manager.saveHeap().weakReferences.filter((target) => target > 0).length;
        expectSameBytes(manager, strategy);
      });
    });
    fc.assert(isSame, { numRuns, seed });
    expect(weakCount).toBeGreaterThan(0);
  },
  TIMEOUT_MILLISECONDS,
);
