// The process of one sample: one subject, one loop, one line of JSON. Nothing else runs in it.
// usage: sample.js JSON     where JSON is a SampleOrder

import { readFileSync, writeSync } from "node:fs";
import {
  type LoopResult,
  type Repeats,
  runFootprint,
  runMillion,
  runReplace,
  runTrace,
} from "./loop.js";
import type { Subject, SubjectFacts } from "./subject.js";
import type { LoopCall } from "./workload.js";

export interface SampleOrder {
  readonly peer: string;
  readonly call: LoopCall;
  readonly repeats: Repeats;
  readonly roomBytes: number;
  /** What the null allocator writes to: a power of two. */
  readonly scratchBytes: number;
  readonly facts: SubjectFacts;
}

export interface SampleResult extends LoopResult {
  readonly residentBytes: number;
}

/** Loads the one module that the sample measures. */
async function createSubject(order: SampleOrder): Promise<Subject> {
  const { roomBytes, facts } = order;
  switch (order.peer) {
    case "null":
      return (await import("./subjects/null.js")).createSubject(order.scratchBytes);
    case "null-objects":
      return (await import("./subjects/null.js")).createObjectSubject();
    case "ouro":
      return (await import("./subjects/ouro.js")).createPoolSubject();
    case "ouro-router":
      return (await import("./subjects/ouro.js")).createRouterSubject();
    case "ouro-checked":
      return (await import("./subjects/ouro.js")).createRouterSubject(true);
    case "ouro-cheap":
      return (await import("./subjects/ouro.js")).createPoolSubject("cheap");
    case "ouro-expensive":
      return (await import("./subjects/ouro.js")).createPoolSubject("expensive");
    case "v8-object":
      return (await import("./subjects/v8.js")).createObjectSubject();
    case "v8-typed-array":
      return (await import("./subjects/v8.js")).createTypedArraySubject();
    case "thi.ng":
      return (await import("./subjects/thing.js")).createSubject(roomBytes);
    case "malloc":
      return (await import("./subjects/codemix.js")).createSubject(roomBytes);
    case "memium":
      return (await import("./subjects/memium.js")).createSubject(roomBytes);
    case "tlsf":
      return (await import("./subjects/tlsf.js")).createSubject(roomBytes, facts);
    default:
      throw new Error(`no subject is called ${order.peer}`);
  }
}

export async function takeSample(order: SampleOrder): Promise<SampleResult> {
  const subject = await createSubject(order);
  const result = runCall(subject, order.call, order.repeats);
  return { ...result, residentBytes: process.memoryUsage.rss() };
}

function runCall(subject: Subject, call: LoopCall, repeats: Repeats): LoopResult {
  switch (call.loop) {
    case "replace":
      return runReplace(subject, call.shape, call.pairCount, repeats);
    case "million":
      return runMillion(subject, call.blockCount, repeats.warmCount);
    case "trace":
      return runTrace(subject, readWords(call.file), repeats);
    case "footprint":
      return runFootprint(subject, call.blockCount, call.requestBytes);
  }
}

function readWords(file: string): Int32Array {
  const bytes = readFileSync(file);
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

const order = process.argv[2];
if (order !== undefined && process.env.OURO_BENCH_SAMPLE === "1") {
  const result = await takeSample(JSON.parse(order) as SampleOrder);
  writeSync(1, `${JSON.stringify(result)}\n`);
}
