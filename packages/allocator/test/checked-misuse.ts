// One wrong write or call among right ones: the checked layer must find it, name the block, and
// leave everything else usable.

import { createPrivateHeap } from "@ouro/heap";
import { type Allocator, type Block, isOuroError, type PrivateHeap } from "@ouro/interfaces";
import { expectPromise } from "@ouro/testkit";
import fc from "fast-check";
import type { Parts } from "./rigs.js";

export const CHECKED_MISUSE = "finds every misuse of a block and names the block";

const KINDS = {
  overrun: "block-overrun",
  underrun: "block-overrun",
  "use after free": "use-after-free",
  "double free": "double-free",
  interior: "invalid-address",
  "wrong domain": "wrong-domain",
} as const;
type Misuse = keyof typeof KINDS;

/** Writes come oftener: which of many words is wrong matters, and a call is one. */
const MISUSES: readonly { readonly misuse: Misuse; readonly weight: number }[] = [
  { misuse: "overrun", weight: 2 },
  { misuse: "underrun", weight: 3 },
  { misuse: "use after free", weight: 5 },
  { misuse: "double free", weight: 1 },
  { misuse: "interior", weight: 1 },
  { misuse: "wrong domain", weight: 1 },
];

/** What the call throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

function makeBelow(parts: Parts, base: string, heap: PrivateHeap): Allocator {
  if (base === "bump") return parts.createBumpAllocator({ source: heap });
  const small = parts.createPoolAllocator({ source: heap });
  const large = parts.createLargeBlockAllocator({ source: heap });
  return parts.createSizeRouter({ source: heap, small, large });
}

interface Plan {
  readonly base: string;
  readonly requests: readonly number[];
  readonly misuse: Misuse;
  readonly pick: number;
  readonly offset: number;
}

function run(parts: Parts, { base, requests, misuse, pick, offset }: Plan): void {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 23 });
  const below = makeBelow(parts, base, heap);
  const checked = parts.createCheckedAllocator(below, { source: heap });
  const other = parts.createCheckedAllocator(below, { source: heap, domain: "mem" });
  const blocks = requests.map((bytes) => checked.allocate(bytes));
  const place = pick % blocks.length;
  const [block, bytes] = [blocks[place] as Block, requests[place] as number];
  const flip = (at: number): void => {
    heap.bytes[at] = (heap.bytes[at] as number) ^ (1 + (offset % 255));
  };
  const calls: Record<Misuse, () => () => void> = {
    overrun() {
      flip(block * 4 + bytes + (offset % 8));
      return () => checked.free(block);
    },
    underrun() {
      // Anywhere in the header but in the size, which the error could not tell then.
      const before = offset % 28;
      flip(block * 4 - 1 - (before < 20 ? before : before + 4));
      return () => checked.reallocate(block, 10);
    },
    "use after free"() {
      checked.free(block);
      flip(block * 4 + bytes - 1 - (offset % bytes));
      // Found by a look at all of them, and when the block leaves the queue.
      return pick % 2 === 0 ? checked.validate : checked.release;
    },
    "double free"() {
      checked.free(block);
      return () => checked.free(block);
    },
    interior: () => () => checked.free((block + 1) as Block),
    "wrong domain": () => () => other.free(block),
  };
  const error = thrownBy(calls[misuse]());
  expectPromise(isOuroError(error, KINDS[misuse]), `${misuse} ended as ${String(error)}`);
  const named = error as { block?: number; address?: number; requestBytes?: number };
  if (misuse === "interior") expectPromise(named.address === block + 1, "another number is named");
  else
    expectPromise(named.block === block && named.requestBytes === bytes, "another block is named");
  for (const [index, each] of blocks.entries()) if (index !== place) checked.free(each);
}

export function checkedMisuseProperty(parts: Parts): fc.IProperty<[Plan]> {
  const plan = fc.record({
    base: fc.constantFrom("router", "bump"),
    requests: fc.array(
      fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1500 })),
      { minLength: 1, maxLength: 30 },
    ),
    misuse: fc.oneof(
      ...MISUSES.map(({ misuse, weight }) => ({ weight, arbitrary: fc.constant(misuse) })),
    ),
    pick: fc.nat(),
    offset: fc.nat(),
  });
  return fc.property(plan, (each) => run(parts, each));
}
