// Of `ouro compare`: the oracle beside each strategy is asked after every collection, and heard.
// The strategies here are sound ones that lose something on purpose when they collect.

import type { MemoryManager } from "@ouro/memory-manager";
import type { MutatorProgram } from "@ouro/trace";
import { codeOfComparison } from "../../src/compare-command.js";
import { comparisonLines } from "../../src/compare-report.js";
import type { Liveness } from "../../src/compare-result.js";
import { type CourseSet, runStrategy } from "../../src/compared-strategy.js";
import type { CourseHost, MakeCompared } from "../../src/course.js";
import { createHeapCourse } from "../../src/heap-course.js";
import { lookOf } from "../../src/look.js";
import { plainProgram } from "../../src/plain-program.js";
import { createProgramCourse } from "../../src/program-course.js";
import { createRandom, randomImage } from "../random-image.js";
import { type CommandProperty, expectSame, expectThat } from "./command-property.js";

export const ORACLE = "asks the oracle after every collection, and says what a strategy has lost";

const look = lookOf({ write() {}, isTTY: false, columns: undefined }, { LANG: "C.UTF-8" }, {});

/** What is done to a manager before each of its collections. */
type Harm = (manager: MemoryManager) => void;

function harmed(make: MakeCompared, harm: Harm | undefined): MakeCompared {
  return (needs) => {
    const manager = make(needs);
    if (harm === undefined) return manager;
    const collect: MemoryManager["mutator"]["collect"] = (generation) => {
      harm(manager);
      return manager.mutator.collect(generation);
    };
    return { ...manager, mutator: { ...manager.mutator, collect } };
  };
}

const rootOf = ({ roots }: MemoryManager) => roots.framesStart as never;

/** A ring of four, held by root 0; two collections, of which the first finds all alive. */
function heapSet(harm?: Harm): CourseSet {
  const image = randomImage(createRandom(5), { nodeCount: 4, slotCount: 1, ring: true });
  const steps = [{ collect: 2 }, { clear: Int32Array.of() }, { collect: 2 }];
  return {
    input: { file: "ring", kind: "heap-image", name: "ring", programs: null },
    courses: [(make, host) => createHeapCourse(image, steps, harmed(make, harm), host)],
  };
}

const operations = [
  { op: "new", id: 0, kind: "node", slotCount: 2, root: 0 },
  { op: "new", id: 1, kind: "node", slotCount: 1, root: 1 },
  { op: "set", object: 0, slot: 1, value: 1 },
  { op: "collect", generation: 2 },
  { op: "root", root: 1, value: null },
  { op: "collect", generation: 2 },
] as const;
const program = {
  ...{ name: "pair", profile: "", features: [] },
  steps: operations.map((operation) => ({ operation, observed: {} })),
} as unknown as MutatorProgram;

/** Two nodes, the second in slot 1 of the first. */
function programSet(harm?: Harm): CourseSet {
  const steps = plainProgram(program);
  return {
    input: { file: "pair", kind: "mutator-programs", name: "pair", programs: 1 },
    courses: [
      (make: MakeCompared, host: CourseHost) =>
        createProgramCourse(program, steps, harmed(make, harm), host, false),
    ],
  };
}

function livenessOf(set: CourseSet): Liveness {
  const order = { strategy: "mark-sweep", thresholds: undefined, wallRuns: 0 };
  const result = runStrategy(order, set, () => {});
  if (result.liveness === null) throw new Error(`nothing ran: ${result.failure?.message}`);
  const { problem } = result.liveness;
  const comparison = { input: set.input, results: [result], sweep: undefined, baseline: undefined };
  const whole = { ...comparison, violations: [], isPartial: false };
  expectSame(codeOfComparison(whole), problem === null ? 0 : 5, `the code of "${problem}"`);
  const text = comparisonLines(whole, look).join(" ").replace(/\s+/g, " ");
  const words = problem === null ? "Liveness cross-checked after every" : `mark-sweep: ${problem}`;
  expectThat(text.includes(words), `"${words}" is not said in ${text}`);
  return result.liveness;
}

const HARMS: readonly (readonly [CourseSet, RegExp])[] = [
  [
    heapSet((manager) => manager.mutator.setRoot(rootOf(manager), 0)),
    /^object \d died, and a root/,
  ],
  [
    programSet((manager) => manager.mutator.setRoot(rootOf(manager), 0)),
    /^root 0 should hold 0, not -1$/,
  ],
  [
    programSet(({ mutator, roots }) =>
      mutator.set(mutator.root(roots.framesStart as never) as never, 1, 0),
    ),
    /^object 0, slot 1, should hold 1, not -1$/,
  ],
  [
    programSet(({ mutator, roots }) => {
      const first = mutator.root(roots.framesStart as never) as never;
      mutator.set(first, 1, first);
    }),
    /^object 0, slot 1, should hold 1, not 0$/,
  ],
];

export const oracleProperties: readonly CommandProperty[] = [
  {
    name: ORACLE,
    play() {
      for (const set of [heapSet(), programSet()]) {
        const { checks, problem, isExact } = livenessOf(set);
        // Two collections of the course, and the last one.
        expectSame([checks, problem, isExact], [3, null, true], `of ${set.input.name}`);
      }
      for (const [set, words] of HARMS) {
        const { problem } = livenessOf(set);
        expectThat(words.test(problem ?? ""), `"${problem}" does not tell ${words}`);
      }
    },
  },
];
