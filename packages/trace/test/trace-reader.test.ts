import { gzipSync } from "node:zlib";
import { InputFormatError, isOuroError, LimitReachedError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  createTraceReader,
  createTraceRecorder,
  decodeTrace,
  encodeTrace,
  readTrace,
  type TraceLimits,
} from "../src/index.js";
import {
  bytesOfText,
  crcOf,
  decodedOf,
  gzip,
  itemOffsets,
  join,
  putTogether,
  readPlainly,
  takeApart,
  u32,
} from "./raw-trace.js";

/** malloc 32, malloc 600 (mem), realloc 0 → 48, mark, free 1, END, written out by hand. */
const HAND_MADE_EVENTS = Uint8Array.of(
  ...[0x81, 0x04], // 32 << 4 | 1
  ...[0x89, 0x4b], // 600 << 4 | 8 | 1
  ...[0x83, 0x06, 0x00], // 48 << 4 | 3, id 0 − 0
  0x04, // mark 0
  0x28, // zigzag(1 − 0) << 4 | 8
  0x07,
);
const HAND_MADE_HEADER = {
  format: "altrace",
  version: 1,
  name: "by hand",
  description: "",
  source: "a test",
  whole_process: false,
  events: 5,
  ids: 2,
  peak_live_blocks: 2,
  domains: ["obj", "mem"],
  marks: ["middle"],
};
const row = (rows: Record<number, number>): number[] =>
  Array.from({ length: 33 }, (_, index) => rows[index] ?? 0);
const HAND_MADE_FOOTER = {
  events: 5,
  ops: { free: 1, malloc: 2, calloc: 0, realloc: 1, mark: 1 },
  by_domain: { obj: 2, mem: 2 },
  ids: 2,
  bytes_requested: 680,
  peak_live_bytes: 648,
  peak_live_bytes_event: 2,
  peak_live_blocks: 2,
  end_live_blocks: 1,
  end_live_bytes: 48,
  max_size: 600,
  alloc_class_histogram: row({ 1: 1, 32: 1 }),
  end_live_class_histogram: row({ 2: 1 }),
  reallocs_changing_class: 1,
  not_recorded: { foreign_free: 3, foreign_realloc: 0, failed: 0, free_null: 7 },
  crc32: crcOf(HAND_MADE_EVENTS),
  fnv32: 0xddc4711a,
  checkpoints: [],
};
const handMade = {
  header: HAND_MADE_HEADER,
  eventBytes: HAND_MADE_EVENTS,
  footer: HAND_MADE_FOOTER,
};

function failureOf(file: Uint8Array, limits: Partial<TraceLimits> = {}): InputFormatError {
  try {
    decodeTrace(file, { sourceName: "x.altrace.gz", limits });
  } catch (error) {
    if (isOuroError(error)) return error as InputFormatError;
    throw error;
  }
  throw new Error("the file was accepted");
}

/** A trace with a realloc, all of whose figures differ from 0. */
function richTrace(): Uint8Array {
  const recorder = createTraceRecorder();
  const kept = recorder.malloc(40);
  recorder.mark("only");
  for (let count = 0; count < 65600; count++) {
    const id = count % 2 === 0 ? recorder.malloc(8 + count, "mem") : recorder.calloc(count);
    if (count % 8 !== 0) recorder.free(id);
  }
  recorder.realloc(kept, 700);
  const markNames = recorder.markNames();
  return encodeTrace({ name: "rich", markNames }, recorder.events());
}

describe("reading a trace", () => {
  it("decodes a file that was written out by hand", () => {
    const { header, events, footer } = decodeTrace(putTogether(handMade));
    expect(header).toMatchObject({ name: "by hand", isWholeProcess: false, markNames: ["middle"] });
    expect([...events.kinds]).toEqual([1, 9, 3, 4, 8]);
    expect([...events.ids]).toEqual([0, 1, 0, 0, 1]);
    expect([...events.sizesBytes]).toEqual([32, 600, 48, 0, 0]);
    expect(events).toMatchObject({ eventCount: 5, idCount: 2 });
    expect(footer).toMatchObject({ peakLiveBytes: 648, peakLiveBytesEventIndex: 2 });
    expect(footer.notRecorded).toEqual({
      freeNull: 7,
      foreignFree: 3,
      foreignRealloc: 0,
      failed: 0,
    });
  });

  it("agrees with a plain reader of the same file", () => {
    expect(readPlainly(putTogether(handMade))).toEqual([
      [1, 0, 32],
      [9, 1, 600],
      [3, 0, 48],
      [4, 0, 0],
      [8, 1, 0],
    ]);
  });

  it("reads the same from pieces of one byte, whose buffer is used again", async () => {
    const file = richTrace();
    const whole = decodeTrace(file);
    const buffer = new Uint8Array(1);
    async function* pieces() {
      for (const byte of file) {
        buffer[0] = byte;
        yield buffer;
      }
    }
    const pieced = await readTrace(pieces());
    expect(pieced.footer).toEqual(whole.footer);
    expect(pieced.events).toEqual(whole.events);
  });

  it("hands out batches in order while it reads, and the header before them", () => {
    const file = richTrace();
    const seen: string[] = [];
    let nextEventIndex = 0;
    const reader = createTraceReader({
      onHeader: (header) => seen.push(header.name),
      onEvents(batch) {
        expect(batch.firstEventIndex).toBe(nextEventIndex);
        nextEventIndex += batch.eventCount;
        seen.push("events");
      },
    });
    reader.push(file.subarray(0, file.length >> 1));
    expect(seen.slice(0, 2)).toEqual(["rich", "events"]);
    const countAtHalf = nextEventIndex;
    reader.push(file.subarray(file.length >> 1));
    expect(reader.takenBytes()).toBe(file.length);
    expect(reader.end().footer.eventCount).toBe(nextEventIndex);
    expect(countAtHalf).toBeLessThan(nextEventIndex);
  });

  it("goes on refusing after a failure, with the same error", () => {
    const reader = createTraceReader();
    const refusal = /invalid gzip data/;
    expect(() => reader.push(new Uint8Array(10_000).fill(0x61))).toThrow(refusal);
    expect(() => reader.push(richTrace())).toThrow(refusal);
    expect(() => reader.end()).toThrow(refusal);
  });
});

