// memium 1's memory of one ArrayBuffer: a sparse array of sections. It joins free sections later,
// in a microtask; the adapter has that done when the task would be over: before the next
// allocation, so that frees that follow one another are in one task, as in a loop.
//
//   allocator     as it is
//   copying       its realloc kept out: allocated, copied, freed
//   tidy          and each microtask run at once, as if each call were a task of its own
//
// What one of them stumbles over hides what lies behind it: so there are three.

import type { AllocatorMaker } from "@ouro/testkit";
import { ArrayBufferMemory } from "memium/memory";
import { type ForeignPool, type ForeignWindow, foreignAllocators } from "./foreign-allocator.js";

/** Its sections are for subclasses to see. */
class OpenMemory extends ArrayBufferMemory<ArrayBuffer> {
  *usedSections(): Generator<readonly [number, number]> {
    for (const key in this.map) {
      const { size, isFree } = this.map[Number(key)] as { size: number; isFree: boolean };
      if (!isFree) yield [Number(key), size];
    }
  }
}

/** Address 0 would be none. */
const FIRST_BLOCK_BYTES = 16;

/** Holds back what calls leave for a microtask, until the task is over. */
function createTask() {
  const left: (() => void)[] = [];
  return {
    during<Result>(call: () => Result): Result {
      const { queueMicrotask: original } = globalThis;
      globalThis.queueMicrotask = (task) => void left.push(task);
      try {
        return call();
      } finally {
        globalThis.queueMicrotask = original;
      }
    },
    settle(): void {
      for (const task of left.splice(0)) task();
    },
  };
}

interface Care {
  readonly copies: boolean;
  readonly isTidy: boolean;
}

function create(
  { buffer, startBytes, sizeBytes }: ForeignWindow,
  { copies, isTidy }: Care,
): ForeignPool {
  const memory = new OpenMemory(buffer, startBytes, sizeBytes);
  const { during, settle } = createTask();

  /** ENOMEM is no room; EINVAL and EFAULT are refusals. */
  function orZero(call: () => number): number {
    try {
      return during(call);
    } catch (error) {
      if ((error as { code?: string }).code === "ENOMEM") return 0;
      throw error;
    }
  }

  function allocate(size: number): number {
    settle();
    const address = orZero(() => memory.alloc(size).valueOf() + startBytes);
    return address;
  }

  function free(address: number): boolean {
    try {
      during(() => memory.free(address - startBytes));
    } catch (error) {
      if ((error as { code?: string }).code === "EINVAL") return false;
      throw error;
    }
    if (isTidy) settle();
    return true;
  }

  function reallocateByCopy(address: number, size: number): number {
    const oldSize = [...memory.usedSections()].find(([offset]) => offset + startBytes === address);
    const moved = allocate(size);
    if (moved === 0) return 0;
    bytes.copyWithin(moved, address, address + Math.min(oldSize?.[1] ?? 0, size));
    free(address);
    return moved;
  }

  const bytes = new Uint8Array(buffer);
  memory.alloc(FIRST_BLOCK_BYTES);
  return {
    allocate,
    allocateZeroed(size) {
      const address = allocate(size);
      if (address !== 0) bytes.fill(0, address, address + size);
      return address;
    },
    reallocate(address, size) {
      settle();
      if (copies) return reallocateByCopy(address, size);
      return orZero(() => memory.realloc(address - startBytes, size).valueOf() + startBytes);
    },
    free,
    *blocks() {
      for (const [offset, size] of memory.usedSections()) {
        if (offset !== 0) yield [offset + startBytes, size];
      }
    },
    freeBytes: () => memory.usage().free,
    settle,
  };
}

function makers(name: string, care: Care): AllocatorMaker {
  return foreignAllocators({
    name,
    remainderBytes: 0,
    create: (window) => create(window, care),
  });
}

export const allocator = makers("memium", { copies: false, isTidy: false });
export const copying = makers("memium (copying)", { copies: true, isTidy: false });
export const tidy = makers("memium (tidy)", { copies: true, isTidy: true });
