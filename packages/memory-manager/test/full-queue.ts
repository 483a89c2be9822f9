// More objects reached behind the cursor than the queue has room for: all are held by one array,
// which lies behind them in memory. Each holds one more, which nothing else reaches: who waits
// outside of the queue has to be looked at, too.

import type { Reference, Strategy, Value } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";

const OBJECT_COUNT = 30_000;
const ALL_COUNT = 2 * OBJECT_COUNT + 1;

/** Answers what is wrong, or undefined. */
export function flawOfFullQueue(strategy: Strategy): string | undefined {
  const manager = composeMemoryManager({ strategy, reservationBytes: 5 * 2 ** 20 });
  const { mutator } = manager;
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const many = manager.defineType({ name: "many", variablePart: "visited" });
  const frame = mutator.enter(3);
  const fresh = (frame + 1) as typeof frame;
  const further = (frame + 2) as typeof frame;
  const array = (): Reference => mutator.root(frame) as Reference;
  manager.collector.generations?.setEnabled(false);
  // The pools' arena comes first, so that the array lies behind its objects.
  mutator.allocate(node, fresh);
  mutator.setRoot(fresh, 0 as Value);
  mutator.allocateArray(many, OBJECT_COUNT, frame);
  for (let field = 1; field <= OBJECT_COUNT; field++) {
    const object = mutator.allocate(node, fresh);
    mutator.set(object, 0, object);
    const leaf = mutator.allocate(node, further);
    mutator.set(leaf, 0, leaf);
    mutator.set(leaf, 1, array());
    mutator.give(mutator.root(fresh) as Reference, 1, further);
    mutator.give(array(), field, fresh);
  }
  const early = mutator.collect();
  if (early.reclaimedCount !== 0) return `${early.reclaimedCount} reachable objects are gone`;
  manager.validate();
  mutator.setRoot(frame, 0 as Value);
  const late = mutator.collect();
  manager.validate();
  const left = manager.statistics().liveCount;
  return late.reclaimedCount === ALL_COUNT && left === 0 ? undefined : `${left} are left`;
}
