// Runs the strategies of a comparison one after the other, each in a process of its own, which
// reads the input once and goes through all points of a sweep. From sources, where no built program
// lies beside this module, they share this one: the figures of the cost model are the same, and
// wall times are not to be compared.
//
//   strategy ─► process ─► read ─► point ─► point ─► point ─► end
//                            answer ◄┘        ✗ died: the next process takes the points after it

import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CompareMessage, CompareOrder, PointAnswer, SweepPoint } from "./compare-result.js";
import type { Work } from "./replay-work.js";

const LISTEN_MS = 20;
/** Shares are told in thousandths. */
const PROGRESS_TOTAL = 1000;
const PROCESS_PATH = fileURLToPath(new URL("./compare-process.js", import.meta.url));

/** Starts what takes an order as its first message, and tells a `CompareMessage` at a time. */
export type StartProcess = () => Pick<ChildProcess, "on" | "send" | "kill">;

/** Ctrl-C reaches a whole group of processes: this one alone decides what it means. */
const startProcess: StartProcess = () =>
  fork(PROCESS_PATH, [], { serialization: "advanced", detached: true });

/**
 * The answer of each point of each order, in their order. What fails is in the answer; throws only
 * `Stopped`, when somebody asked to stop. Without `start` all is run here.
 */
export async function* runApart(
  orders: readonly CompareOrder[],
  work: Work,
  start: StartProcess | undefined = existsSync(PROCESS_PATH) ? startProcess : undefined,
): AsyncGenerator<PointAnswer, void> {
  const total = orders.reduce((sum, { points }) => sum + points.length, 0);
  let doneCount = 0;
  for (const order of orders) {
    let left = order.points;
    while (left.length > 0) {
      const begin = (point: SweepPoint | undefined): void =>
        work.progress.begin(`${doneCount + 1} of ${total}`, nameOf(order, point), PROGRESS_TOTAL);
      const rest = { ...order, points: left };
      const answers =
        start === undefined ? runHere(rest, work, begin) : runInProcess(rest, work, begin, start);
      for await (const answer of answers) {
        doneCount++;
        left = left.slice(1);
        yield answer;
      }
    }
  }
}

/** The value first: a narrow terminal cuts the end off. */
function nameOf({ strategy }: CompareOrder, point: SweepPoint | undefined): string {
  return point === undefined ? strategy : `gen${point.generation}=${point.value} ${strategy}`;
}

type BeginPoint = (point: SweepPoint | undefined) => void;

function tellShare({ progress }: Work): (share: number) => void {
  return (share) => progress.reach(Math.floor(share * PROGRESS_TOTAL));
}

async function* runHere(order: CompareOrder, work: Work, begin: BeginPoint) {
  const { runAnyStrategy } = await import("./compared-input.js");
  const answers = runAnyStrategy(order, tellShare(work));
  for (const point of order.points) {
    begin(point);
    await work.breathe();
    const { value } = await answers.next();
    if (value !== undefined) yield value;
  }
}

/** At least one answer; those after it are missing if the process died of a later point. */
async function* runInProcess(
  order: CompareOrder,
  work: Work,
  begin: BeginPoint,
  start: StartProcess,
) {
  const child = start();
  const tell = tellShare(work);
  const answers: PointAnswer[] = [];
  let end: string | undefined;
  let current = 0;
  child.on("message", (message: CompareMessage) => {
    // What it tells of a point that has not begun on the screen is not told.
    if (!("share" in message)) answers.push(message);
    else if (answers.length === current) tell(message.share);
  });
  child.on("error", (error) => {
    end = error.message;
  });
  // Its messages have all arrived by then, which is not so when it exits.
  child.on("close", (code, signal) => {
    end ??= signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  // A second Ctrl-C ends this process at once; the other one must not go on without it.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.send(order);
  try {
    for (const [index, point] of order.points.entries()) {
      current = index;
      begin(point);
      while (answers.length <= index && end === undefined) {
        await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
        await work.breathe();
      }
      const answer = answers[index];
      yield answer ?? died(order, point, end as string);
      if (answer === undefined) return;
    }
  } finally {
    process.removeListener("exit", kill);
    kill();
  }
}

function died({ file, strategy }: CompareOrder, point: SweepPoint | undefined, end: string) {
  const message = `the process of ${strategy} ended with ${end} before it answered`;
  const failure = { exitCode: 5, kind: "internal", message };
  const nothing = { figures: null, liveness: null, wall: null };
  return {
    input: { file, kind: "mutator-programs", name: file, programs: null },
    result: { strategy, value: point?.value ?? null, ...nothing, failure },
  } as const;
}
