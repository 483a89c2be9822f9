// What the faults of the map detector are held against: named properties.

import { checkedProperty } from "../../../../scripts/faults/check-property.js";
import { mapProperty, mapPropertyNames } from "../map-properties.js";
import { LATE } from "../property-names.js";

const RUN_LIMIT = 300;
/** Of heaps that are a hundred times as large. */
const LATE_LIMIT = 40;

export const properties = mapPropertyNames.map((name) => {
  const programLimit = name === LATE ? LATE_LIMIT : RUN_LIMIT;
  return checkedProperty({ name, programLimit }, () => mapProperty(name));
});
