// What the faults of the reference log are held against: named properties.

import { checkedProperty, exactCase } from "../../../../scripts/faults/check-property.js";
import { logCases, logProperty, logPropertyNames } from "../reference-log-properties.js";

const RUN_LIMIT = 200;

export const properties = [
  ...logPropertyNames.map((name) =>
    checkedProperty({ name, programLimit: RUN_LIMIT }, () => logProperty(name)),
  ),
  ...Object.entries(logCases).map(([name, play]) => exactCase(name, play)),
];
