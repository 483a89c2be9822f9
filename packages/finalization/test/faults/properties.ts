// What the faults of finalization are held against: named properties.

import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { finalizationProperty } from "../finalization-properties.js";
import { FINALIZATION_PROPERTIES } from "../property-names.js";

const RUN_LIMIT = 300;

export const properties = FINALIZATION_PROPERTIES.map((name) =>
  checkedProperty({ name, programLimit: RUN_LIMIT }, () => finalizationProperty(name, sources)),
);
