// A course is what every strategy of a comparison goes through: an input, carried out step by step
// on a manager, and an oracle beside it that says what should be alive. The oracle is plain data
// and naive reachability, never the code under test.

import type { MemoryManager } from "@ouro/memory-manager";
import type { SubjectNeeds } from "@ouro/trace";

/** Composes the manager that a course runs on. */
export type MakeCompared = (needs: SubjectNeeds) => MemoryManager;

/** What a course tells while it goes on. */
export interface CourseHost {
  /** Whether the oracle is asked; if not, it need not keep up. */
  readonly isLooking: boolean;
  /** Bytes of the object that was born last. */
  bornBytes(): number;
  /** A call of the program is over. `isSampled`: its garbage is asked for, collection or not. */
  endOperation(isSampled: boolean): void;
}

export interface Course {
  readonly manager: MemoryManager;
  /** Objects that are there before the first step. */
  readonly heldCount: number;
  readonly heldBytes: number;
  readonly stepCount: number;
  /** Carries out a step: any number of operations. */
  step(index: number): void;
  /** What the oracle says that roots reach. O(reachable). */
  reachable(): { readonly count: number; readonly bytes: number };
  /** Whether all that is there, and holds what it should; a sentence if not. O(reachable). */
  check(): string | undefined;
  /** Whether a cycle detector sees every reference: then a full collection may leave nothing. */
  readonly isWholeVisited: boolean;
}
