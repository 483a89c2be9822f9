// What the faults of the generations are held against: named properties.

import { checkedProperty, exactCase } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { CALLBACKS, changesCallbacks } from "../changed-callbacks.js";
import { generationProperty } from "../generation-properties.js";
import { GENERATION_PROPERTIES } from "../property-names.js";

const RUN_LIMIT = 200;

export const properties = [
  ...GENERATION_PROPERTIES.map((name) =>
    checkedProperty({ name, programLimit: RUN_LIMIT }, () => generationProperty(name, sources)),
  ),
  exactCase(CALLBACKS, () => changesCallbacks(sources)),
];
