// docs/what-is-checked.md: which oracle is which property, what the nemesis does and what must come
// of it, and for each trait what refutes a false declaration. Printed from what the suites are.

import * as kit from "../src/index.js";
import { suiteTraitRows } from "./faults/suite-trait-rows.js";
import { traitRows } from "./faults/trait-rows.js";
import { SIGHTS } from "./program-census.js";

/** By the numbers that sources of properties begin with. */
export const ORACLES: readonly string[] = [
  "graph isomorphism",
  "liveness",
  "counts",
  "colours, ages and logs",
  "places and books",
  "differential",
  "metamorphic",
  "death log",
  "poison",
  "bounds of work",
  "teardown",
  "out of memory",
];

export interface NemesisRow {
  readonly who: string;
  readonly does: string;
  readonly outcome: string;
  readonly property: string;
}

const CODE = "finalizer, callback of a weak reference";
const COLLECTION = "collection callback";
const OBSERVER = "observer";
const NO_ROOM = "served from what is lent, or OutOfMemoryError";

export const nemesisRows: readonly NemesisRow[] = [
  {
    who: "heap",
    does: "has no memory, at each allocation in turn",
    outcome: "OutOfMemoryError; served once as much was dropped",
    property: kit.MEMORY,
  },
  {
    who: "heap",
    does: "has its limit lowered in mid-run",
    outcome: NO_ROOM,
    property: kit.LOWERED_LIMIT,
  },
  {
    who: OBSERVER,
    does: "looks at everything",
    outcome: "what it sees is whole",
    property: kit.LOOKING_OBSERVER,
  },
  {
    who: OBSERVER,
    does: "throws",
    outcome: "its error at the caller, or none",
    property: kit.THROWING_OBSERVER,
  },
  {
    who: OBSERVER,
    does: "allocates, stores, drops",
    outcome: "done",
    property: kit.ACTING_OBSERVER,
  },
  {
    who: OBSERVER,
    does: "allocates with no memory left",
    outcome: NO_ROOM,
    property: kit.ACTING_OBSERVER,
  },
  {
    who: OBSERVER,
    does: "collects, in a collection too",
    outcome: "inside of one nothing is examined",
    property: kit.ACTING_OBSERVER,
  },
  {
    who: OBSERVER,
    does: "resurrects: stores the number of a dying object",
    outcome: "a typed error in checked mode; fast mode cannot tell",
    property: kit.ACTING_OBSERVER,
  },
  { who: COLLECTION, does: "throws", outcome: "reported", property: kit.COLLECTION_CALLBACKS },
  {
    who: COLLECTION,
    does: "allocates, stores, drops",
    outcome: "done",
    property: kit.COLLECTION_CALLBACKS,
  },
  {
    who: COLLECTION,
    does: "allocates with no memory left",
    outcome: NO_ROOM,
    property: kit.COLLECTION_CALLBACKS,
  },
  {
    who: COLLECTION,
    does: "collects",
    outcome: "nothing is examined",
    property: kit.COLLECTION_CALLBACKS,
  },
  { who: CODE, does: "throws", outcome: "reported and counted", property: kit.PROGRAM_CODE },
  { who: CODE, does: "allocates, stores, drops", outcome: "done", property: kit.PROGRAM_CODE },
  {
    who: CODE,
    does: "allocates with no memory left",
    outcome: NO_ROOM,
    property: kit.PROGRAM_CODE,
  },
  {
    who: CODE,
    does: "collects",
    outcome: "inside of a collection nothing is examined",
    property: kit.PROGRAM_CODE,
  },
  {
    who: "finalizer",
    does: "resurrects",
    outcome: "the object and all it reaches live on; it is not finalized again",
    property: kit.FINALIZERS,
  },
  {
    who: "callback of a weak reference",
    does: "resurrects",
    outcome: "it cannot: the reference is empty before it runs",
    property: kit.WEAK_REFERENCES,
  },
  {
    who: "detector, its memory",
    does: "is refused",
    outcome: "the same answer",
    property: kit.NEEDS_NO_MEMORY,
  },
  {
    who: "detector, its observer",
    does: "throws",
    outcome: "its error; nothing is found, the list is whole",
    property: kit.THROWN_AT,
  },
  {
    who: "detector, its observer",
    does: "asks it in the middle",
    outcome: "UsageError; the outer question is answered",
    property: kit.ASKED_INSIDE,
  },
];

const ALL = [...kit.memoryManagerSuite.properties, ...kit.detectorSuite.properties];

/** The properties whose source names an oracle. */
export function propertiesOf(oracle: number): string[] {
  const names = new RegExp(`\\bO${oracle}\\b`);
  return kit.memoryManagerSuite.properties
    .filter(({ source }) => names.test(source ?? ""))
    .map(({ name }) => name);
}

export const isProperty = (name: string): boolean =>
  ALL.some((property) => property.name === name) || name === kit.SIDE_AS_SAID;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

export function printProofPage(): string {
  const oracles = ORACLES.flatMap((name, index) =>
    propertiesOf(index + 1).map((property) => [`O${index + 1} ${name}`, property]),
  );
  const strategies = traitRows.map((row) => ({ ...row, suite: "collector, memory manager" }));
  const traits = [...strategies, ...suiteTraitRows].map(
    ({ suite, trait, is, declared, truth, found }) => [
      ...[suite, `\`${trait}\``, declared, truth],
      "refutedBy" in found ? `refuted: ${found.refutedBy}` : `warned: …${found.warning}…`,
      is,
    ],
  );
  const nemesis = nemesisRows.map(({ who, does, outcome, property }) => [
    ...[who, does, outcome, property],
  ]);
  return `# What is checked

Written by \`npm test -- packages/testkit/test/proof-page.test.ts -u\`, never by hand. Each
property is shown to fail on planted faults: [fault-matrix.md](fault-matrix.md), and
packages/testkit/test/faults.

## Oracles

Each is a property with a sentence, and has a switch: \`programCounts\` of \`SuiteOptions\` says
how many programs a property gets, 0 for none.

${table(["oracle", "property"], oracles)}

## Nemesis

Faults from outside, put between any two steps and into what runs. After each all oracles hold: the
structures are sound, the graph is the program's, counts are right, and what is garbage goes.

${table(["who", "does", "outcome", "property"], nemesis)}

## Traits

A declaration that is false is refuted. One that says less than is so, or that nothing showed, is a
warning. Each of these was planted, and told.

${table(["suite", "trait", "declared", "in truth", "found", "kind"], traits)}

## Programs

Each of these stands in eight of a hundred arbitrary programs or more (mutator-programs.test.ts):
${SIGHTS.map((sight) => `- ${sight}`).join("\n")}

Lists of a hundred thousand objects have a property of their own, "${kit.DEEP}"; finalizers
that compete stand in programs about death. Collections between the phases of another are asked for
by program code and observers, above.
`;
}
