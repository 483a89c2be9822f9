// Brands are checked by the type checker alone: each line below must fail to compile, or the
// directive above it does. Compiled with the workspace's type check; never run.

import type {
  Allocator,
  Arena,
  Block,
  EventCode,
  Mutator,
  Reference,
  Slot,
  TypeId,
  Value,
} from "../src/index.js";
import { addressOf, isReference } from "../src/index.js";

declare const mutator: Mutator;
declare const allocator: Allocator;
declare const reference: Reference;
declare const slot: Slot;
declare const type: TypeId;
declare const block: Block;
declare const arena: Arena;
declare const value: Value;

export const born: Reference = mutator.allocate(type, slot);
mutator.setRoot(slot, reference);
mutator.give(reference, 0, slot);
allocator.free(block);
if (isReference(value)) mutator.get(value, 0);

// @ts-expect-error A reference is no slot.
mutator.root(reference);
// @ts-expect-error A reference is not where an object is born.
mutator.allocate(type, reference);
// @ts-expect-error A slot is no reference.
mutator.get(slot, 0);
// @ts-expect-error A value may be none or an integer: ask `isReference` first.
mutator.get(value, 0);
// @ts-expect-error A plain number is no reference.
mutator.get(4096, 0);
// @ts-expect-error Arguments of `give` in the wrong order.
mutator.give(slot, 0, reference);
// @ts-expect-error A slot is no type.
mutator.allocate(slot, slot);
// @ts-expect-error An arena is no block.
allocator.free(arena);
// @ts-expect-error An address is no block: `blockAt` makes one of it.
allocator.free(addressOf(block));
// @ts-expect-error A reference is not freed: the collector's business.
allocator.free(reference);
// @ts-expect-error No event has this code.
export const unknown: EventCode = 9999;
