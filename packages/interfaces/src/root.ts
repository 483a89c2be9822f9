// Roots: the slots from which everything alive is reached. They are words of linear memory in a
// region reserved at its maximum, so the root stack never moves and never grows in place of
// another; an interpreter's value stack is the root stack.
//
//   start                                top                              end
//   │ handles: owned by host code │ frame │ frame │ current frame │ unused … │
//
// The top is itself a heap word: every part, and another thread, reads the same one. Slots from the
// top on are not cleared by `leave`; whoever traces stops at the top, and `enter` clears.

import type { Slot, Value, WordIndex } from "./word.js";

/**
 * **Invariant:** a reference lives in a heap slot or in a root slot, nowhere else; below the top
 * every root slot holds a value that is valid now.
 */
export interface RootStack {
  readonly start: Slot;
  /** First frame slot; handles lie before it. */
  readonly framesStart: Slot;
  readonly end: Slot;
  /** The heap word that holds the first slot not in use. */
  readonly topWord: WordIndex;
  /**
   * The heap word that holds one past the highest handle slot ever in use: handles not in use hold
   * none, so a collector may read the slots [start, words[handlesEndWord]) without asking which
   * are.
   */
  readonly handlesEndWord: WordIndex;
  readonly liveHandleCount: number;
  /** Takes the lowest free handle slot, which holds none; 0 when none is left. */
  takeHandle(): Slot | 0;
  /** Takes this handle slot, which holds none; false if it is in use or no handle slot. O(1). */
  takeHandleAt(slot: Slot): boolean;
  /**
   * Gives a handle slot back, which holds none. Throws `InvalidAddressError` for any other slot.
   */
  giveHandle(slot: Slot): void;
  /** Whether `slot` is a handle in use or a frame slot below the top. O(1). */
  isLive(slot: number): boolean;
  /** Visits every root slot in use, handles first. O(slots). */
  walk(visit: (slot: Slot, value: Value) => void): void;
  /** Throws `HeapCorruptionError` naming the first slot found broken. O(slots). */
  validate(): void;
}

/**
 * Frames are left in the reverse order of entering. **Invariant:** the slots of a fresh frame are
 * none; leaving drops whatever they hold, after the top is lowered.
 */
export interface Frames {
  /** A frame of `slotCount` slots. Throws `OutOfMemoryError` when the region is full. O(slots). */
  enter(slotCount: number): Slot;
  /**
   * Leaves `frame`, the last one entered and not left; frames forgotten above it go too in fast
   * mode, and are refused in checked mode. O(slots dropped), and what their dropping costs.
   */
  leave(frame: Slot): void;
}

/**
 * A root slot owned by host code, for as long as the host wants; `using` disposes of it. For code
 * outside the inner loop: frames are an order of magnitude cheaper.
 */
export interface Handle {
  readonly slot: Slot;
  readonly value: Value;
  /** Drops the value and gives the slot back. A second call does nothing. */
  dispose(): void;
  [Symbol.dispose](): void;
}

export interface HandleRootSet {
  readonly liveCount: number;
  /** A handle on what `from` holds. Throws `OutOfMemoryError` when no handle slot is left. O(1). */
  hold(from: Slot): Handle;
}

/** The slot `index` places above `slot` in the same frame; no test that the frame is so long. */
export function slotAt(slot: Slot, index: number): Slot {
  return (slot + index) as Slot;
}
