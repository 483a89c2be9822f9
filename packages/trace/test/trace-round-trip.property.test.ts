import { UsageError } from "@ouro/interfaces";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AllocationTrace,
  createTraceRecorder,
  decodeTrace,
  encodeTrace,
  readTrace,
} from "../src/index.js";
import { crcOf, type PlainEvent, plainFigures, readPlainly, takeApart } from "./raw-trace.js";
import { programArbitrary } from "./trace-arbitrary.js";

function plainEvents({ events }: Pick<AllocationTrace, "events">): PlainEvent[] {
  return Array.from({ length: events.eventCount }, (_, index) => [
    events.kinds[index] as number,
    events.ids[index] as number,
    events.sizesBytes[index] as number,
  ]);
}

describe("a written trace", () => {
  it("is read back as it was, from pieces of any sizes", async () => {
    const pieceSizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(programArbitrary(), pieceSizes, async (program, sizes) => {
        const file = encodeTrace({ name: "any", markNames: program.markNames }, program.events);
        const pieces: Uint8Array[] = [];
        for (let start = 0, turn = 0; start < file.length; turn++) {
          const end = start + (sizes[turn % sizes.length] as number);
          pieces.push(file.subarray(start, end));
          start = end;
        }
        const trace = await readTrace(pieces);
        expect(trace.events).toEqual(program.events);
        expect(trace.header.markNames).toEqual(program.markNames);
        expect(decodeTrace(encodeTrace(trace.header, trace.events))).toEqual(trace);
      }),
      { numRuns: 200 },
    );
  });

  it("says of itself what a plain count gives, and a plain reader agrees", () => {
    fc.assert(
      fc.property(programArbitrary(), (program) => {
        const file = encodeTrace({ name: "any", markNames: program.markNames }, program.events);
        const events = plainEvents(program);
        const raw = takeApart(file);
        expect(raw.footer).toMatchObject(plainFigures(events));
        expect(raw.footer.crc32).toBe(crcOf(raw.eventBytes));
        expect(readPlainly(file)).toEqual(events);
      }),
      { numRuns: 200 },
    );
  });

  it("has the same bytes each time", () => {
    fc.assert(
      fc.property(programArbitrary(), ({ events, markNames }) => {
        const write = () => encodeTrace({ name: "same", markNames }, events);
        expect(write()).toEqual(write());
      }),
      { numRuns: 50 },
    );
  });

  it("may repeat itself a hundred thousand times and still be within the limits", () => {
    const recorder = createTraceRecorder();
    for (let count = 0; count < 100_000; count++) recorder.free(recorder.malloc(32));
    expect(decodeTrace(encodeTrace({ name: "pairs" }, recorder.events())).footer).toMatchObject({
      eventCount: 200_000,
      endLiveBlockCount: 0,
      checkpoints: [
        [65536, 0, 0],
        [131072, 0, 0],
        [196608, 0, 0],
      ],
    });
  });

  it("holds the largest size and distances between ids in both directions", () => {
    const recorder = createTraceRecorder();
    const first = recorder.malloc(2 ** 31 - 1);
    for (let count = 0; count < 70_000; count++) recorder.malloc(0);
    recorder.free(70_000);
    recorder.realloc(first, 2 ** 31 - 2, "mem");
    recorder.realloc(69_999, 1);
    const trace = decodeTrace(encodeTrace({ name: "far" }, recorder.events()));
    expect(trace.events).toEqual(recorder.events());
    expect(trace.footer.maxSizeBytes).toBe(2 ** 31 - 1);
  });
});

describe("the writer", () => {
  const recorded = (record: (recorder: ReturnType<typeof createTraceRecorder>) => void) => {
    const recorder = createTraceRecorder();
    record(recorder);
    return recorder.events();
  };
  it.each([
    ["a double free", recorded((r) => [r.malloc(1), r.free(0), r.free(0)]), /event 2 .*not live/],
    ["a free of a block not made", recorded((r) => r.free(0)), /event 0 .*has not been made/],
    ["a size above the format's", recorded((r) => r.malloc(2 ** 31)), /event 0 .*size below 0/],
    ["a mark without a name", recorded((r) => r.mark("x")), /mark without a name/],
    ["a wrong id count", { ...recorded((r) => r.malloc(1)), idCount: 2 }, /idCount is 2/],
    [
      "ids out of order",
      { ...recorded((r) => r.malloc(1)), ids: Int32Array.of(1) },
      /event 0 .*whose id is not 0/,
    ],
    [
      "an unknown kind",
      { ...recorded((r) => r.malloc(1)), kinds: Uint8Array.of(6) },
      /event 0 \(unknown operation, .*is unknown/,
    ],
  ])("refuses %s", (_, events, problem) => {
    expect(() => encodeTrace({ name: "bad" }, events)).toThrow(UsageError);
    expect(() => encodeTrace({ name: "bad" }, events)).toThrow(problem);
  });

  it("refuses names that the reader would refuse", () => {
    const { events } = createTraceRecorder();
    expect(() => encodeTrace({ name: "a\nb" }, events())).toThrow(/control characters/);
    expect(() => encodeTrace({ name: "a", markNames: ["b"] }, events())).toThrow(/1 names for 0/);
  });
});
