// An allocation trace (`NAME.altrace.gz`) is what a real program asked of CPython's allocators,
// call by call, recorded at `PyObject_Malloc` & co. and `PyMem_Malloc` & co. The file is one gzip
// member. Decoded, it is (integers little-endian):
//
//   offset   0          8         12            12+h          …            …         …
//            ┌──────────┬─────────┬─────────────┬─────────────┬────────────┬─────────┬──────────┐
//            │ ALTRACE1 │ u32 h   │ header JSON │ events, END │ u32 f      │ footer  │ ALTREND1 │
//            │ 8 bytes  │ 4 bytes │ h bytes     │ varints     │ 4 bytes    │ f bytes │ 8 bytes  │
//            └──────────┴─────────┴─────────────┴─────────────┴────────────┴─────────┴──────────┘
//
// An event is one varint token (unsigned LEB128: seven bits a byte, low bits first):
//
//            ┌─────────────────────────────┬────────┬───────────┐
//   token    │ operand                     │ domain │ operation │   domain 0 obj, 1 mem
//            │ bits 4 …                    │ bit 3  │ bits 0–2  │
//            └─────────────────────────────┴────────┴───────────┘
//   0 free     zigzag(id − last)            last: the id of the free or realloc before, 0 at first
//   1 malloc   size
//   2 calloc   size
//   3 realloc  size, then a second varint zigzag(id − last); the id stays the same
//   4 mark     index of the mark's name in the header
//   7 END      0
//
// The k-th malloc or calloc makes block id k; ids are never reused. **Invariant:** an id that is
// freed or reallocated is live. The footer states what the events add up to (trace-tally.ts), with
// a CRC-32 of the event bytes and an FNV-1a-like hash of their meaning (trace-checksum.ts).

import { SIZE_CLASS_COUNT, SMALL_REQUEST_LIMIT_BYTES } from "@ouro/interfaces";

export const TRACE_MAGIC = "ALTRACE1";
export const TRACE_END_MAGIC = "ALTREND1";
export const MAGIC_SIZE_BYTES = 8;
export const LENGTH_SIZE_BYTES = 4;
export const TRACE_FORMAT_NAME = "altrace";
export const TRACE_FORMAT_VERSION = 1;

// Operations, the low three bits of an event's kind.
/** A live block is given back. */
export const OPERATION_FREE = 0;
/** A block is made. */
export const OPERATION_MALLOC = 1;
/** A block is made, and it is zero-filled. */
export const OPERATION_CALLOC = 2;
/** A live block gets another size, and perhaps another place. */
export const OPERATION_REALLOC = 3;
/** The program enters a phase; the event's id is the index of its name. */
export const OPERATION_MARK = 4;
/** Ends the stream; it is no event. */
export const OPERATION_END = 7;
/** The operation's bits of a kind. */
export const OPERATION_MASK = 7;

/** Domain bit of an event's kind: clear is CPython's *obj* domain, set is *mem*. */
export const DOMAIN_MEM = 8;

/** An event's kind is operation plus domain bit; the operand lies above it in the token. */
export const KIND_MASK = 15;
export const KIND_SIZE_BITS = 4;

/** Sizes and mark indices are below 2^31, so they fit an `Int32Array`. */
export const TRACE_VALUE_LIMIT = 2 ** 31 - 1;

/** Ids are below this, so that a zigzag difference of two has 31 bits as well. */
export const TRACE_ID_LIMIT = 2 ** 30;

/** A token of a 31-bit operand has 35 bits: five bytes at most. */
export const VARINT_SIZE_LIMIT_BYTES = 5;

/** A checkpoint stands after every so many events. */
export const CHECKPOINT_INTERVAL_EVENTS = 65536;

/** Rows of the footer's histograms: 32 size classes and one row for everything larger. */
export const HISTOGRAM_ROW_COUNT = SIZE_CLASS_COUNT + 1;

const OPERATION_NAMES = ["free", "malloc", "calloc", "realloc", "mark"] as const;

/** What an event does. */
export type OperationName = (typeof OPERATION_NAMES)[number];

/** The name of a kind's operation. O(1). */
export function operationName(kind: number): OperationName | undefined {
  return OPERATION_NAMES[kind & OPERATION_MASK];
}

/** Histogram row of a size: 0 for 0–16 bytes, 1 for 17–32, … 32 for all above 512. O(1). */
export function histogramRow(sizeBytes: number): number {
  if (sizeBytes > SMALL_REQUEST_LIMIT_BYTES) return SIZE_CLASS_COUNT;
  return sizeBytes === 0 ? 0 : (sizeBytes - 1) >> 4;
}
