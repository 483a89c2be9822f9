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
import type { Notes } from "../notes.js";
import { SWEEP_COMMANDS } from "../program-forms.js";
import { expectPromise } from "../promise.js";
import type { Property, SuiteOptions } from "../suite.js";
import { checkReleased, compareAllocator } from "./allocator-audit.js";
import { drawAllocator } from "./allocator-drawing.js";
import {
  type AllocatorCheck,
  type AllocatorModel,
  createAllocatorModel,
} from "./allocator-model.js";
import {
  type AllocatorLog,
  printAllocatorCalls,
  recordAllocatorCalls,
} from "./allocator-script.js";
import type { AllocatorMaker } from "./allocator-subject.js";
import type { SweepCommand } from "./sweep-command.js";
import { tightenCommands } from "./tightened-commands.js";

export const SWEEP_EXACT = "takes exactly the blocks without a mark for garbage, swept or not";
export const SWEEP_KEEPS = "keeps what is marked, and what is new while it sweeps";
export const SWEEP_SOUND = "stays sound at every step of a sweep";
export const SWEEP_RELEASE = "gives back every arena but the kept one when nothing is marked";

const ROWS: readonly (readonly [string, readonly AllocatorCheck[]])[] = [
  [SWEEP_EXACT, ["walk", "accounting"]],
  [SWEEP_KEEPS, ["placement", "contents"]],
  [SWEEP_SOUND, ["validate"]],
  [SWEEP_RELEASE, ["release"]],
];

export const sweepProperties: readonly Property<AllocatorMaker, SweepCommand[]>[] = ROWS.map(
  ([name, checks]) => ({
    name,
    source: "lazy sweeping as in Boehm–Demers–Weiser",
    whyNot: (maker: AllocatorMaker) =>
      "beginSweep" in maker.make().allocator ? undefined : "the allocator offers no sweep",
    programs: (maker: AllocatorMaker, { commandLimitCount }: SuiteOptions) =>
      sweepCommands(maker, commandLimitCount),
    check(commands: SweepCommand[], maker: AllocatorMaker, notes: Notes) {
      play(maker, commands, new Set(checks), notes);
    },
    form: SWEEP_COMMANDS,
    commandCount: (commands: SweepCommand[]) => commands.length,
    tightened: (commands: SweepCommand[], fails) => tightenCommands(commands, singleOnes, fails),
    script: (commands: SweepCommand[], maker: AllocatorMaker) =>
      printAllocatorCalls(maker, logOf(commands, maker, checks)),
    drawing: (commands: SweepCommand[], maker: AllocatorMaker) =>
      drawAllocator(maker, logOf(commands, maker, checks)),
  }),
);

function logOf(
  commands: readonly SweepCommand[],
  maker: AllocatorMaker,
  checks: readonly AllocatorCheck[],
): AllocatorLog {
  return recordAllocatorCalls(maker, (recording, notes) =>
    play(recording, commands, new Set(checks), notes),
  );
}

function singleOnes(command: SweepCommand): SweepCommand[] {
  if (!("count" in command)) return [command];
  return Array.from({ length: command.count }, () => ({ ...command, count: 1 }));
}

function sweepCommands(
  maker: AllocatorMaker,
  commandLimitCount = 30,
): fc.Arbitrary<SweepCommand[]> {
  const { requestBytes, bulkBytes } = maker;
  const count = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 200, max: 2500 }));
  const keptPercent = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0, 2, 98, 100));
  const one = fc.record({
    do: fc.constant("allocate" as const),
    count: fc.constant(1),
    requestBytes,
  });
  const many = fc.record({ do: fc.constant("allocate" as const), count, requestBytes: bulkBytes });
  // Several in the order they came: that is what empties pools.
  const free = fc.record({
    do: fc.constant("free" as const),
    pick: fc.nat({ max: 9999 }),
    count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2500 })),
  });
  const sweep = fc.record({ do: fc.constant("sweep" as const), keptPercent, salt: fc.nat() });
  const any = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: one },
      { weight: 4, arbitrary: many },
      { weight: 3, arbitrary: free },
      { weight: 3, arbitrary: sweep },
      { weight: 1, arbitrary: fc.constant({ do: "finish" as const }) },
    ),
    { maxLength: commandLimitCount, size: "max" },
  );
  // Several arenas with empty pools between others, when a sweep begins and pools are taken.
  const bulk = (command: fc.Arbitrary<SweepCommand>): fc.Arbitrary<SweepCommand> =>
    fc
      .tuple(command, fc.integer({ min: 1000, max: 2500 }))
      .map(([each, count]) => ("count" in each ? { ...each, count } : each));
  const opening = fc
    .tuple(bulk(many), bulk(many), bulk(many), bulk(free), bulk(free), sweep, one, many)
    .map((commands): SweepCommand[] => commands);
  return fc.oneof(
    any,
    fc.tuple(opening, any).map((parts) => parts.flat().slice(0, commandLimitCount)),
  );
}

