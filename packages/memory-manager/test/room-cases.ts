// A memory manager of its own heap has room for as many types, handles and frame slots as it is
// asked for, or says which option is too small.

import assert from "node:assert/strict";
import { isOuroError, type Strategy } from "@ouro/interfaces";
import type * as Managers from "@ouro/memory-manager";

export const ROOMY = "has room for the types, handles and frame slots that it was asked for";

type Parts = Pick<typeof Managers, "composeMemoryManager">;

const LIMITS = {
  typeLimitCount: 65535,
  handleLimitCount: 2 ** 20,
  frameSlotLimitCount: 2 ** 22,
} as const;

/** 2 MiB of types, 4.1 of handles and 16 of frame slots, where 5 MiB would be there without. */
export function hasRoom({ composeMemoryManager }: Parts, strategy: () => Strategy): void {
  const options = { reservationBytes: 2 ** 26, ...LIMITS };
  const manager = composeMemoryManager({ ...options, strategy: strategy() });
  const { mutator, handles, types, defineType } = manager;
  assert.equal(types.limitCount, LIMITS.typeLimitCount);
  const pair = defineType({ name: "pair", visitedSlotCount: 2 });
  const frame = mutator.enter(LIMITS.frameSlotLimitCount);
  mutator.allocate(pair, frame);
  handles.hold(frame);
  mutator.leave(frame);
  manager.validate();
}

export function saysWhatIsTooSmall(
  { composeMemoryManager }: Parts,
  strategy: () => Strategy,
): void {
  const options = { reservationBytes: 2 ** 23, frameSlotLimitCount: 2 ** 24 };
  const says = /reservationBytes 8388608 leaves no room for objects beside tables of \d+ bytes/;
  assert.throws(
    () => composeMemoryManager({ ...options, strategy: strategy() }),
    (error) => isOuroError(error, "usage") && says.test(error.message),
  );
}
