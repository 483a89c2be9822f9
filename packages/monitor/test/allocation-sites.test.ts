import { EVENT_OBJECT_CREATE, EVENT_OBJECT_RECLAIM, slotAt } from "@ouro/interfaces";
import { createMemoryManager, type PresetName } from "@ouro/memory-manager";
import { expect, it } from "vitest";
import { createAllocationSites, foldedStacksOf } from "../src/index.js";

/** Ten nodes made in `load`, of which four are kept; one made outside of any site. */
function load(preset: PresetName) {
  const sites = createAllocationSites({ typeName: () => "node" });
  const manager = createMemoryManager(preset, { observer: sites.observer });
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const { mutator } = manager;
  const frame = mutator.enter(2);
  sites.enter({ name: "main", place: { file: "leak.py", line: 1 } });
  sites.enter({ name: "load", place: { file: "leak.py", line: 14 } });
  for (let index = 0; index < 10; index++) {
    const object = mutator.allocate(node, slotAt(frame, 1));
    if (index % 3 !== 0) continue;
    mutator.give(object, 0, frame);
    mutator.moveRoot(frame, slotAt(frame, 1));
  }
  mutator.setRoot(slotAt(frame, 1), 0);
  sites.leave();
  sites.leave();
  mutator.allocate(node, slotAt(frame, 1));
  mutator.collect();
  return sites;
}

it.each(["cpython-3.13", "mark-sweep", "semispace"] as const)(
  "counts under %s what each stack of sites allocated and what of it is live",
  (preset) => {
    const profile = load(preset).profile("run");
    expect(profile.samples.map((sample) => ({ ...sample, sites: undefined }))).toMatchObject([
      { typeName: "node", allocatedCount: 10, allocatedBytes: 160, liveCount: 4, liveBytes: 64 },
      { typeName: "node", allocatedCount: 1, liveCount: 1 },
    ]);
    expect(profile.samples[0]?.sites.map(({ place }) => place?.line)).toEqual([1, 14]);
    expect(foldedStacksOf(profile, "liveCount")).toBe("main;load;node 4\nnode 1\n");
  },
);

it("tells two calls of one name at two lines apart, and one of each twice alike", () => {
  const sites = createAllocationSites();
  for (const [object, line] of [8, 9, 8].entries()) {
    sites.enter({ name: "make", place: { file: "a.py", line } });
    sites.observer.event(EVENT_OBJECT_CREATE, 4 + 4 * object, 3, 4);
    sites.leave();
  }
  const counts = sites.profile("a").samples.map((each) => [each.allocatedCount, each.typeName]);
  expect(counts).toEqual([
    [2, "type 3"],
    [1, "type 3"],
  ]);
});

it("keeps as many stacks as asked for, and counts the rest as other sites", () => {
  const sites = createAllocationSites({ sampleLimitCount: 3 });
  for (let index = 0; index < 1000; index++) {
    sites.enter({ name: `f${index}` });
    sites.observer.event(EVENT_OBJECT_CREATE, 4 + 4 * index, 1, 2);
    sites.leave();
  }
  sites.observer.event(EVENT_OBJECT_RECLAIM, 4 + 4 * 999, 1, 2);
  const { samples } = sites.profile("a");
  expect(samples).toHaveLength(4);
  expect(samples[3]).toMatchObject({
    sites: [{ name: "(other sites)" }],
    allocatedCount: 997,
    liveCount: 996,
  });
});

it("forgets what lived on a manager that is gone, and not what it allocated", () => {
  const sites = createAllocationSites();
  sites.observer.event(EVENT_OBJECT_CREATE, 4, 1, 2);
  sites.forgetLive();
  sites.observer.event(EVENT_OBJECT_CREATE, 4, 1, 2);
  expect(sites.profile("a").samples).toMatchObject([
    { allocatedCount: 2, liveCount: 1, liveBytes: 8 },
  ]);
});

it("refuses a limit of no stacks", () => {
  expect(() => createAllocationSites({ sampleLimitCount: 0 })).toThrow(/sampleLimitCount/);
});
