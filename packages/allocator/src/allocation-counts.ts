// What a program allocated, counted three ways at once: by size class, by domain and by site. The
// counting layer of each allocator adds to it (counting-allocator.ts); several may share one.
//
//   row     allocated │ freed │ live bytes │ peak live bytes      64-bit floats: exact to 2 ** 53
//
// The counts belong to the thread that counts, not to the heap: they hold no block.

import {
  checkOptions,
  expectSound,
  GRANULE_SIZE_BYTES,
  SIZE_CLASS_COUNT,
  UsageError,
} from "@ouro/interfaces";
import type { AllocationSites } from "./allocation-sites.js";

/** CPython's three domains of PEP 445: raw memory, buffers, objects. */
export type AllocationDomain = "raw" | "mem" | "obj";
/** The three domains, in CPython's order. */
export const ALLOCATION_DOMAINS: readonly AllocationDomain[] = ["raw", "mem", "obj"];

/** Throws `UsageError` for what is no domain. */
export function expectDomain(where: string, domain: AllocationDomain): void {
  if (ALLOCATION_DOMAINS.includes(domain)) return;
  throw new UsageError({
    where,
    argument: `"${domain}"`,
    problem: "is no domain",
    remedy: `Choose from ${ALLOCATION_DOMAINS.join(", ")}.`,
  });
}

/** What was allocated and freed so far, of one class, domain or site, or of all. */
export interface AllocationCount {
  /** Blocks given so far, freed ones included. */
  readonly allocatedCount: number;
  /** Blocks freed so far. */
  readonly freedCount: number;
  /** Blocks that live now. */
  readonly liveCount: number;
  /** Usable bytes of the live blocks. */
  readonly liveBytes: number;
  /** The most that `liveBytes` ever was. */
  readonly peakLiveBytes: number;
}

/** A row of `byClass`. */
export interface SizeClassCount extends AllocationCount {
  /** The largest block size of the class; Infinity in the last row, the large blocks. */
  readonly blockSizeBytes: number;
}

/** Counts of blocks, kept three ways; several counting layers may write into one. */
export interface AllocationCounts {
  /** What names the sites; undefined when nobody does, and then all are unknown. */
  readonly sites: AllocationSites | undefined;
  /** All blocks together. */
  total(): AllocationCount;
  /** A row for each of CPython's 32 size classes, and one for larger blocks. */
  byClass(): SizeClassCount[];
  /** A row for each domain, in the order of `ALLOCATION_DOMAINS`. */
  byDomain(): (AllocationCount & { readonly domain: AllocationDomain })[];
  /** The sites that allocated anything, the one with most live bytes first. */
  bySite(): (AllocationCount & { readonly site: string })[];
  /** Counts a block given; used by the layers. */
  add(domain: AllocationDomain, site: number, sizeBytes: number): void;
  /** Counts a block freed that was given so; used by the layers. */
  remove(domain: AllocationDomain, site: number, sizeBytes: number): void;
  /** Throws `HeapCorruptionError` when the three ways do not agree. */
  validate(): void;
}

const COLUMN_COUNT = 4;
const ALLOCATED = 0;
const FREED = 1;
const LIVE_BYTES = 2;
const PEAK_BYTES = 3;

interface CountTable {
  add(row: number, sizeBytes: number): void;
  remove(row: number, sizeBytes: number): void;
  read(row: number): AllocationCount;
  rowCount(): number;
}

