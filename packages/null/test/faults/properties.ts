// What the faults of the null collector are held against: its named properties.

import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { nullProperties } from "../null-properties.js";

const RUN_LIMIT = 200;

export const properties = [...nullProperties].map(([name, property]) =>
  checkedProperty({ name, programLimit: RUN_LIMIT }, () => property(sources)),
);
