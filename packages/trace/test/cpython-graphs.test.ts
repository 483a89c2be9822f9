import { createMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import {
  createGraphSubject,
  decodeHeapGraph,
  parseGraphFacts,
  runGraphPlan,
} from "../src/index.js";
import { recordingsOf } from "./shipped-recordings.js";

describe("plans recorded of CPython 3.13", () => {
  it.each(recordingsOf("graphs"))(
    "%s agree with the preset cpython-3.13 in each step that a graph shows whole",
    (_, read) => {
      const recording = read();
      const facts = parseGraphFacts(recording.facts());
      const graph = decodeHeapGraph(recording.file);
      const subject = createGraphSubject((needs) => createMemoryManager("cpython-3.13", needs));
      const report = runGraphPlan(subject, graph, { facts });
      subject.validate();
      expect(report.steps.filter(({ agrees, isExact }) => isExact && !agrees)).toEqual([]);
    },
    120_000,
  );
});
