// Random compositions: an allocator at the bottom and up to four layers over it, in any order, the
// same layer twice if so drawn. All of them must keep every promise of the contract.

import { createPrivateHeap } from "@ouro/heap";
import type { Allocator, PrivateHeap } from "@ouro/interfaces";
import {
  type AllocatorCheck,
  type AllocatorCommand,
  type AllocatorSubject,
  allocatorCommands,
  createNotes,
  playOnAllocator,
} from "@ouro/testkit";
import fc from "fast-check";
import { FEW_LISTS, makeRigs, type Parts, type RigMaker } from "./rigs.js";

export const COMPOSITION = "keeps every promise in any composition of layers";

const BASES = ["pool allocator", "large block allocator", "size router", "bump allocator"];
const LAYERS = ["free lists", "counting", "checked", "observed", "asserted"] as const;
type Layer = (typeof LAYERS)[number];

export interface Composition {
  readonly base: string;
  readonly layers: readonly Layer[];
}

const CHECKS: readonly AllocatorCheck[] = [
  "placement",
  "contents",
  "reallocation",
  "zeroing",
  "accounting",
  "walk",
  "refusals",
  "aliasing",
  "validate",
  "memory",
  "release",
];

interface Wrapped {
  readonly allocator: Allocator;
  readonly settle?: () => void;
}

function wrap(parts: Parts, layer: Layer, heap: PrivateHeap, below: Allocator, depth: number) {
  switch (layer) {
    case "free lists": {
      const options = { source: heap, allocator: below, lists: FEW_LISTS, name: `lists-${depth}` };
      const allocator = parts.createFreeListAllocator(options);
      return { allocator, settle: () => void allocator.clear() } satisfies Wrapped;
    }
    case "counting": {
      const counts = parts.createAllocationCounts();
      return { allocator: parts.createCountingAllocator(below, { counts }) } satisfies Wrapped;
    }
    case "checked": {
      const options = { source: heap, holdBytes: 5000, name: `checked-${depth}` };
      const allocator = parts.createCheckedAllocator(below, options);
      return { allocator, settle: allocator.release } satisfies Wrapped;
    }
    case "observed": {
      const observer = { event() {} };
      return { allocator: parts.observedAllocator(below, { observer }) } satisfies Wrapped;
    }
    case "asserted":
      return { allocator: parts.assertedAllocator(below, "cheap") } satisfies Wrapped;
  }
}

/** Memory for the regions of four more layers. */
function newHeap(): PrivateHeap {
  return createPrivateHeap({ reservationBytes: 12 * 2 ** 20, regionBytes: 2 ** 20 });
}

export function makeComposition(parts: Parts, { base, layers }: Composition): RigMaker {
  const maker = makeRigs(parts).find(({ name }) => name === base) as RigMaker;
  // Each checked layer takes 43 bytes of what the pools serve.
  const checkedCount = layers.filter((layer) => layer === "checked").length;
  const limitBytes = base === "pool allocator" ? 512 - 43 * checkedCount : Infinity;
  const within = (requestBytes: number): number => Math.min(requestBytes, limitBytes);
  return {
    name: [base, ...layers].join(" → "),
    keptArenaCount: maker.keptArenaCount,
    requestBytes: maker.requestBytes.map(within),
    bulkBytes: maker.bulkBytes.map(within),
    forgetsFreed: true,
    reusesFreed: !layers.includes("checked") && (maker.reusesFreed ?? true),
    make(heap = newHeap()): AllocatorSubject {
      const wrapped: Wrapped[] = [];
      let { allocator } = maker.make(heap);
      for (const [depth, layer] of layers.entries()) {
        const made: Wrapped = wrap(parts, layer, heap, allocator, depth);
        wrapped.unshift(made);
        allocator = made.allocator;
      }
      const settle = () => {
        for (const each of wrapped) each.settle?.();
      };
      return { heap, allocator, settle };
    },
  };
}

/** The property: a composition, and commands of the sizes that its base serves. */
export function compositionProperty(
  parts: Parts,
): fc.IProperty<[[Composition, AllocatorCommand[]]]> {
  const composition = fc.record({
    base: fc.constantFrom(...BASES),
    layers: fc.array(fc.constantFrom(...LAYERS), { minLength: 1, maxLength: 4 }),
  });
  const check = fc.constantFrom(...CHECKS);
  const run = fc
    .tuple(composition, check)
    .chain(([made, looked]) =>
      fc.tuple(
        fc.constant(made),
        allocatorCommands(makeComposition(parts, made)),
        fc.constant(looked),
      ),
    );
  return fc.property(run, ([made, commands, looked]) => {
    playOnAllocator(makeComposition(parts, made), commands, new Set([looked]), createNotes());
  }) as unknown as fc.IProperty<[[Composition, AllocatorCommand[]]]>;
}
