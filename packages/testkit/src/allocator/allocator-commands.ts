// What a property does to an allocator: commands by number, played on the allocator and on the
// model side by side. After each command the model and the allocator are compared, as far as the
// property asks; at the end everything is freed.

import { ARENA_SIZE_BYTES, type Block } from "@ouro/interfaces";
import fc from "fast-check";
import type { Notes } from "../notes.js";
import { expectPromise } from "../promise.js";
import { checkReleased, compareAllocator } from "./allocator-audit.js";
import { expectRefusals, freeWrongly, misuse, overrun } from "./allocator-misuse.js";
import {
  type AllocatorCheck,
  type AllocatorModel,
  createAllocatorModel,
  type LiveBlock,
  pickBlock,
  refusalOf,
} from "./allocator-model.js";
import type { AllocatorMaker } from "./allocator-subject.js";
import { fillBlock } from "./block-pattern.js";

export type AllocatorCommand =
  | { readonly do: "allocate" | "allocateZeroed"; readonly requestBytes: number }
  | { readonly do: "reallocate"; readonly pick: number; readonly requestBytes: number }
  | { readonly do: "free"; readonly pick: number }
  | { readonly do: "allocateMany"; readonly count: number; readonly requestBytes: number }
  | { readonly do: "freeMany"; readonly pick: number; readonly count: number }
  | { readonly do: "misuse"; readonly pick: number; readonly offset: number };

/**
 * Commands of sizes that suit the allocator, wrong ones among them. `bulkWeight` is that of many
 * allocations at once, beside 20 of all else: arenas are filled by them.
 */
export function allocatorCommands(
  maker: AllocatorMaker,
  commandLimitCount = 50,
  bulkWeight = 1,
): fc.Arbitrary<AllocatorCommand[]> {
  const pick = fc.nat({ max: 9999 });
  const { requestBytes, bulkBytes } = maker;
  const command: fc.Arbitrary<AllocatorCommand> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant("allocate" as const), requestBytes }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("allocateZeroed" as const), requestBytes }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("reallocate" as const), pick, requestBytes }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("free" as const), pick }) },
    {
      weight: bulkWeight,
      arbitrary: fc.record({
        do: fc.constant("allocateMany" as const),
        count: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 400, max: 1200 })),
        requestBytes: bulkBytes,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("freeMany" as const),
        pick,
        count: fc.integer({ min: 1, max: 1000 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("misuse" as const),
        pick,
        offset: fc.integer({ min: 1, max: 600 }),
      }),
    },
  );
  return fc.array(command, { maxLength: commandLimitCount, size: "max" });
}

/** The single calls that a command stands for. */
export function singleCommands(command: AllocatorCommand): AllocatorCommand[] {
  if (command.do === "allocateMany") {
    const { count, requestBytes } = command;
    return Array.from({ length: count }, () => ({ do: "allocate", requestBytes }));
  }
  if (command.do !== "freeMany") return [command];
  const { count, pick } = command;
  return Array.from({ length: count }, (_, index) => ({ do: "free", pick: pick + index * 3 }));
}

/** Plays commands on a fresh allocator; throws at the first promise that does not hold. */
export function playOnAllocator(
  maker: AllocatorMaker,
  commands: readonly AllocatorCommand[],
  enabled: ReadonlySet<AllocatorCheck>,
  notes: Notes,
): void {
  const model = createAllocatorModel(maker, enabled, notes);
  for (const command of commands) {
    playOne(model, command);
    compareAllocator(model);
  }
  while (model.order.length > 0) freeOne(model, model.order.length * 7);
  compareAllocator(model);
  settle(model);
  compareAllocator(model);
  if (model.checks("release")) checkReleased(model);
}

function settle({ subject, acts }: AllocatorModel): void {
  if (subject.settle === undefined) return;
  if (acts === undefined) subject.settle();
  else acts.settle(() => subject.settle?.());
}

function playOne(model: AllocatorModel, command: AllocatorCommand): void {
  switch (command.do) {
    case "allocate":
      allocateOne(model, command.requestBytes);
      break;
    case "allocateZeroed":
      allocateZeroed(model, command.requestBytes);
      break;
    case "reallocate":
      reallocateOne(model, command.pick, command.requestBytes);
      break;
    case "free":
      freeOne(model, command.pick);
      break;
    case "allocateMany":
      for (let count = 0; count < command.count; count++) allocateOne(model, command.requestBytes);
      break;
    case "freeMany":
      for (let count = 0; count < command.count; count++) {
        freeOne(model, command.pick + count * 3);
      }
      break;
    case "misuse":
      if (model.checks("refusals")) misuse(model, command.pick, command.offset);
      if (model.checks("aliasing")) freeWrongly(model, command.pick, command.offset);
      if (model.checks("overrun")) overrun(model, command.pick);
  }
}

/** With "memory", each allocation is first tried with no arena left to lend. */
function allocateOne(model: AllocatorModel, requestBytes: number): void {
  const { heap, allocator } = model;
  if (model.checks("memory")) {
    const lentBytes = heap.statistics().lentBytes;
    heap.setLimitBytes(lentBytes);
    const block = allocator.tryAllocate(requestBytes);
    if (block !== 0) model.add(block, requestBytes);
    else checkOutOfMemory(model, requestBytes);
    heap.setLimitBytes(heap.arenaCount * ARENA_SIZE_BYTES);
    return;
  }
  const block = allocator.tryAllocate(requestBytes);
  // A heap that is full is an ordinary end of a random walk.
  if (block !== 0) model.add(block, requestBytes);
}

