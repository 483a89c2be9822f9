// What the faults of odd options are held against: each call that takes one.

import { exactCase } from "../../../../scripts/faults/check-property.js";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import * as sources from "../../src/index.js";
import { ODD_OPTIONS, oddOptionFlawsOf } from "../odd-options.js";
import { option } from "./planted-faults.js";

export const properties: readonly FaultProperty[] = ODD_OPTIONS.map((each) =>
  exactCase(option(each.name), () => {
    const [flaw] = oddOptionFlawsOf(each, sources);
    if (flaw !== undefined) throw new Error(flaw);
  }),
);
