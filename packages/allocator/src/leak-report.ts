// What still lives when a program is done, grouped by the site that allocated it: the site with
// most bytes first, so that the first line is the one to look at.

import type { BlockFacts } from "@ouro/interfaces";

/** The blocks of one site and domain that were never freed. */
export interface Leak {
  /** Where the blocks were allocated; `unknown site` without sites. */
  readonly site: string;
  /** The domain of the layer that gave them. */
  readonly domain: string;
  /** How many there are. */
  readonly blockCount: number;
  /** What was asked for, all together. */
  readonly requestBytes: number;
  /** The block that was allocated first: a debugger can wait for its serial. */
  readonly oldestBlock: number;
  /** Its serial: blocks of a layer are counted from 1 on. */
  readonly oldestSerial: number;
}

/** Groups live blocks. O(blocks). */
export function leaksOf(live: readonly BlockFacts[]): Leak[] {
  const leaks = new Map<string, Leak>();
  for (const { allocationSite: site, domain, requestBytes, block, serial } of live) {
    const key = `${domain} ${site}`;
    const found = leaks.get(key);
    const isOldest = found === undefined || serial < found.oldestSerial;
    leaks.set(key, {
      site,
      domain,
      blockCount: (found?.blockCount ?? 0) + 1,
      requestBytes: (found?.requestBytes ?? 0) + requestBytes,
      oldestBlock: isOldest ? block : found.oldestBlock,
      oldestSerial: isOldest ? serial : found.oldestSerial,
    });
  }
  return [...leaks.values()].sort(
    (one, other) => other.requestBytes - one.requestBytes || one.oldestSerial - other.oldestSerial,
  );
}

/** A line a site, and the sum; with a newline at its end. */
export function formatLeakReport(leaks: readonly Leak[]): string {
  if (leaks.length === 0) return "No block is left.\n";
  const blockCount = leaks.reduce((sum, leak) => sum + leak.blockCount, 0);
  const bytes = leaks.reduce((sum, leak) => sum + leak.requestBytes, 0);
  const lines = leaks.map(
    (leak) =>
      `${String(leak.requestBytes).padStart(12)} bytes in ${leak.blockCount} blocks  ` +
      `${leak.domain}  ${leak.site}  (first: block ${leak.oldestBlock}, ` +
      `serial ${leak.oldestSerial})`,
  );
  return `${blockCount} blocks of ${bytes} bytes were never freed:\n${lines.join("\n")}\n`;
}
