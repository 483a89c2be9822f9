// Callbacks of collections that change their own list while it is gone through.

import assert from "node:assert/strict";
import { makeGenerationsRig, type Parts } from "./generations-rig.js";

export const CALLBACKS = "calls callbacks that were added meanwhile, and none that were taken out";

/** The first one takes itself out, so that CPython passes over the second; others add and drop. */
export function changesCallbacks(parts: Parts): void {
  const rig = makeGenerationsRig(parts);
  const { callbacks } = rig.generations;
  const told: string[] = [];
  const tell = (name: string) => (phase: string) => void told.push(`${name} ${phase}`);
  callbacks.push(
    (phase) => {
      tell("first")(phase);
      callbacks.shift();
    },
    tell("second"),
    (phase) => {
      tell("third")(phase);
      if (phase === "start") callbacks.push(tell("fourth"));
    },
    (phase) => {
      tell("popping")(phase);
      if (phase === "stop") callbacks.pop();
    },
    tell("last"),
  );
  rig.generations.collect(0);
  assert.deepEqual(told, [
    ...["first start", "third start", "popping start", "last start", "fourth start"],
    ...["second stop", "third stop", "popping stop", "last stop"],
  ]);
  assert.deepEqual(rig.errors, []);
}
