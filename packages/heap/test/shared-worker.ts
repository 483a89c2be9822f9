// Worker of shared.test.ts: opens the heap in the buffer it was sent, and answers each message with
// what it sees. The message says how many arenas to lend first.

import { parentPort, workerData } from "node:worker_threads";
import { openPrivateHeap } from "../src/index.js";

const heap = openPrivateHeap(workerData);
const borrower = heap.registerBorrower("worker");

parentPort!.on("message", (arenaCount: number) => {
  if (arenaCount > 0) heap.reserveArenas(borrower, arenaCount);
  heap.validate();
  const walk: [number, string][] = [];
  heap.walkArenas((arena, name) => walk.push([arena, name]));
  const region = heap.reserveRegion(1, "map", 16);
  const firstWord = heap.words[region.start];
  parentPort!.postMessage({ statistics: heap.statistics(), walk, region, firstWord });
});
