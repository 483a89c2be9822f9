// Heaps for the suite, one kind for each memory that a heap can lie in.

import { ARENA_SIZE_BYTES, type PrivateHeap } from "@ouro/interfaces";
import type { HeapMaker } from "@ouro/testkit";
import { createPrivateHeap, type PrivateHeapOptions } from "../src/index.js";

const MIB = ARENA_SIZE_BYTES;

type Memory = Pick<PrivateHeapOptions, "reservationBytes" | "backing" | "adopt" | "window">;

const memories: Record<string, () => Memory> = {
  fixed: () => ({ reservationBytes: 8 * MIB }),
  shared: () => ({ reservationBytes: 8 * MIB, backing: "shared" }),
  resizable: () => ({ reservationBytes: 8 * MIB, backing: "resizable" }),
  // The front of this one is noise, and its window starts in the second arena.
  adopted: () => {
    const bytes = new Uint8Array(8 * MIB);
    bytes.fill(0xa5, 0, 2 * MIB);
    return { adopt: bytes.buffer, window: { startBytes: MIB + 4096 } };
  },
};

export const memoryNames = Object.keys(memories);

export function heapsOn(name: string, change = (heap: PrivateHeap) => heap): HeapMaker {
  const memory = memories[name] as () => Memory;
  return {
    name: `heap on a ${name} memory`,
    returnsMemory: name === "resizable",
    windowStartBytes: memory().window?.startBytes ?? 0,
    make: (options) => change(createPrivateHeap({ ...memory(), ...options })),
  };
}
