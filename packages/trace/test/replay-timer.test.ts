import { createPoolAllocator } from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import { describe, expect, it } from "vitest";
import {
  createTraceRecorder,
  ReplayOutOfMemoryError,
  timeEmptyReplay,
  timeReplay,
} from "../src/index.js";

function compose(limitBytes = 4 * 2 ** 20) {
  const heap = createPrivateHeap({ reservationBytes: 8 * 2 ** 20, limitBytes });
  return { heap, allocator: createPoolAllocator({ source: heap }) };
}

function someEvents() {
  const recorder = createTraceRecorder();
  const first = recorder.calloc(40);
  recorder.mark("middle");
  recorder.realloc(first, 400);
  for (let count = 0; count < 997; count++) recorder.malloc(16);
  return recorder.events();
}

/** A clock that each reading moves on by the next of `stepsMs`. */
function steppingClock(stepsMs: readonly number[]): () => number {
  let [nowMs, turn] = [0, 0];
  return () => {
    nowMs += stepsMs[turn % stepsMs.length] as number;
    turn++;
    return nowMs;
  };
}

describe("timing a replay", () => {
  // A pass takes two readings: the first step lies between passes, the second in the pass.
  const nowMs = () => steppingClock([100, 9, 100, 3, 100, 1, 100, 2]);

  it("tells the first pass apart and gives figures per event, of the pass alone", () => {
    const { heap, allocator } = compose();
    const timing = timeReplay(someEvents(), allocator, heap.words, {
      nowMs: nowMs(),
      passCount: 3,
    });
    expect(timing).toEqual({
      firstPassNsPerEvent: 9000,
      passesNsPerEvent: [3000, 1000, 2000],
      minNsPerEvent: 1000,
      medianNsPerEvent: 2000,
      maxNsPerEvent: 3000,
      spread: 1,
    });
  });

  it("takes the middle of two for the median of an even number of passes", () => {
    const timing = timeEmptyReplay(someEvents(), { nowMs: nowMs(), passCount: 2 });
    expect(timing).toMatchObject({ firstPassNsPerEvent: 9000, medianNsPerEvent: 2000, spread: 1 });
  });

  it("leaves nothing allocated, in spite of blocks that live at the end", () => {
    const { heap, allocator } = compose();
    timeReplay(someEvents(), allocator, heap.words, { nowMs: nowMs() });
    expect(allocator.statistics().liveBlockCount).toBe(0);
    allocator.validate();
  });

  it("makes every call of the trace in each pass", () => {
    const { heap, allocator } = compose();
    let callCount = 0;
    const counting = {
      ...allocator,
      allocate: (size: number) => allocator.allocate(size + 0 * ++callCount),
    };
    timeReplay(someEvents(), counting, heap.words, { nowMs: nowMs(), passCount: 3 });
    expect(callCount).toBe(4 * 997);
  });

  it("names the event that found no memory, and frees what it had", () => {
    const { heap, allocator } = compose(2 ** 20);
    const recorder = createTraceRecorder();
    for (let count = 0; count < 3000; count++) recorder.malloc(512);
    const replay = () => timeReplay(recorder.events(), allocator, heap.words, { nowMs: nowMs() });
    expect(replay).toThrow(ReplayOutOfMemoryError);
    expect(replay).toThrow(/event \d{4} of the trace \(malloc of block/);
    expect(allocator.statistics().liveBlockCount).toBe(0);
  });

  it("refuses a number of passes that is none", () => {
    const options = { nowMs: nowMs(), passCount: 0 };
    expect(() => timeEmptyReplay(someEvents(), options)).toThrow(/passCount 0/);
  });
});
