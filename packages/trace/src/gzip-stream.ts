// A gzip file taken in pieces and handed on decoded, with the checks that the inflating library
// leaves out: the trailer's CRC-32 and length, one member only, and how far the data may swell.
//
//            ┌──────────────────┬──────────────────┬──────────────┬────────────────────┐
//            │ 1f 8b 08 flags … │ deflate blocks   │ u32 CRC-32   │ u32 decoded length │
//            │ header, a name   │                  │ of decoded   │ modulo 2^32        │
//            └──────────────────┴──────────────────┴──────────────┴────────────────────┘
//
// Input is gathered and goes to the library in slices of 8 KiB: deflate swells data 1032 times at
// most, so that no slice can give more than 8 MiB before the limits are looked at; and a slice,
// however small, costs the library about 200 KiB of copying. Source: RFC 1951 and 1952.

import { LimitReachedError } from "@ouro/interfaces";
import { Gunzip } from "fflate";
import type { Fail } from "./json-fields.js";
import { updateCrc32 } from "./trace-checksum.js";
import type { TraceLimits } from "./trace-limits.js";

const SLICE_SIZE_BYTES = 8192;
const TRAILER_SIZE_BYTES = 8;
/** Below this much decoded data the ratio says nothing: short made-up traces repeat themselves. */
const RATIO_START_BYTES = 2 ** 22;
/** A gzip header may carry a file name and a comment; the library keeps them all in memory. */
const SILENT_LIMIT_BYTES = 2 ** 18;

export interface GzipStream {
  push(compressed: Uint8Array): void;
  /** Says that the input is complete. */
  end(): void;
  takenBytes(): number;
}

export interface GzipStreamOptions {
  readonly sourceName: string;
  readonly limits: Pick<TraceLimits, "decodedBytes" | "decompressionRatio">;
  readonly onDecoded: (bytes: Uint8Array) => void;
  /** Throws the error for damaged data; it knows the offset. */
  readonly fail: Fail;
}

export function createGzipStream(options: GzipStreamOptions): GzipStream {
  const { sourceName, limits, onDecoded, fail } = options;
  const tail = new Uint8Array(TRAILER_SIZE_BYTES);
  const gathered = new Uint8Array(SLICE_SIZE_BYTES);
  const inflated: Uint8Array[] = [];
  let gatheredBytes = 0;
  let takenBytes = 0;
  let decodedBytes = 0;
  let crc = 0;
  let hasSecondMember = false;

  const gunzip = new Gunzip((piece) => {
    inflated.push(piece);
  });
  gunzip.onmember = () => {
    hasSecondMember = true;
  };

  function refuseSwelling(): void {
    const exceed = (what: string, limit: number, actual: number): never => {
      const where = `${sourceName}, compressed byte ${takenBytes}`;
      throw new LimitReachedError({ where, what, limit, actual });
    };
    const { decodedBytes: limitBytes, decompressionRatio } = limits;
    if (decodedBytes > limitBytes) exceed("the decoded length in bytes", limitBytes, decodedBytes);
    const ratio = Math.floor(decodedBytes / takenBytes);
    if (decodedBytes > RATIO_START_BYTES && ratio > decompressionRatio) {
      exceed("the decompression ratio", decompressionRatio, ratio);
    }
    if (decodedBytes === 0 && takenBytes > SILENT_LIMIT_BYTES) {
      fail(`the gzip data begins with ${takenBytes} bytes that decode to nothing`);
    }
  }

  function keepTail(slice: Uint8Array): void {
    if (slice.length < TRAILER_SIZE_BYTES) tail.copyWithin(0, slice.length);
    const kept = slice.subarray(Math.max(0, slice.length - TRAILER_SIZE_BYTES));
    tail.set(kept, TRAILER_SIZE_BYTES - kept.length);
  }

  function inflate(slice: Uint8Array, isLast: boolean): void {
    let damage: string | undefined;
    try {
      gunzip.push(slice, isLast);
    } catch (error) {
      damage = error instanceof Error ? error.message : String(error);
    }
    for (const piece of inflated.splice(0)) {
      if (piece.length === 0) continue;
      decodedBytes += piece.length;
      refuseSwelling();
      crc = updateCrc32(crc, piece);
      onDecoded(piece);
    }
    if (hasSecondMember) fail("a second gzip member follows the first");
    if (damage !== undefined) fail(`the compressed data is damaged or cut off (${damage})`);
    refuseSwelling();
  }

  function inflateGathered(isLast: boolean): void {
    // A copy: the library may keep it, and the next bytes are gathered in the same place.
    const slice = gathered.slice(0, gatheredBytes);
    gatheredBytes = 0;
    takenBytes += slice.length;
    keepTail(slice);
    inflate(slice, isLast);
  }

  function push(compressed: Uint8Array): void {
    for (let start = 0; start < compressed.length; ) {
      const end = Math.min(compressed.length, start + SLICE_SIZE_BYTES - gatheredBytes);
      gathered.set(compressed.subarray(start, end), gatheredBytes);
      gatheredBytes += end - start;
      start = end;
      if (gatheredBytes === SLICE_SIZE_BYTES) inflateGathered(false);
    }
  }

  function end(): void {
    if (takenBytes + gatheredBytes === 0) fail("the file is empty");
    inflateGathered(true);
    const trailer = new DataView(tail.buffer);
    if (trailer.getUint32(0, true) !== crc) {
      fail("the CRC-32 at the end of the gzip data does not match what was decoded");
    }
    if (trailer.getUint32(4, true) !== decodedBytes >>> 0) {
      fail("the length at the end of the gzip data does not match what was decoded");
    }
  }

  return { push, end, takenBytes: () => takenBytes + gatheredBytes };
}
