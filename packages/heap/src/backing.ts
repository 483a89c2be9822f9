// What holds the bytes. A backing is reserved at its maximum and committed by the operating system
// page by page as it is touched; the view on it is made once and stays.
//
//   fixed      an ArrayBuffer of its own; memory once touched stays committed
//   adopted    a window of somebody else's ArrayBuffer, SharedArrayBuffer or WebAssembly.Memory
//   shared     a SharedArrayBuffer of its own, for workers
//   resizable  an ArrayBuffer whose tail goes back to the operating system; each access costs
//              1.5 to 2.5 times as much, so the user chooses it

import {
  checkInteger,
  type MemoryBacking,
  OutOfMemoryError,
  UsageError,
  type WordIndex,
} from "@ouro/interfaces";

/** A WebAssembly.Memory, or anything else that owns a buffer. */
export interface BufferOwner {
  readonly buffer: ArrayBufferLike;
}

/** The part of a resizable ArrayBuffer that ES2023's library does not declare. */
export interface ResizableBuffer extends ArrayBuffer {
  resize(lengthBytes: number): void;
}
type BufferConstructor = new (
  lengthBytes: number,
  options?: { maxByteLength: number },
) => ArrayBufferLike;

/** 4 GiB: the last word index of a larger memory would not be a small integer of 31 bits. */
export const RESERVATION_LIMIT_BYTES = 2 ** 32;

/** The index here is the number in the header. All but the last can be a heap's own. */
export const BACKING_KINDS: readonly MemoryBacking[] = ["fixed", "shared", "resizable", "adopted"];

/** A view on a memory of the heap's own; it is made once, and follows a resizable buffer. */
export function ownWords(
  backing: MemoryBacking,
  reservationBytes: number,
  frontBytes: number,
): Int32Array {
  const where = "createPrivateHeap";
  try {
    const Buffer = (backing === "shared" ? SharedArrayBuffer : ArrayBuffer) as BufferConstructor;
    if (backing !== "resizable") return new Int32Array(new Buffer(reservationBytes));
    const buffer = new Buffer(frontBytes, { maxByteLength: reservationBytes });
    // A host that knows no resizable buffer overlooks the option.
    if ("resize" in buffer) return new Int32Array(buffer);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new OutOfMemoryError({
        where: `${where} (the host refused the reservation; choose a smaller one)`,
        requestBytes: reservationBytes,
        lentBytes: 0,
        limitBytes: reservationBytes,
      });
    }
  }
  throw new UsageError({
    where,
    argument: `backing "${backing}"`,
    problem: "is not offered by this host",
    remedy: 'Choose "fixed"; browsers share only with cross-origin isolated documents',
  });
}

/** A view on a given memory, and the first and the end word of the window in it. */
export function adoptedWords(
  where: string,
  memory: ArrayBufferLike | BufferOwner,
  { startBytes = 0, endBytes }: { startBytes?: number; endBytes?: number } = {},
): [words: Int32Array, windowStart: WordIndex, windowEnd: WordIndex] {
  const buffer = (memory as BufferOwner | null)?.buffer ?? memory;
  const tag = Object.prototype.toString.call(buffer);
  if (ArrayBuffer.isView(memory) || !/ (Shared)?ArrayBuffer]/.test(tag)) {
    throw new UsageError({
      where,
      argument: "the memory",
      problem: "is not an ArrayBuffer, a SharedArrayBuffer or a WebAssembly.Memory",
      remedy: "Of a typed array pass the buffer, and a window",
    });
  }
  const given = buffer as ArrayBufferLike;
  const lengthBytes = Math.min(given.byteLength, RESERVATION_LIMIT_BYTES);
  const end = endBytes ?? lengthBytes;
  checkInteger(where, "window.endBytes", end, 0, lengthBytes);
  checkInteger(where, "window.startBytes", startBytes, 0, end);
  // Whole granules of four words.
  const windowStart = Math.ceil(startBytes / 16) * 4;
  const windowEnd = Math.max(Math.floor(end / 16) * 4, windowStart);
  return [new Int32Array(given, 0, Math.floor(lengthBytes / 4)), windowStart, windowEnd];
}
