// What was found is reclaimed together. CPython empties one object after the other until counts
// reach zero; but nothing outside refers to what was found, so that it can go at once: what it
// holds outside loses a reference each, its blocks go back a tract at a time, and only what dies of
// that outside is deallocated one by one.
//
//   found ──► found       nothing to do: both are gone
//     └─────► outside     one reference less ─► zero: into the chain      (~ next in word 0)
//   blocks of found ─► allocator, 32 words of bits a tract
//   chain ─► deallocation, one after the other: program code may run now, the heap is consistent
//
// What still has weak references, made by finalizers after those were emptied, dies by its count as
// anything else does: their callbacks are called. Source for the order: CPython 3.13 Python/gc.c,
// `delete_garbage`, which this gives the same end.

import {
  type Death,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  isHeard,
  LENGTH_BYTES,
  LENGTH_NONE,
  LENGTH_WORD_OFFSET,
  type Observer,
  ROW_FLAGS,
  ROW_LENGTH,
  ROW_SIZE,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  TRACT_MAP_WORDS,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WEAK_REFERENCE,
  TYPE_WORD_OFFSET,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";
import type { TrackedMaps } from "./tracked-maps.js";

export interface FoundReclaimOptions {
  words: Int32Array;
  types: TypeTable;
  maps: TrackedMaps;
  /** The word of object o in the map of found objects is `found + (o >>> 7)`. */
  found: WordIndex;
  weakMask: number;
  decrement: (object: number) => boolean;
  deallocate: (object: number) => void;
  death: Pick<Death, "endWeakReference">;
  /** Frees the blocks of 16 KiB whose bits are set. */
  freeMarked: (start: WordIndex, bits: WordIndex) => void;
  /** So many objects of so many words in all are gone. */
  onReclaimed: (objectCount: number, sizeWords: number) => void;
  call: (code: () => void, source: "observer") => void;
  observer: Observer | undefined;
}

/** False if what was found must die one by one; then nothing is done. */
export type FoundReclaim = () => boolean;

export function createFoundReclaim(options: FoundReclaimOptions): FoundReclaim {
  const { words, types, maps, found, weakMask, decrement, deallocate, death } = options;
  const { freeMarked, onReclaimed, call, observer } = options;
  const rows = types.base;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const TYPE = TYPE_WORD_OFFSET;
  const MASK = TYPE_MASK;
  const LENGTH = LENGTH_WORD_OFFSET;
  const { clz32 } = Math;
  // Of the reclamation under way.
  let objectCount = 0;
  let totalWords = 0;
  let firstDead = 0;
  let lastDead = 0;

  function reclaim(): boolean {
    if (!endWeakReferences()) return false;
    const dead = tellEnds();
    objectCount = 0;
    totalWords = 0;
    firstDead = 0;
    lastDead = 0;
    maps.eachFoundTract(releaseOutside);
    maps.eachFoundTract(freeMarked);
    maps.forgetFound();
    onReclaimed(objectCount, totalWords);
    tellReclaims(dead);
    deallocateChain();
    return true;
  }

  function typeOf(object: number): number {
    return (words[object + TYPE] as number) & MASK;
  }

  /** False if one of the found has weak references again. */
  function endWeakReferences(): boolean {
    let hasWeakReferences = false;
    maps.walkSpecial((object) => {
      if (((words[object + TYPE] as number) & weakMask) !== 0) hasWeakReferences = true;
    });
    if (hasWeakReferences) return false;
    maps.walkSpecial((object) => {
      const flags = words[rows + (typeOf(object) << TYPE_ROW_SHIFT) + ROW_FLAGS] as number;
      if ((flags & TYPE_WEAK_REFERENCE) !== 0) death.endWeakReference(object);
    });
    return true;
  }

  // ── References to the outside ─────────────────────────────────────────────────────────────────

  /** What the row of a type says is read once for all that follow of the type. */
  function releaseOutside(start: number, bitsOfTract: number): void {
    let type = -1;
    let count = 0;
    let sizes = 0;
    let sizeWords = 0;
    let hasLength = false;
    let startOffset = 0;
    let endOffset = 0;
    let lengthMask = 0;
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      let bits = words[bitsOfTract + word] as number;
      const first = start + (word << 7);
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const object = first + ((31 - clz32(bit)) << 2);
        const typeNow = (words[object + TYPE] as number) & MASK;
        if (typeNow !== type) {
          type = typeNow;
          const row = rows + (type << TYPE_ROW_SHIFT);
          sizeWords = words[row + ROW_SIZE] as number;
          hasLength = words[row + ROW_LENGTH] !== LENGTH_NONE;
          startOffset = words[row + ROW_SLOTS_START] as number;
          endOffset = words[row + ROW_SLOTS_END] as number;
          lengthMask = words[row + ROW_SLOTS_MASK] as number;
        }
        count++;
        sizes += sizeWords;
        if (hasLength) countLength(object, rows + (type << TYPE_ROW_SHIFT));
        const end = object + endOffset + ((words[object + LENGTH] as number) & lengthMask);
        for (let slot = object + startOffset; slot < end; slot++) {
          const value = words[slot] as number;
          if (value > 0 && !isFound(value) && decrement(value)) chain(value);
        }
      }
    }
    objectCount += count;
    totalWords += sizes;
  }

  function isFound(value: number): boolean {
    return (((words[found + (value >>> 7)] as number) >>> (value >>> 2)) & 1) !== 0;
  }

  function countLength(object: number, row: number): void {
    const length = words[object + LENGTH] as number;
    totalWords += words[row + ROW_LENGTH] === LENGTH_BYTES ? (length + 3) >> 2 : length;
  }

  function chain(object: number): void {
    words[object] = ~0;
    if (lastDead === 0) firstDead = object;
    else words[lastDead] = ~object;
    lastDead = object;
  }

  function deallocateChain(): void {
    let object = firstDead;
    while (object !== 0) {
      const next = ~(words[object] as number);
      deallocate(object);
      object = next;
    }
  }

  // ── What is told ──────────────────────────────────────────────────────────────────────────────

  /** The ends, while all are whole; those whose reclaim is to be told, three numbers each. */
  function tellEnds(): number[] {
    const dead: number[] = [];
    const tellsEnd = isHeard(observer, EVENT_OBJECT_DEALLOCATE);
    const tellsReclaim = isHeard(observer, EVENT_OBJECT_RECLAIM);
    if (!tellsEnd && !tellsReclaim) return dead;
    maps.walkFound((object) => {
      const type = typeOf(object);
      const row = rows + (type << TYPE_ROW_SHIFT);
      totalWords = words[row + ROW_SIZE] as number;
      if (words[row + ROW_LENGTH] !== LENGTH_NONE) countLength(object, row);
      if (tellsReclaim) dead.push(object, type, totalWords);
      if (tellsEnd) tell(EVENT_OBJECT_DEALLOCATE, object, type, 0);
    });
    return dead;
  }

  function tellReclaims(dead: readonly number[]): void {
    for (let index = 0; index < dead.length; index += 3) {
      const [object = 0, type = 0, sizeWords = 0] = dead.slice(index, index + 3);
      tell(EVENT_OBJECT_RECLAIM, object, type, sizeWords);
    }
  }

  function tell(
    code: typeof EVENT_OBJECT_DEALLOCATE | typeof EVENT_OBJECT_RECLAIM,
    object: number,
    type: number,
    sizeWords: number,
  ): void {
    call(() => observer?.event(code, object, type, sizeWords), "observer");
  }

  return reclaim;
}
