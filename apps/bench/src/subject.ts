// What a timed loop sees of an allocator written in JavaScript or called from it. A handle is a
// number for those that work in linear memory and an object for those that let V8 collect.

export type Handle = number | object;
export type Slots = Record<number, Handle>;

export interface Subject {
  allocate(requestBytes: number): Handle;
  free(handle: Handle): void;
  /** Zero-filled; absent where the peer has none, `allocate` stands in. */
  readonly allocateZeroed?: (requestBytes: number) => Handle;
  /** Absent where the peer has none or a broken one: `allocate` and `free` stand in, no copy. */
  readonly reallocate?: (handle: Handle, requestBytes: number) => Handle;
  /** Writes the first byte or word of a block: every loop does so with each new one. */
  touch(handle: Handle): void;
  createSlots(count: number): Slots;
  /** What an unused slot holds. */
  readonly empty: Handle;
}

export interface SubjectFacts {
  /** Where tools compiled the peer to, when it needs that. */
  readonly compiledFile?: string;
}

/** Slots for numbers, 0 = unused. */
export function createNumberSlots(count: number): Slots {
  return new Int32Array(count) as unknown as Slots;
}

/** Slots for objects. */
export function createObjectSlots(count: number): Slots {
  const slots: Handle[] = [];
  for (let i = 0; i < count; i++) slots.push(NOTHING);
  return slots as unknown as Slots;
}

export const NOTHING: object = Object.freeze({});
