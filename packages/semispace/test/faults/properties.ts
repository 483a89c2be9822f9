// What the faults of semispace are held against: its named properties.

import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { semispaceProperties } from "../semispace-properties.js";

const RUN_LIMIT = 200;

export const properties = [...semispaceProperties].map(([name, property]) =>
  checkedProperty({ name, programLimit: RUN_LIMIT }, () => property(sources)),
);
