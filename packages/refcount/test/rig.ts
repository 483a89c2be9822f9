// A memory manager under reference counting beside its model: each command is done to both, then
// what one promise says is compared.

import {
  EVENT_OBJECT_DEALLOCATE,
  type Observer,
  OutOfMemoryError,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
} from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManager } from "@ouro/memory-manager";
import type * as refcount from "../src/index.js";
import { CountModel, type ModelObject, type ModelType, type ModelValue } from "./count-model.js";

/** The package's exports: of the sources, or of a copy in which a fault stands. */
export type Parts = typeof refcount;

export interface RigOptions {
  readonly isObserved?: boolean;
  /** Called at every event. */
  readonly onEvent?: (rig: Rig) => void;
  readonly freeListMaxima?: refcount.FreeListMaxima;
  readonly limitBytes?: number;
}

export const ROOT_COUNT = 4;

interface RigType extends ModelType {
  readonly id: TypeId;
  /** Field of the first slot: behind the length, if there is one. */
  readonly firstField: number;
}

const IMMEDIATE = -7;

export class Rig {
  readonly manager: MemoryManager;
  readonly model = new CountModel();
  readonly types: readonly RigType[];
  readonly frame: Slot;
  readonly parts: Parts;
  readonly isLimited: boolean;
  /** References deallocated in this command, as the observer heard. */
  heardDeaths: number[] = [];
  #objects = new Map<number, ModelObject>();
  #references = new Map<ModelObject, Reference>();

  constructor(parts: Parts, options: RigOptions = {}) {
    const { isObserved = false, onEvent, freeListMaxima = {}, limitBytes } = options;
    this.parts = parts;
    this.isLimited = limitBytes !== undefined;
    const observer: Observer = {
      event: (code, object) => {
        if (code === EVENT_OBJECT_DEALLOCATE) this.heardDeaths.push(object);
        onEvent?.(this);
      },
    };
    this.manager = composeMemoryManager({
      strategy: parts.refcountStrategy({ freeListMaxima }),
      reservationBytes: 8 << 20,
      handleLimitCount: 16,
      frameSlotLimitCount: 256,
      ...(limitBytes === undefined ? {} : { limitBytes }),
      ...(isObserved ? { observer } : {}),
    });
    this.types = defineTypes(this.manager);
    this.frame = this.manager.mutator.enter(ROOT_COUNT);
    this.model.roots.push(...new Array<ModelValue>(ROOT_COUNT).fill(0));
  }

  typeId(name: string): TypeId {
    return this.manager.types.find(name) as TypeId;
  }

  slot(index: number): Slot {
    return slotAt(this.frame, index);
  }

  /** The object in a root slot; undefined where none is. */
  at(index: number): ModelObject | undefined {
    const value = this.model.roots[index];
    return typeof value === "object" ? value : undefined;
  }

  reference(object: ModelObject): Reference {
    return this.#references.get(object) as Reference;
  }

  field(object: ModelObject, index: number): number {
    return index + (object.type as RigType).firstField;
  }

  real(value: ModelValue): number {
    return typeof value === "number" ? value : this.reference(value);
  }

  /** False when memory ran out; then nothing is changed. */
  allocate(typeIndex: number, length: number, root: number): boolean {
    const type = this.types[typeIndex % this.types.length] as RigType;
    const { mutator } = this.manager;
    const object = this.model.make(type, length);
    let reference: Reference;
    const before = this.snapshot();
    try {
      reference =
        type.slotCount === undefined
          ? mutator.allocateArray(type.id, length, this.slot(root))
          : mutator.allocate(type.id, this.slot(root));
    } catch (error) {
      if (!this.isLimited || !(error instanceof OutOfMemoryError)) throw error;
      this.model.live.delete(object);
      if (this.snapshot() !== before) throw new Error("a refused allocation changed something");
      return false;
    }
    this.#references.set(object, reference);
    // The old object of the slot may have died, and it may not have: the birth came first.
    if (this.#objects.get(reference)?.isDead === false) throw new Error("a live object's place");
    this.#objects.set(reference, object);
    this.model.write(this.model.roots, root, object);
    return true;
  }

  /** All that can be observed of the heap, as a text. */
  snapshot(): string {
    const { words } = this.manager.heap;
    const lines = [`roots ${words.slice(this.frame, this.frame + ROOT_COUNT).join()}`];
    for (const object of this.model.live) {
      const reference = this.#references.get(object);
      if (reference === undefined) continue;
      const size = 4 + object.slots.length;
      lines.push(`${reference}: ${words.slice(reference, reference + size).join()}`);
    }
    return lines.join("\n");
  }

  countOf(object: ModelObject): number {
    return this.parts.referenceCount(this.manager, this.reference(object));
  }

  /** The model's object that was last born at a reference. */
  objectAt(reference: number): ModelObject | undefined {
    return this.#objects.get(reference);
  }
}

function defineTypes(manager: MemoryManager): RigType[] {
  const define = (
    name: string,
    slotCount: number | undefined,
    options: Omit<Parameters<MemoryManager["defineType"]>[0], "name">,
  ): RigType => ({
    name,
    slotCount,
    isBackward: options.releaseOrder === "backward",
    firstField: slotCount === undefined ? 1 : 0,
    id: manager.defineType({ name, ...options }),
  });
  return [
    define("pair", 2, { visitedSlotCount: 2 }),
    define("triple", 3, { visitedSlotCount: 3, rawWordCount: 2, releaseOrder: "backward" }),
    define("owner", 3, { visitedSlotCount: 1, ownedSlotCount: 2 }),
    define("list", undefined, { variablePart: "visited", releaseOrder: "backward" }),
    define("tuple", undefined, { variablePart: "visited", releaseOrder: "forward" }),
    define("number", 0, { rawWordCount: 2 }),
    define("box", 1, { ownedSlotCount: 1, collected: false }),
  ];
}

export { IMMEDIATE };
