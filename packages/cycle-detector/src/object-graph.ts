// The graph of a heap: objects as numbers from 0, and a row of references for each. Slots are read
// once; what follows works on the rows and leaves the heap alone.
//
//   objects   object of node 0 │ of node 1 │ …              in address order
//   starts    first reference of node 0 │ of node 1 │ … │ their number
//   targets   node referred to │ …                         slots   word of the slot │ …
//
// References to objects that are not of the graph are left out.

import type { Collector, LinearMemory, Reference, TypeTable } from "@ouro/interfaces";
import { createObjectLayout } from "@ouro/object-model";

/** What of a memory manager is read; a whole one fits. */
export interface GraphSource {
  readonly heap: LinearMemory;
  readonly types: TypeTable;
  readonly collector: Pick<Collector, "walk">;
}

export interface ObjectGraph {
  readonly objects: Int32Array;
  readonly starts: Int32Array;
  readonly targets: Int32Array;
  readonly slots: Int32Array;
}

/** The graph of what the collector walks, or of given objects alone. O(heap), in memory too. */
export function createObjectGraph(source: GraphSource, given?: Iterable<Reference>): ObjectGraph {
  const { heap, types, collector } = source;
  const { words } = heap;
  const { slotsStart, slotsEnd } = createObjectLayout(words, types);
  const objects = given === undefined ? walked(collector) : sorted(given);
  const first = objects[0] ?? 0;
  const last = objects[objects.length - 1] ?? 0;
  // Node + 1 of an object, by granule.
  const nodes = new Int32Array(((last - first) >> 2) + 1);
  for (let node = 0; node < objects.length; node++) {
    nodes[((objects[node] as number) - first) >> 2] = node + 1;
  }

  function nodeOf(value: number): number {
    return value < first || value > last ? -1 : (nodes[(value - first) >> 2] as number) - 1;
  }

  /** Visits the references of each object to others of the graph. */
  function walkReferences(visit: (node: number, target: number, slot: number) => void): void {
    for (let node = 0; node < objects.length; node++) {
      const object = objects[node] as number;
      const end = slotsEnd(object);
      for (let slot = slotsStart(object); slot < end; slot++) {
        const target = nodeOf(words[slot] as number);
        if (target >= 0) visit(node, target, slot);
      }
    }
  }

  const starts = new Int32Array(objects.length + 1);
  let count = 0;
  walkReferences((node) => {
    count++;
    starts[node + 1] = count;
  });
  for (let node = 1; node <= objects.length; node++) {
    if ((starts[node] as number) === 0) starts[node] = starts[node - 1] as number;
  }
  const targets = new Int32Array(count);
  const slots = new Int32Array(count);
  count = 0;
  walkReferences((_node, target, slot) => {
    targets[count] = target;
    slots[count++] = slot;
  });
  return { objects, starts, targets, slots };
}

function walked(collector: Pick<Collector, "walk">): Int32Array {
  let objects = new Int32Array(1024);
  let count = 0;
  collector.walk((object) => {
    if (count === objects.length) {
      const larger = new Int32Array(count * 2);
      larger.set(objects);
      objects = larger;
    }
    objects[count++] = object;
  });
  return objects.slice(0, count).sort();
}

function sorted(given: Iterable<Reference>): Int32Array {
  return Int32Array.from(new Set(given)).sort();
}
