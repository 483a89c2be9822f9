// The barrier before the counting one: an object that is not tracked comes back before it gets
// something that a cycle could go through.
//
//   write, move, copy, fill ─► is the holder out? ─► no: nothing more
//                                      └─► of a kind that comes back, and the value may be tracked:
//                                          tracked, in generation 0
//
// Source: CPython 3.13 Objects/dictobject.c, `MAINTAIN_TRACKING`.

import {
  type Barrier,
  type Collector,
  ROW_FLAGS,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_UNTRACKS_AS_TUPLE,
  TYPE_WORD_OFFSET,
} from "@ouro/interfaces";

export interface TrackingBarrierOptions {
  words: Int32Array;
  /** First word of the type rows. */
  rows: number;
  /** An object is out if these bits of its header are `outBits`. */
  outMask: number;
  outBits: number;
  track: (object: number, generation: number) => void;
  mayBeTracked: (object: number) => boolean;
}

const COMES_BACK = TYPE_UNTRACKS_AS_DICT | TYPE_UNTRACKS_AS_TUPLE;

/** Before an object that is out gets something that a cycle could go through, it is in. */
export function createTrackingBarrier(
  { write, move, copy }: Barrier,
  { words, rows, outMask, outBits, track, mayBeTracked }: TrackingBarrierOptions,
): Pick<Barrier, "write" | "move" | "copy"> & Required<Pick<Collector, "fill">> {
  function isOut(holder: number): boolean {
    return holder !== 0 && ((words[holder + TYPE_WORD_OFFSET] as number) & outMask) === outBits;
  }

  function watch(holder: number, value: number): void {
    if (value <= 0 || !mayBeTracked(value)) return;
    const type = (words[holder + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
    const flags = words[rows + (type << TYPE_ROW_SHIFT) + ROW_FLAGS] as number;
    if ((flags & COMES_BACK) !== 0 && isOut(holder)) track(holder, 0);
  }

  return {
    write(slot, value, holder) {
      if (isOut(holder)) watch(holder, value);
      write(slot, value, holder);
    },
    move(into, from, holder) {
      if (isOut(holder)) watch(holder, words[from] as number);
      move(into, from, holder);
    },
    copy(into, from, count, holder, source) {
      if (isOut(holder)) {
        for (let index = 0; index < count; index++) watch(holder, words[from + index] as number);
      }
      copy(into, from, count, holder, source);
    },
    fill(into, from, holder) {
      const value = words[from] as number;
      if (isOut(holder)) watch(holder, value);
      words[into] = value;
      words[from] = 0;
    },
  };
}
