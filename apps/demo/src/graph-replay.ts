// Replays a heap graph: read and check it, restore it on a memory manager, carry out its plan step
// by step, and compare.
//
//   read ──► heap image ──► restore ──► cut or collect ──► compare ──► … ──► validate

import type { MemoryManager } from "@ouro/memory-manager";
import {
  beginGraphPlan,
  createGraphSubject,
  type GraphFacts,
  type GraphPlanReport,
  type GraphStepReport,
  type HeapGraph,
  type ObjectDifferences,
  parseGraphFacts,
  readHeapGraph,
} from "@ouro/trace";
import { type Checklist, createChecklist } from "./checks.js";
import { createLifeTally } from "./life-tally.js";
import { presetNamed } from "./preset-choice.js";
import { factsTextBeside, piecesOf, type Recording } from "./recording.js";
import type { GraphDraft } from "./replay-result.js";
import type { ReplayOptions, Work } from "./replay-work.js";
import type { Terminal } from "./terminal.js";

export function graphDraft(file: string, options: ReplayOptions): GraphDraft {
  return {
    kind: "heap-graph",
    file,
    graphName: undefined,
    description: undefined,
    preset: options.preset,
    isVerified: false,
    isPartial: false,
    objectCount: 0,
    referenceCount: 0,
    plannedStepCount: 0,
    hasFacts: false,
    mismatches: [],
    checks: [],
    plan: undefined,
    life: undefined,
    failure: undefined,
  };
}

export async function replayGraph(
  draft: GraphDraft,
  recording: Recording,
  options: ReplayOptions,
  terminal: Terminal,
  work: Work,
): Promise<void> {
  const { file } = recording;
  const graph = await readHeapGraph(piecesOf(recording, work), { sourceName: file });
  draft.graphName = graph.name;
  draft.description = graph.description;
  draft.objectCount = graph.objectCount;
  draft.referenceCount = graph.refs.length + graph.hidden.length;
  draft.plannedStepCount = graph.steps.length;
  const text = await factsTextBeside(file, terminal);
  const facts = text === undefined ? undefined : parseGraphFacts(text.text, text.path);
  draft.hasFacts = facts !== undefined;
  const list = createChecklist();
  if (facts !== undefined) checkFacts(list, graph, facts);
  try {
    await carryOut(draft, graph, facts, options, work);
  } finally {
    if (draft.plan !== undefined) checkPlan(list, draft.plan, draft.hasFacts);
    draft.mismatches = list.mismatches;
    draft.checks = list.names;
  }
}

async function carryOut(
  draft: GraphDraft,
  graph: HeapGraph,
  facts: GraphFacts | undefined,
  options: ReplayOptions,
  work: Work,
): Promise<void> {
  const { isVerifying, limitBytes, recorder } = options;
  const make = presetNamed(options.preset);
  let manager: MemoryManager | undefined;
  // Which way objects die is the same for all managers of a preset.
  const tally = createLifeTally(make({ reservationBytes: 2 ** 26 }).strategy.traits.counts);
  const subject = createGraphSubject((needs) => {
    const limit = limitBytes === undefined ? {} : { limitBytes };
    const tallied = tally.observerBeside(needs.observer);
    const observer = recorder?.observerBeside(tallied) ?? tallied;
    const memory = recorder === undefined ? {} : { memoryObserver: recorder.observer };
    manager = make({ ...needs, ...limit, observer, ...memory });
    return manager;
  });
  work.progress.begin("restoring", draft.file, graph.steps.length);
  await work.breathe();
  const plan = beginGraphPlan(subject, graph, facts === undefined ? {} : { facts });
  draft.plan = plan.report();
  work.progress.begin("replaying", draft.file, graph.steps.length);
  recorder?.begin(graph.name, manager as unknown as MemoryManager);
  for (let count = 0; count < graph.steps.length; count++) {
    await work.breathe();
    const { kind } = graph.steps[count] as HeapGraph["steps"][number];
    recorder?.enter({ name: kind, place: { file: graph.name, line: count + 1 } });
    plan.step();
    recorder?.endOperation();
    if (isVerifying) subject.validate();
    draft.plan = plan.report();
    work.progress.reach(count + 1);
  }
  recorder?.end();
  subject.validate();
  draft.isVerified = isVerifying;
  tally.close(manager as MemoryManager);
  draft.life = tally.figures();
}

/** Facts of another graph would say of the wrong steps that they are exact. */
function checkFacts(list: Checklist, graph: HeapGraph, facts: GraphFacts): void {
  list.begin("facts of this graph");
  list.equal("facts: objects", graph.objectCount, facts.objectCount);
  list.equal("facts: steps", graph.steps.length, facts.steps.length);
}

const CHECKS: Readonly<Record<GraphPlanReport["promise"], readonly string[]>> = {
  exact: ["deaths, refcounts and results of exact steps"],
  "full collection": ["deaths by each full collection"],
  counting: ["deaths by counting until the first collection"],
  "nothing reachable dies": ["nothing reachable died"],
};

function checkPlan(list: Checklist, plan: GraphPlanReport, hasFacts: boolean): void {
  const { promise, restoredRefcounts, comparedRefcountCount, steps } = plan;
  if (comparedRefcountCount > 0) list.begin("restored refcounts");
  for (const name of CHECKS[promise]) list.begin(name);
  list.equal("restore: refcounts that differ", restoredRefcounts.count, 0);
  for (const step of steps) {
    if (step.isExact || !hasFacts) checkStep(list, step, promise);
  }
  list.begin("all structures of the heap");
}

function checkStep(
  list: Checklist,
  step: GraphStepReport,
  promise: GraphPlanReport["promise"],
): void {
  const where = `step ${step.stepIndex}, ${stepName(step)}`;
  const none = (what: string, { count, first }: ObjectDifferences): void => {
    const objects = first.length === 0 ? "" : ` (objects ${first.join(", ")}...)`;
    list.equal(`${where}: ${what}${objects}`, count, 0);
  };
  none("alive, and died in CPython", step.missingDeaths);
  none("dead, and alive in CPython", step.extraDeaths);
  none("refcounts that differ", step.refcounts);
  if (promise === "exact" && step.recordedReturned !== undefined) {
    list.equal(`${where}: result`, step.returned ?? 0, step.recordedReturned);
  }
}

/** "cut", "collect 2". */
export function stepName({ kind, generation }: GraphStepReport): string {
  return generation === undefined ? kind : `${kind} ${generation}`;
}
