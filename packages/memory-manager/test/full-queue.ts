// More objects reached behind the cursor than the queue has room for: all are held by one array,
// which is younger than they, so that it lies behind them in memory. Each alone holds another object,
// which is garbage to whoever forgets to look at those that the queue had no room for.

import { type Reference, type Strategy, slotAt, type Value } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";

const OBJECT_COUNT = 20_000;

/** Answers what is wrong, or undefined. */
export function flawOfFullQueue(strategy: Strategy): string | undefined {
  const manager = composeMemoryManager({ strategy, reservationBytes: 5 * 2 ** 20 });
  const { mutator } = manager;
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const many = manager.defineType({ name: "many", variablePart: "visited" });
  const frame = mutator.enter(3);
  const fresh = slotAt(frame, 1);
  const list = slotAt(frame, 2);
  const array = (): Reference => mutator.root(frame) as Reference;
  manager.collector.generations?.setEnabled(false);
  for (let index = 0; index < OBJECT_COUNT; index++) {
    const alone = mutator.allocate(node, list);
    mutator.set(alone, 0, alone);
    const object = mutator.allocate(node, fresh);
    mutator.fill(object, 0, list);
    mutator.fill(object, 1, frame);
    mutator.moveRoot(frame, fresh);
  }
  mutator.moveRoot(list, frame);
  mutator.allocateArray(many, OBJECT_COUNT, frame);
  for (let field = 1; field <= OBJECT_COUNT; field++) {
    const object = mutator.root(list) as Reference;
    mutator.set(array(), field, object);
    mutator.take(list, object, 1);
    mutator.set(object, 1, array());
  }
  const early = mutator.collect();
  if (early.reclaimedCount !== 0) return `${early.reclaimedCount} reachable objects are gone`;
  manager.validate();
  mutator.setRoot(frame, 0 as Value);
  const late = mutator.collect();
  manager.validate();
  const left = manager.statistics().liveCount;
  return late.reclaimedCount === 2 * OBJECT_COUNT + 1 && left === 0
    ? undefined
    : `${left} are left`;
}
