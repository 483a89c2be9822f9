// What a property does to an allocator that a collector sweeps: allocations, frees and sweeps of
// chosen blocks by number, played on the allocator and on the model of allocator-model.ts side by
// side. In the model a block without a mark is gone when the sweep begins; in the allocator it may
// lie there for long.

import {
  ARENA_SIZE_WORDS,
  type Block,
  type PrivateHeap,
  type SweepableAllocator,
} from "@ouro/interfaces";
import fc from "fast-check";
import { compare } from "./allocator-commands.js";
import { type Check, createModel, type Model, promise } from "./allocator-model.js";
import { makeLargeRig, makePoolRig, makeRouterRig, type Parts, type RigMaker } from "./rigs.js";

export const SWEEP_EXACT = "takes exactly the blocks without a mark for garbage, swept or not";
export const SWEEP_KEEPS = "keeps what is marked, and what is new while it sweeps";
export const SWEEP_SOUND = "stays sound at every step of a sweep";
export const SWEEP_RELEASE = "gives back every arena but the kept one when nothing is marked";

export const sweepProperties: ReadonlyMap<string, readonly Check[]> = new Map([
  [SWEEP_EXACT, ["walk", "accounting"]],
  [SWEEP_KEEPS, ["placement", "contents"]],
  [SWEEP_SOUND, ["validate"]],
  [SWEEP_RELEASE, ["release"]],
] as const);

export function sweepableRigs(parts: Parts): RigMaker[] {
  return [makePoolRig(parts), makeLargeRig(parts), makeRouterRig(parts)];
}

export type SweepCommand =
  | { readonly do: "allocate"; readonly count: number; readonly requestBytes: number }
  | { readonly do: "free"; readonly pick: number }
  | { readonly do: "sweep"; readonly keptPercent: number; readonly salt: number }
  | { readonly do: "finish" };

export function sweepProperty(name: string, maker: RigMaker): fc.IProperty<[SweepCommand[]]> {
  const checks = sweepProperties.get(name);
  if (checks === undefined) throw new Error(`no property is named "${name}"`);
  return fc.property(commandsFor(maker), (commands) => play(maker, commands, new Set(checks)));
}

function commandsFor(maker: RigMaker): fc.Arbitrary<SweepCommand[]> {
  const { requestBytes, bulkBytes } = maker;
  const count = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 200, max: 2500 }));
  const keptPercent = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0, 2, 98, 100));
  const one = fc.record({
    do: fc.constant("allocate" as const),
    count: fc.constant(1),
    requestBytes,
  });
  const many = fc.record({ do: fc.constant("allocate" as const), count, requestBytes: bulkBytes });
  const free = fc.record({ do: fc.constant("free" as const), pick: fc.nat({ max: 9999 }) });
  const sweep = fc.record({ do: fc.constant("sweep" as const), keptPercent, salt: fc.nat() });
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: one },
      { weight: 4, arbitrary: many },
      { weight: 3, arbitrary: free },
      { weight: 3, arbitrary: sweep },
      { weight: 1, arbitrary: fc.constant({ do: "finish" as const }) },
    ),
    { maxLength: 30, size: "max" },
  );
}

/** Plays commands on a fresh allocator; throws at the first promise that does not hold. */
function play(maker: RigMaker, commands: readonly SweepCommand[], enabled: Set<Check>): void {
  const model = createModel(maker, enabled);
  const marks = reserveMarks(model.heap);
  for (const command of commands) {
    if (command.do === "allocate") allocateMany(model, command.count, command.requestBytes);
    if (command.do === "free") freeOne(model, command.pick);
    if (command.do === "sweep") sweep(model, marks, command.keptPercent, command.salt);
    if (command.do === "finish") sweepable(model).finishSweep();
    compare(model);
  }
  sweep(model, marks, 0, 0);
  sweepable(model).finishSweep();
  compare(model);
  if (!model.checks("release")) return;
  const { lentArenaCount } = model.heap.statistics();
  const { keptArenaCount } = maker;
  promise(lentArenaCount <= keptArenaCount, `${lentArenaCount} arenas are lent, nothing lives`);
}

function sweepable(model: Model): SweepableAllocator {
  return model.allocator as SweepableAllocator;
}

/** The word to which `block >>> 7` is added. */
export function reserveMarks(heap: PrivateHeap): number {
  const wordsPerArena = ARENA_SIZE_WORDS >>> 7;
  const sizeWords = (heap.arenaCount - heap.firstArenaIndex) * wordsPerArena;
  const region = heap.reserveRegion(heap.registerBorrower("marks"), "marks", sizeWords);
  return region.start - heap.firstArenaIndex * wordsPerArena;
}

/** With memory full, what is not swept yet is swept, and only then is it full. */
function allocateMany(model: Model, count: number, requestBytes: number): void {
  const allocator = sweepable(model);
  for (let index = 0; index < count; index++) {
    let block = allocator.tryAllocate(requestBytes);
    if (block === 0 && allocator.isSweeping()) {
      allocator.finishSweep();
      block = allocator.tryAllocate(requestBytes);
    }
    if (block === 0) return;
    model.add(block, requestBytes);
  }
}

function freeOne(model: Model, pick: number): void {
  const block = model.order[pick % model.order.length];
  if (block === undefined) return;
  model.remove(block);
  model.allocator.free(block);
}

function sweep(model: Model, marks: number, keptPercent: number, salt: number): void {
  const { heap } = model;
  const allocator = sweepable(model);
  allocator.finishSweep();
  const first = marks + heap.firstArenaIndex * 2048;
  heap.words.fill(0, first, marks + heap.arenaCount * 2048);
  const garbage: Block[] = [];
  for (const block of model.order) {
    // Alike in a pool every other time: wholly free pools are to come between used ones.
    const place = salt % 2 === 0 ? block : block >>> 12;
    const chance = (Math.imul(place + salt, 0x9e3779b1) >>> 8) % 100;
    const word = marks + (block >>> 7);
    if (chance >= keptPercent) garbage.push(block);
    else heap.words[word] = (heap.words[word] as number) | (1 << (block >>> 2));
  }
  let garbageBytes = 0;
  for (const block of garbage) garbageBytes += model.remove(block).usableBytes;
  let liveBytes = 0;
  for (const { usableBytes } of model.live.values()) liveBytes += usableBytes;
  const census = allocator.beginSweep(marks);
  if (!model.checks("accounting")) return;
  const expected = [model.live.size, liveBytes, garbage.length, garbageBytes];
  const { liveCount, garbageCount } = census;
  const counted = [liveCount, census.liveBytes, garbageCount, census.garbageBytes];
  promise(counted.join() === expected.join(), `the census is ${counted}, not ${expected}`);
  promise(allocator.isSweeping(), "no sweep runs after it began");
}
