import { createLargeBlockAllocator, createPoolAllocator, createSizeRouter } from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import { type Allocator, type Block, OutOfMemoryError, UsageError } from "@ouro/interfaces";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createReplayer,
  createTraceRecorder,
  decodeTrace,
  encodeTrace,
  ReplayOutOfMemoryError,
  type TraceEvents,
} from "../src/index.js";
import { programArbitrary } from "./trace-arbitrary.js";

function compose(limitBytes = 16 * 2 ** 20) {
  const heap = createPrivateHeap({ reservationBytes: 16 * 2 ** 20, limitBytes });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const allocator = createSizeRouter({ source: heap, small, large });
  const meter = {
    poolArenaCount: small.arenaCount,
    largeBytesInUse: large.heldBytes,
    lentBytes: () => heap.statistics().lentBytes,
  };
  return { heap, small, large, allocator, meter };
}

/** Names a block over and over in many sizes, so that it moves. */
function busyEvents(): TraceEvents {
  const recorder = createTraceRecorder();
  const ids: number[] = [];
  for (let turn = 0; turn < 400; turn++) {
    ids.push(turn % 5 === 0 ? recorder.calloc(turn * 7) : recorder.malloc(turn % 90));
    if (turn % 3 === 0) recorder.realloc(ids[turn >> 1] as number, (turn * 37) % 2000);
    if (turn % 4 === 0) recorder.free(ids.splice(turn >> 2, 1)[0] as number);
    if (turn % 100 === 0) recorder.mark(`turn ${turn}`);
    if (turn % 4 === 0) ids.push(recorder.malloc(0));
  }
  return recorder.events();
}

describe("a replay", () => {
  it("counts what the trace's footer says, and its blocks keep their contents", () => {
    fc.assert(
      fc.property(programArbitrary({ sizeLimitBytes: 20_000 }), ({ events, markNames }) => {
        const { heap, allocator, meter } = compose();
        const { footer } = decodeTrace(encodeTrace({ name: "any", markNames }, events));
        const replayer = createReplayer({ allocator, memory: heap, verify: true, meter });
        replayer.run(events);
        expect(replayer.verifyLive()).toBe(0);
        expect(replayer.figures()).toMatchObject({
          eventCount: footer.eventCount,
          liveBlockCount: footer.endLiveBlockCount,
          liveBytes: footer.endLiveBytes,
          peakLiveBytes: footer.peakLiveBytes,
          peakLiveBytesEventIndex: footer.peakLiveBytesEventIndex,
          mismatchCount: 0,
        });
        allocator.validate();
        replayer.freeAll();
        expect(allocator.statistics().liveBlockCount).toBe(0);
        expect(replayer.figures()).toMatchObject({ liveBlockCount: 0, liveBytes: 0 });
      }),
      { numRuns: 60 },
    );
  });

  it("is the same in batches as at once", () => {
    const events = busyEvents();
    const replay = (cuts: number[]) => {
      const { heap, allocator, meter } = compose();
      const replayer = createReplayer({ allocator, memory: heap, verify: true, meter });
      let from = 0;
      for (const to of [...cuts, events.eventCount]) {
        replayer.run(events, from, to);
        from = to;
      }
      return replayer.figures();
    };
    expect(replay([1, 1, 17, 200])).toEqual(replay([]));
  });

  it("keeps the extremes of the meter, and the last reading", () => {
    const { allocator, meter, large } = compose();
    const recorder = createTraceRecorder();
    const big = recorder.malloc(100_000);
    recorder.malloc(32);
    recorder.free(big);
    const replayer = createReplayer({ allocator, meter });
    replayer.run(recorder.events(), 0, 1);
    const heldBytes = large.heldBytes();
    replayer.run(recorder.events(), 1);
    expect(heldBytes).toBeGreaterThan(100_000);
    expect(replayer.figures().meter).toMatchObject({
      peakArenaCount: 1,
      peakLargeBytes: heldBytes,
      largeBytesNow: 0,
      peakFootprintBytes: heldBytes + 2 ** 20,
      footprintBytesNow: 2 ** 20,
      peakLentBytes: 2 * 2 ** 20,
    });
    replayer.freeAll();
    expect(replayer.figures().meter?.arenaCountNow).toBe(1);
  });

  it("adds a point to the curve after every 65536 events", () => {
    const { allocator, meter } = compose();
    const recorder = createTraceRecorder();
    for (let count = 0; count < 70_000; count++) recorder.free(recorder.malloc(16));
    const replayer = createReplayer({ allocator, meter });
    replayer.run(recorder.events());
    const curve = replayer.figures().meter?.curve;
    expect(curve).toEqual([
      [65536, 1, 0],
      [131072, 1, 0],
    ]);
  });

  it("stops to look once, right after the watched event", () => {
    const events = busyEvents();
    for (const watchedEventIndex of [0, 7, events.eventCount - 1]) {
      const { allocator } = compose();
      const seen: number[] = [];
      const replayer = createReplayer({
        allocator,
        watchedEventIndex,
        onWatchedEvent: () => seen.push(replayer.figures().eventCount),
      });
      replayer.run(events);
      expect(seen).toEqual([watchedEventIndex + 1]);
    }
  });

  it("refuses to verify blocks in a memory that it does not know", () => {
    expect(() => createReplayer({ allocator: compose().allocator, verify: true })).toThrow(
      UsageError,
    );
  });

  it("refuses events that make no sense, by their index", () => {
    const recorder = createTraceRecorder();
    recorder.malloc(8);
    recorder.free(0);
    recorder.free(0);
    const replayer = createReplayer({ allocator: compose().allocator });
    expect(() => replayer.run(recorder.events())).toThrow(/event 2 \(free of block 0\)/);
    expect(() => replayer.run(recorder.events(), 0, 9)).toThrow(/events 0 … 9/);
  });
});

