import {
  type Collector,
  IncompatiblePartsError,
  type Strategy,
  type Traits,
  UsageError,
} from "@ouro/interfaces";
import { nullStrategy } from "@ouro/null";
import { describe, expect, it } from "vitest";
import { composeMemoryManager } from "../src/index.js";

const sound = nullStrategy();

/** The null strategy with other traits, and what becomes of its parts. */
function altered(traits: Partial<Traits>, create = sound.create): Strategy {
  return { name: "altered", traits: { ...sound.traits, ...traits }, create };
}

function refusalOf(strategy: Strategy): IncompatiblePartsError {
  try {
    composeMemoryManager({ strategy, reservationBytes: 8 << 20 });
  } catch (error) {
    if (error instanceof IncompatiblePartsError) return error;
    throw error;
  }
  throw new Error("it was composed");
}

describe("a memory manager refuses", () => {
  const cases: readonly [title: string, traits: Partial<Traits>, other: string, reason: RegExp][] =
    [
      [
        "counts without every hook",
        { counts: true, hooks: ["born", "write", "move", "drop"] },
        "mutator",
        /every event of a slot/,
      ],
      ["prompt death without writes", { death: "prompt" }, "mutator", /does not hear of writes/],
      [
        "exactness without cycles",
        { exact: true, cycles: "eventually" },
        "collector",
        /does not reclaim cycles/,
      ],
      ["moving at no safepoint", { moves: true, collectsAt: [] }, "mutator", /at no safepoint/],
      [
        "program code in place where nothing dies in place",
        { programCode: "in place" },
        "finalization",
        /nothing dies in place/,
      ],
      ["a side table of less than nothing", { sideBytesPerGranule: -1 }, "heap", /side table/],
      [
        "a side table that is not a number",
        { sideBytesPerGranule: Number.NaN },
        "heap",
        /side table/,
      ],
      [
        "more header bits than there are",
        {
          headerBits: [
            { name: "age", bitCount: 9 },
            { name: "colour", bitCount: 8 },
          ],
        },
        "object header",
        /"colour" do not fit/,
      ],
      ["a hook that the collector lacks", { hooks: ["copy"] }, "mutator", /barrier hook "copy"/],
    ];

  it.each(cases)("%s, and names both parts and the reason", (_title, traits, other, reason) => {
    const refusal = refusalOf(altered(traits));
    expect(refusal.parts).toEqual(["altered", other]);
    expect(refusal.message).toMatch(reason);
  });

  it("a hook that the traits do not name", () => {
    const strategy = altered({}, (parts) => ({ ...sound.create(parts), drop() {} }) as Collector);
    expect(refusalOf(strategy).message).toMatch(/hook "drop", and its traits do not name it/);
  });
});

describe("header bits", () => {
  it("lie above the type, in the order in which the traits name them", () => {
    const masks: number[] = [];
    const headerBits = [
      { name: "age", bitCount: 2 },
      { name: "seen", bitCount: 14 },
    ];
    const strategy = altered({ headerBits }, (parts) => {
      masks.push(parts.headerMask("age"), parts.headerMask("seen"));
      expect(() => parts.headerMask("colour")).toThrow(UsageError);
      return sound.create(parts);
    });
    composeMemoryManager({ strategy, reservationBytes: 8 << 20 });
    expect(masks).toEqual([0x3 << 16, 0xfffc << 16]);
  });
});

describe("a side table", () => {
  it("has the bytes that the traits ask for, for every granule that can be lent", () => {
    const sizes: number[] = [];
    for (const sideBytesPerGranule of [0, 1 / 8, 1]) {
      const strategy = altered({ sideBytesPerGranule }, (parts) => {
        const granules = (parts.heap.arenaCount - parts.heap.firstArenaIndex) * 65536;
        sizes.push((parts.sideTable.sizeWords * 4) / granules);
        return sound.create(parts);
      });
      composeMemoryManager({ strategy, reservationBytes: 32 << 20 });
    }
    expect(sizes).toEqual([0, 1 / 8, 1]);
  });
});
