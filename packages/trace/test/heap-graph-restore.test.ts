import { createMemoryManager, type PresetName } from "@ouro/memory-manager";
import { decodeHeapImage, encodeHeapImage } from "@ouro/object-model";
import { describe, expect, it } from "vitest";
import {
  createGraphSubject,
  decodeHeapGraph,
  heapImageOfGraph,
  type ManagedHeapSubject,
  runGraphPlan,
} from "../src/index.js";
import { graphFile, rawGraph } from "./raw-graph.js";
import { shippedRecordingsOf } from "./shipped-recordings.js";

const createManagerSubject = (preset: PresetName): ManagedHeapSubject =>
  createGraphSubject((needs) => createMemoryManager(preset, needs));

describe("the image of a graph", () => {
  it("is one that a file can hold", () => {
    const { image } = heapImageOfGraph(decodeHeapGraph(graphFile(rawGraph())));
    expect(decodeHeapImage(encodeHeapImage(image))).toEqual(image);
  });

  it.each(shippedRecordingsOf("graphs"))(
    "of %s is restored with every refcount as recorded",
    (_, read) => {
      const graph = decodeHeapGraph(read().file);
      const subject = createManagerSubject("refcount-only");
      const { restoredRefcounts } = runGraphPlan(subject, { ...graph, steps: [] });
      expect(restoredRefcounts.count).toBe(0);
      subject.validate();
    },
    120_000,
  );
});

describe("a plan of cuts", () => {
  it.each(shippedRecordingsOf("graphs"))(
    "of %s agrees under counting alone",
    (_, read) => {
      const graph = decodeHeapGraph(read().file);
      const cutCount = graph.steps.findIndex(({ kind }) => kind === "collect");
      const steps = graph.steps.slice(0, cutCount);
      const report = runGraphPlan(createManagerSubject("refcount-only"), { ...graph, steps });
      expect(report.steps.map(({ agrees }) => agrees)).toEqual(steps.map(() => true));
      expect(report.steps.map(({ sameOrderCount }) => sameOrderCount)).toEqual(
        steps.map(({ destroyed }) => destroyed.length),
      );
    },
    60_000,
  );
});

describe("full collections", () => {
  it.each(shippedRecordingsOf("graphs"))(
    "of %s find under mark-sweep what died",
    (_, read) => {
      const graph = decodeHeapGraph(read().file);
      const subject = createManagerSubject("mark-sweep");
      const report = runGraphPlan(subject, graph, { promise: "full collection" });
      expect(report.steps.filter(({ agrees }) => !agrees)).toEqual([]);
      subject.validate();
    },
    60_000,
  );
});
