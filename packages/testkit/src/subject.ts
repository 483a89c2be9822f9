// The subject: the memory manager under test, as far as a proof needs to see it. Whatever has these
// parts can be proved; nothing here knows how one is composed.
//
//   program ─► steps ─┬─► shadow heap            what should be
//                     └─► subject.mutator        what is
//                              └─► collector.walk, roots, heap words: read by the audit alone

import type {
  Collector,
  HandleRootSet,
  Mutator,
  Observer,
  PrivateHeap,
  Reference,
  RootStack,
  Slot,
  TypeDescriptor,
  TypeId,
  TypeTable,
  WeakCallback,
} from "@ouro/interfaces";

export interface Subject {
  readonly heap: PrivateHeap;
  readonly types: TypeTable;
  readonly roots: RootStack;
  readonly collector: Collector;
  readonly mutator: Mutator;
  readonly handles: HandleRootSet;
  /** How programs make weak references, where the strategy has finalization. */
  readonly weakReferences?: SubjectWeakReferences | undefined;
  /** The word index of an object, for subjects whose references are not word indexes themselves. */
  plain?(reference: Reference): Reference;
  /** The word index of a root slot, for subjects whose slots are not word indexes themselves. */
  plainSlot?(slot: Slot): Slot;
  defineType(descriptor: TypeDescriptor): TypeId;
  /** Throws naming the first structure found broken. */
  validate(): void;
}

export interface SubjectWeakReferences {
  /** A weak reference, in `into`, to what the root slot `of` holds. */
  create(into: Slot, of: Slot, callback?: WeakCallback): Reference;
}

/** What a subject is made with. */
export interface SubjectOptions {
  /** Hears of every object that is reclaimed, if the strategy tells of it. */
  readonly observer: Observer;
}

/** Makes a fresh subject, its heap empty and nothing in its roots; each program gets its own. */
export type SubjectMaker = (options: SubjectOptions) => Subject;
