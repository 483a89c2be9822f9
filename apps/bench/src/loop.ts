// The timed loops. One process runs one subject, so what V8 learns about the calls stays true.
// Each new block is written to, as a program does: its cache line and its page are in the figures.
// peers/loops.c has the same loops for peers in C: change both together.

import {
  addToChecksum,
  BATCH_LIMIT,
  CHECKSUM_START,
  createSequence,
  drawRequest,
  fillEntries,
  type ReplaceShape,
  shuffledOrder,
  slotBitsOf,
} from "./sequence.js";
import type { Handle, Slots, Subject } from "./subject.js";
import { MILLION_REQUEST_BYTES } from "./workload.js";

/** What one timed stretch took. Unit: nanoseconds per operation. */
export interface Timing {
  readonly cpuNs: number;
  readonly wallNs: number;
}

export interface LoopResult {
  readonly timings: Readonly<Record<string, readonly Timing[]>>;
  /** Over all that was drawn, the warming included. */
  readonly checksum: number;
  /** Resident bytes per block, footprint only. */
  readonly bytesPerBlock?: number;
}

export interface Repeats {
  readonly warmCount: number;
  readonly timedCount: number;
}

function timed(operationCount: number, run: () => void): Timing {
  const cpuBefore = process.cpuUsage();
  const wallBefore = process.hrtime.bigint();
  run();
  const wall = Number(process.hrtime.bigint() - wallBefore);
  const cpu = process.cpuUsage(cpuBefore);
  return {
    cpuNs: ((cpu.user + cpu.system) * 1000) / operationCount,
    wallNs: wall / operationCount,
  };
}

function replaceAll(subject: Subject, slots: Slots, entries: Int32Array, slotBits: number): void {
  const { allocate, free, touch } = subject;
  const slotMask = (1 << slotBits) - 1;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as number;
    const slot = entry & slotMask;
    free(slots[slot] as Handle);
    const handle = allocate(entry >>> slotBits);
    touch(handle);
    slots[slot] = handle;
  }
}

/** Frees a slot's block and allocates another, again and again. One operation is such a pair. */
export function runReplace(
  subject: Subject,
  shape: ReplaceShape,
  pairCount: number,
  repeats: Repeats,
): LoopResult {
  const sequence = createSequence();
  const slots = subject.createSlots(shape.liveCount);
  for (let i = 0; i < shape.liveCount; i++) {
    slots[i] = subject.allocate(drawRequest(sequence, shape));
  }
  const entries = new Int32Array(Math.min(pairCount, BATCH_LIMIT));
  const timings: Timing[] = [];
  const slotBits = slotBitsOf(shape);
  let checksum = CHECKSUM_START;
  for (let batch = 0; batch < repeats.warmCount + repeats.timedCount; batch++) {
    fillEntries(sequence, shape, entries);
    checksum = addToChecksum(checksum, entries);
    const timing = timed(entries.length, () => replaceAll(subject, slots, entries, slotBits));
    if (batch >= repeats.warmCount) timings.push(timing);
  }
  return { timings: { pair: timings }, checksum };
}

function allocateAll(subject: Subject, slots: Slots, count: number, requestBytes: number): void {
  const { allocate, touch } = subject;
  for (let i = 0; i < count; i++) {
    const handle = allocate(requestBytes);
    touch(handle);
    slots[i] = handle;
  }
}

function freeAll(subject: Subject, slots: Slots, order: Int32Array): void {
  const { free, empty } = subject;
  for (let i = 0; i < order.length; i++) {
    const slot = order[i] as number;
    free(slots[slot] as Handle);
    slots[slot] = empty;
  }
}

const MILLION_STEPS = [
  "allocate",
  "free in order",
  "allocate after in order",
  "free shuffled",
  "allocate after shuffled",
] as const;

/** Allocates `blockCount` blocks, frees them in order, allocates, frees shuffled, allocates. */
function millionCycle(subject: Subject, blockCount: number, shuffled: Int32Array): Timing[] {
  const inOrder = Int32Array.from({ length: blockCount }, (_, i) => i);
  const slots = subject.createSlots(blockCount);
  const allocate = () => allocateAll(subject, slots, blockCount, MILLION_REQUEST_BYTES);
  const timings = [
    timed(blockCount, allocate),
    timed(blockCount, () => freeAll(subject, slots, inOrder)),
    timed(blockCount, allocate),
    timed(blockCount, () => freeAll(subject, slots, shuffled)),
    timed(blockCount, allocate),
  ];
  freeAll(subject, slots, inOrder);
  return timings;
}