/** Makes empty counts. Without `sites`, all is counted for the unknown site. */
export function createAllocationCounts(
  options: { sites?: AllocationSites } = {},
): AllocationCounts {
  checkOptions("createAllocationCounts", options, "|sites");
  const { sites } = options;
  const classes = createCountTable(SIZE_CLASS_COUNT + 1);
  const domains = createCountTable(ALLOCATION_DOMAINS.length);
  const places = createCountTable(1);
  const all = createCountTable(1);
  const domainRow = (domain: AllocationDomain): number => ALLOCATION_DOMAINS.indexOf(domain);

  function bySite() {
    const rows: (AllocationCount & { site: string })[] = [];
    for (let site = 0; site < places.rowCount(); site++) {
      const count = places.read(site);
      if (count.allocatedCount === 0) continue;
      rows.push({ site: sites?.nameOf(site) ?? "unknown site", ...count });
    }
    return rows.sort((one, other) => other.liveBytes - one.liveBytes);
  }

  function byClass(): SizeClassCount[] {
    return Array.from({ length: SIZE_CLASS_COUNT + 1 }, (_, row) => ({
      blockSizeBytes: row < SIZE_CLASS_COUNT ? (row + 1) * GRANULE_SIZE_BYTES : Infinity,
      ...classes.read(row),
    }));
  }

  function validate(): void {
    const { liveBytes, liveCount, allocatedCount } = all.read(0);
    for (const [table, what] of [
      [classes, "size classes"],
      [domains, "domains"],
      [places, "sites"],
    ] as const) {
      const sum = [0, 0, 0];
      for (let row = 0; row < table.rowCount(); row++) {
        const count = table.read(row);
        expectSound(count.liveBytes >= 0 && count.liveCount >= 0, what, row, "less than nothing");
        sum[0] = (sum[0] as number) + count.liveBytes;
        sum[1] = (sum[1] as number) + count.liveCount;
        sum[2] = (sum[2] as number) + count.allocatedCount;
      }
      const isSame = sum[0] === liveBytes && sum[1] === liveCount && sum[2] === allocatedCount;
      expectSound(isSame, `counts by ${what}`, 0, "their sum is not the total");
    }
  }

  return {
    sites,
    total: () => all.read(0),
    byClass,
    byDomain: () => ALLOCATION_DOMAINS.map((domain, row) => ({ domain, ...domains.read(row) })),
    bySite,
    add(domain, site, sizeBytes) {
      all.add(0, sizeBytes);
      classes.add(classRow(sizeBytes), sizeBytes);
      domains.add(domainRow(domain), sizeBytes);
      places.add(site, sizeBytes);
    },
    remove(domain, site, sizeBytes) {
      all.remove(0, sizeBytes);
      classes.remove(classRow(sizeBytes), sizeBytes);
      domains.remove(domainRow(domain), sizeBytes);
      places.remove(site, sizeBytes);
    },
    validate,
  };
}

/** By what was given; blocks above 512 bytes share the last row. */
function classRow(sizeBytes: number): number {
  if (sizeBytes <= GRANULE_SIZE_BYTES) return 0;
  return Math.min(SIZE_CLASS_COUNT, ((sizeBytes + GRANULE_SIZE_BYTES - 1) >>> 4) - 1);
}

function createCountTable(initialRowCount: number): CountTable {
  let rows = new Float64Array(initialRowCount * COLUMN_COUNT);
  const at = (row: number, column: number): number => rows[row * COLUMN_COUNT + column] ?? 0;

  function add(row: number, sizeBytes: number): void {
    const first = row * COLUMN_COUNT;
    if (first >= rows.length) {
      const grown = new Float64Array(Math.max(first + COLUMN_COUNT, rows.length * 2));
      grown.set(rows);
      rows = grown;
    }
    const liveBytes = at(row, LIVE_BYTES) + sizeBytes;
    rows[first + ALLOCATED] = at(row, ALLOCATED) + 1;
    rows[first + LIVE_BYTES] = liveBytes;
    if (liveBytes > at(row, PEAK_BYTES)) rows[first + PEAK_BYTES] = liveBytes;
  }

  function remove(row: number, sizeBytes: number): void {
    const first = row * COLUMN_COUNT;
    rows[first + FREED] = at(row, FREED) + 1;
    rows[first + LIVE_BYTES] = at(row, LIVE_BYTES) - sizeBytes;
  }

  return {
    add,
    remove,
    read: (row) => ({
      allocatedCount: at(row, ALLOCATED),
      freedCount: at(row, FREED),
      liveCount: at(row, ALLOCATED) - at(row, FREED),
      liveBytes: at(row, LIVE_BYTES),
      peakLiveBytes: at(row, PEAK_BYTES),
    }),
    rowCount: () => rows.length / COLUMN_COUNT,
  };
}