function checkOutOfMemory(model: AllocatorModel, requestBytes: number): void {
  const { allocator } = model;
  model.remember();
  expectPromise(
    allocator.tryAllocate(requestBytes) === 0,
    "a refused request was served when repeated",
  );
  for (const call of ["allocate", "allocateZeroed"] as const) {
    const kind = refusalOf(() => allocator[call](requestBytes));
    expectPromise(kind === "out-of-memory", `${call} with nothing left ended as ${kind}`);
  }
  const victim = model.order.find((block) => isGoodEnough(model, block, requestBytes));
  if (victim !== undefined) {
    const grown = refusalOf(() => allocator.reallocate(victim, 11 * ARENA_SIZE_BYTES));
    const isRefused = grown === "out-of-memory" || grown === "usage";
    expectPromise(isRefused, `a reallocation beyond the heap ended as ${grown}`);
  }
  model.expectUnchanged("a request refused for memory");
  allocator.validate();
  if (victim === undefined) return;
  model.remove(victim);
  allocator.free(victim);
  const block = allocator.tryAllocate(requestBytes);
  const isDeclared = model.maker.reusesFreed ?? true;
  model.notes.note(block === 0 ? "freed, still refused" : "freed, served again");
  expectPromise(
    block !== 0 || !isDeclared,
    `after a free, ${requestBytes} bytes are still refused`,
  );
  if (block !== 0) model.add(block, requestBytes);
}

/** Whether the request fits where the block lies: in its size class, or at most as large. */
function isGoodEnough(model: AllocatorModel, block: Block, requestBytes: number): boolean {
  const usableBytes = model.live.get(block)?.usableBytes ?? 0;
  const needed = Math.max(16, Math.ceil(requestBytes / 16) * 16);
  if (usableBytes % 16 === 0) return needed === usableBytes && requestBytes > 0;
  return usableBytes >= requestBytes && (requestBytes === 0 || requestBytes > 512);
}

function allocateZeroed(model: AllocatorModel, requestBytes: number): void {
  let block: Block;
  try {
    block = model.allocator.allocateZeroed(requestBytes);
  } catch (error) {
    // A heap that is full is an ordinary end of a random walk.
    if (refusalOf(() => throwAgain(error)) === "out-of-memory") return;
    throw error;
  }
  if (model.checks("zeroing")) {
    const start = block * 4;
    const dirty = model.heap.bytes.subarray(start, start + requestBytes).some((byte) => byte !== 0);
    if (dirty) model.acts?.lookAtZeros(block, requestBytes);
    expectPromise(!dirty, `block ${block} of ${requestBytes} bytes is not zero-filled`);
  }
  model.add(block, requestBytes);
}

function throwAgain(error: unknown): never {
  throw error;
}

function reallocateOne(model: AllocatorModel, pick: number, requestBytes: number): void {
  const block = pickBlock(model, pick);
  if (block === undefined) return;
  const { allocator } = model;
  let moved = 0 as Block;
  const kind = refusalOf(() => {
    moved = allocator.reallocate(block, requestBytes);
  });
  if (kind === "out-of-memory") {
    const { fillNumber, usableBytes } = model.live.get(block) as LiveBlock;
    if (model.checks("reallocation")) model.verify(block, fillNumber, usableBytes);
    return;
  }
  expectPromise(kind === "accepted", `reallocate to ${requestBytes} bytes ended as ${kind}`);
  const known = model.live.get(block) as LiveBlock;
  const keptBytes = Math.min(known.requestBytes, requestBytes);
  if (model.checks("reallocation")) {
    model.verify(moved, known.fillNumber, keptBytes);
    const isOldLive = allocator.owns(block);
    expectPromise(moved === block || !isOldLive, `reallocate leaks the old block ${block}`);
  }
  forgetMoved(model, block);
  model.addMoved(moved, requestBytes, known.fillNumber);
}

/** The old block's words may be anything now: only the books are closed. */
function forgetMoved(model: AllocatorModel, block: Block): void {
  const known = model.live.get(block);
  expectPromise(known !== undefined, `${block} does not live`);
  const end = block + (known.usableBytes >> 2);
  const words = model.heap.words.slice(block, end);
  fillBlock(model.heap.words, block, known.fillNumber, end - block);
  model.remove(block);
  model.heap.words.set(words, block);
}

function freeOne(model: AllocatorModel, pick: number): void {
  const block = pickBlock(model, pick);
  if (block === undefined) return;
  const { allocator, heap } = model;
  model.remove(block);
  allocator.free(block);
  if (!model.checks("refusals") || model.order.length % 64 !== 0) return;
  const isArenaLent = heap.words[heap.arenaTable + (block >>> 18)] !== 0;
  const exact = isArenaLent ? "double-free" : "invalid-address";
  const isVague = model.maker.forgetsFreed === true;
  const kinds = expectRefusals(model, [block], isVague ? "double-free or invalid-address" : exact);
  model.notes.note(kinds.every((kind) => kind === exact) ? "freed, told" : "freed, forgotten");
}
