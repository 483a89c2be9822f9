// What a property does to an allocator: commands by number, played on the allocator and on the
// model side by side. After each command the model and the allocator are compared, as far as the
// property asks; at the end everything is freed.

import { ARENA_SIZE_BYTES, ARENA_SIZE_WORDS, type Block } from "@ouro/interfaces";
import fc from "fast-check";
import {
  type Check,
  createModel,
  type Model,
  promise,
  promiseUnchanged,
  refusalOf,
  remember,
} from "./allocator-model.js";
import { newHeap, type RigMaker } from "./rigs.js";

export type Command =
  | { readonly do: "allocate" | "allocateZeroed"; readonly requestBytes: number }
  | { readonly do: "reallocate"; readonly pick: number; readonly requestBytes: number }
  | { readonly do: "free"; readonly pick: number }
  | { readonly do: "allocateMany"; readonly count: number; readonly requestBytes: number }
  | { readonly do: "freeMany"; readonly pick: number; readonly count: number }
  | { readonly do: "misuse"; readonly pick: number; readonly offset: number };

export function commandsFor(maker: RigMaker): fc.Arbitrary<Command[]> {
  const pick = fc.nat({ max: 9999 });
  const { requestBytes, bulkBytes } = maker;
  const command: fc.Arbitrary<Command> = fc.oneof(
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
      weight: 1,
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
  return fc.array(command, { maxLength: 50, size: "max" });
}

/** Plays commands on a fresh allocator; throws at the first promise that does not hold. */
export function play(maker: RigMaker, commands: readonly Command[], enabled: Set<Check>): void {
  const model = createModel(maker, enabled);
  for (const command of commands) {
    playOne(model, command);
    compare(model);
  }
  while (model.order.length > 0) freeOne(model, model.order.length * 7);
  compare(model);
  if (model.checks("release")) checkReleased(model);
}

function playOne(model: Model, command: Command): void {
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
      if (model.checks("overrun")) overrun(model, command.pick);
  }
}

/** With "memory", each allocation is first tried with no arena left to lend. */
function allocateOne(model: Model, requestBytes: number): void {
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

function checkOutOfMemory(model: Model, requestBytes: number): void {
  const { heap, allocator } = model;
  remember(heap);
  promise(allocator.tryAllocate(requestBytes) === 0, "a refused request was served when repeated");
  for (const call of ["allocate", "allocateZeroed"] as const) {
    const kind = refusalOf(() => allocator[call](requestBytes));
    promise(kind === "out-of-memory", `${call} with nothing left ended as ${kind}`);
  }
  const victim = model.order.find((block) => isGoodEnough(model, block, requestBytes));
  if (victim !== undefined) {
    const grown = refusalOf(() => allocator.reallocate(victim, 11 * ARENA_SIZE_BYTES));
    const isRefused = grown === "out-of-memory" || grown === "usage";
    promise(isRefused, `a reallocation beyond the heap ended as ${grown}`);
  }
  promiseUnchanged(heap, "a request refused for memory");
  allocator.validate();
  if (victim === undefined) return;
  model.remove(victim);
  allocator.free(victim);
  const block = allocator.tryAllocate(requestBytes);
  promise(block !== 0, `after a free, ${requestBytes} bytes are still refused`);
  model.add(block, requestBytes);
}

/** Whether the request fits where the block lies: in its size class, or at most as large. */
function isGoodEnough(model: Model, block: Block, requestBytes: number): boolean {
  const usableBytes = model.live.get(block)?.usableBytes ?? 0;
  const needed = Math.max(16, Math.ceil(requestBytes / 16) * 16);
  if (usableBytes % 16 === 0) return needed === usableBytes && requestBytes > 0;
  return usableBytes >= requestBytes && (requestBytes === 0 || requestBytes > 512);
}

function allocateZeroed(model: Model, requestBytes: number): void {
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
    promise(!dirty, `block ${block} of ${requestBytes} bytes is not zero-filled`);
  }
  model.add(block, requestBytes);
}

function throwAgain(error: unknown): never {
  throw error;
}

