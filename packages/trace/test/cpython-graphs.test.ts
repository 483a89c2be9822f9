import { createMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import {
  createGraphSubject,
  decodeHeapGraph,
  parseGraphFacts,
  runGraphPlan,
} from "../src/index.js";
import { recordingsOf } from "./shipped-recordings.js";

const presets = ["cpython-3.13", "cpython-3.13-fast"] as const;

describe.each(presets)("plans recorded of CPython 3.13 under %s", (preset) => {
  it.each(recordingsOf("graphs"))(
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
