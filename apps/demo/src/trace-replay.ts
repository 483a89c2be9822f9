// Replays an allocation trace: read and check it, replay it once with the meter in place, then time
// it.
//
//   read ──► checking pass (meter, patterns) ──► free all ──► timed passes (fresh heap, no meter)

import { parseTraceFacts, readTrace } from "@ouro/trace";
import { runCheckingPass } from "./checking-pass.js";
import { factsTextBeside, piecesOf, type Recording } from "./recording.js";
import type { TraceDraft } from "./replay-result.js";
import type { ReplayOptions, Work } from "./replay-work.js";
import type { Terminal } from "./terminal.js";
import { runTimedPasses } from "./timed-passes.js";

export function traceDraft(file: string, options: ReplayOptions): TraceDraft {
  return {
    kind: "allocation-trace",
    file,
    traceName: undefined,
    description: undefined,
    allocator: options.composition.name,
    isVerified: false,
    isPartial: false,
    traceEvents: 0,
    mismatches: [],
    checks: [],
    figures: undefined,
    facts: undefined,
    map: undefined,
    mallocStats: undefined,
    failure: undefined,
  };
}

export async function replayTrace(
  draft: TraceDraft,
  recording: Recording,
  options: ReplayOptions,
  terminal: Terminal,
  work: Work,
): Promise<void> {
  const { file } = recording;
  const trace = await readTrace(piecesOf(recording, work), { sourceName: file });
  draft.traceName = trace.header.name;
  draft.description = trace.header.description;
  draft.traceEvents = trace.events.eventCount;
  const facts = await factsTextBeside(file, terminal);
  draft.facts = facts === undefined ? undefined : parseTraceFacts(facts.text, facts.path);
  work.progress.begin("checking", file, trace.events.eventCount);
  await runCheckingPass(draft, trace, options, work);
  work.progress.begin("timing", file, options.passCount * trace.events.eventCount);
  const nsPerEvent = await runTimedPasses(trace, options, work);
  if (draft.figures !== undefined) draft.figures = { ...draft.figures, nsPerEvent };
}
