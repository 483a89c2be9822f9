import { describe, expect, it } from "vitest";
import { decodeHeapGraph, parseGraphFacts, runGraphPlan } from "../src/index.js";
import { createManagerSubject } from "./manager-subject.js";
import { recordingsOf } from "./shipped-recordings.js";

const presets = ["cpython-3.13", "cpython-3.13-fast"] as const;

describe.each(presets)("plans recorded of CPython 3.13 under %s", (preset) => {
  it.each(recordingsOf("graphs"))(
    "%s agree in each step that a graph shows whole",
    (_, read) => {
      const recording = read();
      const facts = parseGraphFacts(recording.facts());
      const graph = decodeHeapGraph(recording.file);
      const subject = createManagerSubject(preset);
      const report = runGraphPlan(subject, graph, { facts });
      subject.validate();
      expect(report.steps.filter(({ agrees, isExact }) => isExact && !agrees)).toEqual([]);
    },
    120_000,
  );
});