/** Plays commands on a fresh allocator; throws at the first promise that does not hold. */
function play(
  maker: AllocatorMaker,
  commands: readonly SweepCommand[],
  enabled: ReadonlySet<AllocatorCheck>,
  notes: Notes,
): void {
  const model = createAllocatorModel(maker, enabled, notes);
  const marks = reserveMarks(model.heap);
  model.acts?.reserveMarks(reserveMarks);
  for (const command of commands) {
    if (command.do === "allocate") allocateMany(model, command.count, command.requestBytes);
    if (command.do === "free") freeMany(model, command.count, command.pick);
    if (command.do === "sweep") sweep(model, marks, command.keptPercent, command.salt);
    if (command.do === "finish") sweepable(model).finishSweep();
    compareAllocator(model);
  }
  sweep(model, marks, 0, 0);
  sweepable(model).finishSweep();
  compareAllocator(model);
  if (!model.checks("release")) return;
  checkReleased(model);
}

function sweepable(model: AllocatorModel): SweepableAllocator {
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
function allocateMany(model: AllocatorModel, count: number, requestBytes: number): void {
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

function freeMany(model: AllocatorModel, count: number, pick: number): void {
  for (let index = 0; index < count; index++) {
    const block = model.order[pick % model.order.length];
    if (block === undefined) return;
    model.remove(block);
    model.allocator.free(block);
  }
}

function markOnly(heap: PrivateHeap, marks: number, blocks: readonly Block[]): void {
  const { words } = heap;
  const wordsPerArena = ARENA_SIZE_WORDS >>> 7;
  const first = marks + heap.firstArenaIndex * wordsPerArena;
  words.fill(0, first, marks + heap.arenaCount * wordsPerArena);
  for (const block of blocks) {
    const word = marks + (block >>> 7);
    words[word] = (words[word] as number) | (1 << (block >>> 2));
  }
}

function sweep(model: AllocatorModel, marks: number, keptPercent: number, salt: number): void {
  const allocator = sweepable(model);
  allocator.finishSweep();
  const garbage: Block[] = [];
  const kept: Block[] = [];
  for (const block of model.order) {
    // Alike in a pool every other time: wholly free pools are to come between used ones.
    const place = salt % 2 === 0 ? block : block >>> 12;
    const chance = (Math.imul(place + salt, 0x9e3779b1) >>> 8) % 100;
    (chance >= keptPercent ? garbage : kept).push(block);
  }
  markOnly(model.heap, marks, kept);
  model.acts?.mark(kept, (heap) => markOnly(heap, marks, kept));
  let garbageBytes = 0;
  for (const block of garbage) garbageBytes += model.remove(block).usableBytes;
  let liveBytes = 0;
  for (const { usableBytes } of model.live.values()) liveBytes += usableBytes;
  const census = allocator.beginSweep(marks);
  if (!model.checks("accounting")) return;
  const expected = [model.live.size, liveBytes, garbage.length, garbageBytes];
  const { liveCount, garbageCount } = census;
  const counted = [liveCount, census.liveBytes, garbageCount, census.garbageBytes];
  expectPromise(counted.join() === expected.join(), `the census is ${counted}, not ${expected}`);
  expectPromise(allocator.isSweeping(), "no sweep runs after it began");
}
