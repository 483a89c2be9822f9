// The plan of every graph, carried out under every preset, held to what its traits promise: exact
// steps in all, or the deaths that full collections find, or those by counting before the first.

import { createMemoryManager, PRESET_NAMES, type PresetName } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import {
  createGraphSubject,
  decodeHeapGraph,
  type GraphPromise,
  parseGraphFacts,
  runGraphPlan,
} from "../src/index.js";
import { recordingsOf, shippedRecordingsOf } from "./shipped-recordings.js";

const all = recordingsOf("graphs");
const shipped = shippedRecordingsOf("graphs");
const given = all.filter(([name]) => shipped.every(([other]) => other !== name));

const PROMISES: Readonly<Record<PresetName, GraphPromise>> = {
  "cpython-3.13": "exact",
  "cpython-3.13-fast": "exact",
  "cpython-3.12": "exact",
  "refcount-whole-heap": "full collection",
  "refcount-trial-deletion": "full collection",
  "mark-sweep": "full collection",
  semispace: "full collection",
  "refcount-only": "counting",
  null: "nothing reachable dies",
};

/** Other thresholds are no other code: `npm run test:long` plays those too. */
const presets = PRESET_NAMES.filter(
  (name) => name !== "cpython-3.12" || process.env.OURO_LONG === "1",
);

describe.each(presets)("plans recorded of CPython 3.13 under %s", (preset) => {
  // `ouro demo` carries out the shipped plans under cpython-3.13, and its test is in apps/demo.
  const recordings = preset === "cpython-3.13" ? given : all;

  it.skipIf(recordings.length === 0)("are there", () => {
    expect(recordings.length).toBeGreaterThan(0);
  });

  it.each(recordings)(
    "%s agree in each step that a graph shows whole",
    (_, read) => {
      const recording = read();
      const facts = parseGraphFacts(recording.facts());
      const graph = decodeHeapGraph(recording.file);
      const subject = createGraphSubject((needs) => createMemoryManager(preset, needs));
      const report = runGraphPlan(subject, graph, { facts });
      subject.validate();
      expect(report.promise).toBe(PROMISES[preset]);
      expect(report.restoredRefcounts.count).toBe(0);
      expect(report.comparedRefcountCount > 0).toBe(subject.manager().collector.traits.counts);
      expect(report.steps.filter(({ agrees, isExact }) => isExact && !agrees)).toEqual([]);
      expect(report.steps.some(({ isExact }) => isExact)).toBe(true);
      if (report.promise !== "exact") return;
      // Inexact steps too: what is told of their deaths explains the whole difference.
      for (const step of report.steps) {
        const { missingDeaths, extraDeaths, diedBeforeCount, diedLateCount } = step;
        const told = missingDeaths.count - extraDeaths.count + diedBeforeCount - diedLateCount;
        expect(step.recordedDeathCount - step.deathCount).toBe(told);
      }
    },
    120_000,
  );
});
