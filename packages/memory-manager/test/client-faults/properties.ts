// What the faults of a client are held against: its programs in the two modes that each find what
// the other cannot.

import assert from "node:assert/strict";
import { exactCase } from "../../../../scripts/faults/check-property.js";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import { createMemoryManager, type MemoryManager } from "../../src/index.js";
import { programs } from "../stack-machine/programs.js";
import { run } from "../stack-machine/stack-machine.js";
import { COUNTING, MOVING } from "./planted-faults.js";

const RESERVATION = { reservationBytes: 2 ** 26 } as const;

function runsPrograms(compose: () => MemoryManager): void {
  for (const { source, prints } of programs) {
    const manager = compose();
    assert.deepEqual(run(manager, source), prints);
    manager.validate();
  }
}

const counting = (): MemoryManager =>
  createMemoryManager("refcount-only", { ...RESERVATION, checked: true });

const moving = (): MemoryManager =>
  createMemoryManager("semispace", { ...RESERVATION, checked: true, collectEvery: 1 });

export const properties: readonly FaultProperty[] = [
  exactCase(COUNTING, () => runsPrograms(counting)),
  exactCase(MOVING, () => runsPrograms(moving)),
];
