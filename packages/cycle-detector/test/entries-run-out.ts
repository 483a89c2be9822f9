// A candidate buffer without room for one more: the candidate that it does not take is found all
// the same, once there is room again.

import { makeBufferRig } from "./buffer-rig.js";
import { expect } from "./expect.js";

export const RUN_OUT = "loses no candidate when its entries run out";

export function entriesRunOut(): void {
  const rig = makeBufferRig(2);
  const { buffer, detector, make, words, validate } = rig;
  const dying = [make("node", 1), make("node", 1)];
  const lost = make("node", 1);
  words[lost + 2] = lost;
  for (const object of [...dying, lost]) buffer.note(object as never);
  expect(buffer.candidateCount()).toBe(2);
  for (const object of dying) buffer.remove(object as never);
  buffer.mendOverrun((visit) => visit(lost as never));
  validate();
  expect(detector.find().foundCount).toBe(1);
  expect(buffer.foundAt(0)).toBe(lost);
}
