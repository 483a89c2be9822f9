// What faults of the testkit's exhaustion are held against: managers that are right, whose
// allocations are counted by the script of the program.

import { markSweepStrategy } from "@ouro/mark-sweep";
import { cpythonStrategy } from "@ouro/memory-manager";
import fc from "fast-check";
import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { subjectsOf } from "../subjects.js";
import { REFUSED_ONCE } from "./planted-faults.js";

const RUN_LIMIT = 20;
/** Each allocation is refused in turn: few of them show it. */
const SHORT = { commandLimitCount: 15, shapeLimitCount: 5, rawLimitWords: 5000 };

function refusedOnce(): fc.IProperty<unknown> {
  const { allocationCountOf, checkProgram, MEMORY, mutatorPrograms } = sources;
  return fc.property(mutatorPrograms(SHORT), (program) => {
    for (const strategy of [markSweepStrategy(), cpythonStrategy()]) {
      let refusalCount = 0;
      const onRefusal = () => void refusalCount++;
      checkProgram(program, subjectsOf(strategy), [MEMORY], { onRefusal });
      const count = allocationCountOf(program);
      if (refusalCount !== count) throw new Error(`${refusalCount} of ${count} were refused`);
    }
  }) as fc.IProperty<unknown>;
}

export const properties = [
  checkedProperty({ name: REFUSED_ONCE, programLimit: RUN_LIMIT }, refusedOnce),
];
