// An allocator on an allocation trace: the strategy of a comparison where the input knows no
// objects. Every block's contents are checked; there are no pauses, no garbage and no roots.
//
// A unit of work is a call, or a word that a reallocation copies.

import type { Allocator, Block } from "@ouro/interfaces";
import { type AllocationTrace, createReplayer, decodeTrace, timeReplay } from "@ouro/trace";
import type { CompareOrder, PointAnswer, RunFigures, WallTimes } from "./compare-result.js";
import { type Composition, parseComposition } from "./composition.js";
import { createMeter } from "./meter.js";
import { createRig } from "./rig.js";
import { wallTimesOf } from "./wall-times.js";

const SLICE_EVENTS = 1 << 16;
const WORD_SIZE_BYTES = 4;

/** Throws what the reader, the composition and the replay throw. */
export async function runAllocator(
  { file, bytes, strategy, wallRuns }: CompareOrder,
  tell: (share: number) => void,
): Promise<PointAnswer> {
  const trace = decodeTrace(bytes, { sourceName: file });
  const composition = parseComposition(strategy);
  const { footer, events } = trace;
  const { peakLiveBytes } = footer;
  const meter = createMeter();
  const rig = await createRig({ composition, meter, peakLiveBytes });
  const copies = countCopies(rig.allocator);
  let lentAtPeakBytes = 0;
  const replayer = createReplayer({
    allocator: copies.allocator,
    memory: rig.heap,
    verify: true,
    meter,
    watchedEventIndex: footer.peakLiveBytesEventIndex,
    onWatchedEvent() {
      lentAtPeakBytes = meter.lentBytes();
    },
  });
  for (let from = 0; from < events.eventCount; from += SLICE_EVENTS) {
    const to = Math.min(from + SLICE_EVENTS, events.eventCount);
    replayer.run(events, from, to);
    tell(to / events.eventCount / (1 + wallRuns));
  }
  rig.heap.validate();
  rig.allocator.validate();
  replayer.verifyLive();
  const { mismatchCount, mismatches } = replayer.figures();
  const { highWaterBytes, lentBytes } = rig.heap.statistics();
  const work = events.eventCount + copies.words();
  const figures: RunFigures = {
    operations: events.eventCount,
    collections: 0,
    work: { total: work, program: work, counting: 0, pauses: 0 },
    throughput: (1000 * events.eventCount) / work,
    pause: { count: 0, p50: 0, p99: 0, max: 0 },
    footprint: { peakBytes: highWaterBytes, endBytes: lentBytes },
    held: { peakBytes: peakLiveBytes, endBytes: footer.endLiveBytes },
    fragmentation: lentAtPeakBytes === 0 ? 0 : 1 - peakLiveBytes / lentAtPeakBytes,
    garbage: { maxBytes: 0, endBytes: 0, curve: [] },
    overhead: { headerBytes: 0, sideTableBytes: 0 },
  };
  const wall = wallRuns === 0 ? null : await timeRuns(trace, composition, wallRuns);
  const first = mismatches[0];
  return {
    input: { file, kind: "allocation-trace", name: trace.header.name, programs: null },
    result: {
      strategy,
      value: null,
      figures,
      liveness: {
        checks: 1,
        objects: footer.endLiveBlockCount,
        problem: mismatchCount === 0 ? null : `${first?.where}: ${first?.actual}`,
        end: { objects: footer.endLiveBlockCount, bytes: footer.endLiveBytes },
        isExact: null,
      },
      wall,
      failure: null,
    },
  };
}

/** Whole passes on a fresh heap; the first one, on untouched memory, does not count. */
async function timeRuns(
  { footer, events }: AllocationTrace,
  composition: Composition,
  passCount: number,
): Promise<WallTimes> {
  const { peakLiveBytes } = footer;
  const rig = await createRig({ composition, peakLiveBytes });
  const { passesNsPerEvent } = timeReplay(events, rig.allocator, rig.heap.words, {
    nowMs: () => performance.now(),
    passCount,
  });
  return wallTimesOf(
    passesNsPerEvent.slice(-passCount).map((ns) => (ns * events.eventCount) / 1e6),
  );
}

/** The allocator, and how many words its reallocations copied. */
function countCopies(allocator: Allocator) {
  let words = 0;
  return {
    words: () => words,
    allocator: {
      ...allocator,
      reallocate(block: Block, requestBytes: number): Block {
        const oldBytes = allocator.usableSizeBytes(block);
        const moved = allocator.reallocate(block, requestBytes);
        if (moved !== block) words += Math.ceil(Math.min(oldBytes, requestBytes) / WORD_SIZE_BYTES);
        return moved;
      },
    },
  };
}
