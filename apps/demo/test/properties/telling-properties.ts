// Of `ouro explain` and `ouro why`: what is told stands in the order of the article, and slots are
// called as CPython visits them.

import { readFileSync } from "node:fs";
import { decodeHeapGraph, type GraphType, type HeapGraph } from "@ouro/trace";
import { graphSlotName } from "../../src/graph-slot-names.js";
import {
  type CommandProperty,
  expectSame,
  expectThat,
  hand,
  ouro,
  shipped,
} from "./command-property.js";

export const ORDER = "tells each decision before what follows from it, at every level";
export const SLOTS = "calls each slot on the way as CPython's order of visiting names it";

interface Step {
  readonly title: string;
  readonly sentences: readonly { code: string; level: number; text: string }[];
}

const SHORT = "hand-self-list";
const PROGRAMS = [SHORT, "hand-finalizer-cycle"];

async function stepsOf(program: string, level: number): Promise<Step[]> {
  const argv = ["explain", hand, "--program", program, "--level", String(level), "--json"];
  return JSON.parse((await ouro(argv)).stdout).steps;
}

const codesOf = ({ sentences }: Step): string[] => sentences.map(({ code }) => code);

/** The first code before which another one must stand, and does not. */
const BEFORE: readonly (readonly [code: RegExp, before: RegExp])[] = [
  [/^PM-(ARENA-RESERVE|POOL-TAKE|ALLOC-BLOCK|OBJECT-CREATE)$/, /^PM-ALLOC-CLASS$/],
  [/^PM-ALLOC-BLOCK$/, /^PM-ALLOC-CLASS$/],
  [/^PM-FREE-BLOCK$/, /^PM-RECLAIM$/],
  [/^PM-POOL-RELEASE$/, /^PM-FREE-BLOCK$/],
  [/^PM-GC-EXAMINE$/, /^PM-GC-START$/],
  [/^PM-GC-SUBTRACT$/, /^PM-GC-EXAMINE$/],
  [/^PM-GC-UNREACHABLE$/, /^PM-GC-SUBTRACT$/],
  [/^PM-(FINALIZER-RUN|GC-CLEAR)$/, /^PM-GC-UNREACHABLE$/],
  [/^PM-GC-END$/, /^PM-GC-START$/],
];

function orderProblem(step: Step): string | undefined {
  const codes = codesOf(step);
  for (const [at, code] of codes.entries()) {
    const missing = BEFORE.find(
      ([what, before]) => what.test(code) && !codes.slice(0, at).some((each) => before.test(each)),
    );
    if (missing !== undefined) return `${code} without ${missing[1]} before it`;
    const isIdle = code === "PM-SAFEPOINT" && !/^PM-GC-(START|DUE)$/.test(codes[at + 1] ?? "");
    if (isIdle) return "a safepoint that is passed";
  }
  return birthProblem(step);
}

/** A count of an object that is born only later. */
function birthProblem({ sentences }: Step): string | undefined {
  const counted = new Set<string>();
  for (const { code, text } of sentences) {
    const name = text.split(/:| is born/)[0] as string;
    if (code === "PM-OBJECT-CREATE" && counted.has(name)) return `a count before: ${text}`;
    if (code.startsWith("PM-COUNT")) counted.add(name);
  }
  return undefined;
}

async function playOrder(): Promise<void> {
  for (const program of PROGRAMS) {
    const whole = await stepsOf(program, 3);
    if (program === SHORT) {
      const [born, , , , collected] = whole;
      expectSame(codesOf(born as Step), BIRTH, "what is told of a birth");
      expectSame(codesOf(collected as Step).slice(-END.length), END, "what is told of an end");
    }
    for (const [index, step] of whole.entries()) {
      const problem = orderProblem(step);
      const told = codesOf(step).join(" ");
      expectThat(problem === undefined, `${program}, step ${index}: ${problem} in ${told}`);
    }
    for (const level of program === SHORT ? [1, 2] : []) {
      const less = await stepsOf(program, level);
      const wanted = whole.map(({ sentences }) => sentences.filter((each) => each.level <= level));
      expectSame(
        less.map(({ sentences }) => sentences),
        wanted,
        `${program} at level ${level}`,
      );
    }
  }
}

const BIRTH = [
  ...["PM-ALLOC-CLASS", "PM-ARENA-RESERVE", "PM-POOL-TAKE", "PM-ALLOC-BLOCK"],
  ...["PM-OBJECT-CREATE", "PM-COUNT-UP", "PM-COUNT-UP", "PM-ROOT-WRITE", "PM-COUNT-DOWN"],
  "PM-GC-TRACK",
];
const END = [
  ...["PM-DEALLOCATE", "PM-RECLAIM", "PM-FREE-BLOCK", "PM-POOL-RELEASE"],
  ...["PM-GC-END", "PM-ARENA-KEEP"],
];

// ── Slots ───────────────────────────────────────────────────────────────────────────────────────

