// The barrier before the counting one: an object that is not tracked comes back before it gets
// something that a cycle could go through.
//
//   write, move, copy, fill ─► is the holder out? ─► no: nothing more
//                                      ├─► a dict, and the value may be tracked: it comes back
//                                      └─► a tuple, and the value is no atom: all that are out do
//
// A tuple of atoms leaves because it never changes again, and what holds it may have left for that
// reason. One that changes all the same says that its type is none of tuples: who holds it is not
// known, so that whoever is out comes back, and no object of the type leaves from then on. That
// costs a walk over the heap, once a type at most. In CPython no program can do it.
//
// Source: CPython 3.13 Objects/dictobject.c, `MAINTAIN_TRACKING`.

import {
  type Barrier,
  type Collector,
  ROW_FLAGS,
  TYPE_COLLECTED,
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
  walk: Collector["walk"];
}

/** Before an object that is out gets something that a cycle could go through, it is in. */
export function createTrackingBarrier(
  { write, move, copy }: Barrier,
  options: TrackingBarrierOptions,
): Pick<Barrier, "write" | "move" | "copy"> & Required<Pick<Collector, "fill">> {
  const { words, rows, outMask, outBits, track, mayBeTracked, walk } = options;

  function isOut(holder: number): boolean {
    return holder !== 0 && ((words[holder + TYPE_WORD_OFFSET] as number) & outMask) === outBits;
  }

  function rowOf(object: number): number {
    return rows + (((words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK) << TYPE_ROW_SHIFT);
  }

  function flagsOf(object: number): number {
    return words[rowOf(object) + ROW_FLAGS] as number;
  }

  function watch(holder: number, value: number): void {
    if (value <= 0 || !isOut(holder)) return;
    const flags = flagsOf(holder);
    if ((flags & TYPE_UNTRACKS_AS_TUPLE) !== 0) {
      if ((flagsOf(value) & TYPE_COLLECTED) === 0) return;
      words[rowOf(holder) + ROW_FLAGS] = flags & ~TYPE_UNTRACKS_AS_TUPLE;
      trackAll();
    } else if ((flags & TYPE_UNTRACKS_AS_DICT) !== 0 && mayBeTracked(value)) track(holder, 0);
  }

  /** Whoever is out and could be in a cycle; what is dying already has no count. */
  function trackAll(): void {
    walk((object) => {
      const isAlive = (words[object] as number) > 0;
      if (isAlive && isOut(object) && (flagsOf(object) & TYPE_COLLECTED) !== 0) track(object, 0);
    });
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
