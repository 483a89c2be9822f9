// Memory managers for these tests, small ones, so that checked mode uses small integers unless a
// test asks for more.

import {
  composeMemoryManager,
  type MemoryManager,
  type MemoryManagerOptions,
} from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";

/** Below 16 MiB with the heap's own tables. */
const NARROW_RESERVATION_BYTES = 12 << 20;

export type ManagerOptions = Partial<MemoryManagerOptions> & { isWide?: boolean };

export function makeManager(options: ManagerOptions = {}): MemoryManager {
  const { isWide = false, ...others } = options;
  return composeMemoryManager({
    strategy: nullStrategy(),
    reservationBytes: isWide ? 64 << 20 : NARROW_RESERVATION_BYTES,
    typeLimitCount: 31,
    handleLimitCount: 64,
    frameSlotLimitCount: 1024,
    ...others,
  });
}
