// The calls of C over any allocator, with byte addresses: for those who come from C, or from
// @thi.ng/malloc. 0 is no address: a request that finds no memory answers it, free(0) does nothing,
// realloc(0, n) allocates. What C leaves undefined is a typed error here, and changes nothing.
//
//   address = 4 × block      f32 × 10 at address 4,194,336:  new Float32Array(buffer, address, 10)
//
// As in CPython, size 0 gives a block of its own (PEP 445), and realloc(address, 0) is no free.

import {
  type Address,
  type Allocator,
  addressOf,
  blockAt,
  checkInteger,
  checkOptions,
  InvalidAddressError,
  isOuroError,
  type LinearMemory,
  UsageError,
} from "@ouro/interfaces";

const TYPES = {
  i8: Int8Array,
  u8: Uint8Array,
  u8c: Uint8ClampedArray,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
} as const satisfies Record<ElementType, unknown>;

/** The arrays by their short names: signed, unsigned, float, and the bits of an element. */
export interface ElementArrays {
  /** Signed, 8 bits. */
  i8: Int8Array;
  /** Unsigned, 8 bits. */
  u8: Uint8Array;
  /** Unsigned, 8 bits; what is stored is clamped. */
  u8c: Uint8ClampedArray;
  /** Signed, 16 bits. */
  i16: Int16Array;
  /** Unsigned, 16 bits. */
  u16: Uint16Array;
  /** Signed, 32 bits. */
  i32: Int32Array;
  /** Unsigned, 32 bits. */
  u32: Uint32Array;
  /** Float, 32 bits. */
  f32: Float32Array;
  /** Float, 64 bits. */
  f64: Float64Array;
  /** Signed, 64 bits, as bigint. */
  i64: BigInt64Array;
  /** Unsigned, 64 bits, as bigint. */
  u64: BigUint64Array;
}
/** The short name of an array's elements. */
export type ElementType = keyof ElementArrays;
/** Any of those arrays. */
export type AnyArray = ElementArrays[ElementType];

/** The memory, and who gives it out. */
export interface MallocOptions {
  /** The memory of the allocator: a private heap. */
  memory: LinearMemory;
  /** Serves the calls: any allocator, or a layer over one. */
  allocator: Allocator;
}

/** The calls of C; every address is a byte's, and 0 is none. */
export interface Malloc {
  /** A block of at least so many bytes, at a multiple of 16; 0 when there is no room. */
  malloc(sizeBytes: number): Address;
  /** A block of zeros for `count` elements; 0 when there is no room, or no such size. */
  calloc(count: number, sizeBytes: number): Address;
  /** A block with the old one's bytes, which is freed unless it stayed; 0 leaves it as it was. */
  realloc(address: number, sizeBytes: number): Address;
  /**
   * Frees by address, or by an array that `mallocAs` gave; 0 and undefined do nothing. Throws
   * `DoubleFreeError` and `InvalidAddressError`, and changes nothing then.
   */
  free(target: number | AnyArray | undefined): void;
  /** Bytes that may be used at a live address. Throws as `free` does. */
  usableSize(address: number): number;
  /** A view of `length` elements of a fresh block; undefined when there is no room. */
  mallocAs<Type extends ElementType>(type: Type, length: number): ElementArrays[Type] | undefined;
  /** As `mallocAs`, all zeros. */
  callocAs<Type extends ElementType>(type: Type, length: number): ElementArrays[Type] | undefined;
  /** A view of another length with the old elements; undefined leaves the old one as it was. */
  reallocArray<Kind extends AnyArray>(array: Kind, length: number): Kind | undefined;
}

/** Makes the calls of C over an allocator. */
export function createMalloc(options: MallocOptions): Malloc {
  checkOptions("createMalloc", options, "memory allocator");
  const { memory, allocator } = options;
  const { buffer } = memory.bytes;
  const { tryAllocate, requestLimitBytes } = allocator;

  function expectSize(call: string, sizeBytes: number): void {
    if (Number.isInteger(sizeBytes) && sizeBytes >= 0) return;
    checkInteger(call, "sizeBytes", sizeBytes, 0);
  }

  function malloc(sizeBytes: number): Address {
    expectSize("malloc", sizeBytes);
    return sizeBytes > requestLimitBytes ? addressOf(0) : addressOf(tryAllocate(sizeBytes));
  }

  function calloc(count: number, sizeBytes: number): Address {
    expectSize("calloc", count);
    expectSize("calloc", sizeBytes);
    const address = malloc(count * sizeBytes);
    if (address !== 0) memory.bytes.fill(0, address, address + count * sizeBytes);
    return address;
  }

  /** The block of an address; one that is no multiple of 16 is nobody's. */
  function blockOf(call: string, address: number) {
    if (address % 16 === 0 && address > 0) return blockAt(address);
    throw new InvalidAddressError({ where: call, address, expected: "an address that lives" });
  }

  function realloc(address: number, sizeBytes: number): Address {
    if (address === 0) return malloc(sizeBytes);
    expectSize("realloc", sizeBytes);
    const block = blockOf("realloc", address);
    // Who is refused for the block is told so, before it is for the size.
    allocator.usableSizeBytes(block);
    if (sizeBytes > requestLimitBytes) return addressOf(0);
    try {
      return addressOf(allocator.reallocate(block, sizeBytes));
    } catch (error) {
      if (isOuroError(error, "out-of-memory")) return addressOf(0);
      throw error;
    }
  }

  /** The address of a view; throws for one that lies in another memory. */
  function addressOfArray(call: string, array: AnyArray): number {
    if (array.buffer === buffer) return array.byteOffset;
    throw new UsageError({
      where: call,
      argument: "the array",
      problem: "lies in another memory",
      remedy: "Give an array that mallocAs gave.",
    });
  }

  function free(target: number | AnyArray | undefined): void {
    if (target === undefined || target === 0) return;
    const address = typeof target === "number" ? target : addressOfArray("free", target);
    allocator.free(blockOf("free", address));
  }

  function viewAt<Type extends ElementType>(address: number, type: Type, length: number) {
    return new TYPES[type](buffer as ArrayBuffer, address, length) as ElementArrays[Type];
  }

  function bytesOf(call: string, type: ElementType, length: number): number {
    expectSize(call, length);
    if (Object.hasOwn(TYPES, type)) return length * TYPES[type].BYTES_PER_ELEMENT;
    throw new UsageError({
      where: call,
      argument: `type "${type}"`,
      problem: "is no element type",
      remedy: `Choose from ${Object.keys(TYPES).join(", ")}.`,
    });
  }

  return {
    malloc,
    calloc,
    realloc,
    free,
    usableSize: (address) => allocator.usableSizeBytes(blockOf("usableSize", address)),
    mallocAs(type, length) {
      const address = malloc(bytesOf("mallocAs", type, length));
      return address === 0 ? undefined : viewAt(address, type, length);
    },
    callocAs(type, length) {
      const address = calloc(1, bytesOf("callocAs", type, length));
      return address === 0 ? undefined : viewAt(address, type, length);
    },
    reallocArray(array, length) {
      expectSize("reallocArray", length);
      const old = addressOfArray("reallocArray", array);
      const address = realloc(old, length * array.BYTES_PER_ELEMENT);
      if (address === 0) return undefined;
      const View = array.constructor as new (
        memory: ArrayBufferLike,
        address: number,
        length: number,
      ) => typeof array;
      return new View(buffer, address, length);
    },
  };
}
