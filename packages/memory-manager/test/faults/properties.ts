// What the faults of rest and of competing finalizers are held against, under three strategies.

import type { Strategy } from "@ouro/interfaces";
import fc from "fast-check";
import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import { cpythonFastStrategy, cpythonStrategy, trialDeletionStrategy } from "../../src/index.js";
import { competitionPrograms, countedPrograms, playCompetition } from "../competition-programs.js";
import { NOT_AT_REST } from "../rest-audit.js";
import { restProblem, twinRestProblem } from "../rest-programs.js";

const RUN_LIMIT = 100;

const makers: Readonly<Record<string, () => Strategy>> = {
  "cpython-3.13": () => cpythonStrategy(),
  "cpython-3.13-fast": () => cpythonFastStrategy(),
  "refcount-trial-deletion": () => trialDeletionStrategy({ leastCandidateCount: 3 }),
};

function restProperty(
  name: string,
  on: string,
  problemOf: typeof restProblem | typeof twinRestProblem,
): FaultProperty {
  const make = makers[on] as () => Strategy;
  return {
    ...{ name, on, programLimit: RUN_LIMIT },
    ask({ seed, programCount }) {
      const reason = problemOf(make, { programCount, seed });
      // Another finding than this one is another property's.
      return { isKilled: reason?.includes(NOT_AT_REST) === true, programCount, reason };
    },
  };
}

function orderProperty(name: string, on: string, isByAge: boolean): FaultProperty {
  return checkedProperty({ name, on, programLimit: RUN_LIMIT }, () =>
    fc.property(isByAge ? competitionPrograms : countedPrograms, (program) => {
      playCompetition(program, { strategy: (makers[on] as () => Strategy)(), isByAge });
    }),
  );
}

export const properties = [
  ...Object.keys(makers).flatMap((on) => [
    restProperty("clear at rest", on, restProblem),
    orderProperty("finalizers compete in CPython's order by count", on, false),
  ]),
  ...["cpython-3.13", "cpython-3.13-fast"].map((on) =>
    restProperty("clear at rest after single generations", on, twinRestProblem),
  ),
  orderProperty("finalizers compete in CPython's order", "cpython-3.13", true),
];
