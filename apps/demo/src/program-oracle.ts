// What a program should have alive: plain maps and naive reachability. What roots do not reach is
// forgotten at once, since no operation can name it again.

import { PROGRAM_ROOT_COUNT } from "@ouro/trace";

export interface OracleObject {
  readonly slots: (number | null)[];
  readonly sizeBytes: number;
}

export interface ProgramOracle {
  /** The last one is the scratch root of bursts. */
  readonly roots: (number | null)[];
  readonly objects: ReadonlyMap<number, OracleObject>;
  add(id: number, slots: (number | null)[], sizeBytes: number): void;
  store(id: number, slot: number, value: number | null): void;
  /** Forgets what roots do not reach; answers the bytes of what they do. O(objects). */
  reach(): number;
}

export function createProgramOracle(): ProgramOracle {
  const roots = new Array<number | null>(PROGRAM_ROOT_COUNT + 1).fill(null);
  const objects = new Map<number, OracleObject>();
  return {
    roots,
    objects,
    add(id, slots, sizeBytes) {
      objects.set(id, { slots, sizeBytes });
    },
    store(id, slot, value) {
      (objects.get(id) as OracleObject).slots[slot] = value;
    },
    reach() {
      const reached = new Set<number>();
      const pending = [...roots];
      let bytes = 0;
      while (pending.length > 0) {
        const id = pending.pop() ?? null;
        if (id === null || reached.has(id)) continue;
        const { slots, sizeBytes } = objects.get(id) as OracleObject;
        reached.add(id);
        bytes += sizeBytes;
        pending.push(...slots);
      }
      if (reached.size < objects.size) {
        for (const id of objects.keys()) if (!reached.has(id)) objects.delete(id);
      }
      return bytes;
    },
  };
}
