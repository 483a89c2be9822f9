// What the faults of mark-sweep are held against: named properties.

import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { programProperty, propertyNames } from "../programs.js";

const RUN_LIMIT = 100;

export const properties = propertyNames.map((name) =>
  checkedProperty({ name, programLimit: RUN_LIMIT }, () => programProperty(name, sources)),
);
