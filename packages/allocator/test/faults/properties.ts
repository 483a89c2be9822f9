// What the faults of the allocators are held against: the suite on each of them, and the properties
// that know this package's parts.

import { allocatorSuite, runSuite } from "@ouro/testkit";
import {
  checkedProperty,
  exactCase,
  madeOnce,
  suiteProperty,
} from "../../../../scripts/faults/check-property.js";
import * as sources from "../../src/index.js";
import { ARENA_CHOICE, arenaChoiceProperty } from "../arena-choice.js";
import { BOUNDED_WORK, boundedSubjects, boundedWorkProperty } from "../bounded-work.js";
import { CHECKED_MISUSE, checkedMisuseProperty } from "../checked-misuse.js";
import { COMPOSITION, compositionProperty } from "../compositions.js";
import { NEIGHBOUR_OVERRUN, neighbourOverrunProperty } from "../neighbour-overrun.js";
import { ODD_OPTIONS, playOddOptions } from "../odd-options.js";
import { makeRigs } from "../rigs.js";
import { WAITING_OBSERVED, waitingObservedProperty } from "../waiting-observed.js";

const RUN_LIMIT = 100;
/** One wrong word of a block matters in one of thirty. */
const MISUSE_RUN_LIMIT = 300;
/** Each run of the counted steps is thousands of operations. */
const BOUNDED_RUN_LIMIT = 2;

const ofTheSuite = makeRigs(sources).flatMap((maker) => {
  const looked = madeOnce(maker);
  return allocatorSuite.properties
    .filter((property) => property.whyNot(looked) === undefined)
    .map(({ name }) =>
      suiteProperty({ name, on: maker.name, programLimit: RUN_LIMIT }, (options) =>
        runSuite(allocatorSuite, maker, options),
      ),
    );
});

export const properties = [
  ...ofTheSuite,
  checkedProperty({ name: ARENA_CHOICE, on: "pool allocator", programLimit: RUN_LIMIT }, () =>
    arenaChoiceProperty(sources),
  ),
  checkedProperty({ name: WAITING_OBSERVED, on: "pool allocator", programLimit: RUN_LIMIT }, () =>
    waitingObservedProperty(sources),
  ),
  checkedProperty(
    { name: NEIGHBOUR_OVERRUN, on: "large block allocator", programLimit: 3 * RUN_LIMIT },
    () => neighbourOverrunProperty(sources),
  ),
  checkedProperty(
    { name: CHECKED_MISUSE, on: "checked allocator", programLimit: MISUSE_RUN_LIMIT },
    () => checkedMisuseProperty(sources),
  ),
  checkedProperty({ name: COMPOSITION, programLimit: RUN_LIMIT }, () =>
    compositionProperty(sources),
  ),
  exactCase(ODD_OPTIONS, () => playOddOptions(sources)),
  ...boundedSubjects(sources).map((on) =>
    checkedProperty({ name: BOUNDED_WORK, on, programLimit: BOUNDED_RUN_LIMIT }, () =>
      boundedWorkProperty(sources, on),
    ),
  ),
];
