// The consumers of what `ouro replay` and `ouro heap` write beside heap snapshots: DevTools' trace
// engine, speedscope's schema, pprof's own encoding, and a parser of Prometheus' text. Each check
// answers what is wrong, in words.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const moduleUrl = (path: string): URL => new URL(`../node_modules/${path}`, import.meta.url);
const TRACE_ENGINE = moduleUrl("@paulirish/trace_engine/models/trace/trace.js");
const SPEEDSCOPE_SCHEMA = moduleUrl("speedscope/dist/release/file-format-schema.json");
const AJV = moduleUrl("ajv/dist/ajv.js");
const PPROF = new URL(
  "../../../packages/monitor/node_modules/pprof-format/dist/esm/index.js",
  import.meta.url,
);

export function areReadersInstalled(): boolean {
  return existsSync(TRACE_ENGINE) && existsSync(SPEEDSCOPE_SCHEMA) && existsSync(AJV);
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
}

interface TraceNode {
  readonly entry: TraceEvent;
  readonly children: readonly TraceNode[];
}

/** Parsed by all handlers of the engine; then its tree of slices must have every slice in it. */
export async function checkTraceEvents(path: string): Promise<string[]> {
  const { traceEvents } = JSON.parse(readFileSync(path, "utf8")) as { traceEvents: TraceEvent[] };
  const engine = await import(TRACE_ENGINE.href);
  // The engine measures rectangles of pages, which Node has not.
  Object.assign(globalThis, { DOMRect: class {} });
  const model = engine.TraceModel.Model.createWithAllHandlers();
  await model.parse(structuredClone(traceEvents));
  const { data } = model.parsedTrace();
  const problems: string[] = [];
  const slices = traceEvents.filter(({ ph }) => ph === "X");
  const times = traceEvents.filter(({ ph }) => ph !== "M");
  const firstUs = Math.min(...times.map(({ ts }) => ts));
  const lastUs = Math.max(...times.map(({ ts, dur = 0 }) => ts + dur));
  const { min, max } = data.Meta.traceBounds;
  if (min !== firstUs) problems.push(`the engine begins at ${min}, and not at ${firstUs}`);
  if (max !== lastUs) problems.push(`the engine ends at ${max}, and not at ${lastUs}`);
  const names = [...data.Meta.processNames.values()].map((event) => event.args.name);
  if (names.length !== 1) problems.push(`the engine knows ${names.length} processes, not one`);
  const { tree, entryToNode } = engine.Helpers.TreeHelpers.treify(slices, {
    filter: { has: () => true },
  });
  if (entryToNode.size !== slices.length) problems.push("slices are missing in the engine's tree");
  return [...problems, ...checkNesting([...tree.roots])];
}

/** Programs hold collections and cascades, and nothing holds a program. */
function checkNesting(roots: readonly TraceNode[]): string[] {
  const isInner = ({ entry }: TraceNode): boolean =>
    /^(gc \d+|cascade of deaths)$/.test(entry.name);
  const problems: string[] = [];
  for (const root of roots) {
    if (isInner(root)) problems.push(`${root.entry.name} lies in no program`);
    for (const child of root.children) {
      if (!isInner(child)) problems.push(`${child.entry.name} lies in ${root.entry.name}`);
    }
  }
  if (!roots.some(({ children }) => children.length > 0)) problems.push("no program has a slice");
  return problems;
}

/** Held against the schema that speedscope ships. */
export async function checkSpeedscope(path: string): Promise<string[]> {
  const { default: ajv } = await import(AJV.href);
  const schema = JSON.parse(readFileSync(SPEEDSCOPE_SCHEMA, "utf8"));
  const validate = new ajv.default({ allErrors: true, strict: false }).compile(schema);
  const file = JSON.parse(readFileSync(path, "utf8"));
  if (!validate(file)) {
    return validate.errors.map(
      (error: { instancePath: string; message: string }) =>
        `${error.instancePath} ${error.message}`,
    );
  }
  const frameCount = file.shared.frames.length;
  return file.profiles.flatMap((profile: { samples: number[][]; weights: number[] }) => [
    ...(profile.samples.length === profile.weights.length ? [] : ["weights are missing"]),
    ...(profile.samples.flat().every((frame) => frame < frameCount) ? [] : ["a frame is missing"]),
  ]);
}

/** Decoded, every index looked up, and encoded again to the same bytes. */
export async function checkPprof(path: string): Promise<string[]> {
  const { Profile } = await import(PPROF.href);
  const bytes = gunzipSync(readFileSync(path));
  const profile = Profile.decode(bytes);
  const problems: string[] = [];
  const strings: readonly string[] = profile.stringTable.strings;
  if (strings[0] !== "") problems.push("the first string is not empty");
  const locations = new Set(profile.location.map(({ id }: { id: number }) => Number(id)));
  for (const { locationId, value } of profile.sample) {
    if (value.length !== profile.sampleType.length) problems.push("a sample lacks a value");
    if (!locationId.every((id: number) => locations.has(Number(id)))) {
      problems.push("a sample names a location that is not there");
    }
  }
  if (locations.has(0)) problems.push("a location has the number 0");
  if (profile.sample.length === 0) problems.push("there is no sample");
  const again = Buffer.from(profile.encode());
  if (!again.equals(bytes)) problems.push("encoded again it has other bytes");
  return problems.slice(0, 5);
}
