// Handles: root slots that host code owns, for as long as it wants, and gives back itself.
//
//   using node = handles.hold(slot);      disposed of at the end of the block
//   const node = handles.hold(slot); … node.dispose();
//
// A handle that nobody disposes of keeps its object alive for good. With a leak reporter each
// handle remembers where it was made, and `reportLeaks` names those still live. Everything goes
// through the mutator that the set was made with: of a checked one, `value` carries an epoch like
// any reference.

import {
  type Handle,
  type HandleRootSet,
  InvalidAddressError,
  type Mutator,
  OutOfMemoryError,
  type RootStack,
  type Slot,
  type Value,
} from "@ouro/interfaces";
import type { CheckedMutator } from "./checked-mutator.js";
import { checkNumber } from "./value-check.js";

/** A handle that was not disposed of. */
export interface HandleLeak {
  readonly slot: Slot;
  readonly value: Value;
  /** Stack of the call that made it, newest call first; empty for one that a heap image brought. */
  readonly site: string;
}

export interface HandleSetOptions {
  mutator: Mutator;
  roots: RootStack;
  /** Told by `reportLeaks` of each handle still live; its presence turns the recording on. */
  onLeak?: (leak: HandleLeak) => void;
}

export interface HandleSet extends HandleRootSet {
  /** A handle that holds none yet: allocate into its slot. Throws as `hold`. O(1). */
  make(): Handle;
  /**
   * The handle on a slot that a restored image put into use, by its index in the image; once, as
   * two handles would each give the slot back. Throws `InvalidAddressError` for an index that is
   * not in use, and in checked mode for one that has a handle already. O(1).
   */
  adopt(index: number): Handle;
  /** Tells the leak reporter of each live handle, by slot, and answers how many. O(handles). */
  reportLeaks(): number;
}

export function createHandleSet(options: HandleSetOptions): HandleSet {
  const { mutator, roots, onLeak } = options;
  const sites = new Map<Slot, string>();
  const checked = "plainSlotFor" in mutator ? (mutator as CheckedMutator) : undefined;
  /** In checked mode, the slots that have a handle here. */
  const held = new Set<Slot>();

  function make(): Handle {
    return open(1);
  }

  function hold(from: Slot): Handle {
    checked?.plainSlotFor("handles.hold", from);
    const value = mutator.root(from);
    const handle = open(1);
    mutator.setRoot(handle.slot, value);
    return handle;
  }

  function adopt(index: number): Handle {
    checkNumber("handles.adopt", "index", index);
    const slot = (roots.start + index) as Slot;
    if (slot >= roots.framesStart || !roots.isLive(slot)) {
      refuseIndex(index, "the index of a handle in use");
    }
    if (held.has(slot)) refuseIndex(index, "the index of a handle that nobody has yet");
    return give(slot, 2);
  }

  /** `callCount` calls of this file lie between the caller and this one. */
  function open(callCount: number): Handle {
    const slot = roots.takeHandle();
    if (slot === 0) refuse();
    return give(slot, callCount + 2);
  }

  function give(slot: Slot, callCount: number): Handle {
    if (onLeak !== undefined) sites.set(slot, callSite(callCount + 1));
    if (checked !== undefined) held.add(slot);
    return new HandleOfSlot(slot, mutator, release);
  }

  function refuseIndex(address: number, expected: string): never {
    throw new InvalidAddressError({ where: "handles.adopt", address, expected });
  }

  function release(slot: Slot): void {
    try {
      mutator.setRoot(slot, 0);
    } finally {
      roots.giveHandle(slot);
      sites.delete(slot);
      held.delete(slot);
    }
  }

  function refuse(): never {
    const usedBytes = roots.liveHandleCount * 4;
    throw new OutOfMemoryError({
      where: "handles.hold (handleLimitCount sets the room for handles)",
      requestBytes: 4,
      lentBytes: usedBytes,
      limitBytes: (roots.framesStart - roots.start) * 4,
    });
  }

  function reportLeaks(): number {
    const slots: Slot[] = [];
    roots.walk((slot) => {
      if (slot < roots.framesStart) slots.push(slot);
    });
    for (const slot of slots) {
      onLeak?.({ slot, value: mutator.root(slot), site: sites.get(slot) ?? "" });
    }
    return slots.length;
  }

  return {
    get liveCount() {
      return roots.liveHandleCount;
    },
    make,
    hold,
    adopt,
    reportLeaks,
  };
}

class HandleOfSlot implements Handle {
  readonly slot: Slot;
  readonly #mutator: Mutator;
  readonly #release: (slot: Slot) => void;
  #isLive = true;

  constructor(slot: Slot, mutator: Mutator, release: (slot: Slot) => void) {
    this.slot = slot;
    this.#mutator = mutator;
    this.#release = release;
  }

  /** None once disposed of. */
  get value(): Value {
    return this.#isLive ? this.#mutator.root(this.slot) : 0;
  }

  dispose(): void {
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#release(this.slot);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** The stack above the innermost `callCount` calls. */
function callSite(callCount: number): string {
  const lines = (new Error("site").stack ?? "").split("\n");
  return lines
    .filter((line) => line.trim() !== "Error: site")
    .slice(callCount)
    .join("\n")
    .trim();
}
