// The checked layer finds what a program does wrong to its blocks: writes before and behind them,
// writes after their free, double frees, numbers inside blocks or of no block, frees in another
// domain. Each is a typed error that names the block, its size, serial and sites; the call is
// refused, and the heap stays usable. It goes over any allocator, which knows nothing of it.
//
//   allocate   ask below for header + bytes + fence; fill with the fresh byte, write the fences
//   free       check seal and fences; fill with the dead byte; hold the block back in a queue
//   later      what leaves the queue must still be dead all over; then it goes down
//
// A write into a freed block is found when the block leaves the queue or at the next validate().
// A reallocation always moves, so that a number that outlived it is found out. Layout and source:
// checked-layout.ts.

import {
  type Allocator,
  type AllocatorStatistics,
  type ArenaSource,
  type Block,
  type BlockFacts,
  BlockOverrunError,
  checkInteger,
  checkOptions,
  DoubleFreeError,
  describeBlock,
  expectSound,
  InvalidAddressError,
  UseAfterFreeError,
  WrongDomainError,
} from "@ouro/interfaces";
import { ALLOCATION_DOMAINS, type AllocationDomain, expectDomain } from "./allocation-counts.js";
import type { AllocationSites } from "./allocation-sites.js";
import { createCheckedBytes } from "./checked-bytes.js";
import * as layout from "./checked-layout.js";
import { type Leak, leaksOf } from "./leak-report.js";
import { refuseRequest } from "./refusal.js";

const OPTIONS = "source|sites domain holdBytes fillLimitBytes name";
/** Of the two options in bytes; what is held back is counted in one word. */
const LIMIT_BYTES = 0x7fffffff;
/** Serials wrap. */
const SERIAL_MASK = 0x7fffffff;

/** Where a checked layer keeps its words, what it names, and how much it looks at. */
export interface CheckedAllocatorOptions {
  /** The memory that the blocks lie in, and where the layer's own words are reserved. */
  source: ArenaSource;
  /** Names the places that allocate and free. Without it, every site is unknown. */
  sites?: AllocationSites;
  /** Blocks of one domain are refused by the layers of the others. Default `obj`. */
  domain?: AllocationDomain;
  /**
   * How much freed memory is held back; a larger block goes down at once. 0 holds nothing back:
   * then writes after a free go unseen. Default 64 KiB. Unit: bytes.
   */
  holdBytes?: number;
  /**
   * Blocks larger than this are filled and looked at in their first and last half of it only.
   * Default 2048. Unit: bytes.
   */
  fillLimitBytes?: number;
  /** Names the borrower; two of them in one heap need two names. Default `checked-` and domain. */
  name?: string;
}

/** An allocator that refuses wrong uses of its blocks, and knows the facts of each. */
export interface CheckedAllocator extends Allocator {
  /** What is known of a live or freed block; undefined when nothing is. */
  factsOf(block: number): BlockFacts | undefined;
  /** Lets every block that is held back go down. Throws `UseAfterFreeError`. */
  release(): void;
  /** Writes the fences of a live block anew, so that a block that was overrun can be freed. */
  repair(block: Block): void;
  /** Ends the program's use: checks everything, and reports what still lives, by site. */
  close(): Leak[];
}

/**
 * Wraps an allocator in checks. Throws `OutOfMemoryError` when the source has no room for it, and
 * `UsageError` for what is no domain.
 */