function pickBlock(model: Model, pick: number): Block | undefined {
  return model.order[pick % model.order.length];
}

function reallocateOne(model: Model, pick: number, requestBytes: number): void {
  const block = pickBlock(model, pick);
  if (block === undefined) return;
  const { allocator } = model;
  let moved = 0 as Block;
  const kind = refusalOf(() => {
    moved = allocator.reallocate(block, requestBytes);
  });
  if (kind === "out-of-memory") {
    const { salt, usableBytes } = model.live.get(block) as { salt: number; usableBytes: number };
    if (model.checks("reallocation")) model.verify(block, salt, usableBytes);
    return;
  }
  promise(kind === "accepted", `reallocate to ${requestBytes} bytes ended as ${kind}`);
  const known = model.live.get(block) as { requestBytes: number; salt: number };
  const keptBytes = Math.min(known.requestBytes, requestBytes);
  if (model.checks("reallocation")) {
    model.verify(moved, known.salt, keptBytes);
    const isOldLive = allocator.owns(block);
    promise(moved === block || !isOldLive, `reallocate leaks the old block ${block}`);
  }
  forgetMoved(model, block);
  model.addWithSalt(moved, requestBytes, known.salt);
}

/** The old block's words may be anything now: only the books are closed. */
function forgetMoved(model: Model, block: Block): void {
  const known = model.live.get(block);
  promise(known !== undefined, `${block} does not live`);
  const words = model.heap.words.slice(block, block + known.usableBytes / 4);
  const end = block + known.usableBytes / 4;
  for (let word = block as number; word < end; word++) {
    model.heap.words[word] = Math.imul(word - block + known.salt, 0x9e3779b1);
  }
  model.remove(block);
  model.heap.words.set(words, block);
}

function freeOne(model: Model, pick: number): void {
  const block = pickBlock(model, pick);
  if (block === undefined) return;
  const { allocator, heap } = model;
  model.remove(block);
  allocator.free(block);
  if (!model.checks("refusals") || model.order.length % 64 !== 0) return;
  const isArenaLent = heap.words[heap.arenaTable + (block >>> 18)] !== 0;
  const expected = isArenaLent ? "double-free" : "invalid-address";
  expectRefusals(model, [block], expected);
}

function expectRefusals(model: Model, numbers: readonly number[], expected: string): void {
  const { allocator, heap } = model;
  remember(heap);
  for (const number of numbers) {
    const block = number as Block;
    promise(!allocator.owns(block), `owns(${block}) is true`);
    for (const call of ["free", "reallocate", "usableSizeBytes"] as const) {
      const kind = refusalOf(() => allocator[call](block, 100));
      promise(kind === expected, `${call}(${block}) ended as ${kind}, not as ${expected}`);
    }
  }
  promiseUnchanged(heap, "a refused call");
}

/** Numbers that name no block: inside a block, of other owners, out of range, of no integer. */
function misuse(model: Model, pick: number, offset: number): void {
  const { heap, maker } = model;
  const block = pickBlock(model, pick);
  const numbers = [
    0,
    -4,
    -(2 ** 31),
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    heap.arenaTable,
    heap.firstArenaIndex * ARENA_SIZE_WORDS - 4,
    heap.arenaCount * ARENA_SIZE_WORDS,
    heap.arenaCount * ARENA_SIZE_WORDS + 64,
    2 ** 31,
    2 ** 32 + 64,
  ];
  if (block !== undefined) {
    const sizeWords = (model.live.get(block)?.usableBytes ?? 0) / 4;
    const inside = 1 + (offset % Math.max(1, sizeWords - 1));
    if (sizeWords > 1) numbers.push(block + inside, block + 0.5, block + 2 ** 32);
    if (sizeWords > 4) numbers.push(block + 4);
    numbers.push(-block);
  }
  // A block of another heap, at a place where none lives here.
  const foreign = foreignBlock(maker, offset % 500);
  if (!model.live.has(foreign) && heap.words[heap.arenaTable + (foreign >>> 18)] === 0) {
    numbers.push(foreign);
  }
  expectRefusals(model, numbers, "invalid-address");
  const badSizes = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 33];
  remember(heap);
  for (const requestBytes of badSizes) {
    for (const call of ["allocate", "tryAllocate", "allocateZeroed"] as const) {
      const kind = refusalOf(() => model.allocator[call](requestBytes));
      promise(kind === "usage", `${call}(${requestBytes}) ended as ${kind}`);
    }
    if (block === undefined) continue;
    const kind = refusalOf(() => model.allocator.reallocate(block, requestBytes));
    promise(kind === "usage", `reallocate to ${requestBytes} bytes ended as ${kind}`);
  }
  promiseUnchanged(heap, "a request of a bad size");
}

