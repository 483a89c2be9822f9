// What the suite for memory managers takes: a name, and a maker of fresh managers.

import type { Traits } from "@ouro/interfaces";
import type { Subject, SubjectMaker } from "./subject.js";

export interface ManagerMaker {
  /** Says how the manager is composed: it is printed, and stands in counterexamples. */
  readonly name: string;
  readonly make: SubjectMaker;
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
