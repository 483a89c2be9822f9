// Handles: root slots that host code owns, for as long as it wants, and gives back itself.
//
//   using node = handles.hold(slot);      disposed of at the end of the block
//   const node = handles.hold(slot); … node.dispose();
//
// A handle that nobody disposes of keeps its object alive for good. With a leak reporter each handle
// remembers where it was made, and `reportLeaks` names those still live.

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

/** A handle that was not disposed of. */
export interface HandleLeak {
  readonly slot: Slot;
  readonly value: Value;
  /** Stack of the call that made it, newest call first. */
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
   * The handle on a slot that a restored image put into use, by its index in the image. Throws
   * `InvalidAddressError` for an index that is not in use. O(1).
   */
  adopt(index: number): Handle;
  /** Tells the leak reporter of each live handle, by slot, and answers how many there are. */
  reportLeaks(): number;
}

export function createHandleSet(options: HandleSetOptions): HandleSet {
  const { mutator, roots, onLeak } = options;
  const sites = new Map<Slot, string>();

  function make(): Handle {
    const slot = roots.takeHandle();
    if (slot === 0) refuse();
    if (onLeak !== undefined) sites.set(slot, callSite());
    return new HandleOfSlot(slot, mutator, release);
  }

  function hold(from: Slot): Handle {
    const handle = make();
    mutator.setRoot(handle.slot, mutator.root(from));
    return handle;
  }

  function adopt(index: number): Handle {
    const slot = (roots.start + index) as Slot;
    if (slot >= roots.framesStart || !roots.isLive(slot)) {
      const expected = "the index of a handle in use";
      throw new InvalidAddressError({ where: "adopt", address: index, expected });
    }
    if (onLeak !== undefined) sites.set(slot, callSite());
    return new HandleOfSlot(slot, mutator, release);
  }

  function release(slot: Slot): void {
    mutator.setRoot(slot, 0);
    roots.giveHandle(slot);
    sites.delete(slot);
  }

  function refuse(): never {
    const usedBytes = roots.liveHandleCount * 4;
    throw new OutOfMemoryError({
      where: "hold (handleLimitCount sets the room for handles)",
      requestBytes: 4,
      lentBytes: usedBytes,
      limitBytes: (roots.framesStart - roots.start) * 4,
    });
  }

  function reportLeaks(): number {
    const leaked = [...sites].sort(([one], [other]) => one - other);
    for (const [slot, site] of leaked) onLeak?.({ slot, value: mutator.root(slot), site });
    return roots.liveHandleCount;
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

/** The stack above this file's own calls. */
function callSite(): string {
  return (new Error("site").stack ?? "").split("\n").slice(4).join("\n").trim();
}
