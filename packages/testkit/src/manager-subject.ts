// What the suites for memory managers and for collectors take: makers of fresh managers.

import type { Strategy, Traits } from "@ouro/interfaces";
import type { Subject, SubjectMaker, SubjectOptions } from "./subject.js";

export interface ManagerMaker {
  /** Says how the manager is composed: it is printed, and stands in counterexamples. */
  readonly name: string;
  readonly make: SubjectMaker;
}

/** What the suite for a collector alone takes. */
export interface CollectorMaker {
  /** Made anew for each program. */
  readonly strategy: () => Strategy;
  /** Composes a memory manager of it; its heap is small, 64 MiB or less. */
  readonly compose: (strategy: Strategy, options: SubjectOptions) => Subject;
}

/** A manager that tells nobody. */
export function makeUnobserved({ make }: ManagerMaker): Subject {
  return make({ observer: { wants: [], event() {} } });
}

export function traitsOf(maker: ManagerMaker): Traits {
  return makeUnobserved(maker).collector.traits;
}

/** Whether garbage ever goes, by the traits. */
export function isReclaiming({ collectsAt, death }: Traits): boolean {
  return collectsAt.length > 0 || death !== "collection";
}
