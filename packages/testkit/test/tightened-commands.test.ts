// What a counterexample of allocators looks like in the end: commands in bulk, which shrinking
// leaves large, are taken apart into single calls.

import { createLargeBlockAllocator } from "@ouro/allocator";
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

function tightened(maker: kit.AllocatorMaker, name: string) {
  const property = kit.allocatorSuite.properties.find((each) => each.name === name);
  if (property?.tightened === undefined) throw new Error(`"${name}" tightens nothing`);
  const fails = (commands: unknown): boolean => {
    try {
      property.check(commands, maker, kit.createNotes());
      return false;
    } catch (error) {
      return error instanceof kit.BrokenPromiseError;
    }
  };
  expect(fails(BULK)).toBe(true);
  const commands = property.tightened(BULK, fails) as kit.AllocatorCommand[];
  return { commands, script: property.script(commands, maker) };
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
