import { Profile } from "pprof-format";
import { expect, it } from "vitest";
import {
  type AllocationProfile,
  encodePprof,
  foldedStacksOf,
  speedscopeOf,
  traceEventsOf,
} from "../src/index.js";

const profile: AllocationProfile = {
  name: "run",
  samples: [
    {
      sites: [{ name: "main" }, { name: "load;all", place: { file: "leak.py", line: 14 } }],
      typeName: "node",
      allocatedCount: 4,
      allocatedBytes: 128,
      liveCount: 2,
      liveBytes: 64,
    },
    {
      sites: [{ name: "main" }],
      typeName: "list",
      allocatedCount: 1,
      allocatedBytes: 16,
      liveCount: 0,
      liveBytes: 0,
    },
  ],
};

it("folds stacks a line each, outermost first, without what is nothing", () => {
  expect(foldedStacksOf(profile, "liveBytes")).toBe("main;load,all;node 64\n");
  expect(foldedStacksOf(profile, "allocatedCount")).toBe("main;load,all;node 4\nmain;list 1\n");
});

it("gives pprof's own decoder every value, stack and label back", () => {
  const decoded = Profile.decode(encodePprof(profile));
  const text = (index: unknown): string => decoded.stringTable.strings[Number(index)] as string;
  const functions = new Map(decoded.function.map((each) => [Number(each.id), text(each.name)]));
  const names = new Map(
    decoded.location.map((each) => [
      Number(each.id),
      functions.get(Number(each.line[0]?.functionId)),
    ]),
  );
  expect(decoded.stringTable.strings[0]).toBe("");
  expect(decoded.sampleType.map((each) => [text(each.type), text(each.unit)])).toEqual([
    ["alloc_objects", "count"],
    ["alloc_space", "bytes"],
    ["inuse_objects", "count"],
    ["inuse_space", "bytes"],
  ]);
  expect(text(decoded.defaultSampleType)).toBe("inuse_space");
  expect(
    decoded.sample.map((each) => ({
      stack: each.locationId.map((id) => names.get(Number(id))),
      values: each.value.map(Number),
      label: [text(each.label[0]?.key), text(each.label[0]?.str)],
    })),
  ).toEqual([
    { stack: ["node", "load;all", "main"], values: [4, 128, 2, 64], label: ["type", "node"] },
    { stack: ["list", "main"], values: [1, 16, 0, 0], label: ["type", "list"] },
  ]);
  const places = decoded.function.map(({ filename }, index) => [
    text(filename),
    Number(decoded.location[index]?.line[0]?.line),
  ]);
  expect(places).toEqual([
    ["", 0],
    ["leak.py", 14],
    ["", 0],
    ["", 0],
  ]);
});

it("writes a profile a memory manager for speedscope, with shared frames", () => {
  const file = speedscopeOf([profile, { ...profile, name: "other" }]);
  expect(file.shared.frames).toEqual([
    { name: "main" },
    { name: "load;all", file: "leak.py", line: 14 },
    { name: "node" },
  ]);
  expect(file.profiles.map(({ name, endValue, unit }) => [name, endValue, unit])).toEqual([
    ["run", 64, "bytes"],
    ["other", 64, "bytes"],
  ]);
  expect(file.profiles[0]?.samples).toEqual([[0, 1, 2]]);
  expect(file.profiles[0]?.weights).toEqual([64]);
});

it("writes a process a memory manager, with slices and counters", () => {
  const slices = [{ name: "gc 1", startUs: 5, durationUs: 2, facts: { generation: 2 } }];
  const entry = { start: 1, end: 4, least: 1, greatest: 9, last: 3 };
  const file = traceEventsOf([{ name: "a", slices, counters: { "live bytes": [entry] } }]);
  expect(file.traceEvents.map(({ ph, name, pid, ts }) => [ph, name, pid, ts])).toEqual([
    ["M", "process_name", 1, 0],
    ["M", "thread_name", 1, 0],
    ["X", "gc 1", 1, 5],
    ["C", "live bytes", 1, 1],
  ]);
  expect(file.traceEvents.at(-1)?.args).toEqual({ value: 9 });
});
