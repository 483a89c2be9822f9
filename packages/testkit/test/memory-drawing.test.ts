// Drawings of allocators and heaps: what a program was answered, laid out over the addresses, with
// what contradicts it. They believe nobody: wrong ones are drawn as they answered.

import { readFileSync } from "node:fs";
import type { Allocator, Block } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { drawMemory } from "../src/memory/memory-drawing.js";
import type { MemorySpan } from "../src/memory/memory-picture.js";
import { large, pools } from "./plain-makers.js";
import { type ToyAllocator, toyAllocators } from "./toy-allocators.js";
import { type ToyHeap, toyHeaps } from "./toy-heaps.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

function drawingOf<Maker>(
  suite: kit.Suite<Maker>,
  maker: Maker,
  name: string,
  program: unknown,
): kit.Drawing {
  const property = suite.properties.find((each) => each.name === name);
  const drawing = property?.drawing?.(program, maker);
  if (drawing === undefined) throw new Error(`no drawing of "${name}"`);
  return drawing;
}

/** Each part under its title. */
const partsOf = ({ text }: kit.Drawing): string[] => text.split(/\n(?=\S)/);

const allocatorOf = (fault: string) =>
  toyAllocators.find((toy) => toy.fault === fault) as ToyAllocator;

function drawAllocator(fault: string, program: unknown): kit.Drawing {
  const { wrong, killedBy } = allocatorOf(fault);
  return drawingOf(kit.allocatorSuite, wrong, killedBy, program);
}

const allocate = (requestBytes: number) => ({ do: "allocate", requestBytes });

