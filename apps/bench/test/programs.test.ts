import { describe, expect, it } from "vitest";
import { createHandPrograms } from "../src/programs/hand-programs.js";
import { createHandSemispace } from "../src/programs/hand-semispace.js";
import { createManagerPrograms } from "../src/programs/manager-programs.js";
import { CACHE_ENTRY_COUNT, treeObjectCount } from "../src/programs/program.js";
import { answerProgramTargets } from "../src/programs/program-target.js";
import { type ProgramRow, withProgramRatios } from "../src/programs/run-programs.js";
import { spread } from "../src/statistics.js";
import { answerText } from "../src/target.js";

describe.each(["refcount-only", "mark-sweep", "semispace"] as const)("programs on %s", (preset) => {
  it.each([false, true])("count what they built and leave nothing, checked: %s", (checked) => {
    const programs = createManagerPrograms(preset, { reservationBytes: 2 ** 24, checked });
    expect(programs.trees(8)).toBe(treeObjectCount(8));
    programs.buildList(1000);
    expect(programs.dropList()).toBe(1000);
    expect(programs.useCache?.(3000)).toBe(3000 + CACHE_ENTRY_COUNT);
  });

  it("keep no reference over a safepoint, checked and with collections all the time", () => {
    const stressed = (collectEvery: number) =>
      createManagerPrograms(preset, { reservationBytes: 2 ** 24, checked: true, collectEvery });
    const programs = stressed(1);
    expect(programs.trees(4)).toBe(treeObjectCount(4));
    programs.buildList(300);
    expect(programs.dropList()).toBe(300);
    if (preset !== "refcount-only") {
      programs.buildGarbage?.(300);
      expect(programs.collectGarbage?.()).toBe(300);
    }
    expect(stressed(997).useCache?.(1000)).toBe(1000 + CACHE_ENTRY_COUNT);
  });
});

describe.each(["refcount-only", "mark-sweep"] as const)("programs by hand on %s", (preset) => {
  it("count what they built and leave nothing", () => {
    const programs = createHandPrograms(preset);
    expect(programs.trees(8)).toBe(treeObjectCount(8));
    programs.buildList(5000);
    expect(programs.dropList()).toBe(5000);
  });
});

describe("the semispace by hand", () => {
  it("collects while trees are built, and counts as many objects as the manager", () => {
    const programs = createHandSemispace();
    expect(programs.trees(14)).toBe(treeObjectCount(14)); // 37 MB of objects, a space is 16 MiB
  });

  it("keeps a list over its collections, and drops it whole", () => {
    const programs = createHandSemispace();
    programs.buildList(2 ** 21); // 32 MiB; it throws if objects are missing, or left below
    expect(programs.dropList()).toBe(2 ** 21);
    programs.buildList(3);
    expect(programs.dropList()).toBe(3);
  });
});

describe("the targets of the programs", () => {
  const row = (peer: string, metric: string, ns: number): ProgramRow => ({
    peer,
    metric,
    cpuNs: spread([ns]),
  });
  const targetsOf = (rows: ProgramRow[]) =>
    answerProgramTargets([{ name: "trees", title: "trees", rows: withProgramRatios(rows) }]);

  it("say which were reached", () => {
    const rows = [
      row("manager:semispace", "all", 20),
      row("hand:semispace", "all", 15),
      row("v8", "all", 16),
      row("cpython", "all", 140),
    ];
    expect(targetsOf(rows).map((each) => `${each.statement}: ${answerText(each)}`)).toEqual([
      "semispace at most 1.25× the time by hand: not reached: 1.33×",
      "semispace at least 0.5× faster than V8 objects: reached: 0.80×",
      "semispace at least 5× faster than CPython: reached: 7.00×",
    ]);
  });

  it("say so where the other side was not measured", () => {
    const answers = targetsOf([row("manager:semispace", "all", 20)]).map(answerText);
    expect(answers).toEqual(["not measured", "not measured", "not measured"]);
  });
});
