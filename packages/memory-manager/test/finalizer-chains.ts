// Finalizers that make finalizable garbage, so many and then no more: what must hold of them as
// cases that throw when it does not. Program code that never stopped would hide a fault in a test
// that never ends.

import type { Finalization, Slot } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";

/** Objects that finalizers make in one case. */
const MADE_LIMIT = 400;
/** Passes that one collection makes at most: one, and a few over what program code left. */
export const PASS_LIMIT = 5;

export const ONE_COLLECTION =
  "a collection finalizes what it found, and leaves most of what finalizers made to the next";
export const NO_SECOND = "no collection begins in a finalizer that another one runs";

/** Objects in cycles with themselves; each finalizer makes one more and drops it. */
function openChain(manager: MemoryManager) {
  const { mutator } = manager;
  const type = manager.defineType({ name: "testament", visitedSlotCount: 1, finalizer: true });
  const counts = { made: 0, finalized: 0, depth: 0, deepest: 0 };
  const finalization = manager.finalization as Finalization;

  function makeRing(into: Slot): void {
    mutator.setRoot(into, 0);
    const object = mutator.allocate(type, into);
    mutator.set(object, 0, object);
    counts.made++;
  }

  function dropRing(): void {
    const frame = mutator.enter(1);
    makeRing(frame);
    mutator.leave(frame);
  }

  finalization.setFinalizer(type, () => {
    counts.finalized++;
    counts.depth++;
    counts.deepest = Math.max(counts.deepest, counts.depth);
    if (counts.made < MADE_LIMIT) dropRing();
    mutator.collect(); // examines nothing while another runs
    counts.depth--;
  });
  return { counts, dropRing };
}

function demand(isSo: boolean, problem: string): void {
  if (!isSo) throw new Error(problem);
}

/** Every object is finalized once, and nothing is left. */
function demandEnd(manager: MemoryManager, counts: { made: number; finalized: number }): void {
  for (let round = 0; round < 2 * MADE_LIMIT; round++) manager.mutator.collect();
  demand(counts.finalized === counts.made, `${counts.finalized} of ${counts.made} finalized`);
  demand(manager.statistics().liveCount === 0, "something is left");
  manager.validate();
}

/** Throws when a collection runs on as long as finalizers make garbage. */
export function finalizesWhatItFound(manager: MemoryManager): void {
  const { counts, dropRing } = openChain(manager);
  dropRing();
  manager.mutator.collect();
  const { finalized } = counts;
  demand(finalized >= 1 && finalized <= PASS_LIMIT, `one collection finalized ${finalized}`);
  demandEnd(manager, counts);
}

/** Throws when a finalizer runs inside another's. */
export function nestsNoCollection(manager: MemoryManager): void {
  const { counts, dropRing } = openChain(manager);
  for (let count = 0; count < 20; count++) dropRing();
  manager.mutator.collect();
  demand(counts.deepest === 1, `finalizers ran ${counts.deepest} deep`);
  demandEnd(manager, counts);
}
