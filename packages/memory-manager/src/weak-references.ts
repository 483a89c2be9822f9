// Weak references as a program makes them: objects of a type that is defined when the first one is
// made, allocated by the mutator like any other.
//
//   create(into, of)            the shared one without callback, if there is one already
//   create(into, of, callback)  a new one; the newest is called first
//   createWith(into, of, f)     a new one that owns a reference to f, which is called

import { WEAK_REFERENCE_TYPE } from "@ouro/finalization";
import {
  type Finalization,
  type Mutator,
  numberText,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
  type TypeTable,
  UsageError,
  type WeakCallback,
} from "@ouro/interfaces";
import { type CheckedMutator, findOrDefineType } from "@ouro/object-model";

/** All slots are root slots. Safepoints: `create` and `createWith`. */
export interface WeakReferences {
  /** The type of weak references; defined when it is first asked for. */
  type(): TypeId;
  /**
   * A weak reference to what `of` holds, in `into`. Throws `UsageError` if that is no object or its
   * type does not allow it, `OutOfMemoryError`.
   */
  create(into: Slot, of: Slot, callback?: WeakCallback): Reference;
  /** As `create`, with an object as callback, whose type has been given to `setCallable`. */
  createWith(into: Slot, of: Slot, callable: Slot): Reference;
  /** Puts what the weak reference in `from` refers to into `into`, or none. False if it is gone. */
  strengthen(into: Slot, from: Slot): boolean;
}

export interface WeakReferencesOptions {
  mutator: Mutator;
  types: TypeTable;
  finalization: Finalization;
  /**
   * Where `mutator` is a checked one: it, and what it stands before, which takes plain slots and
   * references, as finalization does.
   */
  checks?: { readonly checked: CheckedMutator; readonly behind: Mutator };
}

export function createWeakReferences(options: WeakReferencesOptions): WeakReferences {
  const { mutator, types, finalization, checks } = options;
  const { checked, behind = mutator } = checks ?? {};
  const plain = checked?.plain ?? ((reference) => reference);
  const plainSlot = checked?.plainSlot ?? ((slot) => slot);
  let known: TypeId | undefined;

  function type(): TypeId {
    known ??= findOrDefineType(types, WEAK_REFERENCE_TYPE);
    return known;
  }

  /** Refused in the name of the call that the program made, before anything is. */
  function checkSlots(call: string, ...slots: readonly Slot[]): void {
    for (const slot of slots) checked?.plainSlotFor(`weakReferences.${call}`, slot);
  }

  function referentIn(of: Slot): Reference {
    const value = mutator.root(of) as number;
    const isObject = value > 0;
    if (isObject && types.descriptor(mutator.typeOf(value as Reference)).weaklyReferable) {
      return value as Reference;
    }
    throw new UsageError({
      where: "weakReferences.create",
      argument: isObject ? "the object" : `slot ${of}`,
      problem: isObject ? "is of a type that allows no weak references" : "holds no object",
      remedy: "Refer to an object whose type is `weaklyReferable`",
    });
  }

  function make(into: Slot, of: Slot, callback?: WeakCallback, callable?: Slot): Reference {
    referentIn(of);
    const frame = mutator.enter(2);
    try {
      mutator.setRoot(frame, mutator.root(of));
      const fresh = slotAt(frame, 1);
      mutator.allocate(type(), fresh);
      const weak = (): Reference => mutator.root(fresh) as Reference;
      const shared = sharedBy(frame, callback, callable);
      if (shared !== 0) behind.setRoot(plainSlot(fresh), shared);
      else {
        if (callable !== undefined) mutator.set(weak(), 0, mutator.root(callable));
        finalization.attach(plain(weak()), plain(mutator.root(frame) as Reference), callback);
      }
      mutator.setRoot(into, weak());
      return mutator.root(into) as Reference;
    } finally {
      mutator.leave(frame);
    }
  }

  function sharedBy(of: Slot, callback?: WeakCallback, callable?: Slot): Reference | 0 {
    if (callback !== undefined || callable !== undefined) return 0;
    return finalization.sharedWeakReference(plain(referentIn(of)));
  }

  return {
    type,
    create(into, of, callback) {
      checkSlots("create", into, of);
      if (callback !== undefined && typeof callback !== "function") refuseCallback(callback);
      const shared = sharedBy(of, callback);
      if (shared === 0) return make(into, of, callback);
      behind.setRoot(plainSlot(into), shared);
      return mutator.root(into) as Reference;
    },
    createWith(into, of, callable) {
      checkSlots("createWith", into, of, callable);
      return make(into, of, undefined, callable);
    },
    strengthen(into, from) {
      checkSlots("strengthen", into, from);
      const target = finalization.targetOf(plain(mutator.root(from) as Reference));
      behind.setRoot(plainSlot(into), target);
      return target !== 0;
    },
  };
}

function refuseCallback(callback: unknown): never {
  throw new UsageError({
    where: "weakReferences.create",
    argument: `callback ${numberText(callback)}`,
    problem: "is no function",
    remedy: "Pass one, or use createWith for an object",
  });
}
