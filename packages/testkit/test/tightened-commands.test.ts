// What a counterexample of allocators looks like in the end: commands in bulk, which shrinking
// leaves large, are taken apart into single calls.

import { createLargeBlockAllocator, createPoolAllocator } from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import type { Allocator, Block } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";

type Change = (allocator: Allocator) => Partial<Allocator>;

/** An allocator of which some calls are other ones. */
function makerOf(change: Change): kit.AllocatorMaker {
  return {
    name: "changed",
    keptArenaCount: 1,
    requestBytes: kit.requestSizes.large,
    bulkBytes: kit.requestSizes.large,
    make() {
      const heap = createPrivateHeap({ reservationBytes: 2 ** 25 });
      const allocator = createLargeBlockAllocator({ source: heap });
      return { heap, allocator: { ...allocator, ...change(allocator) } };
    },
  };
}

const BULK: kit.AllocatorCommand[] = [
  { do: "allocate", requestBytes: 17_000 },
  { do: "allocateMany", count: 412, requestBytes: 1234 },
  { do: "freeMany", pick: 77, count: 90 },
  { do: "reallocate", pick: 5, requestBytes: 9000 },
  { do: "allocateMany", count: 60, requestBytes: 4321 },
];

function scriptOf(maker: kit.AllocatorMaker, name: string, commands: readonly unknown[]) {
  const property = kit.allocatorSuite.properties.find((each) => each.name === name);
  return { property, script: property?.script(commands, maker) ?? "" };
}

function tightened(maker: kit.AllocatorMaker, name: string, program: readonly unknown[] = BULK) {
  const { property } = scriptOf(maker, name, program);
  if (property?.tightened === undefined) throw new Error(`"${name}" tightens nothing`);
  let reason = "";
  const fails = (commands: unknown): boolean => {
    try {
      property.check(commands, maker, kit.createNotes());
      return false;
    } catch (error) {
      reason = String(error);
      return error instanceof kit.BrokenPromiseError;
    }
  };
  expect(fails(program)).toBe(true);
  const commands = property.tightened(program, fails) as kit.AllocatorCommand[];
  return { commands, script: property.script(commands, maker), reason };
}

/** The third block is the second one once more. */
const givesTwice: Change = ({ tryAllocate }) => {
  const given: Block[] = [];
  return {
    tryAllocate(requestBytes) {
      const block = given.length === 2 ? (given[1] as Block) : tryAllocate(requestBytes);
      given.push(block);
      return block;
    },
  };
};

/** The second free does nothing. */
const leaksSecondFree: Change = ({ free }) => {
  let freeCount = 0;
  return {
    free(block) {
      if (++freeCount !== 2) free(block);
    },
  };
};

/** The lowest block stays, marked or not. */
const sparesLowest: kit.AllocatorMaker = {
  name: "spares the lowest",
  keptArenaCount: 1,
  requestBytes: kit.requestSizes.small,
  bulkBytes: kit.requestSizes.small,
  make() {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 25 });
    const allocator = createPoolAllocator({ source: heap });
    const beginSweep: typeof allocator.beginSweep = (marks) => {
      let lowest = 0;
      allocator.walk((block) => {
        if (lowest === 0) lowest = block;
      });
      const word = marks + (lowest >>> 7);
      if (lowest > 0) heap.words[word] = (heap.words[word] as number) | (1 << (lowest >>> 2));
      return allocator.beginSweep(marks);
    };
    return { heap, allocator: { ...allocator, beginSweep } };
  },
};

describe("A counterexample of a sweep", () => {
  const SWEEPS: kit.SweepCommand[] = [
    { do: "allocate", count: 300, requestBytes: 48 },
    { do: "sweep", keptPercent: 40, salt: 3 },
    { do: "free", pick: 4, count: 9 },
    { do: "finish" },
  ];

  it("has the marks in its script, and shows what is left when it is run", () => {
    const maker = sparesLowest;
    const { commands, script, reason } = tightened(maker, kit.SWEEP_EXACT, SWEEPS);
    expect(commands).toEqual([{ do: "allocate", count: 1, requestBytes: 0 }]);
    expect(script).not.toMatch(/^\/\/ \{/m);
    expect(script).toContain("allocator.beginSweep(marks)");
    const play = new Function("maker", "console", `${script}\nreturn allocator;`);
    const { liveBlockCount } = (play(maker, { log() {} }) as Allocator).statistics();
    expect(reason).toContain("the census is 1,");
    expect(liveBlockCount).toBe(1);
  });

  it("marks in its script what the sweep is to keep, and clears marks of before", () => {
    const { script } = scriptOf(sparesLowest, kit.SWEEP_SOUND, [
      { do: "allocate", count: 3, requestBytes: 16 },
      { do: "sweep", keptPercent: 100, salt: 0 },
    ]);
    const lines = script.split("\n").filter((line) => /^mark\(|beginSweep/.test(line));
    expect(lines).toEqual([
      "mark(b1, b2, b3);",
      "console.log(allocator.beginSweep(marks));",
      "mark();",
      "console.log(allocator.beginSweep(marks));",
    ]);
    const rest = "return [b1, b2, b3].map(allocator.owns);";
    const play = new Function("maker", "console", `${script}\n${rest}`);
    expect(play(sparesLowest, { log() {} })).toEqual([true, false, false]);
  });
});

describe("A counterexample of an allocator", () => {
  it("is taken apart into single calls, of which none can go", () => {
    const { commands } = tightened(makerOf(givesTwice), kit.PLACEMENT);
    expect(commands).toEqual(Array(3).fill({ do: "allocate", requestBytes: 0 }));
  });

  it("ends in the call that breaks, also where only the end of a property shows it", () => {
    const { commands, script } = tightened(makerOf(leaksSecondFree), kit.ACCOUNTING);
    expect(commands.length).toBeLessThanOrEqual(2);
    const lines = script.split("\n");
    expect(lines.at(-3)).toMatch(/^allocator\.free\(b\d\);$/);
    expect(lines.at(-2)).toBe("console.log(allocator.statistics());");
    expect(lines.at(-1)).toMatch(/^\/\/ live blocks: 1, by the model 0$/);
  });

  it("runs as it is printed", () => {
    const maker = makerOf(leaksSecondFree);
    const { script } = tightened(maker, kit.ACCOUNTING);
    const console = { log() {} };
    const play = new Function("maker", "console", `${script}\nreturn allocator;`);
    const allocator = play(maker, console) as Allocator;
    expect(allocator.statistics().liveBlockCount).toBe(1);
  });
});
