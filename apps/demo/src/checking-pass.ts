// The pass that proves and measures memory: one replay with the meter in place and, if asked for,
// patterns in the blocks; then everything is freed.

import type { PoolStatistics } from "@ouro/interfaces";
import { type AllocationTrace, createReplayer, type Replayer } from "@ouro/trace";
import { checkContents, checkFacts, checkFooter, checkMemory, createChecklist } from "./checks.js";
import { type FillMap, takeFillMap } from "./fill-map.js";
import { createMeter } from "./meter.js";
import type { Figures, TraceDraft } from "./replay-result.js";
import type { ReplayOptions, Work } from "./replay-work.js";
import { createRig, type Rig } from "./rig.js";

const SLICE_EVENTS = 1 << 18;

/** Fills in the draft's figures, map and mismatches; also what there is when it is cut short. */
export async function runCheckingPass(
  draft: TraceDraft,
  trace: AllocationTrace,
  options: ReplayOptions,
  work: Work,
): Promise<void> {
  const { composition, limitBytes } = options;
  const { footer, events } = trace;
  const meter = createMeter();
  const { peakLiveBytes } = footer;
  const rig = await createRig({ composition, meter, limitBytes, peakLiveBytes });
  const replayer = createReplayer({
    allocator: rig.allocator,
    memory: rig.heap,
    verify: options.isVerifying,
    meter,
    watchedEventIndex: footer.peakLiveBytesEventIndex,
    onWatchedEvent() {
      draft.map = takeFillMap(rig.small, meter.arenaIndexes(), meter.largeUse());
      draft.mallocStats = poolStatisticsOf(rig);
    },
  });
  const list = createChecklist();
  try {
    await runInSlices(replayer, events, work);
    rig.heap.validate();
    rig.allocator.validate();
    replayer.verifyLive();
  } finally {
    draft.figures = figuresOf(replayer, rig, draft.map);
    draft.mismatches = replayer.figures().mismatches;
  }
  checkFooter(list, replayer.figures(), footer);
  replayer.freeAll();
  rig.settle();
  rig.heap.validate();
  rig.allocator.validate();
  const arenasAfterFreeAll = rig.heap.statistics().lentArenaCount;
  draft.figures = { ...draft.figures, arenasAfterFreeAll };
  const liveAfterFreeAll = rig.allocator.statistics().liveBlockCount;
  checkMemory(list, draft.figures, liveAfterFreeAll, composition.large.isRegion === true);
  if (options.isVerifying) {
    list.begin("block contents");
    checkContents(list, replayer.figures());
    draft.isVerified = true;
  }
  const isTransparent = composition.layers.every((layer) => layer.isTransparent);
  if (draft.facts !== undefined && rig.small !== undefined && isTransparent) {
    checkFacts(list, draft.figures, draft.facts, footer);
  }
  draft.checks = list.names;
  draft.mismatches = list.mismatches;
}

/** Of an allocator with pools; O(size classes). */
function poolStatisticsOf({ small }: Rig): PoolStatistics | undefined {
  const statistics = small?.statistics();
  return statistics !== undefined && "classes" in statistics
    ? (statistics as PoolStatistics)
    : undefined;
}

async function runInSlices(
  replayer: Replayer,
  events: AllocationTrace["events"],
  work: Work,
): Promise<void> {
  for (let from = 0; from < events.eventCount; from += SLICE_EVENTS) {
    await work.breathe();
    const to = Math.min(from + SLICE_EVENTS, events.eventCount);
    replayer.run(events, from, to);
    work.progress.reach(to);
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
