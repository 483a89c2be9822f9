// Why a call was refused, found out on the cold path only: hot paths test one bit and come here.

import {
  ARENA_SIZE_BYTES,
  type ArenaSource,
  DoubleFreeError,
  InvalidAddressError,
  OutOfMemoryError,
  UsageError,
} from "@ouro/interfaces";

/** Throws for a number that names no live block; `wasBlock` when one began there before. */
export function refuseBlock(where: string, block: number, wasBlock: boolean): never {
  if (wasBlock) throw new DoubleFreeError({ where, block });
  throw new InvalidAddressError({ where, address: block, expected: "a live block's word index" });
}

/** Throws for a size that this allocator does not serve. */
export function refuseRequest(where: string, requestBytes: number, limitBytes: number): never {
  throw new UsageError({
    where,
    argument: `a request of ${requestBytes} bytes`,
    problem: `is not an integer from 0 to ${limitBytes}`,
    remedy: "Ask for a whole number of bytes; larger blocks are another allocator's, or heap's",
  });
}

/** Throws because nothing is left under the source's limit. */
export function refuseForMemory(
  where: string,
  requestBytes: number,
  source: ArenaSource & { statistics?: () => { lentBytes: number; limitBytes: number } },
): never {
  const facts = source.statistics?.();
  const limitBytes = (source.arenaCount - source.firstArenaIndex) * ARENA_SIZE_BYTES;
  throw new OutOfMemoryError({
    where,
    requestBytes,
    lentBytes: facts?.lentBytes ?? limitBytes,
    limitBytes: facts?.limitBytes ?? limitBytes,
  });
}
