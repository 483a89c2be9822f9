// The header of a heap graph: types, plan, and which sections follow. Its counts are claims until
// the sections have been read; here they must agree with each other.

import type { ColumnEncoding } from "./column-decoder.js";
import {
  GRAPH_FORMAT_NAME,
  GRAPH_FORMAT_VERSION,
  GRAPH_SECTIONS,
  type GraphType,
  NAME_SECTIONS,
  STEP_SECTIONS,
} from "./heap-graph.js";
import { type Fail, type JsonFields, parseJsonFields } from "./json-fields.js";

const GENERATION_COUNT = 4;

/** One section as the header announces it. */
export interface SectionClaim {
  readonly name: string;
  readonly encoding: ColumnEncoding;
  readonly count: number;
  readonly sizeBytes: number;
}

/** A step as the header announces it. */
export interface StepClaim {
  readonly kind: "cut" | "collect";
  readonly generation?: number;
  readonly returned?: number;
  readonly destroyedCount: number;
  readonly heapGenerationSizes: readonly number[];
  readonly createdObjectCount: number;
}

export interface GraphHeader {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly objectCount: number;
  readonly refCount: number;
  readonly hiddenCount: number;
  readonly generationSizes: readonly number[];
  readonly gcCounts: readonly number[];
  readonly gcThresholds: readonly number[];
  readonly types: readonly GraphType[];
  readonly hubs: readonly number[];
  readonly steps: readonly StepClaim[];
  readonly sections: readonly SectionClaim[];
  readonly rootNames: readonly string[] | undefined;
}

/** Reads the header's JSON; `fail` is told what is wrong with it. */
export function parseGraphHeader(text: string, fail: Fail): GraphHeader {
  const fields = parseJsonFields(text, "the header", fail);
  const format = fields.text("format");
  if (format !== GRAPH_FORMAT_NAME) fail(`the header names the format "${format}"`);
  const version = fields.count("version");
  if (version !== GRAPH_FORMAT_VERSION) {
    fail(`the header says version ${version}, this reader knows ${GRAPH_FORMAT_VERSION}`);
  }
  const list = (source: JsonFields, name: string, length: number): readonly number[] => {
    const numbers = source.counts(name);
    if (numbers.length !== length) fail(`the header: "${name}" has not ${length} numbers`);
    return numbers;
  };
  const header = {
    name: fields.text("name"),
    description: fields.text("description"),
    source: fields.text("source"),
    objectCount: fields.count("objects"),
    refCount: fields.count("refs"),
    hiddenCount: fields.count("hidden_refs"),
    generationSizes: list(fields, "generation_sizes", GENERATION_COUNT),
    gcCounts: list(fields, "gc_count", 3),
    gcThresholds: list(fields, "gc_threshold", 3),
    types: fields.objects("types").map(graphType),
    hubs: fields.counts("hubs"),
    rootNames: fields.has("root_names") ? fields.texts("root_names") : undefined,
    steps: fields.objects("steps").map((step) => {
      const sizes = list(step, "heap_generation_sizes", GENERATION_COUNT);
      return stepClaim(step, sizes, fail);
    }),
    sections: fields.objects("sections").map((section) => ({
      name: section.text("name"),
      encoding: section.text("encoding") as ColumnEncoding,
      count: section.count("count"),
      sizeBytes: section.count("bytes"),
    })),
  };
  checkNumbers(header, fail);
  checkSections(header, fail);
  return header;
}

function graphType(fields: JsonFields): GraphType {
  return {
    name: fields.text("name"),
    object: fields.integer("id"),
    isCollected: fields.flag("gc"),
    isHeapType: fields.flag("heap"),
    hasFinalizer: fields.flag("finalizer"),
    isWeaklyReferable: fields.flag("weakrefable"),
    isClearable: fields.flag("clear"),
  };
}

function stepClaim(
  fields: JsonFields,
  heapGenerationSizes: readonly number[],
  fail: Fail,
): StepClaim {
  const kind = fields.text("kind");
  const claim = {
    destroyedCount: fields.count("destroyed"),
    heapGenerationSizes,
    createdObjectCount: fields.count("objects_created"),
  };
  if (kind === "cut") return { kind, ...claim };
  if (kind !== "collect") return fail(`the header names a step of the kind "${kind}"`);
  const generation = fields.count("generation");
  if (generation > 2) fail(`the header names generation ${generation} in a step`);
  return { kind, generation, returned: fields.count("return"), ...claim };
}

function checkNumbers(header: GraphHeader, fail: Fail): void {
  const { objectCount, hubs, types } = header;
  const tracked = header.generationSizes.reduce((sum, size) => sum + size, 0);
  if (tracked > objectCount) fail(`the header counts ${tracked} tracked of ${objectCount} objects`);
  for (const hub of hubs) {
    if (hub >= objectCount) fail(`the header names hub ${hub} of ${objectCount} objects`);
  }
  for (const { name, object } of types) {
    if (object < -1 || object >= objectCount) {
      fail(`the header says that type "${name}" is object ${object} of ${objectCount}`);
    }
  }
}

/** All sections, in order, with the encodings and the counts that they must have. */
function checkSections(header: GraphHeader, fail: Fail): void {
  const { sections, steps } = header;
  const counts: Record<string, number> = {
    objects: header.objectCount,
    refs: header.refCount,
    hidden: header.hiddenCount,
  };
  let index = 0;
  const expect = (name: string, encoding: string, counted: string): void => {
    const section = sections[index++];
    if (section?.name !== name) fail(`the header has "${section?.name}" for section "${name}"`);
    if (section.encoding !== encoding) {
      fail(`the header says that section "${name}" is encoded as "${section.encoding}"`);
    }
    if (counted === "any") return;
    counts[counted] ??= section.count;
    if (section.count !== counts[counted]) {
      fail(`the header gives section "${name}" ${section.count} values, not ${counts[counted]}`);
    }
  };
  for (const [name, encoding, counted] of GRAPH_SECTIONS) expect(name, encoding, counted);
  if (sections[index]?.name === NAME_SECTIONS[0][0]) {
    for (const [name, encoding, counted] of NAME_SECTIONS) expect(name, encoding, counted);
  }
  for (const [step, { kind, destroyedCount }] of steps.entries()) {
    counts.destroyed = destroyedCount;
    delete counts.changed;
    for (const [name, encoding, counted] of STEP_SECTIONS) {
      if (name === "cut" && kind === "collect") continue;
      expect(`step${step}.${name}`, encoding, counted);
    }
  }
  const rootCount = sections.find(({ name }) => name === "roots")?.count;
  if (header.rootNames !== undefined && header.rootNames.length !== rootCount) {
    fail(`the header names ${header.rootNames.length} roots of ${rootCount}`);
  }
  if (index !== sections.length) fail(`the header has a section "${sections[index]?.name}" more`);
}
