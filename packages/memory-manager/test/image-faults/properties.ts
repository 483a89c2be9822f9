// What the faults of heap images are held against, each under the presets that have a fault.

import type { Strategy } from "@ouro/interfaces";
import { checkedProperty, exactCase } from "../../../../scripts/faults/check-property.js";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import {
  callsNobody,
  comesBackUntracked,
  HOST,
  imageOfDeathProperty,
  imageProperty,
  ROOM,
  refusesManyTypes,
  SAME_BYTES,
  SAME_HEAP,
  UNTRACKED,
} from "../heap-image-properties.js";
import { presets } from "../presets.js";

const RUN_LIMIT = 60;
const strategyOf = (on: string): (() => Strategy) => {
  const strategy = presets.get(on);
  if (strategy === undefined) throw new Error(`no preset is named "${on}"`);
  return strategy;
};
const [PLAIN, CPYTHON, FAST] = ["mark-sweep", "cpython-3.13", "cpython-3.13-fast"] as const;

export const properties: readonly FaultProperty[] = [
  ...[SAME_BYTES, SAME_HEAP].flatMap((name) => [
    checkedProperty({ name, on: PLAIN, programLimit: RUN_LIMIT }, () =>
      imageProperty(name, strategyOf(PLAIN)),
    ),
    ...[CPYTHON, FAST].map((on) =>
      checkedProperty({ name, on, programLimit: RUN_LIMIT }, () =>
        imageOfDeathProperty(name, strategyOf(on)),
      ),
    ),
  ]),
  exactCase(UNTRACKED, () => comesBackUntracked(strategyOf(CPYTHON)), CPYTHON),
  exactCase(ROOM, () => refusesManyTypes(strategyOf(PLAIN)), PLAIN),
  exactCase(HOST, () => callsNobody(strategyOf(CPYTHON)), CPYTHON),
];
