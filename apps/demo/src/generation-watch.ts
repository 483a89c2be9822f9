// What no part tells, seen by looking: into which generation an object came, and the sums that a
// collection begins with. They are CPython's (`update_refs`, `subtract_refs`): the count of each
// candidate is copied, and each reference from one candidate to another is subtracted.
//
//   list #0, count 1 ─► copied: 1 ─► list #0 refers to list #0: 0 left ─► nothing outside holds it

import {
  EVENT_OBJECT_EXAMINE,
  EVENT_OBJECT_PROMOTE,
  EVENT_OBJECT_TRACK,
  EVENT_OBJECT_UNTRACK,
  EVENT_REFERENCE_SUBTRACT,
  NOT_TRACKED,
} from "@ouro/interfaces";
import type { MutatorProgram, ProgramSubject } from "@ouro/trace";
import type { Narration } from "./narration.js";

/** Above so many candidates their sums are told at level 3 only. */
const FEW_CANDIDATES = 40;

export interface KnownObject {
  readonly kind: string;
  readonly slotCount: number;
}

export interface GenerationWatch {
  beginCollection(generation: number): void;
  endStep(): void;
}

/** What each object of a program is, by its id. */
export function knownObjects({ steps }: MutatorProgram): Map<number, KnownObject> {
  const known = new Map<number, KnownObject>();
  for (const { operation } of steps) {
    if (!("id" in operation)) continue;
    const kind = "kind" in operation ? operation.kind : operation.op;
    const items = operation.op === "tuple" ? operation.items.length : 0;
    const slotCount = "slotCount" in operation ? operation.slotCount : items;
    const count = operation.op === "burst" ? operation.count : 1;
    for (let index = 0; index < count; index++)
      known.set(operation.id + index, { kind, slotCount });
  }
  return known;
}

/** O(objects of the program) a call. */
export function watchGenerations(
  subject: ProgramSubject,
  known: ReadonlyMap<number, KnownObject>,
  narration: Narration,
): GenerationWatch {
  const generations = new Map<number, number>();
  const named = (id: number): string => `${known.get(id)?.kind} #${id}`;
  const isAlive = (id: number): boolean => subject.refcount(id) > 0;

  function beginCollection(generation: number): void {
    const counts = new Map<number, number>();
    for (const id of known.keys()) {
      if (!isAlive(id)) continue;
      const of = subject.generation(id);
      if (of !== NOT_TRACKED && of <= generation) counts.set(id, subject.refcount(id));
    }
    const level = counts.size > FEW_CANDIDATES ? 3 : 2;
    for (const [id, count] of counts) {
      const words = { object: named(id), referenceCount: String(count) };
      narration.note(EVENT_OBJECT_EXAMINE, words, level);
    }
    for (const id of counts.keys()) {
      for (let slot = 0; slot < (known.get(id)?.slotCount ?? 0); slot++) {
        const target = subject.slot(id, slot);
        const count = counts.get(target);
        if (count === undefined) continue;
        counts.set(target, count - 1);
        const remainingCount = String(count - 1);
        const words = { fromObject: named(id), toObject: named(target), remainingCount };
        narration.note(EVENT_REFERENCE_SUBTRACT, words, level);
      }
    }
  }

  function endStep(): void {
    for (const id of known.keys()) {
      if (!isAlive(id)) continue;
      const before = generations.get(id) ?? NOT_TRACKED;
      const now = subject.generation(id);
      if (now === before) continue;
      generations.set(id, now);
      const words = { object: named(id), generation: String(now) };
      if (before === NOT_TRACKED) narration.note(EVENT_OBJECT_TRACK, words);
      else if (now === NOT_TRACKED) narration.note(EVENT_OBJECT_UNTRACK, words);
      else {
        const way = { fromGeneration: String(before), toGeneration: String(now) };
        narration.note(EVENT_OBJECT_PROMOTE, { ...words, ...way });
      }
    }
  }

  return { beginCollection, endStep };
}
