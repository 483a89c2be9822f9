// Replays one file: read and check it, replay it once with the meter in place, then time it.
//
//   read ──► checking pass (meter, patterns) ──► free all ──► timed passes (fresh heap, no meter)
//
// Work is cut into slices, between which Ctrl-C is heard and progress is shown. Whatever goes wrong
// with a file ends in its result; only defects of the command itself are thrown.

import { isOuroError } from "@ouro/interfaces";
import {
  type AllocationTrace,
  createReplayer,
  parseTraceFacts,
  type Replayer,
  readTrace,
  type TraceFacts,
  timeReplay,
} from "@ouro/trace";
import { checkFacts, checkFooter, checkMemory, createChecklist } from "./checks.js";
import type { Composition } from "./composition.js";
import { EXIT_INPUT, EXIT_INVARIANT, EXIT_LIMIT, exitCodeOf } from "./exit-code.js";
import { type FillMap, takeFillMap } from "./fill-map.js";
import { createMeter } from "./meter.js";
import type { Progress } from "./progress.js";
import type { Failure, Figures, PassTimes, ReplayResult } from "./replay-result.js";
import { createRig, type Rig } from "./rig.js";
import { FileNotReadableError, type Terminal } from "./terminal.js";

export interface ReplayOptions {
  readonly composition: Composition;
  readonly isVerifying: boolean;
  readonly passCount: number;
  readonly limitBytes: number | undefined;
}

const PIECE_BYTES = 1 << 17;
const SLICE_EVENTS = 1 << 18;

/** Thrown between slices when somebody asked to stop; never leaves this file. */
class Stopped extends Error {}

/** The name of the facts file that belongs to a trace; undefined for names of no known form. */
export function factsPathOf(tracePath: string): string | undefined {
  const stem = /^(.*)\.altrace(\.gz)?$/.exec(tracePath)?.[1];
  return stem === undefined ? undefined : `${stem}.facts.json`;
}

type Draft = { -readonly [Name in keyof ReplayResult]: ReplayResult[Name] };

export async function replayFile(
  file: string,
  options: ReplayOptions,
  terminal: Terminal,
  progress: Progress,
): Promise<ReplayResult> {
  const draft: Draft = {
    file,
    traceName: undefined,
    description: undefined,
    allocator: options.composition.name,
    isVerified: options.isVerifying,
    isPartial: false,
    traceEvents: 0,
    mismatches: [],
    checks: [],
    figures: undefined,
    facts: undefined,
    map: undefined,
    failure: undefined,
  };
  try {
    await fillIn(draft, options, terminal, progress);
  } catch (error) {
    if (error instanceof Stopped) draft.isPartial = true;
    else draft.failure = failureOf(error);
  } finally {
    progress.end();
  }
  return draft;
}

async function fillIn(
  draft: Draft,
  options: ReplayOptions,
  terminal: Terminal,
  progress: Progress,
): Promise<void> {
  const { file } = draft;
  const breathe = async () => {
    await terminal.takeBreath();
    if (terminal.stopReason() !== undefined) throw new Stopped();
  };
  const compressed = await terminal.readBytes(file);
  progress.begin("reading", file, compressed.length);
  const trace = await readTrace(pieces(compressed, breathe, progress), { sourceName: file });
  draft.traceName = trace.header.name;
  draft.description = trace.header.description;
  draft.traceEvents = trace.events.eventCount;
  draft.facts = await readFacts(file, terminal);
  progress.begin("checking", file, trace.events.eventCount);
  await check(draft, trace, options, breathe, progress);
  progress.begin("timing", file, options.passCount * trace.events.eventCount);
  const nsPerEvent = await time(trace, options, terminal, breathe, progress);
  if (draft.figures !== undefined) draft.figures = { ...draft.figures, nsPerEvent };
}

async function* pieces(
  bytes: Uint8Array,
  breathe: () => Promise<void>,
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    await breathe();
    yield bytes.subarray(start, start + PIECE_BYTES);
    progress.reach(Math.min(start + PIECE_BYTES, bytes.length));
  }
}

/** Undefined when no facts file lies beside the trace. Throws `InputFormatError` for a bad one. */
async function readFacts(file: string, terminal: Terminal): Promise<TraceFacts | undefined> {
  const path = file === "-" ? undefined : factsPathOf(file);
  if (path === undefined) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = await terminal.readBytes(path);
  } catch (error) {
    if (error instanceof FileNotReadableError && error.code === "ENOENT") return undefined;
    throw error;
  }
  return parseTraceFacts(new TextDecoder().decode(bytes), path);
}

