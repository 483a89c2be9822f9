// Exhaustion: a subject's memory used up for real, with objects that the subject itself holds, so
// that the next request of a size meets the end wherever the strategy keeps it.
//
//   limit = what is lent │ words of 256 KiB, 64 KiB, … 16 bytes until refused │ then of the size
//
// The ballast hangs on handles, so that the program's frame stays the current one.

import { type Handle, isOuroError, type Slot } from "@ouro/interfaces";
import type { Player } from "./player.js";
import { programTypes } from "./program-types.js";
import { expectPromise } from "./promise.js";
import type { SlotName } from "./shadow-heap.js";
import type { Step } from "./step.js";
import type { Subject } from "./subject.js";

const BALLAST_TYPE = programTypes.findIndex(({ name }) => name === "words");
/** The field of `words` that links the ballast to a chain. */
const LINK_FIELD = 1;
const LENGTHS = [65_536, 16_384, 4096, 1024, 256, 124, 60, 28, 12, 4, 0];
/** Below the handles that a manager has by default. */
const OWN_SIZE_LIMIT_COUNT = 3000;

export interface Exhaustion {
  /** False when handles ran out before memory did. */
  readonly isComplete: boolean;
  /** Drops the ballast and restores the limit. */
  relieve(): void;
}

/** `anySlot` is a root slot of the program; its value is left alone. */
export function exhaust(
  subject: Subject,
  player: Player,
  { type, length }: Step & { call: "allocate" },
  anySlot: SlotName,
): Exhaustion {
  const { heap, mutator, handles } = subject;
  const { limitBytes } = heap;
  const held: Handle[] = [];

  function slotOfHandle(): Slot {
    const handle = handles.hold(player.slotOf(anySlot));
    held.push(handle);
    mutator.setRoot(handle.slot, 0);
    return handle.slot;
  }

  function isServed(allocate: () => void): boolean {
    try {
      allocate();
      return true;
    } catch (error) {
      if (!isOuroError(error, "out-of-memory")) throw error;
      return false;
    }
  }

  const chain = slotOfHandle();
  const newest = slotOfHandle();
  const ballast = player.typeId(BALLAST_TYPE);
  const id = player.typeId(type);
  heap.setLimitBytes(heap.statistics().lentBytes);
  for (const wanted of LENGTHS) {
    while (isServed(() => void mutator.allocateArray(ballast, wanted, newest))) {
      mutator.fill(mutator.root(newest) as never, LINK_FIELD, chain);
      mutator.moveRoot(chain, newest);
    }
  }
  const isFixed = programTypes[type]?.variablePart === "none";
  let isComplete = false;
  for (let count = 0; count < OWN_SIZE_LIMIT_COUNT && !isComplete; count++) {
    const slot = slotOfHandle();
    isComplete = !isServed(() => {
      if (isFixed) mutator.allocate(id, slot);
      else mutator.allocateArray(id, length, slot);
    });
  }

  return {
    isComplete,
    relieve() {
      for (const handle of held) handle.dispose();
      heap.setLimitBytes(limitBytes);
    },
  };
}

/** The step is refused with the typed error; anything else breaks a promise. */
export function expectRefusal(player: Player, step: Step & { call: "allocate" }): void {
  try {
    player.play(step);
  } catch (error) {
    if (isOuroError(error, "out-of-memory")) return;
    throw error;
  }
  expectPromise(false, "a request is served where the same one was refused just before");
}
