// The audit: what counts must be, found anew from the slots. It needs the list of all objects: it
// takes every reference that a slot holds off the count of its object, expects zeros, and puts all
// of them back.
//
//   count of each object = slots of objects that hold it + root slots that hold it
//
// Immortal objects are not counted. A dying object has no reference; its own slots, as long as they
// are not released, count as those of any other. Deallocation never lasts longer than a call.

import { type Collector, expectSound, HeapCorruptionError, type RootStack } from "@ouro/interfaces";
import type { ObjectLayout } from "@ouro/object-model";
import { IMMORTAL_COUNT } from "./reference-count.js";

export interface CountAuditOptions {
  words: Int32Array;
  layout: ObjectLayout;
  roots: RootStack;
  walk: Collector["walk"];
  isObject: Collector["isObject"];
}

export interface CountAudit {
  /**
   * Throws `HeapCorruptionError` naming the first object whose count is wrong. Unless a call is
   * under way no object may be dying. O(heap).
   */
  validate(isInCall: boolean): void;
  /** Counts everything anew; the mortal objects that nothing refers to, lowest first. O(heap). */
  recount(): number[];
}

export function createCountAudit(options: CountAuditOptions): CountAudit {
  const { words, layout, roots, walk, isObject } = options;

  /** A heap is walked once for all passes over it: a walk looks at every block there can be. */
  function allObjects(): number[] {
    const objects: number[] = [];
    walk((object) => void objects.push(object));
    return objects;
  }

  /** Every reference in a slot of an object or a root, with the slot. */
  function eachReference(
    objects: readonly number[],
    visit: (target: number, slot: number) => void,
  ): void {
    for (const object of objects) {
      const end = layout.slotsEnd(object);
      for (let slot = layout.slotsStart(object); slot < end; slot++) {
        const value = words[slot] as number;
        if (value > 0) visit(value, slot);
      }
    }
    roots.walk((slot, value) => {
      if (value > 0) visit(value, slot);
    });
  }

  function change(target: number, by: number): void {
    const count = words[target] as number;
    if (count < IMMORTAL_COUNT) words[target] = count + by;
  }

  function validate(isInCall: boolean): void {
    const objects = allObjects();
    const dying = new Set<number>();
    for (const object of objects) {
      const count = words[object] as number;
      if (count < 0) dying.add(object);
      expectSound(count <= IMMORTAL_COUNT, "object", object, () => `its count is ${count}`);
    }
    const [first = 0] = dying;
    expectSound(isInCall || first === 0, "object", first, "it is being deallocated, in no call");
    eachReference(objects, (target, slot) => {
      expectSound(isObject(target), "slot", slot, () => `it holds ${target}, where no object is`);
      const isDying = dying.size > 0 && dying.has(target);
      expectSound(!isDying, "slot", slot, () => `it holds ${target}, which is deallocated`);
    });
    const broken = findBrokenCount(objects, dying);
    if (broken !== undefined) throw broken;
  }

  function findBrokenCount(
    objects: readonly number[],
    dying: Set<number>,
  ): HeapCorruptionError | undefined {
    let broken = 0;
    let surplus = 0;
    eachReference(objects, (target) => change(target, -1));
    for (const object of objects) {
      const rest = words[object] as number;
      if (rest === 0 || rest === IMMORTAL_COUNT || dying.has(object)) continue;
      broken = object;
      surplus = rest;
      break;
    }
    eachReference(objects, (target) => change(target, 1));
    if (broken === 0) return undefined;
    const count = words[broken] as number;
    const problem = `its count is ${count}, and ${count - surplus} slots hold it`;
    return new HeapCorruptionError({ structure: "object", word: broken, problem });
  }

  function recount(): number[] {
    const objects = allObjects();
    for (const object of objects) {
      if (words[object] !== IMMORTAL_COUNT) words[object] = 0;
    }
    eachReference(objects, (target) => change(target, 1));
    return objects.filter((object) => words[object] === 0);
  }

  return { validate, recount };
}