describe("out of memory in a replay", () => {
  it("names the event, keeps the events before it, and everything can be freed", () => {
    const { allocator, heap } = compose(2 * 2 ** 20);
    const recorder = createTraceRecorder();
    for (let count = 0; count < 3; count++) recorder.malloc(1000);
    recorder.realloc(1, 2 ** 23);
    const replayer = createReplayer({ allocator, memory: heap, verify: true });
    let failure: unknown;
    try {
      replayer.run(recorder.events());
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ReplayOutOfMemoryError);
    expect(failure).toBeInstanceOf(OutOfMemoryError);
    expect(failure).toMatchObject({ eventIndex: 3, requestBytes: 2 ** 23, kind: "out-of-memory" });
    expect((failure as Error).message).toMatch(/event 3 of the trace \(realloc of block 1\)/);
    expect(replayer.figures()).toMatchObject({ eventCount: 3, liveBlockCount: 3, liveBytes: 3000 });
    expect(replayer.verifyLive()).toBe(0);
    replayer.freeAll();
    allocator.validate();
    expect(allocator.statistics().liveBlockCount).toBe(0);
  });
});

describe("verification", () => {
  type Fault = (sound: Allocator, words: Int32Array) => Partial<Allocator>;
  const faults: [title: string, fault: Fault, where: RegExp][] = [
    [
      "hands out a block that is in use",
      (sound) => {
        let last = 0 as Block;
        let count = 0;
        return {
          allocate: (size) => {
            if (++count % 50 === 0) return last;
            last = sound.allocate(size);
            return last;
          },
          free: (block) => void (sound.owns(block) && sound.free(block)),
          reallocate: (block, size) =>
            sound.owns(block) ? sound.reallocate(block, size) : sound.allocate(size),
          usableSizeBytes: (block) => (sound.owns(block) ? sound.usableSizeBytes(block) : 1e6),
        };
      },
      /byte \d+/,
    ],
    [
      "forgets the contents of a block that moves",
      (sound) => ({
        reallocate(block, size) {
          sound.free(block);
          return sound.allocate(size);
        },
      }),
      /realloc of block \d+\), byte/,
    ],
    [
      "gives zeroed blocks that are not zero",
      (sound, words) => ({
        allocateZeroed(size) {
          const block = sound.allocateZeroed(size);
          if (size > 8) words[block + 1] = 5;
          return block;
        },
      }),
      /calloc of block \d+\), byte 4/,
    ],
    [
      "writes into a live block when another is freed",
      (sound, words) => ({
        free(block) {
          sound.free(block);
          words[block + 4] = (words[block + 4] as number) + 1;
        },
      }),
      /byte \d+/,
    ],
    [
      "gives less room than was asked for",
      (sound) => ({ usableSizeBytes: (block) => sound.usableSizeBytes(block) - 16 }),
      /usable size/,
    ],
    [
      "gives blocks that are not aligned",
      (sound) => ({ allocate: (size) => (sound.allocate(size + 16) + 1) as Block, free: () => {} }),
      /address/,
    ],
  ];

  it.each(faults)("notices an allocator that %s", (_, fault, where) => {
    const { allocator, heap } = compose();
    const faulty = { ...allocator, ...fault(allocator, heap.words) };
    const replayer = createReplayer({ allocator: faulty, memory: heap, verify: true });
    try {
      replayer.run(busyEvents());
      replayer.verifyLive();
    } catch (error) {
      // A faulty allocator may come to refuse its own blocks; what was found before stands.
      expect(error).toBeInstanceOf(Error);
    }
    const { mismatchCount, mismatches } = replayer.figures();
    expect(mismatchCount).toBeGreaterThan(0);
    expect(mismatches.map((mismatch) => mismatch.where).join("; ")).toMatch(where);
    expect(mismatches.length).toBe(Math.min(20, mismatchCount));
  });

  it("notices at the end what was overwritten after the last event", () => {
    const { allocator, heap } = compose();
    const recorder = createTraceRecorder();
    recorder.malloc(10);
    recorder.malloc(0);
    const replayer = createReplayer({ allocator, memory: heap, verify: true });
    replayer.run(recorder.events());
    const address = replayer.blockOf(0) * 4 + 9;
    heap.bytes[address] = (heap.bytes[address] as number) ^ 1;
    expect(replayer.verifyLive()).toBe(1);
    const [mismatch] = replayer.figures().mismatches;
    expect(mismatch?.where).toBe("block 0 after the events, byte 9");
    heap.words[replayer.blockOf(1)] = 0;
    expect(replayer.verifyLive()).toBe(2);
  });
});
