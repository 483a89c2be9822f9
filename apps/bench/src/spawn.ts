// Starts the process of one sample and says how it ended. A peer that hangs or dies is a result.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { callFor, type Peer, repeatsOf, roomBytes, scratchBytes } from "./peer.js";
import type { SampleOrder, SampleResult } from "./sample.js";
import { type Found, firstLine, type Python, peersFolder } from "./tool.js";
import type { LoopCall } from "./workload.js";

export interface Tools {
  readonly node: string;
  readonly program: Found<string>;
  readonly library: Found<string>;
  readonly tlsf: Found<string>;
  readonly python: Found<Python>;
}

export type SampleOutcome = { readonly sample: SampleResult } | { readonly failure: string };

interface Command {
  readonly file: string;
  readonly words: readonly string[];
}

/** Runs one peer on one call in a process of its own. */
export function spawnSample(
  peer: Peer,
  call: LoopCall,
  tools: Tools,
  timeoutSeconds: number,
): SampleOutcome {
  const command = commandFor(peer, callFor(peer, call), tools);
  if ("missing" in command) return { failure: `not available: ${command.missing}` };
  const run = spawnSync(command.value.file, command.value.words, {
    encoding: "utf8",
    timeout: timeoutSeconds * 1000,
    killSignal: "SIGKILL",
    env: { ...process.env, OURO_BENCH_SAMPLE: "1" },
  });
  const errorCode = (run.error as NodeJS.ErrnoException | undefined)?.code;
  if (errorCode === "ETIMEDOUT") return { failure: `hangs: no end after ${timeoutSeconds} s` };
  if (run.error) return { failure: `did not start: ${run.error.message}` };
  if (run.signal === "SIGINT") process.exit(130);
  if (run.signal !== null) return { failure: `died of ${run.signal}` };
  if (run.status !== 0) return { failure: `died: ${reasonIn(run.stderr)}` };
  return { sample: JSON.parse(run.stdout) as SampleResult };
}

/** The line of an error's report that says what it is. */
function reasonIn(stderr: string): string {
  const line = stderr.split("\n").find((part) => /^\w*(Error|Exception)\b/.test(part));
  return firstLine(line ?? stderr);
}

function commandFor(peer: Peer, call: LoopCall, tools: Tools): Found<Command> {
  if (peer.host === "c") return cCommand(peer, call, tools);
  if (peer.host === "python") return pythonCommand(peer, call, tools);
  const compiled = peer.name === "tlsf" ? tools.tlsf : { value: "" };
  if ("missing" in compiled) return compiled;
  const order: SampleOrder = {
    peer: peer.name,
    call,
    repeats: repeatsOf(peer, call),
    roomBytes: roomBytes(call),
    scratchBytes: scratchBytes(call),
    facts: { compiledFile: compiled.value },
  };
  const sampleFile = fileURLToPath(new URL("./sample.js", import.meta.url));
  return { value: { file: tools.node, words: [sampleFile, JSON.stringify(order)] } };
}

function cCommand(peer: Peer, call: LoopCall, tools: Tools): Found<Command> {
  if ("missing" in tools.program) return tools.program;
  return { value: { file: tools.program.value, words: loopWords(peer, call) } };
}

function pythonCommand(peer: Peer, call: LoopCall, tools: Tools): Found<Command> {
  if ("missing" in tools.python) return tools.python;
  if ("missing" in tools.library) return tools.library;
  const words = [`${peersFolder}pymalloc.py`, tools.library.value, ...loopWords(peer, call)];
  return { value: { file: tools.python.value.command, words } };
}

/** The arguments of loops.c. */
export function loopWords(peer: Peer, call: LoopCall): string[] {
  const { warmCount, timedCount } = repeatsOf(peer, call);
  const name = peer.name.startsWith("null") ? "null" : peer.name;
  const numbers = numbersOf(call, warmCount, timedCount);
  return [name, scratchBytes(call), call.loop, ...numbers].map(String);
}

function numbersOf(call: LoopCall, warm: number, timed: number): (string | number)[] {
  if (call.loop === "million") return [call.blockCount, warm];
  if (call.loop === "trace") return [call.file, call.eventCount, warm, timed];
  if (call.loop === "footprint") return [call.blockCount, call.requestBytes];
  const { liveCount, smallestBytes, largestBytes, lastOnly, isLog } = call.shape;
  const drawing = isLog === true ? 2 : lastOnly ? 1 : 0;
  return [liveCount, call.pairCount, smallestBytes, largestBytes, drawing, warm, timed];
}