describe("A drawing of an allocator", () => {
  it("shows a block that is given twice in two lines, and each under the other's name", () => {
    const drawing = drawAllocator("gives the third block twice", Array(3).fill(allocate(600)));
    const [before = "", after = ""] = partsOf(drawing);
    expect(before).toMatch(/^before the last call:\n {2}arena 1, lent to "large"\n/);
    expect(before).toMatch(/│… 16 B │b1 600 B│… 8 B {2}│b2 600 B│… 1022.8 KiB│$/);
    const [title, , addresses = "", older = "", younger = "", ...said] = after.split("\n");
    expect(title).toBe("after const b3 = allocator.tryAllocate(600);:");
    const column = older.indexOf("│b2 600 B");
    expect(younger.trim()).toBe("│▶b3 600 B│");
    expect(younger.indexOf("│▶b3")).toBe(column);
    expect(addresses.slice(column)).toMatch(/^262\d{3} /);
    expect(said).toEqual(["    b2: UNDER b3", "    b3: OVER b2"]);
    expect(drawing.svg).toContain('fill="#ffd9d6"');
    expect(readme).toContain(`\`\`\`text\n${after}\n\`\`\`\n`);
  });

  it("is drawn around the call that changes what a block holds, and around the last one", () => {
    const program = [allocate(16), allocate(16), allocate(16), { do: "free", pick: 0 }];
    const drawing = drawAllocator("writes into the youngest block", program);
    const [before = "", after = "", last = ""] = partsOf(drawing);
    expect(before).toMatch(/^before allocator\.free\(b1\);:/);
    expect(before).toContain("│▶b1 16 B│b2 16 B│b3 16 B│");
    expect(before).not.toContain("CHANGED");
    expect(after).toMatch(/^after allocator\.free\(b1\);:/);
    expect(after).toContain("│▶b1 freed│b2 16 B│b3 16 B│");
    expect(after).toContain("b3: CHANGED AT ITS WORD 1");
    expect(last).toMatch(/^after allocator\.free\(b2\);:/);
  });

  it("says what the allocator says otherwise of itself", () => {
    expect(drawAllocator("walks past the first", [allocate(16)]).text).toContain("b1: NOT WALKED");
    const counted = drawAllocator("counts one more", [allocate(16)]);
    expect(counted.text).toContain("STATISTICS: 2 LIVE, NOT 1");
    expect(drawAllocator("takes a second free", [allocate(16)]).text).toContain("b1: FREED AGAIN");
  });

  it("is drawn up to where a call throws", () => {
    const maker = throwing("tryAllocate", 2, "a list is torn");
    const program = [allocate(16), allocate(32)];
    const [before = "", after = ""] = partsOf(
      drawingOf(kit.allocatorSuite, maker, kit.PLACEMENT, program),
    );
    expect(before).toContain("│b1 16 B│");
    expect(after).toMatch(/^then allocator\.tryAllocate\(32\); threw: a list is torn:/);
    expect(after).toContain("│b1 16 B│");
  });

  it("shows a block that lies in no arena, and one that lies on no granule", () => {
    const maker = changed(({ tryAllocate }) => ({
      tryAllocate: (requestBytes) => (tryAllocate(requestBytes) + 2 ** 18 + 2) as Block,
      usableSizeBytes: () => 16,
    }));
    const { text } = drawingOf(kit.allocatorSuite, maker, kit.PLACEMENT, [allocate(16)]);
    expect(text).toMatch(/in no arena that is lent\n.*\n {4}│▶b1 16 B *│/);
    expect(text).toContain("b1: NOT ON 16 BYTES");
  });

  it("folds what is far from everything that is marked or wrong", () => {
    const program = [...Array(100).fill(allocate(16)), { do: "free", pick: 50 }];
    const { wrong } = allocatorOf("counts one more");
    const right = { ...wrong, make: () => pools.make() };
    const property = kit.allocatorSuite.properties.find(({ name }) => name === kit.ACCOUNTING);
    const [before = ""] = partsOf(property?.drawing?.(program, right) as kit.Drawing);
    for (const line of before.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(before).toMatch(/│… 95 blocks, 1\.5 KiB│/);
  });
});

type Calls = Partial<Allocator>;

function changed(change: (allocator: Allocator) => Calls): kit.AllocatorMaker {
  return {
    ...large,
    name: "changed",
    make() {
      const { heap, allocator } = large.make();
      return { heap, allocator: { ...allocator, ...change(allocator) } };
    },
  };
}

/** The nth call throws an error that is nobody's refusal. */
function throwing(call: "tryAllocate", nth: number, message: string): kit.AllocatorMaker {
  return {
    ...pools,
    make() {
      const { heap, allocator } = pools.make();
      let count = 0;
      const thrower = (requestBytes: number): Block => {
        if (++count === nth) throw new Error(message);
        return allocator[call](requestBytes);
      };
      return { heap, allocator: { ...allocator, [call]: thrower } };
    },
  };
}

describe("A drawing of a heap", () => {
  const drawHeap = (fault: string, program: readonly kit.HeapCommand[]): string[] => {
    const { wrong, killedBy } = toyHeaps.find((toy) => toy.fault === fault) as ToyHeap;
    return partsOf(drawingOf(kit.heapSuite, wrong, killedBy, program));
  };
  const reserve = (borrower: number, count: number): kit.HeapCommand => {
    return { do: "reserve", borrower, count };
  };

  it("shows arenas that are lent twice in two lines, by who has them", () => {
    const [before = "", after = ""] = drawHeap("lends twice", [reserve(1, 1), reserve(2, 2)]);
    expect(before).toMatch(/^before the last call:\n {2}9 arenas of 1 MiB, limit 8 MiB\n/);
    expect(before).toContain("│tables 1 arena│▶pools 1 MiB│… 7 MiB│");
    expect(after).toMatch(/│▶pools 1 MiB│ .*\n +│▶large 2 MiB +│/);
    expect(after).toContain("large: OVER pools IN ARENA 1");
    expect(after).toContain("pools: UNDER large IN ARENA 1");
  });

  it("shows what was released, limits and what is lent over them", () => {
    const program: kit.HeapCommand[] = [
      reserve(1, 3),
      { do: "release", borrower: 1, index: 2, count: 1 },
      { do: "limit", arenaCount: 2 },
      reserve(2, 1),
    ];
    const [before = "", after = ""] = drawHeap("takes the limit for more", program);
    expect(before).toContain("│pools 1 MiB│▶pools released│pools 1 MiB│");
    expect(after).toContain("limit 2 MiB");
    expect(after).toContain("│pools 1 MiB│▶large 1 MiB│pools 1 MiB│");
    expect(after).toContain("large: ARENA 2 IS OVER THE LIMIT");
  });

  it("shows regions over one another, and what table, walk and statistics say otherwise", () => {
    const region = (borrower: number): kit.HeapCommand => {
      return { do: "region", borrower, name: "map", sizeWords: 8 };
    };
    const [, regions = ""] = drawHeap("lays regions over one another", [region(1), region(2)]);
    expect(regions).toMatch(/│r1 pools\/map 8 words +│\n +│▶r2 large\/map 8 words│/);
    const [, table] = drawHeap("breaks its table", [{ do: "limit", arenaCount: 3 }]);
    expect(table).toContain("TABLE: ARENA 1 IS LENT TO borrower 9, AND WAS NOT");
    const [, walked] = drawHeap("walks past the first", [reserve(1, 1)]);
    expect(walked).toContain("WALKED: ARENAS none, NOT 1");
    const [, counted] = drawHeap("counts one more", [reserve(1, 1)]);
    expect(counted).toContain("STATISTICS: 2 ARENAS LENT, NOT 1");
  });

  it("says how often the heap told of its soft limit", () => {
    const [, after] = drawHeap("is silent", [reserve(1, 4)]);
    expect(after).toContain("soft limit 3 MiB: reports 0");
  });
});

describe("A picture of memory", () => {
  const span = (name: string, startWord: number, endWord: number): MemorySpan => ({
    ...{ name, note: "x", startWord, endWord, fate: "live", isMarked: false, wrongs: [] },
  });

  it("aligns boundaries that are one, and leaves out lanes that nobody needs", () => {
    const spans = [span("a", 0, 8), span("b", 4, 12), span("c", 8, 12), span("d", 12, 16)];
    const rows = [{ title: "row", startWord: 0, endWord: 16, spans }];
    const { text } = drawMemory([{ title: "now", picture: { rows, notes: [], wrongs: [] } }]);
    expect(text.split("\n").slice(3)).toEqual(["    │a x  │c x│d x│", "       │b x   │"]);
  });

  it("counts spans over one another that it does not draw", () => {
    const spans = Array.from({ length: 20 }, (_, index) => span(`s${index}`, 0, 8));
    const rows = [{ title: "row", startWord: 0, endWord: 8, spans }];
    const { text, svg } = drawMemory([
      { title: "<now>", picture: { rows, notes: [], wrongs: [] } },
    ]);
    expect(text).toContain("and 14 more over these");
    expect(svg).toContain("&lt;now>");
  });
});
