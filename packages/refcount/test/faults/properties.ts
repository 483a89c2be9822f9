// What the faults of reference counting are held against: its named properties.

import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { countProperties, countProperty } from "../count-properties.js";
import { DEPTH } from "../property-names.js";

const RUN_LIMIT = 300;
/** Each run of these is tens of thousands of objects. */
const DEPTH_RUN_LIMIT = 8;

export const properties = countProperties.map((name) =>
  checkedProperty({ name, programLimit: name === DEPTH ? DEPTH_RUN_LIMIT : RUN_LIMIT }, () =>
    countProperty(name, sources),
  ),
);
