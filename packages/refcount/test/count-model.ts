// The model of reference counting: plain objects with counts, released by plain recursion, in the
// order of CPython's dealloc functions.

export interface ModelType {
  readonly name: string;
  /** Slots of an object of fixed length; undefined where the length says it. */
  readonly slotCount: number | undefined;
  readonly isBackward: boolean;
}

export class ModelObject {
  count = 0;
  isImmortal = false;
  isDead = false;
  readonly slots: ModelValue[];
  readonly type: ModelType;

  constructor(type: ModelType, length: number) {
    this.type = type;
    this.slots = new Array<ModelValue>(type.slotCount ?? length).fill(0);
  }
}

/** A number is none or an immediate. */
export type ModelValue = ModelObject | number;

export class CountModel {
  readonly live = new Set<ModelObject>();
  /** In the order of their deaths. */
  readonly dead: ModelObject[] = [];
  readonly roots: ModelValue[] = [];

  make(type: ModelType, length: number): ModelObject {
    const object = new ModelObject(type, length);
    this.live.add(object);
    return object;
  }

  write(slots: ModelValue[], index: number, value: ModelValue): void {
    this.increment(value);
    const old = slots[index] as ModelValue;
    slots[index] = value;
    this.release(old);
  }

  move(into: ModelValue[], at: number, from: ModelValue[], start: number): void {
    const value = from[start] as ModelValue;
    from[start] = 0;
    const old = into[at] as ModelValue;
    into[at] = value;
    this.release(old);
  }

  /** All is stored before anything dies; what dies does so in the order of the slots. */
  copy(target: ModelObject, at: number, source: ModelObject, start: number, count: number): void {
    const values = source.slots.slice(start, start + count);
    for (const value of values) this.increment(value);
    const old = target.slots.splice(at, count, ...values);
    const isFromEnd = target === source && at > start;
    const dead: ModelObject[] = [];
    for (const value of isFromEnd ? old.reverse() : old) {
      if (this.decrement(value)) dead.push(value as ModelObject);
    }
    for (const object of isFromEnd ? dead.reverse() : dead) this.die(object);
  }

  increment(value: ModelValue): void {
    if (typeof value !== "number") value.count++;
  }

  decrement(value: ModelValue): boolean {
    return typeof value !== "number" && --value.count === 0 && !value.isImmortal;
  }

  release(value: ModelValue): void {
    if (this.decrement(value)) this.die(value as ModelObject);
  }

  die(object: ModelObject): void {
    object.isDead = true;
    this.live.delete(object);
    this.dead.push(object);
    const { slots } = object;
    for (let step = 0; step < slots.length; step++) {
      const index = object.type.isBackward ? slots.length - 1 - step : step;
      const value = slots[index] as ModelValue;
      slots[index] = 0;
      this.release(value);
    }
  }
}
