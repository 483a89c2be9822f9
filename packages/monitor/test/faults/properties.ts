// What the faults of the monitor are held against: its named properties.

import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { graphProperties } from "../graph-properties.js";
import { listeningProperties } from "../listening-properties.js";
import { measureProperties } from "../measure-properties.js";

const RUN_LIMIT = 500;

export const properties = [...graphProperties, ...listeningProperties, ...measureProperties].map(
  ([name, property]) => checkedProperty({ name, programLimit: RUN_LIMIT }, () => property(sources)),
);
