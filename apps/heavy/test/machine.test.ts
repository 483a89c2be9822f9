// What of the comparison with CPython needs no CPython: Ouro's machine on kept cases, the sample's
// features, shrinking.

import { readFileSync } from "node:fs";
import * as memoryManager from "@ouro/memory-manager";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeDifference, differingStep, leaveOut, pythonScript } from "../src/difference.js";
import { createFeatureTally, FEATURES } from "../src/feature-tally.js";
import { readKeptCases } from "../src/kept-cases.js";
import type { MachineProgram, Seen } from "../src/machine-program.js";
import { createOuroMachine } from "../src/ouro-machine.js";
import { plantedFaults } from "../src/planted-faults.js";
import { machinePrograms } from "../src/program-arbitrary.js";

const sample = fc.sample(machinePrograms(), { seed: 4, numRuns: 250 });

describe("Ouro's machine", () => {
  it.each([...readKeptCases()])("shows what CPython 3.13.2 showed: %s", (_, { program, seen }) => {
    expect(createOuroMachine(memoryManager).run(program)).toEqual(seen);
  });

  it("shows the same in a memory manager of its own as after other programs", () => {
    const used = createOuroMachine(memoryManager);
    for (const program of sample.slice(0, 20)) {
      expect(used.run(program)).toEqual(createOuroMachine(memoryManager).run(program));
    }
  });
});

it("makes every feature happen within a few hundred programs", () => {
  const machine = createOuroMachine(memoryManager);
  const tally = createFeatureTally();
  for (const program of sample) {
    machine.run(program, tally.watch);
    tally.next();
  }
  const rare = FEATURES.filter((feature) => tally.countOf(feature) === 0);
  expect(rare).toEqual([]);
});

describe("a difference", () => {
  const told: Seen = [["something"]];
  /** As if CPython did something of its own in every collection of generation 1. */
  const runBoth = (programs: readonly MachineProgram[]) =>
    programs.map(({ steps }) => ({
      ouro: [],
      python: steps.some(([name, what]) => name === "collect" && what === 1) ? told : [],
    }));

  it("is the first step that is not the same, or is missing", () => {
    expect(differingStep([["a"], ["b"]], [["a"], ["b"]])).toBe(-1);
    expect(differingStep([["a"], ["b"]], [["a"], ["c"]])).toBe(1);
    expect(differingStep([["a"]], [["a"], ["c"]])).toBe(1);
  });

  it("loses every operation that it does not need", () => {
    const program = sample.find((each) => runBoth([each])[0]?.python === told) as MachineProgram;
    const { steps, codes } = leaveOut(program, runBoth);
    expect(steps).toEqual([["collect", 1]]);
    expect(codes.flat()).toEqual([]);
  });

  it("is written as a listing and as a script in Python", () => {
    const program: MachineProgram = { codes: [], steps: [["collect", 1]] };
    expect(describeDifference(program, told, [])).toMatchInlineSnapshot(`
      "  0  collect(1)
      They differ in step 0: collect(1)
        CPython
          something
        Ouro
          nothing"
    `);
    expect(pythonScript(program)).toContain("#   0  collect(1)\nPROGRAM = json.loads(");
  });
});

it.each(plantedFaults)("has a place for a planted fault: $name", ({ file, find }) => {
  const [folder, ...rest] = file.split("/");
  const path = new URL(`../../../packages/${folder}/src/${rest.join("/")}`, import.meta.url);
  expect(readFileSync(path, "utf8").split(find).length).toBe(2);
});