describe("a damaged trace", () => {
  const decoded = decodedOf(handMade);
  const { events, footer, end } = itemOffsets(decoded);
  const withEvents = (...bytes: number[]): Uint8Array =>
    putTogether({ ...handMade, eventBytes: Uint8Array.of(...bytes) });
  const withHeader = (fields: Record<string, unknown>): Uint8Array =>
    putTogether({ ...handMade, header: { ...HAND_MADE_HEADER, ...fields } });

  const cases: [title: string, file: Uint8Array, offset: number, problem: RegExp][] = [
    ["an empty file", new Uint8Array(0), 0, /empty/],
    ["text", bytesOfText("hello, this is no trace"), 0, /damaged/],
    ["gzip data of something else", gzip(bytesOfText("hello, world")), 0, /no allocation trace/],
    ["a file cut off in its header", gzip(decoded.slice(0, 40)), 12, /ends where the header/],
    ["a file cut off in an event", gzip(decoded.slice(0, events + 3)), events + 2, /an event/],
    ["a file cut off before END", gzip(decoded.slice(0, footer - 5)), footer - 5, /an event/],
    ["a file cut off in its footer", gzip(decoded.slice(0, end - 1)), footer, /the footer/],
    ["a file without its last byte", gzip(decoded.slice(0, -1)), end, /magic bytes at the end/],
    ["another end", gzip(join(decoded.slice(0, -1), u32(1))), end, /ALTREND1/],
    ["data after the end", gzip(join(decoded, u32(1))), end + 8, /follows the end/],
    [
      "a free of a free block",
      withEvents(0x11, 0x00, 0x00, 0x07),
      events + 2,
      /free of block 0, which/,
    ],
    ["a realloc of a free block", withEvents(0x11, 0x00, 0x13, 0x00, 7), events + 2, /realloc of/],
    ["a free of a block not made", withEvents(0x11, 0x20, 0x07), events + 1, /block 1, but 1/],
    ["a negative id", withEvents(0x11, 0x10, 0x07), events + 1, /block -1/],
    ["a mark without a name", withEvents(0x11, 0x14, 0x07), events + 1, /mark 1 has no name/],
    ["a mark with a domain", withEvents(0x0c, 0x07), events, /mark has a domain/],
    ["an unknown operation", withEvents(0x11, 0x05, 0x07), events + 1, /token 5 is no event/],
    ["an END with an operand", withEvents(0x11, 0x17), events + 1, /token 23 is no event/],
    ["a number without end", withEvents(0x11, ...Array(90).fill(0xff)), events + 1, /more than 5/],
    ["a header of another version", withHeader({ version: 2 }), 12, /version 2/],
    ["a header of another format", withHeader({ format: "x" }), 12, /format "x"/],
    ["a header with a missing field", withHeader({ ids: undefined }), 12, /"ids" is missing/],
    [
      "a header with a wrong kind",
      withHeader({ marks: [1] }),
      12,
      /"marks" is not a list of texts/,
    ],
    ["a name that moves the cursor", withHeader({ name: "\u001b[2J" }), 12, /control characters/],
    ["a header that claims more events", withHeader({ events: 6 }), footer, /events = 6.*give 5/],
    ["a header that claims more ids", withHeader({ ids: 2 ** 31 }), footer + 9, /ids = 2147483648/],
    ["a header with a spare mark", withHeader({ marks: ["middle", "b"] }), footer + 4, /marks = 2/],
  ];
  it.each(cases)(
    "%s is refused with the offset where it went wrong",
    (_, file, offset, problem) => {
      const failure = failureOf(file);
      expect(failure).toBeInstanceOf(InputFormatError);
      expect(failure.message).toMatch(problem);
      expect(failure.message).toContain(`x.altrace.gz, decoded byte ${offset}:`);
      expect(failure.offsetBytes).toBe(offset);
    },
  );

  it("is refused when its header is not UTF-8", () => {
    const broken = decoded.slice();
    broken[30] = 0xff;
    expect(failureOf(gzip(broken)).message).toMatch(/the header is not UTF-8/);
  });

  it("is refused when the gzip trailer does not match, though all else is whole", () => {
    const file = putTogether(handMade);
    for (const at of [file.length - 8, file.length - 4]) {
      const broken = file.slice();
      broken[at] = (broken[at] as number) ^ 1;
      expect(failureOf(broken).message).toMatch(/end of the gzip data does not match/);
    }
  });

  it("is refused when bytes or another gzip member follow", () => {
    const file = putTogether(handMade);
    for (const tail of [Uint8Array.of(0), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), file]) {
      expect(failureOf(join(file, tail))).toBeInstanceOf(InputFormatError);
    }
  });
});

