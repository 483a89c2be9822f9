// Reads a heap graph as it arrives and believes nothing: columns grow with what is decoded, each
// number is checked as heap-graph-check.ts says, and nothing may follow the last section.
//
//   magic, length, header  →  section by section  →  complete
//   gathered                  decoded from the pieces as they come
//
// Errors name the decoded byte where the faulty value began; what is wrong with a section as a
// whole is named by the section's first byte.

import { InputFormatError, LimitReachedError } from "@ouro/interfaces";
import { type Column, type ColumnDecoder, createColumnDecoder } from "./column-decoder.js";
import { linesOf, utf8Text } from "./graph-slot-texts.js";
import { createGzipStream } from "./gzip-stream.js";
import { GRAPH_MAGIC, type GraphSlotNames, type GraphStep, type HeapGraph } from "./heap-graph.js";
import { type ColumnRule, createGraphRules, type GraphRules } from "./heap-graph-check.js";
import {
  type GraphHeader,
  parseGraphHeader,
  type SectionClaim,
  type StepClaim,
} from "./heap-graph-header.js";
import { DEFAULT_HEAP_GRAPH_LIMITS, type HeapGraphLimits, limitsWith } from "./recording-limits.js";

const LENGTH_OFFSET = GRAPH_MAGIC.length;
const HEADER_OFFSET = LENGTH_OFFSET + 4;

/** What a reader of heap graphs can be told. */
export interface HeapGraphReadOptions {
  /** Names the file in messages. Default: "heap graph". */
  readonly sourceName?: string;
  readonly limits?: Partial<HeapGraphLimits>;
}

/** Takes a heap graph as it arrives, in pieces of any size. */
export interface HeapGraphReader {
  /**
   * Throws `InputFormatError` with the decoded offset where the faulty value began, or
   * `LimitReachedError`; after that each call throws the same error.
   */
  push(compressed: Uint8Array): void;
  /** Says that the file is complete. Throws as `push` does. */
  end(): HeapGraph;
  /** Compressed bytes taken so far: what a progress bar needs. */
  takenBytes(): number;
}

