// What the faults of detectors and of the report of cycles are held against: named properties.

import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { cycleProperty, cyclePropertyNames } from "../cycle-properties.js";
import { detectorProperty, detectorPropertyNames } from "../detector-properties.js";

const RUN_LIMIT = 300;

export const properties = [
  ...detectorPropertyNames.map((name) =>
    checkedProperty({ name, programLimit: RUN_LIMIT }, () => detectorProperty(name, sources)),
  ),
  ...cyclePropertyNames.map((name) =>
    checkedProperty({ name, programLimit: RUN_LIMIT }, () => cycleProperty(name, sources)),
  ),
];
