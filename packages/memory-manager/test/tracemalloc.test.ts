import { createAllocationSites } from "@ouro/allocator";
import {
  EVENT_OBJECT_CREATE,
  type Observer,
  type Strategy,
  slotAt,
  UsageError,
} from "@ouro/interfaces";
import * as parts from "@ouro/memory-manager";
import { createMutator } from "@ouro/object-model";
import { refcountStrategy } from "@ouro/refcount";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listsForListeners } from "./listening.js";
import { presets } from "./presets.js";
import { DIFFERENCE, LIVE, PEAK, traceProperty } from "./tracemalloc-properties.js";

const numRuns = Number(process.env.OURO_RUNS ?? 10);
const seed = Number(process.env.OURO_SEED ?? 1);

describe.each([...presets])("a tracing of allocations under %s", (_name, strategy) => {
  it.each([LIVE, PEAK])("%s", (property) => {
    fc.assert(traceProperty(property, parts, strategy), { numRuns, seed });
  });
});

it(`snapshots: ${DIFFERENCE}`, () => {
  fc.assert(traceProperty(DIFFERENCE, parts, refcountStrategy), { numRuns: 2 * numRuns, seed });
});

function compose(options: Partial<parts.MemoryManagerOptions> = {}) {
  const manager = parts.composeMemoryManager({
    ...{ strategy: refcountStrategy(), reservationBytes: 2 ** 23 },
    ...options,
  });
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const frame = manager.mutator.enter(2);
  return { manager, node, frame, other: slotAt(frame, 1) };
}

/** What the functions of an object are, as they are written, by name. */
function functionsOf(object: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) =>
      typeof value === "function" ? [[name, String(value)]] : [],
    ),
  );
}

it("is in no function of a mutator or collector that was composed without", () => {
  const off = compose().manager;
  const on = compose({ tracemalloc: true }).manager;
  const { heap, types, roots, collector } = off;
  expect(off.tracemalloc).toBeUndefined();
  expect(functionsOf(off.mutator)).toEqual(
    functionsOf(createMutator({ heap, types, roots, collector })),
  );
  const changed = Object.keys(functionsOf(off.mutator)).filter(
    (name) => functionsOf(on.mutator)[name] !== functionsOf(off.mutator)[name],
  );
  expect(changed.sort()).toEqual(["allocate", "allocateArray", "collect", "poll"]);
});

it("hands a strategy no observer unless somebody wants to hear", () => {
  const heard: (Observer | undefined)[] = [];
  const listening = () => {
    const { create, ...strategy } = refcountStrategy();
    return {
      ...strategy,
      create(given: Parameters<typeof create>[0]) {
        heard.push(given.observer);
        return create(given);
      },
    };
  };
  compose({ strategy: listening() });
  compose({ strategy: listening(), tracemalloc: false });
  compose({ strategy: listening(), tracemalloc: true });
  expect(heard.map((observer) => observer?.wants?.length)).toEqual([undefined, undefined, 3]);
});

it("says by site and by type what grew, as Python's tracemalloc does", () => {
  const sites = createAllocationSites();
  const { manager, node, frame, other } = compose({ tracemalloc: { sites } });
  const { mutator, tracemalloc } = manager;
  const bytes = manager.defineType({ name: "bytes", variablePart: "bytes" });
  mutator.allocate(node, frame); // before the start: not traced
  tracemalloc?.start();
  sites.enter(sites.numberOf("parser"));
  mutator.allocateArray(bytes, 100, other);
  const before = tracemalloc?.takeSnapshot();
  sites.enter(sites.numberOf("cache"));
  const kept = mutator.allocate(node, frame);
  expect(tracemalloc?.getObjectTraceback(kept)).toEqual({
    ...{ site: "cache", typeName: "node", sizeBytes: 16 },
  });
  mutator.setRoot(other, 0);
  const after = tracemalloc?.takeSnapshot();
  expect(after?.statistics("trace")).toEqual([
    { site: "cache", typeName: "node", sizeBytes: 16, count: 1 },
  ]);
  expect(after?.compareTo(before as never, "site")).toEqual([
    {
      ...{ site: "parser", typeName: undefined, sizeBytes: 0, count: 0 },
      ...{ sizeDifferenceBytes: -112, countDifference: -1 },
    },
    {
      ...{ site: "cache", typeName: undefined, sizeBytes: 16, count: 1 },
      ...{ sizeDifferenceBytes: 16, countDifference: 1 },
    },
  ]);
  const nodes = after?.filterTraces(({ typeName }) => typeName === "node");
  expect(nodes?.statistics("type").map(({ count }) => count)).toEqual([1]);
  expect(tracemalloc?.getTracedMemory()).toEqual({
    ...{ currentBytes: 16, currentCount: 1, peakBytes: 128 },
  });
});

it("orders by size, then by count, then by name", () => {
  const { manager, node, frame, other } = compose({ tracemalloc: true });
  const { mutator, tracemalloc } = manager;
  const four = manager.defineType({ name: "four", visitedSlotCount: 6 });
  const also = manager.defineType({ name: "also four", visitedSlotCount: 6 });
  tracemalloc?.start();
  mutator.allocate(four, frame);
  mutator.allocate(also, other);
  const more = mutator.enter(3);
  for (let index = 0; index < 2; index++) mutator.allocate(node, slotAt(more, index));
  const names = tracemalloc?.takeSnapshot().statistics("type");
  expect(names?.map(({ typeName }) => typeName)).toEqual(["node", "also four", "four"]);
});

it("tells another observer everything too, and is right when that one throws", () => {
  const codes: number[] = [];
  const observer: Observer = {
    wants: [EVENT_OBJECT_CREATE],
    event(code) {
      codes.push(code);
      throw new Error("no");
    },
  };
  const { manager, node, frame } = compose({ tracemalloc: true, observer });
  manager.tracemalloc?.start();
  expect(() => manager.mutator.allocate(node, frame)).toThrow("no");
  expect(codes).toEqual([EVENT_OBJECT_CREATE]);
  expect(manager.tracemalloc?.getTracedMemory().currentCount).toBe(1);
});

it.each(["mark-sweep", "semispace", "cpython-3.13-fast"])(
  "under %s a collection lists no deaths for who does not listen",
  (preset) => {
    const strategy = presets.get(preset) as () => Strategy;
    expect(() => listsForListeners(parts, strategy())).not.toThrow();
  },
);

it("takes references of checked mode", () => {
  const { manager, node, frame } = compose({ tracemalloc: true, checked: true });
  manager.tracemalloc?.start();
  const object = manager.mutator.allocate(node, frame);
  expect(manager.tracemalloc?.getObjectTraceback(object)?.typeName).toBe("node");
  expect(manager.tracemalloc?.getObjectTraceback(object)?.site).toBe("unknown site");
});

it("refuses a snapshot before it is started", () => {
  const { manager } = compose({ tracemalloc: true });
  expect(() => manager.tracemalloc?.takeSnapshot()).toThrow(UsageError);
});
