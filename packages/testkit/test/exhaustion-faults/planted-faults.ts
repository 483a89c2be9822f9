// Faults of the testkit itself: allocations that nobody refuses. Each is a text of the sources,
// what it becomes, and the property that kills it.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

export const REFUSED_ONCE =
  "every allocation of a program is refused once, and served when it can be";

const CHECK = { file: "check-program.ts", killedBy: REFUSED_ONCE } as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...CHECK,
    name: "an allocation into the second root slot is not tried",
    find: 'if (step.call === "allocate") refuse(step);',
    replace: 'if (step.call === "allocate" && step.into !== 1) refuse(step);',
  },
  {
    ...CHECK,
    name: "only the first allocation is tried",
    find: 'if (step.call === "allocate") refuse(step);',
    replace: 'if (step.call === "allocate" && exhaustion === undefined) refuse(step);',
  },
  {
    ...CHECK,
    name: "what is left for a request is not taken",
    find: "exhaustion.topUp(step);",
    replace: "",
  },
  {
    file: "exhaustion.ts",
    name: "the ballast is all there is",
    find: "if (!isServed(step.type, step.length, handle.slot)) {",
    replace: "if (topUps.length > 0 || !isServed(step.type, step.length, handle.slot)) {",
    killedBy: REFUSED_ONCE,
  },
];
