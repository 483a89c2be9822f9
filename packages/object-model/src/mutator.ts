// The mutator: the one API of every program, whatever the strategy. It knows where slots are and
// which events of a slot the strategy wants to hear; everything else is the collector's.
//
//   program ──► mutator ──► barrier hooks that the traits name, or the bare store
//                  └──────► collector.allocate ─► 0? collect everything ─► tryAllocate ─► 0?
//                                                                     OutOfMemoryError
//
// This is the fast mode: nothing is tested but what costs nothing. checked-mutator.ts stands before
// it and tests everything.

import {
  type Barrier,
  type BarrierHook,
  type Collector,
  LENGTH_BYTES,
  LENGTH_WORD_OFFSET,
  LENGTH_WORDS,
  type Mutator,
  numberText,
  OBJECT_HEADER_SIZE_WORDS,
  OutOfMemoryError,
  type PrivateHeap,
  type Reference,
  ROW_LENGTH,
  ROW_SIZE,
  type RootStack,
  type Slot,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type TypeId,
  type TypeTable,
  UsageError,
  type Value,
} from "@ouro/interfaces";

export interface MutatorOptions {
  heap: PrivateHeap;
  types: TypeTable;
  roots: RootStack;
  collector: Collector;
}

/** Makes the fast mutator of a collector. */
export function createMutator(options: MutatorOptions): Mutator {
  const { heap, types, roots, collector } = options;
  const words = heap.words;
  const { topWord, end: rootsEnd } = roots;
  const rows = types.base;
  const { allocate: place, tryAllocate: tryPlace, collect: collectUpTo, poll } = collector;
  const { born, write, move, copy: copySlots, drop } = barrierOf(words, collector);
  const fillSlot = collector.fill ?? fillBare;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const HEADER = OBJECT_HEADER_SIZE_WORDS;
  const TYPE = TYPE_WORD_OFFSET;
  const MASK = TYPE_MASK;
  const LENGTH = LENGTH_WORD_OFFSET;
  const SHIFT = TYPE_ROW_SHIFT;
  const SIZE = ROW_SIZE;
  const KIND = ROW_LENGTH;

  function fillBare(into: number, from: number): void {
    words[into] = words[from] as number;
    words[from] = 0;
  }

  function enter(slotCount: number): Slot {
    const frame = words[topWord] as number;
    const top = frame + slotCount;
    if (top > rootsEnd) refuseFrame(slotCount);
    for (let slot = frame; slot < top; slot++) words[slot] = 0;
    words[topWord] = top;
    return frame as Slot;
  }

  function refuseFrame(slotCount: number): never {
    const usedBytes = ((words[topWord] as number) - roots.framesStart) * 4;
    throw new OutOfMemoryError({
      where: "enter (frameSlotLimitCount sets the room for frames)",
      requestBytes: slotCount * 4,
      lentBytes: usedBytes,
      limitBytes: (rootsEnd - roots.framesStart) * 4,
    });
  }

  function leave(frame: Slot): void {
    const top = words[topWord] as number;
    words[topWord] = frame;
    drop(frame, top as Slot);
  }

  function allocate(type: TypeId, into: Slot): Reference {
    const row = rows + (type << SHIFT);
    const sizeWords = words[row + SIZE] as number;
    if (words[row + KIND] !== 0) refuseWithoutLength(type);
    const object = (place(type, sizeWords) ||
      placeAfterCollection(type, sizeWords) | 0) as Reference;
    born(into, object);
    return object;
  }

  function allocateArray(type: TypeId, length: number, into: Slot): Reference {
    const sizeWords = sizeOfArray(type, length);
    const object = place(type, sizeWords) || placeAfterCollection(type, sizeWords);
    words[object + LENGTH] = length;
    born(into, object);
    return object;
  }

  function sizeOfArray(type: TypeId, length: number): number {
    const row = rows + (type << SHIFT);
    const kind = words[row + KIND] as number;
    if (typeof length !== "number" || length !== length >>> 0 || length > 0x3fffffff) {
      refuseLength(type, length);
    }
    if (kind === LENGTH_WORDS) return (words[row + SIZE] as number) + length;
    if (kind === LENGTH_BYTES) return (words[row + SIZE] as number) + ((length + 3) >>> 2);
    return refuseLength(type, length);
  }

  function placeAfterCollection(type: TypeId, sizeWords: number): Reference {
    collectUpTo(collector.oldestGeneration);
    const object = tryPlace(type, sizeWords);
    if (object !== 0) return object;
    const { lentBytes, limitBytes } = heap.statistics();
    const where = `allocate "${types.descriptor(type).name}"`;
    throw new OutOfMemoryError({ where, requestBytes: sizeWords * 4, lentBytes, limitBytes });
  }

  function refuseWithoutLength(type: TypeId): never {
    throw new UsageError({
      where: "allocate",
      argument: `type "${types.descriptor(type).name}"`,
      problem: "is of variable length",
      remedy: "Use allocateArray and say the length",
    });
  }

  function refuseLength(type: TypeId, length: number): never {
    const { name, variablePart } = types.descriptor(type);
    const isFixed = variablePart === "none";
    throw new UsageError({
      where: "allocateArray",
      argument: isFixed ? `type "${name}"` : `length ${numberText(length)}`,
      problem: isFixed ? "is of fixed length" : `is not a whole number from 0 to ${0x3fffffff}`,
      remedy: isFixed ? "Use allocate" : "Give one",
    });
  }

  return {
    enter,
    leave,
    root: (slot) => words[slot] as Value,
    setRoot: (slot, value) => write(slot, value, 0),
    moveRoot: (into, from) => move(into, from, 0),
    allocate,
    allocateArray,
    typeOf: (object) => ((words[object + TYPE] as number) & MASK) as TypeId,
    lengthOf: (object) => words[object + LENGTH] as number,
    get: (object, field) => words[object + HEADER + field] as Value,
    set: (object, field, value) => write(object + HEADER + field, value, object),
    give: (object, field, from) => move(object + HEADER + field, from, object),
    fill: (object, field, from) => fillSlot(object + HEADER + field, from, object),
    take: (into, object, field) => move(into, object + HEADER + field, 0),
    copy: (target, targetField, source, sourceField, count) =>
      copySlots(
        target + HEADER + targetField,
        source + HEADER + sourceField,
        count,
        target,
        source,
      ),
    word: (object, field) => words[object + HEADER + field] as number,
    setWord(object, field, value) {
      words[object + HEADER + field] = value;
    },
    fieldsStart: (object) => object + HEADER,
    poll,
    collect: (generation = collector.oldestGeneration) => collectUpTo(generation),
  };
}

/** The hooks that the traits name, and bare stores for the others. */
function barrierOf(words: Int32Array, collector: Collector): Barrier {
  const bare: Barrier = {
    born(slot, object) {
      words[slot] = object;
    },
    write(slot, value) {
      words[slot] = value;
    },
    move(into, from) {
      const value = words[from] as number;
      words[from] = 0;
      words[into] = value;
    },
    copy(into, from, count) {
      words.copyWithin(into, from, from + count);
    },
    drop() {},
  };
  const pick = <Hook extends BarrierHook>(hook: Hook): Barrier[Hook] =>
    (collector[hook] as Barrier[Hook] | undefined) ?? bare[hook];
  return {
    born: pick("born"),
    write: pick("write"),
    move: pick("move"),
    copy: pick("copy"),
    drop: pick("drop"),
  };
}
