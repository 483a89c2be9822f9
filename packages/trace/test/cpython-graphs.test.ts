import { createMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import {
  createGraphSubject,
  decodeHeapGraph,
  parseGraphFacts,
  runGraphPlan,
} from "../src/index.js";
import { recordingsOf, shippedRecordingsOf } from "./shipped-recordings.js";

// `ouro demo` carries out the shipped plans under cpython-3.13, and its test is in apps/demo.
const shipped = shippedRecordingsOf("graphs");
const given = recordingsOf("graphs").filter(([name]) => shipped.every(([other]) => other !== name));

describe.each([
  ["cpython-3.13", given],
  ["cpython-3.13-fast", shipped],
  ["refcount-trial-deletion", shipped],
] as const)("plans recorded of CPython 3.13 under %s", (preset, recordings) => {
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
      expect(report.steps.filter(({ agrees, isExact }) => isExact && !agrees)).toEqual([]);
    },
    120_000,
  );
});