/**
 * Warms with a sixteenth of the blocks, then one timed cycle: a second one would find the addresses
 * shuffled, and "in order" would no longer be so. Fresh pages are in the first step's time.
 */
export function runMillion(subject: Subject, blockCount: number, warmCount: number): LoopResult {
  const sequence = createSequence();
  const few = shuffledOrder(sequence, blockCount >> 4);
  for (let cycle = 0; cycle < warmCount; cycle++) millionCycle(subject, few.length, few);
  const shuffled = shuffledOrder(sequence, blockCount);
  const cycle = millionCycle(subject, blockCount, shuffled);
  const timings = Object.fromEntries(MILLION_STEPS.map((name, i) => [name, [cycle[i] as Timing]]));
  return { timings, checksum: addToChecksum(CHECKSUM_START, shuffled) };
}

/** An event is two words: id × 4 + operation, and the request in bytes. 3 is a reallocation. */
const FREE = 0;
const ALLOCATE = 1;
const ALLOCATE_ZEROED = 2;

function replayAll(subject: Subject, slots: Slots, events: Int32Array): void {
  const { allocate, free, empty, touch } = subject;
  const allocateZeroed = subject.allocateZeroed ?? allocate;
  const reallocate =
    subject.reallocate ??
    ((handle: Handle, requestBytes: number) => {
      const moved = allocate(requestBytes);
      free(handle);
      return moved;
    });
  for (let i = 0; i < events.length; i += 2) {
    const word = events[i] as number;
    const id = word >>> 2;
    const operation = word & 3;
    if (operation === FREE) {
      free(slots[id] as Handle);
      slots[id] = empty;
      continue;
    }
    const requestBytes = events[i + 1] as number;
    let handle: Handle;
    if (operation === ALLOCATE) handle = allocate(requestBytes);
    else if (operation === ALLOCATE_ZEROED) handle = allocateZeroed(requestBytes);
    else handle = reallocate(slots[id] as Handle, requestBytes);
    // Recorded programs ask for blocks of no bytes too: nothing may be written there.
    if (requestBytes !== 0) touch(handle);
    slots[id] = handle;
  }
}

/** Replays a recorded program; what still lives at its end is freed outside the timing. */
export function runTrace(subject: Subject, events: Int32Array, repeats: Repeats): LoopResult {
  let blockCount = 0;
  for (let i = 0; i < events.length; i += 2) {
    blockCount = Math.max(blockCount, ((events[i] as number) >>> 2) + 1);
  }
  const slots = subject.createSlots(blockCount);
  const timings: Timing[] = [];
  for (let pass = 0; pass < repeats.warmCount + repeats.timedCount; pass++) {
    const timing = timed(events.length / 2, () => replayAll(subject, slots, events));
    if (pass >= repeats.warmCount) timings.push(timing);
    for (let id = 0; id < blockCount; id++) {
      if (slots[id] !== subject.empty) subject.free(slots[id] as Handle);
      slots[id] = subject.empty;
    }
  }
  return { timings: { event: timings }, checksum: addToChecksum(CHECKSUM_START, events) };
}

/** How much the process grows for each block of one size, its slot not counted. */
export function runFootprint(
  subject: Subject,
  blockCount: number,
  requestBytes: number,
): LoopResult {
  const slots = subject.createSlots(blockCount);
  for (let i = 0; i < blockCount; i++) slots[i] = subject.empty;
  const before = process.memoryUsage.rss();
  for (let i = 0; i < blockCount; i++) {
    const handle = subject.allocate(requestBytes);
    subject.touch(handle);
    slots[i] = handle;
  }
  const after = process.memoryUsage.rss();
  // A use after the measurement keeps the blocks reachable until then.
  for (let i = 0; i < blockCount; i++) subject.touch(slots[i] as Handle);
  return { timings: {}, checksum: 0, bytesPerBlock: (after - before) / blockCount };
}
