// Why a call was refused, found out on the cold path only: hot paths test one bit and come here.

import {
  ARENA_SIZE_BYTES,
  type ArenaSource,
  checkInteger,
  DoubleFreeError,
  InvalidAddressError,
  OutOfMemoryError,
} from "@ouro/interfaces";

/** Throws for a number that names no live block; `wasBlock` when one began there before. */
export function refuseBlock(where: string, block: number, wasBlock: boolean): never {
  if (wasBlock) throw new DoubleFreeError({ where, block });
  throw new InvalidAddressError({ where, address: block, expected: "a live block" });
}

/** Throws for a size that this allocator does not serve. */
export function refuseRequest(where: string, requestBytes: number, limitBytes: number): void {
  checkInteger(where, "requestBytes", requestBytes, 0, limitBytes);
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
