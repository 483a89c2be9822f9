// The three domains of PEP 445, each with an allocator that can be changed while the program runs:
// what the program holds stays the same, and what it calls is looked up at each call. A hook takes
// the domain's allocator, wraps it, and puts the layer in its place; no other domain is touched.
//
//   domains.obj.allocate(n) ─→ table [ raw │ mem │ obj ] ─→ layer ─→ … ─→ allocator
//                                                    set(obj, layer(get(obj)))
//
// After `PyMem_GetAllocator` and `PyMem_SetAllocator`.

import { type Allocator, checkOptions, type Observer, UsageError } from "@ouro/interfaces";
import { ALLOCATION_DOMAINS, type AllocationDomain, expectDomain } from "./allocation-counts.js";
import { type ObservedAllocatorOptions, observedAllocator } from "./observed-allocator.js";

/** PEP 445's table: by name, the allocator of each domain, whatever stands there now. */
export interface AllocatorDomains extends Readonly<Record<AllocationDomain, Allocator>> {
  /** The allocator that serves a domain now. */
  get(domain: AllocationDomain): Allocator;
  /**
   * Puts another allocator in its place. Throws `UsageError` when it does not know a block that
   * lives in the domain: that block could never be freed. O(live blocks).
   */
  set(domain: AllocationDomain, allocator: Allocator): void;
  /**
   * Tells an observer of a domain's requests, frees and reallocations from now on. The result ends
   * it; it throws `UsageError` while a later hook stands over this one.
   */
  trace(
    domain: AllocationDomain,
    observer: Observer,
    limits?: ObservedAllocatorOptions["limits"],
  ): () => void;
}

/** Makes the table. One allocator may serve several domains. */
export function createAllocatorDomains(
  allocators: Readonly<Record<AllocationDomain, Allocator>>,
): AllocatorDomains {
  checkOptions("createAllocatorDomains", allocators, ALLOCATION_DOMAINS.join(" "));
  const table: Record<AllocationDomain, Allocator> = { ...allocators };

  /** The same object for life; each call goes to the domain's allocator of the moment. */
  function frontOf(domain: AllocationDomain): Allocator {
    return {
      get name() {
        return table[domain].name;
      },
      get requestLimitBytes() {
        return table[domain].requestLimitBytes;
      },
      allocate: (requestBytes) => table[domain].allocate(requestBytes),
      tryAllocate: (requestBytes) => table[domain].tryAllocate(requestBytes),
      allocateZeroed: (requestBytes) => table[domain].allocateZeroed(requestBytes),
      reallocate: (block, requestBytes) => table[domain].reallocate(block, requestBytes),
      free: (block) => table[domain].free(block),
      usableSizeBytes: (block) => table[domain].usableSizeBytes(block),
      owns: (block) => table[domain].owns(block),
      walk: (visit) => table[domain].walk(visit),
      trim: () => table[domain].trim?.(),
      statistics: () => table[domain].statistics(),
      validate: () => table[domain].validate(),
    };
  }

  function set(domain: AllocationDomain, allocator: Allocator): void {
    expectDomain("domains.set", domain);
    let stranger = 0;
    table[domain].walk((block) => {
      if (!allocator.owns(block)) stranger = block;
    });
    if (stranger !== 0) {
      throw new UsageError({
        where: "domains.set",
        argument: `allocator "${allocator.name}"`,
        problem: `does not know block ${stranger}, which lives in domain ${domain}`,
        remedy: "Set a layer over the allocator in place, or do so before anything lives.",
      });
    }
    table[domain] = allocator;
  }

  function trace(
    domain: AllocationDomain,
    observer: Observer,
    limits?: ObservedAllocatorOptions["limits"],
  ): () => void {
    expectDomain("domains.trace", domain);
    const below = table[domain];
    const options = limits === undefined ? { observer } : { observer, limits };
    const layer = observedAllocator(below, options);
    table[domain] = layer;
    return () => {
      if (table[domain] !== layer) {
        throw new UsageError({
          where: "domains.trace",
          argument: `the hook of domain ${domain}`,
          problem: "is not the newest one",
          remedy: "End hooks in the reverse order of their setting.",
        });
      }
      table[domain] = below;
    };
  }

  return {
    raw: frontOf("raw"),
    mem: frontOf("mem"),
    obj: frontOf("obj"),
    get(domain) {
      expectDomain("domains.get", domain);
      return table[domain];
    },
    set,
    trace,
  };
}
