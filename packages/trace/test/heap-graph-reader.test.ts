import { InputFormatError, LimitReachedError, UsageError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  createHeapGraphReader,
  decodeHeapGraph,
  parseGraphFacts,
  readHeapGraph,
} from "../src/index.js";
import { decodedGraph, graphFile, type RawGraph, rawGraph, unsound } from "./raw-graph.js";
import { bytesOfText, gunzip, gzip, join, u32 } from "./raw-trace.js";

/** The graph with one value of a column set to another. */
function withValue(column: string, index: number, value: number): RawGraph {
  const raw = rawGraph();
  const found = raw.columns.find(({ name }) => name === column);
  if (found === undefined) throw new Error(column);
  found.values[index] = value;
  return raw;
}

function withHeader(fields: Record<string, unknown>): RawGraph {
  const raw = rawGraph();
  return { ...raw, header: { ...raw.header, ...fields } };
}

function refusal(file: Uint8Array): InputFormatError {
  try {
    decodeHeapGraph(file);
  } catch (error) {
    if (error instanceof InputFormatError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

/** Where a column begins in the decoded file. */
function offsetOf(raw: RawGraph, column: string): number {
  const decoded = decodedGraph(raw);
  const lengthBytes = new DataView(decoded.buffer).getUint32(8, true);
  const text = new TextDecoder().decode(decoded.subarray(12, 12 + lengthBytes));
  let offset = 12 + lengthBytes;
  for (const { name, bytes } of JSON.parse(text).sections) {
    if (name === column) return offset;
    offset += bytes;
  }
  throw new Error(column);
}

describe("a heap graph", () => {
  it("is read as columns, references object by object", () => {
    const graph = decodeHeapGraph(graphFile(rawGraph()));
    expect(graph.name).toBe("eight");
    expect([...graph.objectTypes]).toEqual([0, 1, 1, 2, 5, 4, 3, 3]);
    expect([...graph.refStarts]).toEqual([0, 2, 4, 5, 6, 6, 7, 7, 7]);
    expect([...graph.refs]).toEqual([1, 5, 0, 3, 2, 6, 3]);
    expect([...graph.hidden]).toEqual([6]);
    expect([...graph.roots]).toEqual([2, 0]);
    expect(graph.steps.map(({ kind }) => kind)).toEqual(["cut", "collect", "cut", "collect"]);
    expect(graph.steps[3]).toMatchObject({ generation: 2, returned: 2 });
    expect([...(graph.steps[3]?.destroyed ?? [])]).toEqual([1, 0]);
    expect(unsound(graph)).toBeUndefined();
  });

  it("is the same whatever the pieces are in which it arrives", async () => {
    const file = graphFile(rawGraph());
    const whole = decodeHeapGraph(file);
    for (const pieceBytes of [1, 7, 100]) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < file.length; at += pieceBytes) {
        pieces.push(file.slice(at, at + pieceBytes));
      }
      expect(await readHeapGraph(pieces)).toEqual(whole);
    }
  });

  it("is refused for good once it was refused, and says how far it was taken", () => {
    const reader = createHeapGraphReader({ sourceName: "spoilt" });
    const file = graphFile(withValue("refcount", 1, 7));
    reader.push(file);
    expect(reader.takenBytes()).toBe(file.length);
    expect(() => reader.end()).toThrow(/spoilt, decoded byte \d+: /);
    expect(() => reader.push(file)).toThrow(/spoilt, decoded byte \d+: /);
  });
});

const spoilt: readonly (readonly [string, number, number, RegExp])[] = [
  ["type", 0, 6, /type: value 6 is not from 0 to 5/],
  ["flags", 0, 16, /flags: value 16/],
  ["flags", 6, 1, /object 6 is tracked and has no collector header/],
  ["flags", 6, 4, /object 6 has a collector header that its type has not/],
  ["gen", 6, 2, /object 6 is of generation 2, flags 0/],
  ["gen", 1, 3, /object 2 of generation 0 comes after 3/],
  ["gen", 2, 1, /the header says generation sizes 3,2,1,0, the objects give 2,3,1,0/],
  ["refcount", 7, 1, /object 7 has refcount 1 and flags 2/],
  ["refcount", 6, 0, /object 6 has refcount 0/],
  ["external", 1, -1, /value -1 is not from 0/],
  ["external", 1, 2, /object 1 has refcount 1, and 2 from outside/],
  ["external", 0, 2, /object 0 has refcount 2, and 3 references/],
  ["header", 6, 16, /object 6 has 16 bytes of header/],
  ["header", 0, 8, /object 0 has 8 bytes of header/],
  ["nrefs", 6, 1, /object 6 has references and no collector header/],
  ["nrefs", 0, 1, /the header says refs = 7, the sum is 6/],
  ["refs", 0, 8, /refs: value 8 is not from 0 to 7/],
  ["hidden", 0, 5, /object 5 has refcount 2, and 3 references/],
  ["weak.target", 0, 9, /value 9 is not from 0 to 8/],
  ["weak.target", 0, 2, /object 1 is not weakly referable/],
  ["weak.callback", 0, 2, /value 2 is not from 0 to 1/],
  ["roots", 0, 0, /root 0 is named twice/],
  ["roots", 0, 1, /root 1 is not held from outside/],
  ["step0.cut", 0, 1, /object 1 is no longer held from outside/],
  ["step0.cut", 0, 7, /object 7 is immortal/],
  ["step1.destroyed", 0, 7, /object 7 is immortal/],
  ["step3.destroyed", 1, 1, /object 1 is dead already/],
  ["step3.destroyed", 1, 2, /object 2 is dead already/],
  ["step3.changed.id", 0, 5, /object 5 changes twice/],
  ["step3.changed.id", 0, 2, /object 2 is dead already/],
  ["step0.changed.refcount", 0, 2, /the refcount of object 2 was 2 before/],
  ["step0.changed.refcount", 0, 0, /value 0 is not from 1/],
  ["step1.gen", 2, 1, /object 2 can not be of generation 1 now/],
  ["step1.gen", 6, 5, /object 6 can not be of generation 5 now/],
  ["step1.gen", 6, 2, /object 6 can not be of generation 2 now/],
  ["step1.gen", 0, 0, /the header says generation sizes 0,4,1,0, the objects give 1,3,1,0/],
];

describe("a heap graph that contradicts itself", () => {
  it.each(spoilt)("is refused when %s[%i] is %i", (column, index, value, problem) => {
    const raw = withValue(column, index, value);
    const error = refusal(graphFile(raw));
    expect(error.message).toMatch(problem);
    expect(error.offsetBytes).toBeLessThanOrEqual(decodedGraph(raw).length);
  });

  it("is refused with the byte at which the faulty value began", () => {
    const raw = withValue("type", 3, 6);
    expect(refusal(graphFile(raw)).offsetBytes).toBe(offsetOf(raw, "type") + 3);
    const wide = withValue("size", 2, 2 ** 31);
    expect(refusal(graphFile(wide)).offsetBytes).toBe(offsetOf(wide, "size") + 2);
  });

  it.each([
    [{ format: "altrace" }, /names the format "altrace"/],
    [{ version: 2 }, /says version 2/],
    [{ objects: 9 }, /section "type" 8 values, not 9/],
    [{ refs: 6 }, /section "refs" 7 values, not 6/],
    [{ hubs: [8] }, /hub 8 of 8 objects/],
    [{ generation_sizes: [9, 0, 0, 0] }, /counts 9 tracked of 8 objects/],
    [{ generation_sizes: [3, 2, 1] }, /has not 4 numbers/],
    [{ types: [{ name: 1 }] }, /"types\[0\]\.name" is not a text/],
    [{ root_names: ["sys.modules"] }, /names 1 roots of 2/],
    [{ root_names: ["a", "b\n"] }, /root_names/],
    [{ steps: [] }, /has a section "step0\.cut" more/],
    [{ sections: [] }, /has "undefined" for section "type"/],
  ])("is refused for the header %j", (fields, problem) => {
    expect(refusal(graphFile(withHeader(fields))).message).toMatch(problem);
  });

  it("is refused when its bytes do not give its values", () => {
    const decoded = decodedGraph(rawGraph());
    const file = (bytes: Uint8Array): Uint8Array => gzip(bytes);
    expect(refusal(file(join(decoded, bytesOfText("x")))).message).toMatch(/data follows/);
    expect(refusal(file(decoded.slice(0, -3))).message).toMatch(/ends inside section "step3.gen"/);
    expect(refusal(file(decoded.slice(0, 40))).message).toMatch(/ends before its header does/);
    expect(refusal(file(bytesOfText("ALTRACE1"))).message).toMatch(/this is no heap graph/);
    const continued = decoded.slice();
    continued[offsetOf(rawGraph(), "type") + 7] = 0x83;
    expect(refusal(file(continued)).message).toMatch(/ends after 7 of 8 values/);
  });
});

/** The graph with two sections more, after its roots. */
function withNames(text: string, numbers: number[]): RawGraph {
  const raw = rawGraph();
  const at = 1 + raw.columns.findIndex(({ name }) => name === "roots");
  const bytes = { name: "names.text", encoding: "u8", values: [...bytesOfText(text)] };
  raw.columns.splice(at, 0, bytes, { name: "names", encoding: "varint", values: numbers });
  return raw;
}

describe("names of slots in a heap graph", () => {
  it("are read for each reference, and are not there where the file has none", () => {
    const file = graphFile(withNames("peer\n['größe']", [1, 0, 0, 2, 0, 0, 1]));
    const { slotNames, steps } = decodeHeapGraph(file);
    expect(slotNames?.texts).toEqual(["peer", "['größe']"]);
    expect([...(slotNames?.numbers ?? [])]).toEqual([1, 0, 0, 2, 0, 0, 1]);
    expect(steps).toHaveLength(4);
    const nameless = decodeHeapGraph(graphFile(withNames("", [0, 0, 0, 0, 0, 0, 0])));
    expect(nameless.slotNames?.texts).toEqual([]);
    expect(decodeHeapGraph(graphFile(rawGraph())).slotNames).toBeUndefined();
  });

  it.each([
    ["peer", [2, 0, 0, 0, 0, 0, 0], /names: value 2 is not from 0 to 1/],
    ["peer", [1, 0, 0, 0, 0, 0], /section "names" 6 values, not 7/],
    ["a\n\nb", [1, 0, 0, 0, 0, 0, 0], /names.text: these are no lines of text/],
    ["a\u001b[31m", [1, 0, 0, 0, 0, 0, 0], /names.text: these are no lines of text/],
  ])("are refused: %j %j", (text, numbers, problem) => {
    expect(refusal(graphFile(withNames(text, numbers))).message).toMatch(problem);
  });

  it("are refused when they are not UTF-8, or stand alone", () => {
    const raw = withNames("ab", [1, 0, 0, 0, 0, 0, 0]);
    const text = raw.columns.find(({ name }) => name === "names.text") as { values: number[] };
    text.values = [0xff, 0x61];
    expect(refusal(graphFile(raw)).message).toMatch(/no lines of text/);
    raw.columns = raw.columns.filter(({ name }) => name !== "names");
    expect(refusal(graphFile(raw)).message).toMatch(/has "step0.cut" for section "names"/);
  });

  it("are held to the limit of the header's length", () => {
    const limits = { headerBytes: 4000 };
    const file = graphFile(withNames("x".repeat(4001), [1, 0, 0, 0, 0, 0, 0]));
    expect(() => decodeHeapGraph(file, { limits })).toThrow(/slot names in bytes is 4001/);
  });
});

describe("a section with more bytes than its values take", () => {
  it("is refused at the first byte that is left over", () => {
    const raw = rawGraph();
    const decoded = decodedGraph(raw);
    const start = offsetOf(raw, "size");
    const end = offsetOf(raw, "header");
    const text = new TextDecoder().decode(decoded.subarray(12, offsetOf(raw, "type")));
    const sections = JSON.parse(text).sections.map((section: { name: string; bytes: number }) =>
      section.name === "size" ? { ...section, bytes: section.bytes + 1 } : section,
    );
    const header = bytesOfText(JSON.stringify({ ...JSON.parse(text), sections }));
    const columns = decoded.subarray(offsetOf(raw, "type"));
    const sizeEnd = end - offsetOf(raw, "type");
    const longer = join(columns.slice(0, sizeEnd), Uint8Array.of(0), columns.slice(sizeEnd));
    const error = refusal(gzip(join(decoded.slice(0, 8), u32(header.length), header, longer)));
    expect(error.message).toMatch(/size: bytes are left over after 8 values/);
    expect(error.offsetBytes).toBe(end + header.length - text.length);
    expect(end - start).toBeGreaterThan(8);
  });
});

describe("limits", () => {
  it("stop a graph that claims too much before anything is allocated for it", () => {
    const claims = { objects: 2 ** 40 };
    expect(() => decodeHeapGraph(graphFile(withHeader(claims)))).toThrow(/section "type"/);
    const read = (limits: object) => () => decodeHeapGraph(graphFile(rawGraph()), { limits });
    expect(read({ objectCount: 7 })).toThrow(LimitReachedError);
    expect(read({ referenceCount: 7 })).toThrow(/references is 8, above the limit of 7/);
    expect(read({ stepCount: 3 })).toThrow(LimitReachedError);
    expect(read({ headerBytes: 100 })).toThrow(/header's length/);
    expect(read({ decodedBytes: 1000 })).toThrow(/decoded length/);
    expect(read({ objectCount: 0 })).toThrow(UsageError);
  });

  it("do not hold for a claim whose bytes are missing: columns grow with what is decoded", () => {
    const raw = rawGraph();
    const objects = 2 ** 24;
    const decoded = gunzip(graphFile(raw));
    const text = new TextDecoder().decode(decoded.subarray(12, offsetOf(raw, "type")));
    const sections = JSON.parse(text).sections.map((section: { count: number }) =>
      section.count === 8 ? { ...section, count: objects, bytes: objects } : section,
    );
    const claims = withHeader({ objects, sections });
    expect(refusal(graphFile(claims)).message).toMatch(/type: value \d+ is not/);
  });
});

describe("facts of a graph", () => {
  const step = {
    step: 0,
    kind: "collect1",
    recorded: 3,
    predicted: 4,
    predicted_not_recorded: 1,
    recorded_not_predicted: 0,
    containers_differing: 1,
    survivor_refcounts_differing: 0,
    finalizers_in_garbage: 1,
    return: 2,
    predicted_return: 3,
    exact: false,
  };
  const text = (fields: object): string =>
    JSON.stringify({ name: "g", objects: 8, refs: 7, steps: [{ ...step, ...fields }] });

  it("say of each step what a plain simulation predicts", () => {
    expect(parseGraphFacts(text({})).steps[0]).toMatchObject({
      kind: "collect",
      generation: 1,
      predictedDeathCount: 4,
      returned: 2,
      predictedReturned: 3,
      isExact: false,
    });
  });

  it.each([
    [{ kind: "collect3" }, /step 0 has the kind "collect3"/],
    [{ step: 1 }, /step 0 is numbered otherwise/],
    [{ exact: 1 }, /"steps\[0\]\.exact" is not true or false/],
  ])("are refused with %j", (fields, problem) => {
    expect(() => parseGraphFacts(text(fields))).toThrow(problem);
  });
});
