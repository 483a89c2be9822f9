// The suite for private heaps: lending, books, regions and refusals against a naive model.

import { HEAP_COMMANDS } from "../program-forms.js";
import type { Report } from "../report.js";
import { asProperties, type Property, runSuite, type Suite, type SuiteOptions } from "../suite.js";
import { drawHeap } from "./arena-drawing.js";
import { type HeapCommand, heapCommands } from "./heap-commands.js";
import { type HeapCheck, playOnHeap } from "./heap-model.js";
import { type HeapLog, printHeapCalls, recordHeapCalls } from "./heap-script.js";
import { type HeapMaker, heapEntry } from "./heap-subject.js";

export const LENDING = "lends each arena to one borrower, the lowest run first";
export const HEAP_REFUSALS =
  "answers what it must refuse with the typed refusal, and changes nothing";
export const BOOKS = "keeps its books to the byte";
export const ARENA_WALK = "walks exactly the lent arenas in address order";
export const REGIONS = "keeps regions apart, zero when fresh, and finds them again by name";
export const SOFT_LIMIT = "tells of its soft limit each time it is passed, while it is sound";
export const HEAP_SOUND = "stays sound after each call";

const ROWS: readonly (readonly [string, HeapCheck])[] = [
  [LENDING, "lending"],
  [HEAP_REFUSALS, "refusals"],
  [BOOKS, "books"],
  [ARENA_WALK, "walk"],
  [REGIONS, "regions"],
  [SOFT_LIMIT, "soft limit"],
  [HEAP_SOUND, "validate"],
];

const properties: readonly Property<HeapMaker, HeapCommand[]>[] = ROWS.map(([name, check]) => ({
  name,
  source: "CPython Objects/obmalloc.c, arenas",
  whyNot: () => undefined,
  programs: (_: HeapMaker, { commandLimitCount }: SuiteOptions) => heapCommands(commandLimitCount),
  check(commands: HeapCommand[], maker: HeapMaker) {
    playOnHeap(maker, commands, new Set([check]));
  },
  form: HEAP_COMMANDS,
  commandCount: (commands: HeapCommand[]) => commands.length,
  script: (commands: HeapCommand[], maker: HeapMaker) =>
    printHeapCalls(maker, logOf(commands, maker, check)),
  drawing: (commands: HeapCommand[], maker: HeapMaker) =>
    drawHeap(maker, logOf(commands, maker, check)),
}));

function logOf(commands: readonly HeapCommand[], maker: HeapMaker, check: HeapCheck): HeapLog {
  return recordHeapCalls(maker, check === "soft limit", (recording) =>
    playOnHeap(recording, commands, new Set([check])),
  );
}

export const heapSuite: Suite<HeapMaker> = {
  name: "heap",
  properties: asProperties(properties),
  entry: heapEntry,
  subjectName: ({ name }) => name,
  traitsOf: ({ returnsMemory, windowStartBytes = 0 }) => ({ returnsMemory, windowStartBytes }),
  // Whatever is declared falsely, too much or too little, the books refute.
  warnings: () => [],
};

/** Holds a heap to its contract; never throws for a property that fails. */
export function heapConformance(maker: HeapMaker, options?: SuiteOptions): Report {
  return runSuite(heapSuite, maker, options);
}
