// A write runs past the end of a large block into what lies behind it: a free block, a live one, or
// the end of the extent. The call that meets it is refused once, typed, and all is sound again.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_WORDS, type Block, isOuroError } from "@ouro/interfaces";
import { expectPromise } from "@ouro/testkit";
import fc from "fast-check";
import { thrownBy } from "./checked-misuse.js";
import type { Parts } from "./rigs.js";

export const NEIGHBOUR_OVERRUN = "refuses once what an overrun left of a header, and goes on";

const MIB = 2 ** 20;

interface Plan {
  readonly requests: readonly number[];
  /** Which blocks are freed before. */
  readonly freed: readonly boolean[];
  readonly pick: number;
  readonly overrunWords: number;
  readonly fill: number;
  readonly call: "free" | "free behind" | "reallocate" | "allocate";
}

function run(parts: Parts, plan: Plan): void {
  const heap = createPrivateHeap({ reservationBytes: 16 * MIB });
  const large = parts.createLargeBlockAllocator({ source: heap });
  const live: Block[] = [];
  const all = plan.requests.map((bytes) => large.allocate(bytes));
  for (const [index, block] of all.entries()) {
    if (plan.freed[index] === true) large.free(block);
    else live.push(block);
  }
  if (live.length === 0) return;
  const victim = live[plan.pick % live.length] as Block;
  const sizeWords = new Map(live.map((block) => [block, large.usableSizeBytes(block) / 4]));
  const end = victim + (sizeWords.get(victim) as number);
  // Only headers, links and free memory are hit: the contents of what lives stay to be compared.
  const isLast = end % ARENA_SIZE_WORDS === ARENA_SIZE_WORDS - 2;
  const isLiveBehind = isLast || live.includes((end + 2) as Block);
  const hitWords = isLiveBehind ? 2 : plan.overrunWords;
  for (const block of live) heap.words.fill(block, block, block + (sizeWords.get(block) as number));
  const before = { ...large.statistics(), topBlock: undefined };
  // The live block behind the free one that is hit, which finds it by its tag.
  const behind = (end + ((heap.words[end] as number) & ~3) + 2) as Block;
  const freesBehind = plan.call === "free behind" && !isLiveBehind && live.includes(behind);
  heap.words.fill(plan.fill, end, end + hitWords);
  const error = thrownBy(() => {
    if (plan.call === "reallocate") large.reallocate(victim, 100_000);
    if (plan.call === "allocate") for (let count = 0; count < 60; count++) large.allocate(3000);
    large.free(freesBehind ? behind : victim);
  });
  // Arenas behind the extent's end replace what was hit, and nobody has met it.
  const isReplaced = isLast && plan.call === "allocate" && error === undefined;
  const isRefused = isReplaced || isOuroError(error, "heap-corruption");
  expectPromise(isRefused, `the call ended as ${String(error)}`);
  large.validate();
  if (plan.call !== "allocate") {
    const { liveBlockCount, lentBytes } = large.statistics();
    expectPromise(liveBlockCount === before.liveBlockCount, "the refused call changed a count");
    expectPromise(lentBytes === before.lentBytes, "the refused call changed what is lent");
  }
  for (const block of live) {
    if (isReplaced && block === victim) continue;
    const content = heap.words.subarray(block, block + (sizeWords.get(block) as number));
    expectPromise(
      content.every((word) => word === block),
      `block ${block} lost its contents`,
    );
    expectPromise(large.usableSizeBytes(block) / 4 >= content.length, `block ${block} shrank`);
  }
  const rest: Block[] = [];
  large.walk((block) => rest.push(block));
  for (const block of rest) large.free(block);
  large.validate();
  expectPromise(heap.statistics().lentArenaCount === 0, "an arena was lost");
}

export function neighbourOverrunProperty(parts: Parts): fc.IProperty<[Plan]> {
  const size = fc.oneof(
    fc.integer({ min: 24, max: 5000 }),
    fc.integer({ min: 60_000, max: 90_000 }),
    fc.integer({ min: 900_000, max: 1_200_000 }),
    // It and its header fill an arena: the end of the extent lies behind.
    { arbitrary: fc.constant(MIB - 24), weight: 2 },
  );
  const plan = fc.record({
    requests: fc.array(size, { minLength: 1, maxLength: 8 }),
    freed: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    pick: fc.nat(),
    overrunWords: fc.integer({ min: 1, max: 4 }),
    fill: fc.constantFrom(0x41414141, -1, 1, 3, 64),
    call: fc.constantFrom("free", "free behind", "reallocate", "allocate"),
  });
  return fc.property(plan, (each) => run(parts, each as Plan));
}
