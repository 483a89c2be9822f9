// Two sums prove a trace. CRC-32 (the polynomial of zlib and gzip, reflected) is over bytes: of the
// event stream for the footer, of everything decoded for the gzip trailer. fnv32 is over what the
// events mean, so that two encodings of the same events agree; it is FNV-1a with whole numbers in
// the place of bytes, three of them an event:
//
//   h ← (h XOR w) × 16777619 mod 2^32     for w = operation + 256 × domain, then id, then size

import { DOMAIN_MEM, OPERATION_MASK } from "./allocation-trace-format.js";
import type { TraceEvents } from "./trace-events.js";

export const FNV32_START = 0x811c9dc5;
const FNV32_PRIME = 16777619;
/** Moves the domain bit of a kind (8) to where the hash wants it (256). */
const DOMAIN_SHIFT = 5;

const CRC32_POLYNOMIAL = 0xedb88320;
/** Row `256 × distance + byte`: what a byte adds when `distance` bytes follow it in its word. */
const crc32Table = makeCrc32Table();

function makeCrc32Table(): Int32Array {
  const table = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1 ? CRC32_POLYNOMIAL ^ (remainder >>> 1) : remainder >>> 1;
    }
    table[byte] = remainder;
  }
  for (let row = 256; row < table.length; row++) {
    const nearer = table[row - 256] as number;
    table[row] = (table[nearer & 255] as number) ^ (nearer >>> 8);
  }
  return table;
}

/**
 * The CRC-32 of what `crc` (0 at first) was over, followed by bytes `start` … `end − 1`, four bytes
 * a step. O(bytes). Source: the CRC appendix of RFC 1952; "slicing" after Kounavis and Berry, 2005.
 */
export function updateCrc32(crc: number, bytes: Uint8Array, start = 0, end = bytes.length): number {
  let remainder = ~crc;
  let index = start;
  for (; index + 4 <= end; index += 4) {
    const low = (bytes[index] as number) | ((bytes[index + 1] as number) << 8);
    const high = (bytes[index + 2] as number) | ((bytes[index + 3] as number) << 8);
    remainder ^= low | (high << 16);
    remainder =
      (crc32Table[768 + (remainder & 255)] as number) ^
      (crc32Table[512 + ((remainder >>> 8) & 255)] as number) ^
      (crc32Table[256 + ((remainder >>> 16) & 255)] as number) ^
      (crc32Table[remainder >>> 24] as number);
  }
  for (; index < end; index++) {
    const row = (remainder ^ (bytes[index] as number)) & 255;
    remainder = (crc32Table[row] as number) ^ (remainder >>> 8);
  }
  return ~remainder >>> 0;
}

/** The hash of what `hash` was over, followed by events `from` … `to − 1`. O(events). */
export function updateFnv32(hash: number, events: TraceEvents, from: number, to: number): number {
  const { kinds, ids, sizesBytes } = events;
  let state = hash | 0;
  for (let index = from; index < to; index++) {
    const kind = kinds[index] as number;
    const meaning = (kind & OPERATION_MASK) | ((kind & DOMAIN_MEM) << DOMAIN_SHIFT);
    state = Math.imul(state ^ meaning, FNV32_PRIME);
    state = Math.imul(state ^ (ids[index] as number), FNV32_PRIME);
    state = Math.imul(state ^ (sizesBytes[index] as number), FNV32_PRIME);
  }
  return state >>> 0;
}
