// Program of resizable.test.ts: BACKING, which arena to KEEP, how many ARENAS to touch. Prints the
// resident memory before, with all arenas touched, and with all but one released.

import { ARENA_SIZE_BYTES, ARENA_SIZE_WORDS, type Arena } from "@ouro/interfaces";
import { createPrivateHeap } from "../src/index.js";

const [, , backing, keep, arenas] = process.argv;
const arenaCount = Number(arenas);

const heap = createPrivateHeap({
  reservationBytes: 2 * arenaCount * ARENA_SIZE_BYTES,
  backing: backing as "fixed" | "resizable",
});
const keeper = heap.registerBorrower("keeper");
const baseBytes = process.memoryUsage.rss();

const first = heap.reserveArenas(keeper, arenaCount);
heap.words.fill(7, first, first + arenaCount * ARENA_SIZE_WORDS);
const touchedBytes = process.memoryUsage.rss();

const released = (keep === "lowest" ? first + ARENA_SIZE_WORDS : first) as Arena;
heap.releaseArenas(keeper, released, arenaCount - 1);
heap.validate();
const releasedBytes = process.memoryUsage.rss();

const last = first + (arenaCount - 1) * ARENA_SIZE_WORDS;
const kept = (keep === "lowest" ? first : last) / ARENA_SIZE_WORDS;
const statistics = heap.statistics();
console.log(JSON.stringify({ baseBytes, touchedBytes, releasedBytes, kept, statistics }));
