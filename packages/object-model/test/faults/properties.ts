// What the faults of the object model are held against: each refusal of checked mode, and the
// collections beside JavaScript's own, under three strategies.

import { nullStrategy } from "@ouro/null";
import { refcountStrategy } from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";
import { checkedProperty, exactCase } from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { facadeFlawOf, facadeRefusals } from "../facade-refusals.js";
import { listProperty } from "../list-property.js";
import { makeManager } from "../manager.js";
import { mapProperty } from "../map-property.js";
import { goodFlawOf, makeOddRig, ODD_ENTRIES, oddFlawsOf } from "../odd-arguments.js";
import { adoptsOnce, ODD_STRUCTURES, oddStructureFlawsOf } from "../odd-structures.js";
import { flawOf, makeRig, refusals } from "../refusals.js";
import { stringProperty } from "../string-property.js";
import { odd } from "./number-faults.js";
import { facade, LIST, MAP, refusal, STRING } from "./planted-faults.js";
import { ADOPTED, structure } from "./structure-faults.js";

const RUN_LIMIT = 100;

/** A stressed one collects at every safepoint. */
const managers = {
  null: () => makeManager({ strategy: nullStrategy() }),
  "refcount, stressed": () => makeManager({ strategy: refcountStrategy(), collectEvery: 1 }),
  "semispace, stressed": () => makeManager({ strategy: semispaceStrategy(), collectEvery: 1 }),
};

const ofCollections = Object.entries(managers).flatMap(([on, make]) => [
  checkedProperty({ name: LIST, on, programLimit: RUN_LIMIT }, () => listProperty(sources, make)),
  checkedProperty({ name: MAP, on, programLimit: RUN_LIMIT }, () => mapProperty(sources, make)),
  checkedProperty({ name: STRING, on, programLimit: RUN_LIMIT }, () =>
    stringProperty(sources, make),
  ),
]);

const ofCheckedMode = refusals.map((each) =>
  exactCase(refusal(each.name), () => {
    for (const isWide of [false, true]) {
      const flaw = flawOf(each, makeRig(sources, { isWide }));
      if (flaw !== undefined) throw new Error(flaw);
    }
  }),
);

const ofFacade = facadeRefusals.map((each) =>
  exactCase(facade(each.name), () => {
    const flaw = facadeFlawOf(each, sources);
    if (flaw !== undefined) throw new Error(flaw);
  }),
);

const ofOddThings = ODD_ENTRIES.map((entry) =>
  exactCase(odd(entry.name), () => {
    const flaws = [
      goodFlawOf(entry, makeOddRig(sources)),
      ...oddFlawsOf(entry, makeOddRig(sources)),
    ];
    const flaw = flaws.find((found) => found !== undefined);
    if (flaw !== undefined) throw new Error(flaw);
  }),
);

const ofStructures = ODD_STRUCTURES.map((each) =>
  exactCase(structure(each.name), () => {
    const [flaw] = oddStructureFlawsOf(each, sources);
    if (flaw !== undefined) throw new Error(flaw);
  }),
);

export const properties = [
  ...[...ofCollections, ...ofCheckedMode, ...ofOddThings, ...ofStructures],
  ...ofFacade,
  exactCase(ADOPTED, () => adoptsOnce(sources)),
];
