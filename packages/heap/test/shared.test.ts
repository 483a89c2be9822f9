import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ARENA_SIZE_BYTES, type PrivateHeap } from "@ouro/interfaces";
import { afterEach, expect, test } from "vitest";
import { createPrivateHeap } from "../src/index.js";

const loader = new URL("../../../scripts/from-sources.mjs", import.meta.url).href;
const workers: Worker[] = [];

afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

function startWorker(heap: PrivateHeap): Worker {
  const worker = new Worker(new URL("./shared-worker.ts", import.meta.url), {
    workerData: heap.words.buffer,
    execArgv: ["--import", loader],
  });
  workers.push(worker);
  return worker;
}

/** Lets the worker lend `arenaCount` arenas while the owner is quiet. */
async function ask(worker: Worker, arenaCount: number) {
  const answer = once(worker, "message");
  worker.postMessage(arenaCount);
  return (await answer)[0];
}

function ownView(heap: PrivateHeap) {
  const walk: [number, string][] = [];
  heap.walkArenas((arena, name) => walk.push([arena, name]));
  return { statistics: heap.statistics(), walk };
}

test("a worker that opens the shared buffer sees the heap that its owner sees", async () => {
  const heap = createPrivateHeap({
    reservationBytes: 8 * ARENA_SIZE_BYTES,
    backing: "shared",
    limitBytes: 6 * ARENA_SIZE_BYTES,
  });
  const pools = heap.registerBorrower("pools");
  const region = heap.reserveRegion(pools, "map", 16);
  heap.words[region.start] = 42;
  heap.reserveArenas(pools, 2);
  heap.reserveArenas(heap.registerBorrower("large"), 3);
  heap.releaseArenas(pools, (heap.firstArenaIndex * (ARENA_SIZE_BYTES / 4)) as never, 1);
  heap.registerBorrower("worker");

  const worker = startWorker(heap);
  const first = await ask(worker, 0);
  expect(first).toEqual({
    ...ownView(heap),
    region: { ...region, existed: true },
    firstWord: 42,
  });
  heap.validate();

  const second = await ask(worker, 2);
  expect(second).toMatchObject(ownView(heap));
  expect(second.walk).toHaveLength(6);
  expect(heap.statistics().lentBytes).toBe(6 * ARENA_SIZE_BYTES);
  expect(heap.reserveArenas(pools, 1)).toBe(0);
  heap.validate();
});
