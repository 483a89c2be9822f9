// Runs one property of the allocator suite in a worker that can be ended: an allocator that hangs
// is found as one that fails, and its program is made as small as any other.
//
//   here: programs, shrinking        worker: plays one program, answers what it found
//          └── no answer in time: the worker is ended, the program hangs
//
// Calls are sent as they are made, so that the last line of a script is the call that never ended.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { AllocatorCommand, AllocatorMaker } from "@ouro/testkit";
import { allocatorCommands } from "@ouro/testkit";
import fc from "fast-check";

const loader = new URL("../../../scripts/from-sources.mjs", import.meta.url).href;

export interface ApartOptions {
  /** A module beside this one that exports `allocator`. */
  readonly module: string;
  readonly property: string;
  readonly programCount: number;
  readonly seed: number;
  readonly commandLimitCount?: number;
  /** Without an answer for so long, a program hangs. */
  readonly hangMilliseconds: number;
}

export interface Finding {
  readonly reason: string;
  readonly commands: readonly AllocatorCommand[];
  /** The calls, the last one being where it broke. */
  readonly script: readonly string[];
  /** Memory before that call and after it, or before the call that does not return. */
  readonly drawing: string | undefined;
}

/** What the worker is asked, and what it answers. */
export interface Question {
  readonly property: string;
  readonly commands: readonly AllocatorCommand[];
  readonly task: "play" | "trace" | "draw";
  /** When drawn, of the calls that are not refused this one does not return: it throws. */
  readonly hangsAt?: number;
}
export type Answer =
  | { readonly line: string }
  | { readonly reason: string | undefined; readonly drawing?: string | undefined };

export const HANGS = "a call does not return";
/** A line of a script, behind the call. */
export const REFUSED = "  refused";

/** The first program that fails, made small; undefined when all hold. */
export async function verifyApart(options: ApartOptions): Promise<Finding | undefined> {
  const { module, programCount, seed, property, commandLimitCount = 12 } = options;
  const { allocator } = (await import(new URL(module, import.meta.url).href)) as {
    allocator: AllocatorMaker;
  };
  const player = createPlayer(options);
  const reasonFor = (commands: readonly AllocatorCommand[]) =>
    player.play({ property, commands, task: "play" });
  try {
    const programs = fc.sample(allocatorCommands(allocator, commandLimitCount), {
      numRuns: programCount,
      seed,
    });
    for (const commands of programs) {
      if ((await reasonFor(commands)).reason === undefined) continue;
      const small = await shrink(commands, async (fewer) => {
        return (await reasonFor(fewer)).reason !== undefined;
      });
      const about = { property, commands: small };
      const { reason, lines } = await player.play({ ...about, task: "trace" });
      const refused = lines.filter((line) => line === REFUSED);
      const hangsAt = lines.filter((line) => /^\w+\(/.test(line)).length - refused.length;
      const { drawing } = await player.play({
        ...{ ...about, task: "draw" },
        ...(reason === HANGS ? { hangsAt } : {}),
      });
      return { reason: reason ?? HANGS, commands: small, script: lines, drawing };
    }
    return undefined;
  } finally {
    player.end();
  }
}

/** Leaves out as many commands as it can, longer runs of them first. */
async function shrink(
  commands: readonly AllocatorCommand[],
  fails: (fewer: readonly AllocatorCommand[]) => Promise<boolean>,
): Promise<readonly AllocatorCommand[]> {
  let small = commands;
  for (let length = Math.ceil(small.length / 2); length >= 1; length = Math.floor(length / 2)) {
    for (let start = 0; start < small.length; ) {
      const fewer = [...small.slice(0, start), ...small.slice(start + length)];
      if (fewer.length < small.length && (await fails(fewer))) small = fewer;
      else start += length;
    }
  }
  return small;
}

type Settled = Extract<Answer, { readonly reason: string | undefined }>;

interface Play {
  readonly lines: string[];
  readonly settle: (answer: Settled, isOver: boolean) => void;
}

function createPlayer({ module, hangMilliseconds }: ApartOptions) {
  let worker: Worker | undefined;
  let current: Play | undefined;

  /** Its modules are loaded when it says its first word. */
  async function start(): Promise<Worker> {
    const started = new Worker(new URL("./verify-worker.ts", import.meta.url), {
      workerData: { module },
      execArgv: ["--import", loader],
    });
    await once(started, "message");
    started.on("error", (error) => {
      current?.settle({ reason: `an error that nobody catches: ${error.message}` }, true);
    });
    started.on("message", (answer: Answer) => {
      if ("line" in answer) current?.lines.push(answer.line);
      else current?.settle(answer, false);
    });
    return started;
  }

  function end(): void {
    worker?.removeAllListeners();
    void worker?.terminate();
    worker = undefined;
  }

  async function play(question: Question): Promise<Settled & { readonly lines: string[] }> {
    worker ??= await start();
    const asked = worker;
    return new Promise((resolve) => {
      const lines: string[] = [];
      const timer = setTimeout(() => current?.settle({ reason: HANGS }, true), hangMilliseconds);
      const settle: Play["settle"] = (answer, isOver) => {
        clearTimeout(timer);
        if (isOver) end();
        resolve({ ...answer, lines });
      };
      current = { lines, settle };
      asked.postMessage(question);
    });
  }

  return { play, end };
}