describe("the footer", () => {
  const raw = takeApart(richTrace());
  const paths = Object.entries(raw.footer).flatMap(([name, figure]): string[][] => {
    if (name === "not_recorded") return [];
    if (typeof figure !== "object") return [[name]];
    return Object.keys(figure as object).map((part) => [name, part]);
  });

  it("has every figure of the format", () => {
    expect(paths.length).toBe(12 + 5 + 2 + 33 + 33 + 1);
  });

  it.each(paths.map((path) => [path.join("."), path] as const))(
    "is refused when %s is off by one",
    (name, path) => {
      const footer = structuredClone(raw.footer);
      const [first, second] = path as [string, string?];
      if (second === undefined) footer[first] = (footer[first] as number) + 1;
      else {
        const figures = footer[first] as Record<string, number | number[]>;
        const figure = figures[second] as number | number[];
        figures[second] = Array.isArray(figure) ? [figure[0] as number, 1, 2] : figure + 1;
      }
      const file = putTogether({ ...raw, footer });
      expect(failureOf(file).message).toContain(`the footer says ${name}`);
      // A reader that takes the footer's word accepts the very same file.
      expect(readPlainly(file, ["crc", "figures"]).length).toBe(raw.footer.events);
    },
  );

  it("is refused when a checkpoint is missing or a histogram is too long", () => {
    const missing = { ...raw, footer: { ...raw.footer, checkpoints: [] } };
    expect(failureOf(putTogether(missing)).message).toMatch(/length of checkpoints = 0.*give 1/);
    const histogram = [...(raw.footer.alloc_class_histogram as number[]), 0];
    const long = { ...raw, footer: { ...raw.footer, alloc_class_histogram: histogram } };
    expect(failureOf(putTogether(long)).message).toMatch(/alloc_class_histogram/);
  });
});

describe("limits", () => {
  const file = putTogether(handMade);
  it.each([
    ["headerBytes", 20, /header's length/],
    ["footerBytes", 20, /footer's length/],
    ["eventCount", 4, /number of events/],
    ["idCount", 1, /number of ids/],
    ["sizeBytes", 599, /size of a request in bytes is 600, above the limit of 599/],
    ["decodedBytes", 300, /decoded length/],
  ] as const)("stop at %s", (name, limit, problem) => {
    const failure = failureOf(file, { [name]: limit });
    expect(failure).toBeInstanceOf(LimitReachedError);
    expect(failure.message).toMatch(problem);
  });

  it("are reached, not passed: what fits exactly is read", () => {
    const limits = { eventCount: 5, idCount: 2, sizeBytes: 600 };
    expect(decodeTrace(file, { limits }).events.eventCount).toBe(5);
  });

  it("are refused when the format itself has no room for them", () => {
    expect(() => createTraceReader({ limits: { sizeBytes: 2 ** 31 } })).toThrow(/sizeBytes/);
    expect(() => createTraceReader({ limits: { idCount: 0 } })).toThrow(/idCount/);
    expect(() => createTraceReader({ limits: { eventCount: Number.NaN } })).toThrow(/eventCount/);
  });

  it("stop a decompression bomb long before it is unpacked", () => {
    const header = decodedOf(handMade).slice(0, itemOffsets(decodedOf(handMade)).events);
    const mallocs = new Uint8Array(2 ** 24).fill(0x11);
    const bomb = new Uint8Array(gzipSync(join(header, mallocs), { level: 9 }));
    const failure = failureOf(bomb);
    expect(failure).toBeInstanceOf(LimitReachedError);
    expect(failure.message).toMatch(/decompression ratio/);
    const actual = (failure as unknown as LimitReachedError).actual;
    expect(actual).toBeGreaterThan(256);
  });

  it("stop a gzip header whose file name never ends", () => {
    const name = new Uint8Array(2 ** 19).fill(0x61);
    const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3);
    expect(failureOf(join(gzipHeader, name)).message).toMatch(/decode to nothing/);
  });
});
