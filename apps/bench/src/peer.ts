// Who is measured, and how much of it. A host is a language with its own loop: its null allocator
// says what that loop costs.

import { type Group, type LoopCall, MILLION_REQUEST_BYTES } from "./workload.js";

export type Host = "js" | "js-objects" | "c" | "python";

export interface Peer {
  readonly name: string;
  readonly title: string;
  readonly host: Host;
  /** Groups it takes part in; all but the assertions when absent. */
  readonly groups?: readonly Group[];
  /** Timed pairs a batch at most, for slow ones. */
  readonly pairLimit?: number;
  /** Beyond so many live blocks it is left out: its cost grows with them. */
  readonly liveLimit?: number;
  /** The npm package that is measured, for its version. */
  readonly npmPackage?: string;
}

export const PEERS: readonly Peer[] = [
  { name: "null", title: "null allocator, JavaScript", host: "js" },
  { name: "null-objects", title: "null allocator, slots of objects", host: "js-objects" },
  { name: "null-c", title: "null allocator, C", host: "c" },
  { name: "null-python", title: "null allocator, C in CPython", host: "python" },
  {
    name: "ouro",
    title: "**@ouro/heap + pool allocator**",
    host: "js",
    groups: ["pairs", "mixed", "live", "million", "footprint", "assertions"],
  },
  {
    name: "ouro-router",
    title: "**@ouro pools + large blocks, routed by size**",
    host: "js",
  },
  {
    name: "ouro-checked",
    title: "**the same, checked**",
    host: "js",
    groups: ["pairs", "mixed", "wide", "trace"],
  },
  {
    name: "ouro-cheap",
    title: "**pool allocator, assertions cheap**",
    host: "js",
    groups: ["assertions"],
  },
  {
    name: "ouro-expensive",
    title: "**pool allocator, assertions expensive**",
    host: "js",
    groups: ["assertions"],
    pairLimit: 2_000,
    liveLimit: 100,
  },
  {
    name: "v8-object",
    title: "V8 object of three fields",
    host: "js-objects",
    groups: ["pairs", "million", "footprint"],
  },
  { name: "v8-typed-array", title: "V8 new Uint8Array(n)", host: "js-objects", pairLimit: 200_000 },
  {
    name: "thi.ng",
    title: "@thi.ng/malloc",
    host: "js",
    pairLimit: 5_000,
    liveLimit: 10_000,
    npmPackage: "@thi.ng/malloc",
  },
  {
    name: "malloc",
    title: "malloc (npm)",
    host: "js",
    pairLimit: 100_000,
    liveLimit: 100_000,
    npmPackage: "malloc",
  },
  {
    name: "memium",
    title: "memium",
    host: "js",
    pairLimit: 100,
    liveLimit: 10_000,
    npmPackage: "memium",
  },
  { name: "tlsf", title: "AssemblyScript TLSF", host: "js", npmPackage: "assemblyscript" },
  { name: "c-malloc", title: "C malloc", host: "c" },
  { name: "cpython", title: "PyObject_Malloc", host: "python" },
];

export const NULL_OF_HOST: Readonly<Record<Host, string>> = {
  js: "null",
  "js-objects": "null-objects",
  c: "null-c",
  python: "null-python",
};

/** Assertions are our own affair: only who names them takes part, and the loop's own cost. */
export function takesPart(peer: Peer, group: Group): boolean {
  if (peer.groups !== undefined) return peer.groups.includes(group);
  return group !== "assertions" || peer.name === NULL_OF_HOST.js;
}

/** A short trace is replayed until so many events have run, so that V8 has compiled the loop. */
const TRACE_WARM_EVENTS = 12_000_000;
/** And as many are timed, so that the compiler's last threads weigh little. */
const TRACE_TIMED_EVENTS = 4_000_000;

/** Warm-up and timed batches, by how slow a peer is. */
export function repeatsOf(peer: Peer, call: LoopCall): { warmCount: number; timedCount: number } {
  if (call.loop === "million") return { warmCount: 5, timedCount: 1 };
  if (call.loop === "trace") {
    const warmCount = Math.max(2, Math.ceil(TRACE_WARM_EVENTS / call.eventCount));
    const timedCount = Math.max(3, Math.ceil(TRACE_TIMED_EVENTS / call.eventCount));
    return { warmCount, timedCount };
  }
  return (peer.pairLimit ?? Infinity) < 10_000
    ? { warmCount: 1, timedCount: 1 }
    : { warmCount: 3, timedCount: 5 };
}

/** The call as this peer gets it, with fewer operations for a slow one. */
export function callFor(peer: Peer, call: LoopCall): LoopCall {
  if (call.loop !== "replace" || peer.pairLimit === undefined) return call;
  return { ...call, pairCount: Math.min(call.pairCount, peer.pairLimit) };
}

/** Why this peer does not run that call; undefined when it does. */
export function reasonLeftOut(peer: Peer, call: LoopCall): string | undefined {
  const limit = peer.liveLimit;
  if (limit === undefined) return undefined;
  const reason = "left out: its time grows with the live blocks";
  if (call.loop === "replace") return call.shape.liveCount > limit ? reason : undefined;
  return reason;
}

/** What the null allocators write to: about what the loop reuses, rounded up to a power of two. */
export function scratchBytes(call: LoopCall): number {
  return 2 ** Math.ceil(Math.log2(workingBytes(call)));
}

function workingBytes(call: LoopCall): number {
  if (call.loop === "trace") return call.peakLiveBytes;
  if (call.loop === "million") return call.blockCount * MILLION_REQUEST_BYTES;
  if (call.loop === "footprint") return call.blockCount * call.requestBytes;
  const { liveCount, smallestBytes, largestBytes, lastOnly } = call.shape;
  if (lastOnly) return largestBytes;
  return (liveCount * (smallestBytes + largestBytes)) / 2;
}

/** Room for a peer that wants its memory's size up front; twice the largest need. */
export function roomBytes(call: LoopCall): number {
  const spareBytes = 16 * 2 ** 20;
  if (call.loop === "replace" && call.shape.isLog === true) return 384 * 2 ** 20;
  if (call.loop === "replace") {
    return call.shape.liveCount * (call.shape.largestBytes + 16) * 2 + spareBytes;
  }
  if (call.loop === "trace") return 512 * 2 ** 20;
  return call.blockCount * 96 + spareBytes;
}
