// Every shipped program of CPython 3.13 under every preset, held to what its traits promise: all
// that was observed, or what the roots reach, after a full collection in each step.

import { IncompatiblePartsError } from "@ouro/interfaces";
import { createMemoryManager, PRESET_NAMES, type PresetName } from "@ouro/memory-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  behavesAsCPython,
  createProgramSubject,
  createReachSubject,
  decodePrograms,
  type MutatorProgram,
  type ProgramReport,
  runProgram,
  runReachProgram,
  type SubjectNeeds,
} from "../src/index.js";
import { shippedRecordingsOf } from "./shipped-recordings.js";

const recordings = shippedRecordingsOf("programs");

function probe(preset: PresetName) {
  const manager = createMemoryManager(preset, { reservationBytes: 2 ** 26 });
  const isInOrder = manager.collector.traits.collectionOrder !== "any";
  return { isCPython: behavesAsCPython(manager), events: isInOrder ? "order" : "set" } as const;
}

/** Runs a program on a fresh manager, which must be sound at the end. */
function runnerOf(preset: PresetName): (program: MutatorProgram) => ProgramReport {
  const { isCPython, events } = probe(preset);
  const make = (needs: SubjectNeeds) => createMemoryManager(preset, needs);
  const run = (program: MutatorProgram) => {
    if (!isCPython) {
      const subject = createReachSubject(make, program);
      return { subject, report: runReachProgram(subject, program) };
    }
    const subject = createProgramSubject(make, program);
    return { subject, report: runProgram(subject, program, { events }) };
  };
  return (program) => {
    const { subject, report } = run(program);
    subject.validate();
    expect(subject.manager.finalization?.programErrorCount ?? 0).toBe(0);
    return report;
  };
}

it("are nine files; those presets that are held to everything recorded are CPython's", () => {
  expect(recordings.map(([name]) => name).sort()).toEqual([
    ...["auto", "autobasic", "basic", "exact", "fin", "hand", "long", "mixed", "weak"],
  ]);
  expect(PRESET_NAMES.filter((name) => probe(name).isCPython)).toEqual([
    ...["cpython-3.13", "cpython-3.13-fast", "cpython-3.12"],
  ]);
});

// `ouro demo` runs all programs under cpython-3.13, and its test is in apps/demo. Other thresholds
// are no other code, and a program sets its own: `npm run test:long` plays those too.
const isPlayedElsewhere = (name: PresetName): boolean =>
  name === "cpython-3.13" || (name === "cpython-3.12" && process.env.OURO_LONG !== "1");
const others = PRESET_NAMES.filter((name) => !isPlayedElsewhere(name));

/** Presets that are held to less share the programs of a file: each program is played by one. */
const held = others.filter((name) => name !== "cpython-3.13-fast");

function isPlayed(preset: PresetName, index: number): boolean {
  if (process.env.OURO_LONG === "1" || preset === "cpython-3.13-fast") return true;
  return index % held.length === held.indexOf(preset);
}

describe.each(recordings)("the programs %s, recorded of CPython 3.13", (_, read) => {
  let programs: readonly MutatorProgram[] = [];

  // Once for all presets, and no longer than they are played.
  beforeAll(() => {
    const { name, file } = read();
    programs = decodePrograms(file, { sourceName: name });
  });
  afterAll(() => {
    programs = [];
  });

  it.each(others)(
    "agree under %s in all that the preset promises",
    (preset) => {
      const played = programs.filter((_, index) => isPlayed(preset, index));
      const reports = played.map(runnerOf(preset));
      expect(reports.length).toBeGreaterThan(0);
      expect(reports.filter(({ agrees }) => !agrees)).toEqual([]);
    },
    120_000,
  );
});

it("A checked memory manager is refused, as the machine knows objects by where they lie", () => {
  const checked = () => createMemoryManager("cpython-3.13", { checked: true });
  expect(() => createProgramSubject(checked)).toThrow(IncompatiblePartsError);
  expect(() => createProgramSubject(checked)).toThrow(/without `checked`/);
});
