import { describe, expect, it } from "vitest";
import { decodeHeapGraph, parseGraphFacts, runGraphPlan } from "../src/index.js";
import { createManagerSubject } from "./manager-subject.js";
import { recordingsOf } from "./shipped-recordings.js";

describe("plans recorded of CPython 3.13", () => {
  it.each(recordingsOf("graphs"))(
    "%s agree with the preset cpython-3.13 in each step that a graph shows whole",
    (_, read) => {
      const recording = read();
      const facts = parseGraphFacts(recording.facts());
      const graph = decodeHeapGraph(recording.file);
      const subject = createManagerSubject("cpython-3.13");
      const report = runGraphPlan(subject, graph, { facts });
      subject.validate();
      expect(report.steps.filter(({ agrees, isExact }) => isExact && !agrees)).toEqual([]);
    },
    120_000,
  );
});
