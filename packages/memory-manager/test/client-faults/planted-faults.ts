// Faults of a client, the stack machine, each a small change of it. Those of each mode the other
// cannot see; a kept reference has an epoch, which both see.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

export const COUNTING = "its programs print what they should, checked under eager counting";
export const MOVING =
  "its programs print what they should, checked under a collector that moves at every safepoint";

const MACHINE = { file: "stack-machine.ts" } as const;

/** Uses after death, with no safepoint between. */
export const seenByCounting: readonly PlantedFault[] = [
  {
    ...MACHINE,
    name: "a pair is let go before what it held is taken",
    find: "head: () => setSlot(top - 1, mutator.get(object(top - 1, pair), 0)),",
    replace: `head() {
      const part = mutator.get(object(top - 1, pair), 0);
      setSlot(top - 1, 0);
      setSlot(top - 1, part);
    },`,
    killedBy: COUNTING,
  },
  {
    ...MACHINE,
    name: "a frame is left before its result is moved out of it",
    find: `      moveSlot(result, top - 1); // before the frame is left: leaving drops what it holds
      mutator.leave(slot(frame));`,
    replace: `      const content = value(top - 1);
      mutator.leave(slot(frame));
      setSlot(result, content);`,
    killedBy: COUNTING,
  },
  {
    ...MACHINE,
    name: "an element is answered when its array is let go",
    find: "at: () => answer(mutator.get(object(top - 2, array), element(top - 2, top - 1))),",
    replace: `at() {
      const content = mutator.get(object(top - 2, array), element(top - 2, top - 1));
      setSlot(top - 2, 0);
      answer(content);
    },`,
    killedBy: COUNTING,
  },
];

/** Places in linear memory, kept over a safepoint. */
export const seenByMoving: readonly PlantedFault[] = [
  {
    ...MACHINE,
    name: "the place of letters is kept over a safepoint",
    find: "bytesOf(mutator.allocateArray(text, letters.length, slot(top++))).set(letters);",
    replace: `const place = bytesOf(mutator.allocateArray(text, letters.length, slot(top++)));
      mutator.poll();
      place.set(letters);`,
    killedBy: MOVING,
  },
  {
    ...MACHINE,
    name: "the fields of an array are read where they lay before its copy was made",
    find: `      const made = mutator.allocateArray(array, count + otherCount, slot(top));
      mutator.copy(made, 1, object(top - 2, array), 1, count); // read again: they may have moved`,
    replace: `      const fields = mutator.fieldsStart(object(top - 2, array));
      const made = mutator.allocateArray(array, count + otherCount, slot(top));
      const copied = heap.words[fields] as number;
      if (copied !== 0) mutator.copy(made, 1, object(top - 2, array), 1, copied);`,
    killedBy: MOVING,
  },
];

/** References, kept over a safepoint: checked mode tells them by their epoch. */
export const seenByBoth: readonly PlantedFault[] = [
  {
    ...MACHINE,
    name: "an array is kept over the allocation of what it is copied to",
    find: `      const made = mutator.allocateArray(array, count + otherCount, slot(top));
      mutator.copy(made, 1, object(top - 2, array), 1, count); // read again: they may have moved`,
    replace: `      const kept = object(top - 2, array);
      const made = mutator.allocateArray(array, count + otherCount, slot(top));
      mutator.copy(made, 1, kept, 1, count);`,
    killedBy: MOVING,
  },
];

export const plantedFaults: readonly PlantedFault[] = [
  ...[...seenByCounting, ...seenByMoving],
  ...seenByBoth,
];
