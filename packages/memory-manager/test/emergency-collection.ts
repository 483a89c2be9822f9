// Trap 6: a heap full of garbage is not out of memory. A case that throws when it is called so.

import { isOuroError } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";

export const COLLECTS_FIRST = "everything is collected before memory is called out, and it goes on";

const LENGTH = 25_000;
/** Of 100 kB each: many times a heap of 4 MiB. */
const OBJECT_COUNT = 400;

export function collectsBeforeMemoryIsOut(manager: MemoryManager): void {
  const { mutator } = manager;
  const array = manager.defineType({ name: "array", variablePart: "visited" });
  const frame = mutator.enter(1);
  const place = (): void => {
    const object = mutator.allocateArray(array, LENGTH, frame);
    mutator.set(object, 1, object); // a cycle: counting alone leaves it
    mutator.setRoot(frame, 0);
  };
  for (let count = 0; count < OBJECT_COUNT; count++) place();
  let refused: unknown;
  try {
    mutator.allocateArray(array, 2_000_000, frame);
  } catch (error) {
    refused = error;
  }
  if (!isOuroError(refused, "out-of-memory")) throw new Error(`8 MB of 4 MiB gave ${refused}`);
  place();
  manager.validate();
}
