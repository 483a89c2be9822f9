// More objects reached behind the cursor than the queue has room for: all are held by one array,
// which lies behind them in memory. Each holds two more, and each of those one, which nothing else
// reaches: who waits outside of the queue has to be looked at, too. With fewer objects the queue
// doubles while it is emptied at its front, so that what it holds goes round its end.

import type { Reference, Strategy, Value } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";

const OBJECT_COUNTS = [20_000, 700];

/** Answers what is wrong, or undefined. */
export function flawOfFullQueue(strategy: () => Strategy): string | undefined {
  return OBJECT_COUNTS.map((count) => flawOf(strategy(), count)).find((flaw) => flaw !== undefined);
}

function flawOf(strategy: Strategy, objectCount: number): string | undefined {
  const manager = composeMemoryManager({ strategy, reservationBytes: 7 * 2 ** 20 });
  const { mutator } = manager;
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const many = manager.defineType({ name: "many", variablePart: "visited" });
  const frame = mutator.enter(4);
  const fresh = (frame + 1) as typeof frame;
  const further = (frame + 2) as typeof frame;
  const last = (frame + 3) as typeof frame;
  const array = (): Reference => mutator.root(frame) as Reference;
  manager.collector.generations?.setEnabled(false);
  // The pools' arena comes first, so that the array lies behind its objects.
  mutator.allocate(node, fresh);
  mutator.setRoot(fresh, 0 as Value);
  mutator.allocateArray(many, objectCount, frame);
  for (let field = 1; field <= objectCount; field++) {
    mutator.allocate(node, fresh);
    for (const side of [0, 1]) {
      const leaf = mutator.allocate(node, further);
      const tip = mutator.allocate(node, last);
      mutator.set(tip, 0, tip);
      mutator.set(leaf, 1, array());
      mutator.give(leaf, 0, last);
      mutator.give(mutator.root(fresh) as Reference, side, further);
    }
    mutator.give(array(), field, fresh);
  }
  const early = mutator.collect();
  if (early.reclaimedCount !== 0) return `${early.reclaimedCount} reachable objects are gone`;
  manager.validate();
  mutator.setRoot(frame, 0 as Value);
  const late = mutator.collect();
  manager.validate();
  const left = manager.statistics().liveCount;
  return late.reclaimedCount === 5 * objectCount + 1 && left === 0 ? undefined : `${left} are left`;
}