export function createCheckedAllocator(
  allocator: Allocator,
  options: CheckedAllocatorOptions,
): CheckedAllocator {
  checkOptions("createCheckedAllocator", options, OPTIONS);
  const { source, sites, domain = "obj", holdBytes = 2 ** 16 } = options;
  const { fillLimitBytes = 2048, name = `checked-${domain}` } = options;
  expectDomain("createCheckedAllocator", domain);
  checkInteger("createCheckedAllocator", "holdBytes", holdBytes, 0, LIMIT_BYTES);
  checkInteger("createCheckedAllocator", "fillLimitBytes", fillLimitBytes, 0, LIMIT_BYTES);
  const { words, bytes } = source;
  const borrower = source.registerBorrower(name);
  const region = source.reserveRegion(borrower, "checked", layout.CHECKED_REGION_SIZE_WORDS);
  const letter = layout.LETTERS[domain];
  const requestLimitBytes = Math.max(
    0,
    allocator.requestLimitBytes - layout.CHECKED_OVERHEAD_BYTES,
  );
  const checkedBytes = createCheckedBytes(source, fillLimitBytes);
  const { fillBlock, writeFences, brokenFence, holdsFences } = checkedBytes;
  const { isDead, firstWritten, freshPair, deadPair } = checkedBytes;
  const { tryAllocate: tryBelow, free: freeBelow, owns: ownsBelow } = allocator;
  const { usableSizeBytes: usableSizeBelow } = allocator;
  // One by one: a bundler keeps a whole module that is taken apart as an object.
  const checkedSizeBytes = layout.checkedSizeBytes;
  const sealOf = layout.sealOf;
  const nextSerialWord = region.start + layout.NEXT_SERIAL;
  const freedCountWord = region.start + layout.FREED_COUNT;
  const firstHeldWord = region.start + layout.FIRST_HELD;
  const lastHeldWord = region.start + layout.LAST_HELD;
  const heldBytesWord = region.start + layout.HELD_BYTES;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const HEADER = layout.CHECKED_HEADER_SIZE_WORDS;
  const NEXT_HELD = layout.NEXT_HELD;
  const REQUEST = layout.REQUEST;
  const SERIAL = layout.SERIAL;
  const SITE = layout.SITE;
  const FREEING_SITE = layout.FREEING_SITE;
  const SEAL = layout.SEAL;
  const LIVE = layout.liveMark(letter);
  const get = (word: number): number => words[word] as number;

  /** Every serial is one block's: those that were not freed live. */
  function liveCount(): number {
    return (get(nextSerialWord) - get(freedCountWord)) & SERIAL_MASK;
  }

  function seal(base: number, mark: number): number {
    const serial = words[base + SERIAL] as number;
    return sealOf(
      base,
      words[base + REQUEST] as number,
      serial,
      words[base + SITE] as number,
      mark,
    );
  }

  function deadSeal(base: number, ownLetter: number): number {
    return seal(base, layout.deadMark(ownLetter, get(base + FREEING_SITE)));
  }

  function place(base: number, requestBytes: number, pair: number): Block {
    const serial = ((words[nextSerialWord] as number) + 1) & SERIAL_MASK;
    words[nextSerialWord] = serial;
    words[base + REQUEST] = requestBytes;
    words[base + SERIAL] = serial;
    const site = sites === undefined ? 0 : sites.current();
    words[base + SITE] = site;
    words[base + SEAL] = sealOf(base, requestBytes | 0, serial, site, LIVE);
    const block = base + HEADER;
    fillBlock(block, (requestBytes + 3) >>> 2, pair);
    writeFences(base, requestBytes);
    return block as Block;
  }

  function expectServed(requestBytes: number): void {
    const isWhole = Number.isInteger(requestBytes) && requestBytes >= 0;
    if (!isWhole || requestBytes > requestLimitBytes) {
      refuseRequest(name, requestBytes, requestLimitBytes);
    }
  }

  function tryPlace(requestBytes: number, pair: number): Block {
    expectServed(requestBytes);
    const sizeBytes = checkedSizeBytes(requestBytes);
    let base = tryBelow(sizeBytes);
    if (base === 0 && get(firstHeldWord) !== 0) {
      release();
      base = tryBelow(sizeBytes);
    }
    return base === 0 ? (0 as Block) : place(base, requestBytes, pair);
  }

  /** Fresh, and small as most are. */
  function allocate(requestBytes: number): Block {
    if (requestBytes !== (requestBytes & 1023) || requestBytes > requestLimitBytes) {
      return allocateOrThrow(requestBytes, freshPair);
    }
    const base = tryBelow((requestBytes + 43) & ~3);
    if (base === 0) return allocateOrThrow(requestBytes, freshPair);
    return place(base, requestBytes, freshPair);
  }

  function allocateOrThrow(requestBytes: number, pair: number): Block {
    const block = tryPlace(requestBytes, pair);
    if (block !== 0) return block;
    // Nothing is left: the allocator below says so.
    return place(allocator.allocate(checkedSizeBytes(requestBytes)), requestBytes, pair);
  }

  function isLive(base: number): boolean {
    return ownsBelow(base) && get(base + SEAL) === seal(base, LIVE);
  }

  /** The header of a live block that is whole; throws for any other number. */
  function headerOf(call: string, block: number): number {
    const base = block - HEADER;
    if (!isLive(base)) refuse(`${name}.${call}`, block);
    if (!holdsFences(base)) refuseOverrun(`${name}.${call}`, base);
    usableSizeBelow(base as Block);
    return base;
  }

  function refuseOverrun(where: string, base: number): never {
    const offsetBytes = brokenFence(base);
    throw new BlockOverrunError({ where, offsetBytes, ...readFacts(base, domain, false) });
  }

  function readFacts(base: number, of: AllocationDomain, isFreed: boolean): BlockFacts {
    const nameOf = (word: number): string => siteName(get(base + word));
    const facts = {
      block: base + HEADER,
      requestBytes: get(base + REQUEST) >>> 0,
      serial: get(base + SERIAL),
      domain: of,
      allocationSite: nameOf(SITE),
      freeingSite: isFreed ? nameOf(FREEING_SITE) : undefined,
    };
    return { ...facts, description: describeBlock(facts) };
  }

  /** Names belong to the thread that gave them: a header may hold the number of another's. */
  function siteName(site: number): string {
    try {
      return sites?.nameOf(site) ?? "unknown site";
    } catch {
      return `site ${site}`;
    }
  }

  /** What a sealed header says, live or dead, of any domain. */
  function factsOf(block: number): BlockFacts | undefined {
    const base = block - HEADER;
    if (!Number.isInteger(block) || base <= 0 || block >= words.length) return undefined;
    for (const each of ALLOCATION_DOMAINS) {
      const found = get(base + SEAL);
      const isFreed = found === deadSeal(base, layout.LETTERS[each]);
      if (isFreed || found === seal(base, layout.liveMark(layout.LETTERS[each]))) {
        return readFacts(base, each, isFreed);
      }
    }
    return undefined;
  }

  /** Throws what is wrong with a number that names no live block of this domain. */
  function refuse(where: string, block: number): never {
    const base = block - HEADER;
    const isBelow = allocator.owns(base);
    const known = factsOf(block);
    if (known?.freeingSite !== undefined) throw new DoubleFreeError({ where, block, known });
    if (known !== undefined && isBelow && known.domain !== domain) {
      throw new WrongDomainError({ where, calledDomain: domain, ...known });
    }
    // Live below, and no header of ours: something wrote over it.
    if (isBelow) {
      const offsetBytes = (SEAL - HEADER) * 4;
      throw new BlockOverrunError({ where, offsetBytes, ...readFacts(base, domain, false) });
    }
    const inside = blockAround(block);
    const expected = "a live block";
    const facts = { where, address: block, expected };
    throw new InvalidAddressError(inside === undefined ? facts : { ...facts, inside });
  }

  /** The live block that a word lies in. O(blocks). */
  function blockAround(word: number): BlockFacts | undefined {
    let found: BlockFacts | undefined;
    walk((block, requestBytes) => {
      if (word > block && word < block + requestBytes / 4) found = factsOf(block);
    });
    return found;
  }

  /**
   * Too long for the compiler to take into a caller, on purpose: there it would crowd out the parts
   * of an allocation, now these and now those. What it calls itself is taken in.
   */
  function free(block: Block): void {
    const base = block - HEADER;
    if (!ownsBelow(base)) refuse(`${name}.free`, block);
    const request = words[base + REQUEST] as number;
    const live = sealOf(
      base,
      request,
      words[base + SERIAL] as number,
      words[base + SITE] as number,
      LIVE,
    );
    if (words[base + SEAL] !== live) refuse(`${name}.free`, block);
    if (!holdsFences(base)) refuseOverrun(`${name}.free`, base);
    const sizeBytes = checkedSizeBytes(request >>> 0);
    const isHeld = sizeBytes <= holdBytes;
    // It goes down at once: what the allocator below finds broken around it shows before anything
    // changes.
    if (!isHeld) usableSizeBelow(base as Block);
    // Before anything changes: what leaves the queue may have been written, and then this throws.
    while (isHeld && (words[heldBytesWord] as number) + sizeBytes > holdBytes) releaseFirst("free");
    const site = sites === undefined ? 0 : sites.current();
    words[base + FREEING_SITE] = site;
    // As deadSeal: a seal is a mark with the header's facts laid over it.
    words[base + SEAL] = live ^ LIVE ^ layout.deadMark(letter, site);
    fillBlock(block, (request + 3) >>> 2, deadPair);
    words[freedCountWord] = ((words[freedCountWord] as number) + 1) & SERIAL_MASK;
    if (!isHeld) {
      freeBelow(base as Block);
      return;
    }
    const last = words[lastHeldWord] as number;
    words[last === 0 ? firstHeldWord : last + NEXT_HELD] = base;
    words[base + NEXT_HELD] = 0;
    words[lastHeldWord] = base;
    words[heldBytesWord] = (words[heldBytesWord] as number) + sizeBytes;
  }

  /** Lets the block that is held longest go down, then throws if it was written. */
  function releaseFirst(call: string): void {
    const base = words[firstHeldWord] as number;
    const next = words[base + NEXT_HELD] as number;
    const sizeBytes = checkedSizeBytes((words[base + REQUEST] as number) >>> 0);
    const problem = isDead(base) ? undefined : findWrite(call, base);
    words[firstHeldWord] = next;
    if (next === 0) words[lastHeldWord] = 0;
    words[heldBytesWord] = (words[heldBytesWord] as number) - sizeBytes;
    freeBelow(base as Block);
    if (problem !== undefined) throw problem;
  }

  function findWrite(call: string, base: number): UseAfterFreeError | undefined {
    const offsetBytes = firstWritten(base);
    if (offsetBytes < 0) return undefined;
    const facts = readFacts(base, domain, true);
    return new UseAfterFreeError({ where: `${name}.${call}`, offsetBytes, ...facts });
  }

  function release(): void {
    while (get(firstHeldWord) !== 0) releaseFirst("release");
  }

  function reallocate(block: Block, requestBytes: number): Block {
    const base = headerOf("reallocate", block);
    expectServed(requestBytes);
    const oldBytes = get(base + REQUEST) >>> 0;
    const sizeBytes = checkedSizeBytes(oldBytes);
    const isHeld = sizeBytes <= holdBytes;
    while (isHeld && get(heldBytesWord) + sizeBytes > holdBytes) releaseFirst("reallocate");
    const keptBytes = Math.min(oldBytes, requestBytes);
    const moved = allocateOrThrow(requestBytes, freshPair);
    bytes.copyWithin(moved * 4, block * 4, block * 4 + keptBytes);
    free(block);
    return moved;
  }

  function walk(visit: (block: Block, usableSizeBytes: number) => void): void {
    allocator.walk((base) => {
      if (get(base + SEAL) !== seal(base, LIVE)) return;
      visit((base + HEADER) as Block, get(base + REQUEST) >>> 0);
    });
  }

  function statistics(): AllocatorStatistics {
    const below = allocator.statistics();
    let usedBytes = 0;
    let topBlock: AllocatorStatistics["topBlock"];
    walk((block, sizeBytes) => {
      usedBytes += sizeBytes;
      topBlock = { block, usableSizeBytes: sizeBytes };
    });
    let heldBytes = 0;
    for (let base = get(firstHeldWord); base !== 0; base = get(base + NEXT_HELD)) {
      heldBytes += allocator.usableSizeBytes(base as Block);
    }
    const freeBytes = below.freeBytes + heldBytes;
    const liveBlockCount = liveCount();
    const overheadBytes = below.lentBytes - usedBytes - freeBytes;
    return { ...below, name, liveBlockCount, usedBytes, freeBytes, overheadBytes, topBlock };
  }

  /** Every fence, every dead byte, and the layer's own words. Throws as the calls do. */
  function validate(): void {
    allocator.validate();
    let count = 0;
    let unsealed = 0;
    let heldBytes = 0;
    const held = new Set<number>();
    for (let base = get(firstHeldWord); base !== 0; base = get(base + NEXT_HELD)) {
      const isHeld = allocator.owns(base) && get(base + SEAL) === deadSeal(base, letter);
      expectSound(isHeld && !held.has(base), "held block", base, "its header was overwritten");
      const problem = findWrite("validate", base);
      if (problem !== undefined) throw problem;
      held.add(base);
      heldBytes += checkedSizeBytes(get(base + REQUEST) >>> 0);
    }
    allocator.walk((base) => {
      if (isLive(base)) {
        headerOf("validate", base + HEADER);
        count++;
      } else if (factsOf(base + HEADER) === undefined) unsealed = base;
    });
    const isCounted = count === liveCount();
    expectSound(isCounted, "checked block", unsealed, "a header was overwritten");
    expectSound(get(heldBytesWord) === heldBytes, "held blocks", region.start, "bytes");
  }

  function close(): Leak[] {
    release();
    validate();
    const live: BlockFacts[] = [];
    walk((block) => live.push(factsOf(block) as BlockFacts));
    return leaksOf(live);
  }

  return {
    name,
    requestLimitBytes,
    allocate,
    tryAllocate: (requestBytes) => tryPlace(requestBytes, freshPair),
    allocateZeroed: (requestBytes) => allocateOrThrow(requestBytes, 0),
    reallocate,
    free,
    usableSizeBytes: (block) => get(headerOf("usableSizeBytes", block) + REQUEST) >>> 0,
    owns: (block) => isLive(block - HEADER),
    walk,
    factsOf,
    release,
    repair(block) {
      if (!isLive(block - HEADER)) refuse(`${name}.repair`, block);
      writeFences(block - HEADER, get(block - HEADER + REQUEST) >>> 0);
    },
    close,
    trim() {
      release();
      allocator.trim?.();
    },
    statistics,
    validate,
  };
}
