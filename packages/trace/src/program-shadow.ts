// The shadow heap of mutator programs: plain maps, naive reachability. It knows what roots should
// reach and what weak references should refer to, whatever a strategy does about it.
//
//   roots ─► object ─► slots            a weak reference's only slot is its callback object;
//                └──── weak: target     its target is beside it, and not followed

import type { ProgramAction, WeakCallback } from "./mutator-program.js";
import { SCRATCH_ROOT } from "./program-subject.js";

export interface ShadowWeak {
  /** Null once it is gone. */
  target: number | null;
  readonly callback: WeakCallback;
  isCalled: boolean;
}

export interface ShadowObject {
  readonly slots: (number | null)[];
  /** Null once the finalizer has run. */
  finalizer: ProgramAction | null;
  /** Of a callback object. */
  readonly action: ProgramAction | undefined;
  /** Of a weak reference. */
  readonly weak: ShadowWeak | undefined;
}

export interface ProgramShadow {
  readonly roots: readonly (number | null)[];
  add(id: number, slots: readonly (number | null)[], parts?: Partial<ShadowObject>): void;
  /** Throws for an object that was forgotten: the runner names none. */
  get(id: number): ShadowObject;
  has(id: number): boolean;
  setRoot(root: number, value: number | null): void;
  /** All that roots reach. O(objects). */
  reach(): Set<number>;
  /** A reachable weak reference without callback to `target`. O(objects). */
  sharedWeak(target: number): number | undefined;
  /** Drops what is not in `reached`; answers those whose finalizer never ran. */
  forget(reached: ReadonlySet<number>): number[];
}

export function createProgramShadow(): ProgramShadow {
  const objects = new Map<number, ShadowObject>();
  const roots = new Array<number | null>(SCRATCH_ROOT + 1).fill(null);

  function get(id: number): ShadowObject {
    const object = objects.get(id);
    if (object === undefined) throw new Error(`the shadow heap has no object ${id}`);
    return object;
  }

  function reach(): Set<number> {
    const reached = new Set<number>();
    const pending = [...roots];
    while (pending.length > 0) {
      const id = pending.pop() ?? null;
      if (id === null || reached.has(id)) continue;
      reached.add(id);
      pending.push(...get(id).slots);
    }
    return reached;
  }

  return {
    roots,
    add(id, slots, parts = {}) {
      const plain = { finalizer: null, action: undefined, weak: undefined };
      objects.set(id, { ...plain, ...parts, slots: [...slots] });
    },
    get,
    has: (id) => objects.has(id),
    setRoot(root, value) {
      roots[root] = value;
    },
    reach,
    sharedWeak(target) {
      for (const id of reach()) {
        const { weak } = get(id);
        if (weak?.target === target && weak.callback === null) return id;
      }
      return undefined;
    },
    forget(reached) {
      const unfinalized: number[] = [];
      for (const [id, { finalizer }] of objects) {
        if (reached.has(id)) continue;
        if (finalizer !== null) unfinalized.push(id);
        objects.delete(id);
      }
      return unfinalized;
    },
  };
}
