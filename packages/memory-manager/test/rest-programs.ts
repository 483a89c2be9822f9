// The programs after whose every command the memory is looked at (rest-audit.ts): those of the
// testkit, with finalizers and weak references where a strategy has them, and the twins' programs,
// which collect single generations, freeze and untrack.

import type { Strategy } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import {
  FINALIZERS,
  type ManagerMaker,
  memoryManagerConformance,
  NOTHING_LEFT,
  SOUND,
  type SubjectMaker,
  WEAK_REFERENCES,
} from "@ouro/testkit";
import fc from "fast-check";
import { auditRest, NOT_AT_REST, watchSideTable } from "./rest-audit.js";
import { playTwin, twinPrograms } from "./twin-programs.js";

const RESERVATION_BYTES = 2 ** 23;

export interface RestOptions {
  readonly programCount: number;
  readonly seed: number;
}

/** Managers whose `validate`, which properties call after each command, looks at rest alone. */
function auditedSubjects(make: () => Strategy): SubjectMaker {
  return ({ observer }) => {
    const { strategy, sideTable } = watchSideTable(make());
    const reservationBytes = RESERVATION_BYTES;
    const manager = composeMemoryManager({ strategy, observer, reservationBytes });
    const audit = (): void => auditRest(manager, strategy.name, sideTable());
    const { mutator, collector } = manager;
    return {
      ...manager,
      validate: audit,
      mutator: {
        ...mutator,
        collect(generation) {
          const collection = mutator.collect(generation);
          if (collector.generations?.isCollecting() !== true) audit();
          return collection;
        },
      },
    };
  };
}

/** What was found not at rest, else what else failed; undefined if nothing did. */
export function restProblem(
  make: () => Strategy,
  { programCount, seed }: RestOptions,
): string | undefined {
  const maker: ManagerMaker = { name: make().name, make: auditedSubjects(make) };
  let other: string | undefined;
  for (const property of [WEAK_REFERENCES, FINALIZERS, SOUND, NOTHING_LEFT]) {
    const options = { properties: [property], programCount, seed, shrinks: false };
    const [verdict] = memoryManagerConformance(maker, options).verdicts;
    const reason = verdict?.counterexample?.reason;
    if (reason?.includes(NOT_AT_REST)) return reason;
    other ??= reason;
  }
  return other;
}

/** As `restProblem`, on twins' programs: for strategies with generations. */
export function twinRestProblem(
  make: () => Strategy,
  { programCount, seed }: RestOptions,
): string | undefined {
  const isAtRest = fc.property(twinPrograms, (program) => {
    const { strategy, sideTable } = watchSideTable(make());
    playTwin(program, strategy, (manager) => auditRest(manager, strategy.name, sideTable()));
  });
  const { failed, errorInstance } = fc.check(isAtRest, { numRuns: programCount, seed });
  return failed ? String(errorInstance) : undefined;
}
