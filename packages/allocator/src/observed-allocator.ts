// An allocator that tells an observer of each request, free and reallocation. It is a layer: the
// allocator inside has no call and no branch for it, and with an observer that wants none of these
// events the allocator itself is handed back.

import {
  type Allocator,
  checkOptions,
  EVENT_BLOCK_FREE,
  EVENT_BLOCK_REALLOCATE,
  EVENT_BLOCK_REQUEST,
  EVENT_REQUEST_REFUSE,
  GRANULE_SIZE_BYTES,
  isObserved,
  isOuroError,
  type Observer,
  SMALL_REQUEST_LIMIT_BYTES,
} from "@ouro/interfaces";

const EVENTS = [
  EVENT_BLOCK_REQUEST,
  EVENT_BLOCK_FREE,
  EVENT_BLOCK_REALLOCATE,
  EVENT_REQUEST_REFUSE,
] as const;

/** Who is told, and what it is told with a refusal. */
export interface ObservedAllocatorOptions {
  /** Told of each block given, freed and refused; without one, no layer is made. */
  observer: Observer | undefined;
  /** Told with a refusal: an allocator does not know its source's limit. A private heap's
   * `statistics` fits. Default: zeros. */
  limits?: () => { lentBytes: number; limitBytes: number };
}

/** Wraps an allocator so that its events reach an observer. */
export function observedAllocator(
  allocator: Allocator,
  options: ObservedAllocatorOptions,
): Allocator {
  checkOptions("observedAllocator", options, "|observer limits");
  const { observer, limits = () => ({ lentBytes: 0, limitBytes: 0 }) } = options;
  const heard = new Set<number>(EVENTS.filter((code) => isObserved(observer, code)));
  if (observer === undefined || heard.size === 0) return allocator;
  const emit = (code: (typeof EVENTS)[number], a: number, b: number, c: number): void => {
    if (heard.has(code)) observer.event(code, a, b, c);
  };

  function request<Result>(requestBytes: number, call: (requestBytes: number) => Result): Result {
    try {
      return call(requestBytes);
    } catch (error) {
      if (isOuroError(error, "out-of-memory")) refuse(requestBytes);
      throw error;
    }
  }

  function refuse(requestBytes: number): void {
    const { lentBytes, limitBytes } = limits();
    emit(EVENT_REQUEST_REFUSE, requestBytes, lentBytes, limitBytes);
  }

  function give<Result extends number>(block: Result, requestBytes: number): Result {
    if (block === 0) refuse(requestBytes);
    else emit(EVENT_BLOCK_REQUEST, requestBytes, sizeClassOf(allocator, block), block);
    return block;
  }

  return {
    ...allocator,
    tryAllocate: (requestBytes) => give(allocator.tryAllocate(requestBytes), requestBytes),
    allocate: (requestBytes) => give(request(requestBytes, allocator.allocate), requestBytes),
    allocateZeroed: (requestBytes) =>
      give(request(requestBytes, allocator.allocateZeroed), requestBytes),
    reallocate(block, requestBytes) {
      const moved = request(requestBytes, (size) => allocator.reallocate(block, size));
      emit(EVENT_BLOCK_REALLOCATE, block, requestBytes, moved);
      return moved;
    },
    free(block) {
      const usableSizeBytes = allocator.usableSizeBytes(block);
      const sizeClass = sizeClassOf(allocator, block);
      allocator.free(block);
      emit(EVENT_BLOCK_FREE, block, sizeClass, usableSizeBytes);
    },
  };
}

/** By what was given: a block of up to 512 bytes whose size is whole granules is a pool's. */
function sizeClassOf(allocator: Allocator, block: number): number {
  const usableSizeBytes = allocator.usableSizeBytes(block as never);
  const isSmall = usableSizeBytes <= SMALL_REQUEST_LIMIT_BYTES;
  const isWhole = usableSizeBytes % GRANULE_SIZE_BYTES === 0;
  return isSmall && isWhole ? usableSizeBytes / GRANULE_SIZE_BYTES - 1 : -1;
}
