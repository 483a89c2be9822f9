// The process of one workload on one peer: one line of JSON. Nothing else runs in it.
// usage: collection-sample.js PEER WORKLOAD [FILE]      the workload as JSON, a recorded graph

import { readFileSync, writeSync } from "node:fs";
import { basename } from "node:path";
import type { CollectionSample, CollectionWorkload } from "./collection.js";
import { coldAndWarm, type Elapsed, expectEqual, timeRun } from "./stopwatch.js";

interface Trees {
  trees(depth: number): number;
}

async function measureTrees(
  subject: Trees,
  { size, repeatCount }: CollectionWorkload,
): Promise<CollectionSample> {
  const { treeObjectCount } = await import("../programs/program.js");
  const count = treeObjectCount(size);
  const runs: Elapsed[] = [];
  for (let repeat = 0; repeat < repeatCount; repeat++) {
    runs.push(timeRun(() => expectEqual("objects walked", subject.trees(size), count)));
  }
  return { measures: coldAndWarm(runs, count), checksum: count };
}

async function measureV8(name: string, workload: CollectionWorkload): Promise<CollectionSample> {
  switch (workload.name) {
    case "collect-trees": {
      const { createV8Programs } = await import("../programs/v8-programs.js");
      return measureTrees(createV8Programs(), workload);
    }
    case "collect-bytes":
      return (await import("./v8-bytes.js")).measureV8Bytes(workload);
    default: {
      const { measureV8Pause } = await import("./pause-collection.js");
      return measureV8Pause(workload, name === "v8-yielding");
    }
  }
}

/** A graph that is larger than the workload allows is passed over. */
async function measureFile(
  preset: string,
  workload: CollectionWorkload,
  file: string,
): Promise<CollectionSample> {
  const { decodeHeapGraph } = await import("@ouro/trace");
  const graph = decodeHeapGraph(readFileSync(file), { sourceName: basename(file) });
  if (graph.objectCount > workload.size) return { measures: {}, checksum: 0 };
  return (await import("./graph-collection.js")).measureGraph(preset, workload, graph);
}

async function measureManager(
  preset: string,
  workload: CollectionWorkload,
  file: string,
): Promise<CollectionSample> {
  switch (workload.name) {
    case "collect-order":
    case "collect-shuffled":
      return (await import("./live-collection.js")).measureLive(preset, workload);
    case "collect-bytes":
      return (await import("./live-collection.js")).measureBytes(preset, workload);
    case "collect-cycles":
      return (await import("./garbage-collection.js")).measureCycles(preset, workload);
    case "collect-finalized":
      return (await import("./garbage-collection.js")).measureFinalized(preset, workload);
    case "collect-young":
      return (await import("./garbage-collection.js")).measureYoung(preset, workload);
    case "collect-pause":
      return (await import("./pause-collection.js")).measurePause(preset, workload);
    case "collect-graphs":
      return measureFile(preset, workload, file);
    case "collect-trees": {
      const { createManagerPrograms } = await import("../programs/manager-programs.js");
      return measureTrees(createManagerPrograms(preset as never), workload);
    }
  }
}

async function takeSample([name = "", text = "", file = ""]: readonly string[]) {
  const workload = JSON.parse(text) as CollectionWorkload;
  return name.startsWith("v8") ? measureV8(name, workload) : measureManager(name, workload, file);
}

const words = process.argv.slice(2);
if (words.length > 0 && process.env.OURO_BENCH_SAMPLE === "1") {
  writeSync(1, `${JSON.stringify(await takeSample(words))}\n`);
}
