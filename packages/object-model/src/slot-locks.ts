// Locks and keys of root slots. In checked mode the number of a slot carries the key of the frame
// that it was given out with, and the word behind it has a lock: a slot is good only as long as the
// two agree.
//
//   slot     = key │ word index              slotAt(slot, n) keeps the key and walks on
//   stack    │ handles │ frame    │ frame  │ frame       │ unused …
//   locks               3   3   3   4   4    5  5  5  5    0 …
//                                   └ slotAt(frame of 3, 4) carries key 3, finds lock 4: refused
//
// So arithmetic that leaves its frame finds another lock, above and below, and so does a slot of a
// frame that was left, though another frame lies there now. A slot of an enclosing frame keeps its
// key and can be handed to anybody, who cannot make another of it than its frame has.
//
// Key 0 is a plain word index: handles, frames that were entered before this mutator or by other
// parts (finalizers are given such slots); their locks are 0. Keys are used in turn and wrap, but
// never a frame's own for the next above it. After memory tagging (Serebryany et al. 2018, ARM MTE)
// and the capabilities of Austin, Breach and Sohi (PLDI 1994).

import { type Frames, InvalidAddressError, type RootStack, type Slot } from "@ouro/interfaces";
import { checkNumber } from "./value-check.js";

/** Keys lie above the word index of the root stack's end; slots stay small integers. */
const SLOT_BITS = 30;

export interface SlotLocks {
  /** The word index of a slot. Throws `InvalidAddressError`, in the name of `where`. O(1). */
  open(where: string, slot: number): Slot;
  /** Enters a frame, locks its slots, and answers it with its key. O(slots). */
  enter(slotCount: number): Slot;
  /** Throws `InvalidAddressError` unless it is the frame entered last and not left. O(slots). */
  leave(frame: Slot): void;
}

/** Locks over the frames of a mutator whose slots are word indexes. */
export function createSlotLocks(
  words: Int32Array,
  roots: RootStack,
  { enter: enterFrame, leave: leaveFrame }: Frames,
): SlotLocks {
  const { topWord, framesStart, end } = roots;
  const wordBits = Math.min(32 - Math.clz32(end), SLOT_BITS - 1);
  const keyUnit = 2 ** wordBits;
  const wordMask = keyUnit - 1;
  const keyCount = 2 ** (SLOT_BITS - wordBits) - 1;
  const locks = new Int32Array(end - framesStart);
  const frames: Slot[] = [];
  const frameEnds: number[] = [];
  let lastKey = 0;

  function open(where: string, slot: number): Slot {
    checkNumber(where, "slot", slot);
    const word = slot & wordMask;
    const key = slot - word;
    if (key === 0 || locks[word - framesStart] !== key) openPlain(where, slot);
    return word as Slot;
  }

  function openPlain(where: string, slot: number): void {
    if (lockOf(slot) !== 0) forgetFrames();
    if (lockOf(slot) !== 0 || !roots.isLive(slot)) refuse(where, slot);
  }

  function lockOf(word: number): number {
    return locks[word - framesStart] ?? 0;
  }

  function refuse(where: string, slot: number): never {
    const word = slot & wordMask;
    const key = slot - word;
    const isKey = key > 0 && (key & wordMask) === 0;
    const index = isKey ? frames.findLastIndex((entered) => (entered & ~wordMask) === key) : -1;
    const start = (frames[index] ?? 0) & wordMask;
    const count = (frameEnds[index] ?? 0) - start;
    const anyFrame = "a root slot of a frame entered and not left, or of a handle in use";
    const ownFrame = `a root slot of its frame, which has ${count} from ${start} on`;
    const expected = index >= 0 ? ownFrame : `${anyFrame}${isKey ? " (its frame was left)" : ""}`;
    throw new InvalidAddressError({ where, address: isKey ? word : slot, expected });
  }

  /** What program code entered and did not leave, those who called it left by lowering the top. */
  function forgetFrames(): void {
    const top = words[topWord] as number;
    while ((frameEnds[frameEnds.length - 1] ?? 0) > top) unlockLast();
  }

  function unlockLast(): Slot {
    const frame = ((frames.pop() as number) & wordMask) as Slot;
    const frameEnd = frameEnds.pop() as number;
    for (let word: number = frame; word < frameEnd; word++) locks[word - framesStart] = 0;
    return frame;
  }

  /** The next key that is not that of the frame below. */
  function keyFor(frame: Slot): number {
    lastKey = lastKey === keyCount ? 1 : lastKey + 1;
    if (lastKey * keyUnit === lockOf(frame - 1)) lastKey = lastKey === keyCount ? 1 : lastKey + 1;
    return lastKey * keyUnit;
  }

  function enter(slotCount: number): Slot {
    forgetFrames();
    const frame = enterFrame(slotCount);
    const key = keyFor(frame);
    const frameEnd = frame + slotCount;
    for (let word: number = frame; word < frameEnd; word++) locks[word - framesStart] = key;
    frames.push((frame + key) as Slot);
    frameEnds.push(frameEnd);
    return (frame + key) as Slot;
  }

  function leave(frame: Slot): void {
    checkNumber("leave", "frame", frame);
    forgetFrames();
    const current = frames[frames.length - 1];
    if (current === undefined ? !isOlder(frame) : frame !== current) refuseLeave(frame);
    // Unlocked first: what dies with the frame may run code that enters frames in its place.
    leaveFrame(current === undefined ? frame : unlockLast());
  }

  /** Frames that were there before, restored ones say, are left in any portions. */
  function isOlder(frame: number): boolean {
    return frame >= framesStart && frame < (words[topWord] as number) && frame === (frame | 0);
  }

  function refuseLeave(frame: number): never {
    const current = frames[frames.length - 1];
    const named = current === undefined ? "none" : `the one from ${current & wordMask} on`;
    const expected = `the frame entered last and not left, which is ${named}`;
    throw new InvalidAddressError({ where: "leave", address: frame & wordMask, expected });
  }

  return { open, enter, leave };
}