interface Case {
  readonly type: string;
  readonly isHeapType?: true;
  /** Of objects that traversal visits, then of what it does not. */
  readonly refs: readonly number[];
  readonly hidden?: readonly number[];
  readonly sizeBytes?: number;
  /** Texts that the recording has for its references, 0 for none. */
  readonly given?: readonly number[];
  readonly names: readonly string[];
}

/** Object 7 is the class of every instance. */
const CLASS = 7;
const CASES: readonly Case[] = [
  { type: "list", refs: [1, 2, 3], names: ["[2]", "[1]", "[0]"] },
  { type: "tuple", refs: [4, 4], names: ["[1]", "[0]"] },
  { type: "dict", refs: [1, 2], hidden: [3, 4], names: ["value 1", "value 2", "key 1", "key 2"] },
  // 48 + 32 bytes, an index of 8 and 5 entries of 24: a table with hashes, so pairs are visited.
  {
    type: "dict",
    refs: [1, 2, 3, 4],
    sizeBytes: 208,
    names: ["value 1", "key 1", "value 2", "key 2"],
  },
  {
    type: "dict",
    refs: [1, 2, 3, 4],
    sizeBytes: 184,
    names: ["value 1", "value 2", "value 3", "value 4"],
  },
  { type: "set", refs: [1, 2], names: ["element 1", "element 2"] },
  { type: "cell", refs: [1], names: ["contents"] },
  { type: "method", refs: [1, 2], names: ["__func__", "__self__"] },
  { type: "module", refs: [1], hidden: [2], names: ["reference 1", "hidden 1"] },
  {
    type: "Node",
    isHeapType: true,
    refs: [1, 2, CLASS],
    names: ["attribute 1", "attribute 2", "class"],
  },
  { type: "Node", isHeapType: true, refs: [CLASS, 2], names: ["class", "reference 2"] },
  { type: "list", refs: [1, 2, 3], given: [0, 2, 1], names: ["[2]", ".second", ".first"] },
];

/** A graph of these objects alone, as far as their slots are asked for. */
function graphOf(cases: readonly Case[]): HeapGraph {
  const starts = (counts: readonly number[]): Int32Array => {
    const sums = [0];
    for (const count of counts) sums.push((sums.at(-1) as number) + count);
    return Int32Array.from(sums);
  };
  return {
    types: cases.map(
      ({ type, isHeapType = false }) =>
        ({ name: type, isHeapType, object: isHeapType ? CLASS : -1 }) as GraphType,
    ),
    objectTypes: Int32Array.from(cases.keys()),
    sizesBytes: Float64Array.from(cases, ({ sizeBytes = 0 }) => sizeBytes),
    refStarts: starts(cases.map(({ refs }) => refs.length)),
    refs: Int32Array.from(cases.flatMap(({ refs }) => refs)),
    hiddenStarts: starts(cases.map(({ hidden = [] }) => hidden.length)),
    hidden: Int32Array.from(cases.flatMap(({ hidden = [] }) => hidden)),
    slotNames: {
      texts: [".first", ".second"],
      numbers: Int32Array.from(cases.flatMap(({ refs, given }) => given ?? refs.map(() => 0))),
    },
  } as unknown as HeapGraph;
}

interface WayStep {
  readonly number: number;
  readonly via: string;
}

/** Each step of the way is a slot of the one before, of that name. */
async function checkWay(file: string, graph: HeapGraph, number: number): Promise<void> {
  const { stdout } = await ouro(["why", file, `#${number}`, "--json"]);
  const path = JSON.parse(stdout).path as WayStep[];
  expectThat(path.length > 2, `a way of ${path.length} steps shows no slot`);
  const { refStarts, refs, hiddenStarts, hidden } = graph;
  for (const [index, { number: target, via }] of path.entries()) {
    const holder = path[index - 1]?.number;
    if (holder === undefined) continue;
    const slots = [
      ...refs.subarray(refStarts[holder], refStarts[holder + 1]),
      ...hidden.subarray(hiddenStarts[holder], hiddenStarts[holder + 1]),
    ];
    const names = slots.flatMap((each, slot) =>
      each === target ? [graphSlotName(graph, holder, slot)] : [],
    );
    expectThat(names.includes(via), `#${holder} has no ${via} that is #${target}: ${names}`);
  }
}

async function playSlots(): Promise<void> {
  const graph = graphOf(CASES);
  for (const [object, { type, names }] of CASES.entries()) {
    const got = names.map((_, slot) => graphSlotName(graph, object, slot));
    expectSame(got, names, `the slots of a ${type}`);
  }
  const file = shipped("graphs/small.hgraph.gz");
  const recorded = decodeHeapGraph(readFileSync(file), { sourceName: file });
  await checkWay(file, recorded, 3000);
}

export const tellingProperties: readonly CommandProperty[] = [
  { name: ORDER, play: playOrder },
  { name: SLOTS, play: playSlots },
];
