// The root stack: where everything alive is reached from. Words of a region reserved at its
// maximum: handles of host code first, frames above. Nothing in it ever moves.
//
//   region  │ top │ handles end │ first hint │ live count │ in-use bits … │ handles … │ frames … │
//                                                                         start  framesStart   end
//
// A handle slot that is not in use holds none, and a bit says which are in use: threading free
// slots through themselves would write numbers there that a collector took for references.
// `handles end` is one past the highest handle ever in use, so that a collector need not read the
// bits. `first hint`: no handle below it is free.
// Slots from the top on keep what they held; whoever traces stops at the top, `enter` clears.

import {
  type Borrower,
  checkInteger,
  expectSound,
  InvalidAddressError,
  type PrivateHeap,
  type RootStack,
  type Slot,
} from "@ouro/interfaces";

const TOP = 0;
const HANDLES_END = 1;
const FIRST_HINT = 2;
const LIVE_COUNT = 3;
const IN_USE = 4;

export interface RootStackOptions {
  heap: PrivateHeap;
  borrower: Borrower;
  /** Handles that can live at once. Default 4096. */
  handleLimitCount?: number;
  /** Frame slots that can be in use at once. Default 65536. */
  frameSlotLimitCount?: number;
}

/**
 * Makes an empty root stack. Throws `OutOfMemoryError` when the heap has no room for its
 * region.
 */
export function createRootStack(options: RootStackOptions): RootStack {
  const { heap, borrower, handleLimitCount = 4096, frameSlotLimitCount = 65536 } = options;
  checkInteger("createRootStack", "handleLimitCount", handleLimitCount, 0, 2 ** 24);
  checkInteger("createRootStack", "frameSlotLimitCount", frameSlotLimitCount, 1, 2 ** 26);
  const words = heap.words;
  const bitWords = Math.ceil(handleLimitCount / 32);
  const sizeWords = IN_USE + bitWords + handleLimitCount + frameSlotLimitCount;
  const region = heap.reserveRegion(borrower, "roots", sizeWords).start;
  const inUse = region + IN_USE;
  const start = inUse + bitWords;
  const framesStart = start + handleLimitCount;
  const end = framesStart + frameSlotLimitCount;
  words[region + TOP] = framesStart;
  words[region + HANDLES_END] = start;

  const get = (word: number): number => words[word] as number;
  const isInUse = (index: number): boolean => (get(inUse + (index >> 5)) & (1 << index)) !== 0;

  function takeHandle(): Slot | 0 {
    for (let word = get(region + FIRST_HINT); word < bitWords; word++) {
      const free = ~get(inUse + word);
      if (free === 0) continue;
      const index = word * 32 + 31 - Math.clz32(free & -free);
      if (index >= handleLimitCount) break;
      words[region + FIRST_HINT] = word;
      return use(index);
    }
    words[region + FIRST_HINT] = bitWords;
    return 0;
  }

  function use(index: number): Slot {
    const word = inUse + (index >> 5);
    words[word] = get(word) | (1 << index);
    if (start + index >= get(region + HANDLES_END)) {
      words[region + HANDLES_END] = start + index + 1;
    }
    words[region + LIVE_COUNT] = get(region + LIVE_COUNT) + 1;
    return (start + index) as Slot;
  }

  function takeHandleAt(slot: Slot): boolean {
    if (!Number.isInteger(slot) || slot < start || slot >= framesStart) return false;
    if (isInUse(slot - start)) return false;
    use(slot - start);
    return true;
  }

  function giveHandle(slot: Slot): void {
    const index = slot - start;
    if (slot >= framesStart || !isLive(slot) || get(slot) !== 0) {
      const expected = "a handle slot in use that holds none";
      throw new InvalidAddressError({ where: "giveHandle", address: slot, expected });
    }
    words[inUse + (index >> 5)] = get(inUse + (index >> 5)) & ~(1 << index);
    if (index >> 5 < get(region + FIRST_HINT)) words[region + FIRST_HINT] = index >> 5;
    words[region + LIVE_COUNT] = get(region + LIVE_COUNT) - 1;
  }

  function isLive(slot: number): boolean {
    if (!Number.isInteger(slot) || slot < start) return false;
    return slot < framesStart ? isInUse(slot - start) : slot < get(region + TOP);
  }

  function walk(visit: (slot: Slot, value: number) => void): void {
    const handlesEnd = get(region + HANDLES_END);
    for (let slot = start; slot < handlesEnd; slot++) {
      if (isInUse(slot - start)) visit(slot as Slot, get(slot));
    }
    const top = get(region + TOP);
    for (let slot = framesStart; slot < top; slot++) visit(slot as Slot, get(slot));
  }

  function validate(): void {
    const top = get(region + TOP);
    expectSound(top >= framesStart && top <= end, "root stack", region, "its top is outside of it");
    const handlesEnd = get(region + HANDLES_END);
    const isInside = handlesEnd >= start && handlesEnd <= framesStart;
    expectSound(isInside, "root stack", region, "the end of its handles is outside of it");
    let count = 0;
    for (let slot = start; slot < framesStart; slot++) {
      if (isInUse(slot - start)) {
        count++;
        expectSound(slot < handlesEnd, "root stack", slot, "a handle in use lies past their end");
      } else expectSound(get(slot) === 0, "root stack", slot, "a free handle holds a value");
    }
    const liveCount = get(region + LIVE_COUNT);
    expectSound(count === liveCount, "root stack", region, "its count of handles is wrong");
  }

  return {
    start: start as Slot,
    framesStart: framesStart as Slot,
    end: end as Slot,
    topWord: region + TOP,
    handlesEndWord: region + HANDLES_END,
    get liveHandleCount() {
      return get(region + LIVE_COUNT);
    },
    takeHandle,
    takeHandleAt,
    giveHandle,
    isLive,
    walk,
    validate,
  };
}
