// What the faults of CPython's preset are held against: the recorded programs, the quick ones
// first; the hand-written ones name most faults. And what those of plans are: a small graph.

import { composeMemoryManager, cpythonStrategy, createMemoryManager } from "@ouro/memory-manager";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import {
  createGraphSubject,
  createProgramSubject,
  decodeHeapGraph,
  decodePrograms,
  type GraphFacts,
  type GraphStep,
  type HeapGraph,
  type MutatorProgram,
  type RecordedHeapSubject,
  runGraphPlan,
  runProgram,
} from "../../src/index.js";
import { graphFile, rawGraph } from "../raw-graph.js";
import { shippedRecordingsOf } from "../shipped-recordings.js";
import { AGREES, HOLDS } from "./planted-faults.js";

/** How many programs each file has: they are decoded when they are asked for. */
const FILES = { hand: 47, fin: 70, weak: 70, exact: 25, mixed: 90, auto: 80, long: 60 };

function* programsInTurn(): Generator<MutatorProgram> {
  const recordings = shippedRecordingsOf("programs");
  for (const [name, count] of Object.entries(FILES)) {
    const found = recordings.find(([each]) => each === name);
    const programs = found === undefined ? [] : decodePrograms(found[1]().file);
    if (programs.length !== count) throw new Error(`"${name}" has ${programs.length} programs`);
    yield* programs;
  }
}

/** What is wrong with a program's run; undefined when it agrees. */
function problemOf(program: MutatorProgram): string | undefined {
  try {
    const strategy = cpythonStrategy();
    const subject = createProgramSubject((needs) => composeMemoryManager({ strategy, ...needs }));
    const { agrees, differences } = runProgram(subject, program, { differenceLimitCount: 1 });
    subject.validate();
    return agrees ? undefined : JSON.stringify(differences[0]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const agreement: FaultProperty = {
  name: AGREES,
  programLimit: Object.values(FILES).reduce((sum, count) => sum + count, 0),
  ask({ programCount }) {
    let playedCount = 0;
    for (const program of programsInTurn()) {
      if (playedCount === programCount) break;
      playedCount++;
      const reason = problemOf(program);
      if (reason === undefined) continue;
      const input = `the recorded program "${program.name}"`;
      return { isKilled: true, programCount: playedCount, reason, input };
    }
    return { isKilled: false, programCount: playedCount };
  },
};

/**
 * In step 1 program code kept object 2, as coroutines of `asyncio_stuck` keep theirs, which no
 * graph shows: it is recorded as alive, and dies in the full collection of step 2. What follows is
 * shown whole: step 4 must let 0 and 1 die.
 */
function graphWithProgramCode(): { graph: HeapGraph; facts: GraphFacts } {
  const eight = decodeHeapGraph(graphFile(rawGraph()));
  const [cut2, collect0, cut0, collect2] = eight.steps;
  const none = Int32Array.of();
  const steps = [
    cut2,
    { ...collect0, destroyed: none },
    { ...collect2, destroyed: none, changedObjects: none },
    cut0,
    collect2,
  ] as GraphStep[];
  const stepFacts = steps.map((_, step) => ({ isExact: step !== 1 }));
  const { name, objectCount, refs } = eight;
  const facts = { name, objectCount, refCount: refs.length, steps: stepFacts };
  return { graph: { ...eight, steps }, facts: facts as unknown as GraphFacts };
}

const makeTracing = () => createGraphSubject((needs) => createMemoryManager("mark-sweep", needs));

const holding: FaultProperty = {
  name: HOLDS,
  programLimit: 1,
  ask() {
    const { graph, facts } = graphWithProgramCode();
    const agrees = (subject: RecordedHeapSubject): boolean =>
      runGraphPlan(subject, graph, { facts }).agrees;
    const killed = (reason: string) => ({ isKilled: true, programCount: 1, reason });
    if (!agrees(makeTracing())) return killed("mark-sweep is refuted by what program code kept");
    if (agrees({ ...makeTracing(), collect: () => 0 })) return killed("nothing dies, unnoticed");
    return { isKilled: false, programCount: 1 };
  },
};

export const properties = [agreement, holding];