/** A reader with all checks. Throws `UsageError` for limits out of range. */
export function createHeapGraphReader(options: HeapGraphReadOptions = {}): HeapGraphReader {
  const { sourceName = "heap graph" } = options;
  const limits = limitsWith(DEFAULT_HEAP_GRAPH_LIMITS, options.limits);
  let gathered = new Uint8Array(0);
  let headerEnd = 0;
  let offset = 0;
  let header: GraphHeader | undefined;
  let rules: GraphRules | undefined;
  let sectionIndex = 0;
  let sectionStart = 0;
  let decoder: ColumnDecoder | undefined;
  let rule: ColumnRule | undefined;
  const columns = new Map<string, Column>();
  let failure: unknown;

  const failAt = (offsetBytes: number, problem: string): never => {
    throw new InputFormatError({ source: sourceName, offsetBytes, problem });
  };
  const exceedAt = (offsetBytes: number, what: string, limit: number, actual: number): never => {
    const where = `${sourceName}, decoded byte ${offsetBytes}`;
    throw new LimitReachedError({ where, what, limit, actual });
  };

  /** Takes bytes into the header; answers the position after the last one taken. */
  function gather(bytes: Uint8Array, start: number, wantedBytes: number): number {
    const end = Math.min(bytes.length, start + wantedBytes - gathered.length);
    const grown = new Uint8Array(gathered.length + end - start);
    grown.set(gathered);
    grown.set(bytes.subarray(start, end), gathered.length);
    gathered = grown;
    offset += end - start;
    return end;
  }

  function takeStart(bytes: Uint8Array, start: number): number {
    const end = gather(bytes, start, headerEnd === 0 ? HEADER_OFFSET : headerEnd);
    const magicBytes = Math.min(LENGTH_OFFSET, gathered.length);
    for (let at = 0; at < magicBytes; at++) {
      if (gathered[at] !== GRAPH_MAGIC.charCodeAt(at)) failAt(0, "this is no heap graph");
    }
    if (headerEnd === 0 && gathered.length === HEADER_OFFSET) {
      const lengthBytes = new DataView(gathered.buffer).getUint32(LENGTH_OFFSET, true);
      if (lengthBytes > limits.headerBytes) {
        const what = "the header's length in bytes";
        exceedAt(LENGTH_OFFSET, what, limits.headerBytes, lengthBytes);
      }
      headerEnd = HEADER_OFFSET + lengthBytes;
    }
    if (gathered.length === headerEnd) takeHeader(gathered.subarray(HEADER_OFFSET));
    return end;
  }

  function takeHeader(bytes: Uint8Array): void {
    const fail = (problem: string): never => failAt(HEADER_OFFSET, problem);
    const text = utf8Text(bytes) ?? fail("the header is not UTF-8");
    const claims = parseGraphHeader(text, fail);
    const { objectCount, refCount, hiddenCount, steps } = claims;
    const referenceCount = refCount + hiddenCount;
    const limit = (what: string, most: number, actual: number): void => {
      if (actual > most) exceedAt(HEADER_OFFSET, what, most, actual);
    };
    limit("the number of objects", limits.objectCount, objectCount);
    limit("the number of references", limits.referenceCount, referenceCount);
    limit("the number of steps", limits.stepCount, steps.length);
    const texts = claims.sections.find((section) => section.name === "names.text");
    limit("the length of slot names in bytes", limits.headerBytes, texts?.sizeBytes ?? 0);
    header = claims;
    rules = createGraphRules(claims);
    gathered = new Uint8Array(0);
    openSection();
  }

  /** The next section; empty ones end at once. */
  function openSection(): void {
    const { sections, hubs } = header as GraphHeader;
    for (; sectionIndex < sections.length; sectionIndex++) {
      const claim = sections[sectionIndex] as SectionClaim;
      sectionStart = offset;
      const start = offset;
      rule = (rules as GraphRules).ruleOf(claim.name);
      decoder = createColumnDecoder({
        ...claim,
        lowest: rule.lowest,
        highest: rule.highest,
        check: rule.check,
        hubs: Int32Array.from(claim.encoding === "refs" ? hubs : []),
        fail: (position, problem) => failAt(start + position, `${claim.name}: ${problem}`),
      });
      if (!decoder.hasEnded()) return;
      closeSection(claim);
    }
    decoder = undefined;
  }

  function closeSection(claim: SectionClaim): void {
    const column = (decoder as ColumnDecoder).values();
    const problem = rule?.checkAll?.(column);
    if (problem !== undefined) failAt(sectionStart, `${claim.name}: ${problem}`);
    columns.set(claim.name, column);
    (rules as GraphRules).keep(claim.name, column);
  }

  function takeSection(bytes: Uint8Array, start: number): number {
    if (decoder === undefined) return failAt(offset, "data follows the last section");
    const end = decoder.take(bytes, start, bytes.length);
    offset += end - start;
    if (decoder.hasEnded()) {
      closeSection((header as GraphHeader).sections[sectionIndex++] as SectionClaim);
      openSection();
    }
    return end;
  }

  const gzip = createGzipStream({
    sourceName,
    limits,
    fail: (problem) => failAt(offset, problem),
    onDecoded(bytes) {
      for (let at = 0; at < bytes.length; ) {
        at = header === undefined ? takeStart(bytes, at) : takeSection(bytes, at);
      }
    },
  });

  /** Runs a step of the caller's; the first failure is the answer to every later call. */
  function guarded<Result>(step: () => Result): Result {
    if (failure !== undefined) throw failure;
    try {
      return step();
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  return {
    push: (compressed) => guarded(() => gzip.push(compressed)),
    end: () =>
      guarded(() => {
        gzip.end();
        if (header === undefined) failAt(offset, "the file ends before its header does");
        if (decoder !== undefined) {
          const { name } = (header as GraphHeader).sections[sectionIndex] as SectionClaim;
          failAt(offset, `the file ends inside section "${name}"`);
        }
        return assemble(header as GraphHeader, columns);
      }),
    takenBytes: gzip.takenBytes,
  };
}

function assemble(header: GraphHeader, columns: ReadonlyMap<string, Column>): HeapGraph {
  const words = (name: string): Int32Array => columns.get(name) as Int32Array;
  const bytes = (name: string): Uint8Array => columns.get(name) as Uint8Array;
  const { name, description, source, objectCount, types, steps } = header;
  const { generationSizes, gcCounts, gcThresholds, rootNames } = header;
  return {
    name,
    description,
    source,
    objectCount,
    generationSizes,
    gcCounts,
    gcThresholds,
    types,
    objectTypes: words("type"),
    flags: bytes("flags"),
    generations: bytes("gen"),
    refcounts: words("refcount"),
    externals: words("external"),
    sizesBytes: words("size"),
    headerSizesBytes: bytes("header"),
    refStarts: startsOf(words("nrefs")),
    refs: words("refs"),
    hiddenStarts: startsOf(words("nhidden")),
    hidden: words("hidden"),
    weakReferences: {
      objects: words("weak.ref"),
      targets: words("weak.target"),
      callbacks: bytes("weak.callback"),
    },
    roots: words("roots"),
    rootNames,
    slotNames: slotNamesOf(columns),
    steps: steps.map((step, index) => assembleStep(step, `step${index}.`, columns)),
  };
}

function slotNamesOf(columns: ReadonlyMap<string, Column>): GraphSlotNames | undefined {
  const numbers = columns.get("names");
  if (numbers === undefined) return undefined;
  const texts = linesOf(columns.get("names.text") as Uint8Array) as readonly string[];
  return { texts, numbers: numbers as Int32Array };
}

function assembleStep(
  { destroyedCount: _, ...step }: StepClaim,
  prefix: string,
  columns: ReadonlyMap<string, Column>,
): GraphStep {
  const words = (name: string): Int32Array =>
    (columns.get(prefix + name) as Int32Array | undefined) ?? new Int32Array(0);
  return {
    ...step,
    cut: words("cut"),
    destroyed: words("destroyed"),
    changedObjects: words("changed.id"),
    changedRefcounts: words("changed.refcount"),
    generations: columns.get(`${prefix}gen`) as Uint8Array,
  };
}

function startsOf(counts: Int32Array): Int32Array {
  const starts = new Int32Array(counts.length + 1);
  for (let object = 0; object < counts.length; object++) {
    starts[object + 1] = (starts[object] as number) + (counts[object] as number);
  }
  return starts;
}

/** Reads a whole graph that is in memory. Throws as `HeapGraphReader.push` does. O(file). */
export function decodeHeapGraph(
  compressed: Uint8Array,
  options: HeapGraphReadOptions = {},
): HeapGraph {
  const reader = createHeapGraphReader(options);
  reader.push(compressed);
  return reader.end();
}

/** Reads a whole graph from a stream of pieces. Throws as `HeapGraphReader.push` does. O(file). */
export async function readHeapGraph(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: HeapGraphReadOptions = {},
): Promise<HeapGraph> {
  const reader = createHeapGraphReader(options);
  for await (const piece of pieces) reader.push(piece);
  return reader.end();
}
