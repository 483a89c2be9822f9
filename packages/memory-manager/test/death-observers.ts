// An observer that throws when it is told of a death in a collection: the collection goes on, and
// says what was thrown where errors of program code go. No later call throws it.

import assert from "node:assert/strict";
import {
  EVENT_COUNT_CHANGE,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type Reference,
  slotAt,
  type Value,
} from "@ouro/interfaces";
import type { Compose } from "./contract-traps.js";

export const DEATH_ERRORS = "reports in the collection what observers of its deaths throw";

const CODES: readonly EventCode[] = [
  EVENT_COUNT_CHANGE,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
];

/** A pair that holds itself, and a box with a leaf that dies with it, one by one. */
function reportsErrorsOf(code: EventCode, compose: Compose): void {
  let isArmed = false;
  const manager = compose({
    reservationBytes: 2 ** 25,
    observer: {
      event(each) {
        if (isArmed && each === code) throw new Error("of the observer");
      },
    },
  });
  const { mutator, finalization } = manager;
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const box = manager.defineType({ name: "box", visitedSlotCount: 1, acyclic: true });
  const leaf = manager.defineType({ name: "leaf", rawWordCount: 2 });
  const frame = mutator.enter(3);
  const [second, third] = [slotAt(frame, 1), slotAt(frame, 2)];
  const reports: string[] = [];
  finalization?.setErrorReporter((error) => reports.push((error as Error).message));
  const held = mutator.allocate(pair, frame) as Reference;
  mutator.set(held, 1, held);
  mutator.allocate(box, second);
  mutator.allocate(leaf, third);
  mutator.fill(mutator.root(second) as Reference, 0, third);
  mutator.fill(mutator.root(frame) as Reference, 0, second);
  mutator.setRoot(frame, 0 as Value);
  isArmed = true;
  assert.equal(mutator.collect().reclaimedCount, 3);
  isArmed = false;
  assert.ok(reports.length > 0, `${code} is reported`);
  const reportCount = reports.length;
  mutator.allocate(pair, third);
  assert.equal(reports.length, reportCount);
  manager.validate();
}

export function reportsDeathErrors(compose: Compose): void {
  for (const code of CODES) reportsErrorsOf(code, compose);
}
