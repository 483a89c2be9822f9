// The marker finds what the roots reach. It keeps a stack of objects that are marked and whose
// slots were not looked at yet; no recursion, no callback: an object's slots are a range that its
// type's row gives.
//
//   roots ──► mark stack │ object │ object │ … │ limit        pop: look at its slots, mark and push
//                                                             what is not marked
//
// The stack has a fixed size. An object that no longer fits is marked and left; only the lowest of
// those is remembered. When the stack is empty, all marked objects from that one on are looked at
// once more, in address order, and the stack is emptied after each. One that is left out above the
// place the scan has come to will be met by it; so another scan follows only when one was left out
// below.
//
//   │ … │ m │ … │ M │ … │ m │ … │ m │ …       M: the lowest left out
//                 └ scan ──────────►
//
// After Knuth: The Art of Computer Programming 1, 2.3.5, algorithm C: a stack of fixed size and,
// for what it has no room for, a scan from the lowest address.

import {
  EVENT_OBJECT_MARK,
  isObserved,
  LENGTH_WORD_OFFSET,
  type Region,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  type StrategyParts,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type WordIndex,
} from "@ouro/interfaces";
import { MARK_SHIFT, walkMarks } from "./mark-map.js";

export interface Marker {
  /** Marks every object that the roots reach; the map is clear before. O(reachable). */
  mark(): void;
  isMarked(object: number): boolean;
}

const NOTHING_LEFT_OUT = 0x7fffffff;

export function createMarker(parts: StrategyParts, marks: WordIndex, stack: Region): Marker {
  const { heap, types, roots, observer } = parts;
  const { words } = heap;
  const rows = types.base;
  const stackStart = stack.start;
  const stackEnd = stack.start + stack.sizeWords;
  const { topWord, handlesEndWord } = roots;
  const isMarkObserved = isObserved(observer, EVENT_OBJECT_MARK);
  const drain = isMarkObserved ? drainObserved : drainPlain;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const markShift = MARK_SHIFT;
  const rowShift = TYPE_ROW_SHIFT;
  const typeMask = TYPE_MASK;
  const TYPE = TYPE_WORD_OFFSET;
  const LENGTH = LENGTH_WORD_OFFSET;
  const START = ROW_SLOTS_START;
  const END = ROW_SLOTS_END;
  const MASK = ROW_SLOTS_MASK;
  /** One past the top of the stack. */
  let top = stackStart;
  /** Objects above this one that do not fit on the stack will be met by the scan that runs. */
  let scanned = NOTHING_LEFT_OUT;
  let lowestLeftOut = NOTHING_LEFT_OUT;

  function mark(): void {
    top = stackStart;
    scanned = NOTHING_LEFT_OUT;
    lowestLeftOut = NOTHING_LEFT_OUT;
    markRoots(roots.start, words[handlesEndWord] as number);
    markRoots(roots.framesStart, words[topWord] as number);
    while (lowestLeftOut !== NOTHING_LEFT_OUT) rescan();
  }

  function markRoots(start: number, end: number): void {
    for (let slot = start; slot < end; slot++) {
      reach(words[slot] as number, 0);
      drain();
    }
  }

  function reach(value: number, from: number): void {
    if (value <= 0 || !setMark(value)) return;
    if (isObserved(observer, EVENT_OBJECT_MARK)) observer.event(EVENT_OBJECT_MARK, value, from, 0);
    push(value);
  }

  /** Marks an object; false when it was marked before. */
  function setMark(object: number): boolean {
    const word = marks + (object >>> markShift);
    const bit = 1 << (object >>> 2);
    const bits = words[word] as number;
    if ((bits & bit) !== 0) return false;
    words[word] = bits | bit;
    return true;
  }

  function push(object: number): void {
    if (top < stackEnd) words[top++] = object;
    else leaveOut(object);
  }

  function leaveOut(object: number): void {
    if (object <= scanned && object < lowestLeftOut) lowestLeftOut = object;
  }

  function rescan(): void {
    const start = lowestLeftOut;
    lowestLeftOut = NOTHING_LEFT_OUT;
    walkMarks(heap, marks, start, (object) => {
      // What is marked in the map word of the object looked at was perhaps passed already.
      scanned = object | 127;
      scan(object);
      drain();
    });
    scanned = NOTHING_LEFT_OUT;
  }

  function scan(object: number): void {
    const row = rows + (((words[object + TYPE] as number) & typeMask) << rowShift);
    const length = (words[object + LENGTH] as number) & (words[row + MASK] as number);
    const end = object + (words[row + END] as number) + length;
    for (let slot = object + (words[row + START] as number); slot < end; slot++) {
      reach(words[slot] as number, object);
    }
  }

  function drainObserved(): void {
    while (top > stackStart) scan(words[--top] as number);
  }

  /**
   * As `drainObserved`, but the first object found in a range is looked at next, without a way over
   * the stack: what was born in the order of its slots is met in that order.
   */
  function drainPlain(): void {
    let stackTop = top;
    while (stackTop > stackStart) {
      let object = words[--stackTop] as number;
      while (object !== 0) {
        const row = rows + (((words[object + TYPE] as number) & typeMask) << rowShift);
        const start = words[row + START] as number;
        let end = words[row + END] as number;
        let found = 0;
        // Two slots and no length: the loop unrolled, for most objects there are.
        if (start === 2 && end === 4) {
          const first = words[object + 2] as number;
          const second = words[object + 3] as number;
          if (first > 0 && setMark(first)) found = first;
          if (second > 0 && setMark(second)) {
            if (found === 0) found = second;
            else if (stackTop < stackEnd) words[stackTop++] = second;
            else leaveOut(second);
          }
        } else {
          end += object + ((words[object + LENGTH] as number) & (words[row + MASK] as number));
          for (let slot = object + start; slot < end; slot++) {
            const value = words[slot] as number;
            if (value <= 0 || !setMark(value)) continue;
            if (found === 0) found = value;
            else if (stackTop < stackEnd) words[stackTop++] = value;
            else leaveOut(value);
          }
        }
        object = found;
      }
    }
    top = stackTop;
  }

  function isMarked(object: number): boolean {
    const bits = words[marks + (object >>> markShift)] as number;
    return (bits & (1 << (object >>> 2))) !== 0;
  }

  return {
    mark,
    isMarked,
  };
}