/** A large block's header ends where the block begins: a write past the block before changes it. */
function overrun(model: Model, pick: number): void {
  const block = pickBlock(model, pick);
  if (block === undefined) return;
  const { allocator, heap } = model;
  const hasHeader = (model.live.get(block)?.usableBytes ?? 0) % 16 === 8;
  if (!hasHeader) return;
  const mark = heap.words[block - 1] as number;
  heap.words[block - 1] = mark + 1;
  for (const call of ["free", "reallocate", "usableSizeBytes"] as const) {
    remember(heap);
    const kind = refusalOf(() => allocator[call](block, 100));
    promise(kind === "heap-corruption", `${call} with a changed header ended as ${kind}`);
    promiseUnchanged(heap, `${call} with a changed header`);
  }
  heap.words[block - 1] = mark;
}

function foreignBlock(maker: RigMaker, requestBytes: number): Block {
  return maker.make(newHeap()).allocator.allocate(requestBytes);
}

export function compare(model: Model): void {
  const { allocator } = model;
  if (model.checks("validate")) {
    allocator.validate();
    model.heap.validate();
  }
  if (model.checks("accounting")) checkAccounting(model);
  if (model.checks("walk")) checkWalk(model);
}

function checkAccounting(model: Model): void {
  const { rig, heap, live } = model;
  const figures = model.allocator.statistics();
  let usedBytes = 0;
  for (const block of live.values()) usedBytes += block.usableBytes;
  const lent = heap.statistics().lentBytes;
  const expectations: [what: string, actual: number, expected: number][] = [
    ["live blocks", figures.liveBlockCount, live.size],
    ["used bytes", figures.usedBytes, usedBytes],
    ["lent bytes", figures.lentBytes, lent],
    ["lent arenas", figures.lentArenaCount * ARENA_SIZE_BYTES, lent],
    ["overhead bytes", figures.overheadBytes, rig.overheadBytes()],
    [
      "used, free and overhead bytes together",
      figures.usedBytes + figures.freeBytes + figures.overheadBytes,
      lent,
    ],
  ];
  for (const [what, actual, expected] of expectations) {
    promise(actual === expected, `${what}: ${actual}, by the model ${expected}`);
  }
  const top = model.order.reduce((highest, block) => Math.max(highest, block), 0);
  promise((figures.topBlock?.block ?? 0) === top, `the top block is ${top}`);
}

function checkWalk(model: Model): void {
  const expected = [...model.live].sort(([one], [other]) => one - other);
  let index = 0;
  model.allocator.walk((block, usableBytes) => {
    const [expectedBlock, known] = expected[index] ?? [undefined, undefined];
    promise(block === expectedBlock, `the walk gives ${block} instead of ${expectedBlock}`);
    promise(usableBytes === known?.usableBytes, `the walk gives a wrong size for ${block}`);
    promise(model.allocator.owns(block), `the walk gives ${block}, which is not owned`);
    index++;
  });
  promise(index === expected.length, `the walk gives ${index} of ${expected.length} blocks`);
}

function checkReleased(model: Model): void {
  const { lentArenaCount } = model.heap.statistics();
  const { keptArenaCount } = model.maker;
  promise(
    lentArenaCount <= keptArenaCount,
    `${lentArenaCount} arenas are lent with no block live, ${keptArenaCount} may be kept`,
  );
}
