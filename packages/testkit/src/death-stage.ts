// The stage of a program about death: a fresh subject with the types and the frame that the program
// uses, and the model beside it.
//
//   frame  │ 6 roots │ 4 weak references │ museum │ scratch │

import type { Finalization, Reference, Slot, TypeId } from "@ouro/interfaces";
import { slotAt } from "@ouro/interfaces";
import { createDeathGraph, type DeathGraph } from "./death-graph.js";
import { ROOT_COUNT, WEAK_COUNT } from "./death-program.js";
import { LARGE, nodeType } from "./death-types.js";
import type { Subject, SubjectWeakReferences } from "./subject.js";

export interface DeathStage {
  readonly subject: Subject;
  readonly finalization: Finalization;
  readonly weakReferences: SubjectWeakReferences;
  readonly graph: DeathGraph;
  readonly plainType: TypeId;
  readonly finalizedType: TypeId;
  readonly largeType: TypeId;
  readonly museumSlot: Slot;
  /** For what program code allocates, and drops at once. */
  readonly scratchSlot: Slot;
  rootSlot(index: number): Slot;
  weakSlot(index: number): Slot;
  /** What a weak reference of the subject gives. */
  targetOf(weak: number): Reference | 0;
}

export function createDeathStage(subject: Subject): DeathStage {
  const { mutator, collector } = subject;
  const finalization = collector.finalization as Finalization;
  const plainType = subject.defineType(nodeType("plain node", false));
  const finalizedType = subject.defineType(nodeType("node", true));
  const largeType = subject.defineType(LARGE);
  const frame = mutator.enter(ROOT_COUNT + WEAK_COUNT + 2);
  const weakSlot = (index: number): Slot => slotAt(frame, ROOT_COUNT + index);
  return {
    subject,
    finalization,
    weakReferences: subject.weakReferences as SubjectWeakReferences,
    graph: createDeathGraph(),
    plainType,
    finalizedType,
    largeType,
    museumSlot: slotAt(frame, ROOT_COUNT + WEAK_COUNT),
    scratchSlot: slotAt(frame, ROOT_COUNT + WEAK_COUNT + 1),
    rootSlot: (index) => slotAt(frame, index),
    weakSlot,
    targetOf(index) {
      const weak = mutator.root(weakSlot(index)) as Reference;
      return finalization.targetOf(subject.plain?.(weak) ?? weak);
    },
  };
}