async function check(
  draft: Draft,
  trace: AllocationTrace,
  options: ReplayOptions,
  breathe: () => Promise<void>,
  progress: Progress,
): Promise<void> {
  const { composition, limitBytes } = options;
  const { footer, events } = trace;
  const meter = createMeter();
  const rig = await createRig({
    composition,
    meter,
    limitBytes,
    peakLiveBytes: footer.peakLiveBytes,
  });
  const replayer = createReplayer({
    allocator: rig.allocator,
    memory: rig.heap,
    verify: options.isVerifying,
    meter,
    watchedEventIndex: footer.peakLiveBytesEventIndex,
    onWatchedEvent() {
      draft.map = takeFillMap(rig.small, meter.arenaIndexes(), meter.largeUse());
    },
  });
  const list = createChecklist();
  try {
    await runInSlices(replayer, events, breathe, progress);
    rig.heap.validate();
    rig.allocator.validate();
    replayer.verifyLive();
  } finally {
    draft.figures = figuresOf(replayer, rig, draft.map);
    draft.mismatches = replayer.figures().mismatches;
  }
  checkFooter(list, replayer.figures(), footer);
  replayer.freeAll();
  rig.heap.validate();
  rig.allocator.validate();
  const arenasAfterFreeAll = rig.heap.statistics().lentArenaCount;
  draft.figures = { ...draft.figures, arenasAfterFreeAll };
  checkMemory(list, draft.figures, rig.allocator.statistics().liveBlockCount);
  if (options.isVerifying) list.begin("block contents");
  for (const mismatch of replayer.figures().mismatches) list.add(mismatch);
  if (draft.facts !== undefined && rig.small !== undefined) {
    checkFacts(list, draft.figures, draft.facts, footer);
  }
  draft.checks = list.names;
  draft.mismatches = list.mismatches;
}

async function runInSlices(
  replayer: Replayer,
  events: AllocationTrace["events"],
  breathe: () => Promise<void>,
  progress: Progress,
): Promise<void> {
  for (let from = 0; from < events.eventCount; from += SLICE_EVENTS) {
    await breathe();
    const to = Math.min(from + SLICE_EVENTS, events.eventCount);
    replayer.run(events, from, to);
    progress.reach(to);
  }
}

function figuresOf(replayer: Replayer, rig: Rig, map: FillMap | undefined): Figures {
  const seen = replayer.figures();
  return {
    events: seen.eventCount,
    peakLiveBytes: seen.peakLiveBytes,
    endLiveBytes: seen.liveBytes,
    endLiveBlocks: seen.liveBlockCount,
    peakArenas: seen.meter?.peakArenaCount ?? 0,
    endArenas: seen.meter?.arenaCountNow ?? 0,
    peakFootprintBytes: seen.meter?.peakFootprintBytes ?? 0,
    endFootprintBytes: seen.meter?.footprintBytesNow ?? 0,
    peakLentBytes: rig.heap.statistics().highWaterBytes,
    arenasAfterFreeAll: null,
    nsPerEvent: null,
    blocksPerClassAtPeak: map?.classes ?? [],
  };
}

/** Passes on a fresh heap without the meter; the first one, on untouched memory, does not count. */
async function time(
  trace: AllocationTrace,
  options: ReplayOptions,
  terminal: Terminal,
  breathe: () => Promise<void>,
  progress: Progress,
): Promise<PassTimes> {
  const { composition, limitBytes, passCount } = options;
  const { peakLiveBytes } = trace.footer;
  const rig = await createRig({ composition, limitBytes, peakLiveBytes });
  const passes: number[] = [];
  while (passes.length < passCount) {
    await breathe();
    const timing = timeReplay(trace.events, rig.allocator, rig.heap.words, {
      nowMs: terminal.nowMs,
      passCount: 1,
    });
    if (passes.length > 0) passes.push(timing.firstPassNsPerEvent);
    passes.push(...timing.passesNsPerEvent);
    progress.reach(Math.min(passes.length, passCount) * trace.events.eventCount);
  }
  return passTimes(passes.slice(0, passCount));
}

function passTimes(passes: readonly number[]): PassTimes {
  const sorted = [...passes].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  return { min: sorted[0] ?? 0, median, max: sorted.at(-1) ?? 0, passes };
}

function failureOf(error: unknown): Failure {
  if (error instanceof FileNotReadableError) {
    return { exitCode: EXIT_INPUT, kind: "not-readable", message: error.message };
  }
  if (!isOuroError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { exitCode: EXIT_INVARIANT, kind: "internal", message };
  }
  const { offsetBytes } = error as { offsetBytes?: number };
  // The command line is right by now: what is refused here is a request beyond the allocator's limit.
  const exitCode = error.kind === "usage" ? EXIT_LIMIT : exitCodeOf(error);
  const failure = { exitCode, kind: error.kind, message: error.message };
  return offsetBytes === undefined ? failure : { ...failure, offsetBytes };
}
