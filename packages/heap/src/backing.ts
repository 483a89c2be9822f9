// What holds the bytes. A backing is reserved at its maximum and committed by the operating system
// page by page as it is touched; the view on it is made once and stays.
//
//   fixed      an ArrayBuffer of its own; memory once touched stays committed
//   adopted    a window of somebody else's ArrayBuffer, SharedArrayBuffer or WebAssembly.Memory
//   shared     a SharedArrayBuffer of its own, for workers
//   resizable  an ArrayBuffer whose tail goes back to the operating system; each access costs
//              1.5 to 2.5 times as much, so the user chooses it

import { type MemoryBacking, OutOfMemoryError, UsageError, type WordIndex } from "@ouro/interfaces";

/** A WebAssembly.Memory, or anything else that owns a buffer. */
export interface BufferOwner {
  readonly buffer: ArrayBufferLike;
}

/** The part of a resizable ArrayBuffer that ES2023's library does not declare. */
interface ResizableBuffer extends ArrayBuffer {
  resize(lengthBytes: number): void;
}
type ResizableBufferConstructor = new (
  lengthBytes: number,
  options: { maxByteLength: number },
) => ResizableBuffer;

export interface Backing {
  readonly kind: MemoryBacking;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly windowStart: WordIndex;
  readonly windowEnd: WordIndex;
  /** Whether fresh memory of this backing is known to be zero. */
  readonly isZeroed: boolean;
  /**
   * Makes the memory below `endWord` usable, and with `resizable` gives back what is above. False
   * when the host has no more memory; nothing has changed then.
   */
  fit(endWord: WordIndex): boolean;
}

/** 4 GiB: the last word index of a larger memory would not be a small integer of 31 bits. */
export const RESERVATION_LIMIT_BYTES = 2 ** 32;

export const OWN_BACKINGS: readonly MemoryBacking[] = ["fixed", "shared", "resizable"];
/** The index here is the number in the header. */
export const BACKING_KINDS: readonly MemoryBacking[] = [...OWN_BACKINGS, "adopted"];

const keep = (): boolean => true;

export function ownBacking(
  kind: "fixed" | "shared" | "resizable",
  reservationBytes: number,
  frontEndWord: WordIndex,
): Backing {
  const windowEnd = reservationBytes / 4;
  checkHost(kind);
  try {
    if (kind === "resizable") return resizableBacking(reservationBytes, frontEndWord);
    const buffer =
      kind === "shared"
        ? new SharedArrayBuffer(reservationBytes)
        : new ArrayBuffer(reservationBytes);
    return { ...viewsOf(buffer), kind, windowStart: 0, windowEnd, isZeroed: true, fit: keep };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OutOfMemoryError({
      where: "createPrivateHeap (the host refused the reservation; choose a smaller one)",
      requestBytes: reservationBytes,
      lentBytes: 0,
      limitBytes: reservationBytes,
    });
  }
}

function resizableBacking(reservationBytes: number, frontEndWord: WordIndex): Backing {
  const Resizable = ArrayBuffer as unknown as ResizableBufferConstructor;
  const buffer = new Resizable(frontEndWord * 4, { maxByteLength: reservationBytes });
  return {
    ...viewsOf(buffer),
    kind: "resizable",
    windowStart: 0,
    windowEnd: reservationBytes / 4,
    isZeroed: true,
    fit: (endWord) => resize(buffer, Math.max(endWord, frontEndWord) * 4),
  };
}

function resize(buffer: ResizableBuffer, lengthBytes: number): boolean {
  try {
    buffer.resize(lengthBytes);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Browsers hide SharedArrayBuffer from documents that are not cross-origin isolated. */
function checkHost(kind: MemoryBacking): void {
  const isThere =
    kind === "shared"
      ? typeof SharedArrayBuffer === "function"
      : kind !== "resizable" || "resize" in ArrayBuffer.prototype;
  if (isThere) return;
  throw new UsageError({
    where: "createPrivateHeap",
    argument: `backing "${kind}"`,
    problem: "is not offered by this host, or not to this document",
    remedy: 'Choose "fixed"; a browser shares memory only with cross-origin isolated documents',
  });
}

export function adoptedBacking(
  where: string,
  memory: ArrayBufferLike | BufferOwner,
  window: { startBytes?: number; endBytes?: number } | undefined,
): Backing {
  const buffer = bufferOf(where, memory);
  const lengthBytes = Math.min(buffer.byteLength, RESERVATION_LIMIT_BYTES);
  const startBytes = window?.startBytes ?? 0;
  const endBytes = window?.endBytes ?? lengthBytes;
  checkWindow(where, startBytes, endBytes, lengthBytes);
  const windowStart = (Math.ceil(startBytes / 16) * 16) / 4;
  const windowEnd = Math.max((Math.floor(endBytes / 16) * 16) / 4, windowStart);
  const views = viewsOf(buffer, Math.floor(lengthBytes / 4));
  return { ...views, kind: "adopted", windowStart, windowEnd, isZeroed: false, fit: keep };
}

function bufferOf(where: string, memory: ArrayBufferLike | BufferOwner): ArrayBufferLike {
  const given: unknown = memory;
  const isObject = typeof given === "object" && given !== null && !ArrayBuffer.isView(given);
  const buffer = isObject && "buffer" in given ? given.buffer : given;
  const isShared = typeof SharedArrayBuffer === "function" && buffer instanceof SharedArrayBuffer;
  if (isObject && (isShared || buffer instanceof ArrayBuffer)) return buffer;
  throw new UsageError({
    where,
    argument: "the memory",
    problem: "is not an ArrayBuffer, a SharedArrayBuffer or a WebAssembly.Memory",
    remedy: "Of a typed array or a DataView, pass the buffer, and a window of bytes",
  });
}

function checkWindow(
  where: string,
  startBytes: number,
  endBytes: number,
  lengthBytes: number,
): void {
  const isInside =
    Number.isInteger(startBytes) &&
    Number.isInteger(endBytes) &&
    startBytes >= 0 &&
    startBytes <= endBytes &&
    endBytes <= lengthBytes;
  if (isInside) return;
  throw new UsageError({
    where,
    argument: `the window from byte ${startBytes} to byte ${endBytes}`,
    problem: `does not lie in the ${lengthBytes} usable bytes of the memory`,
    remedy: "Give whole numbers with 0 ≤ startBytes ≤ endBytes ≤ the memory's length",
  });
}

/** Views without a length follow a resizable buffer; with one they are as quick as can be. */
function viewsOf(
  buffer: ArrayBufferLike,
  wordCount?: number,
): { words: Int32Array; bytes: Uint8Array } {
  if (wordCount === undefined) {
    return { words: new Int32Array(buffer), bytes: new Uint8Array(buffer) };
  }
  return {
    words: new Int32Array(buffer, 0, wordCount),
    bytes: new Uint8Array(buffer, 0, wordCount * 4),
  };
}
