// Recorded heaps for the readers of heap snapshots: one that the machine's python3 recorded of a
// small program with `ouro record`'s script, and those of $OURO_DATA. Each whole, every object and
// way of it; and what `ouro why` answers about some of its objects, reference by reference.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createSnapshot } from "@ouro/monitor";
import { decodeHeapGraph, heapImageOfGraph } from "@ouro/trace";
import { runOuro } from "./command-run.js";
import { readWithDevTools } from "./devtools-reader.js";
import { readWithMemlab } from "./memlab-reader.js";
import { nameInReaders, type ReadNode, type SnapshotReading } from "./snapshot-reading.js";
import type { SnapshotSubject } from "./snapshot-subjects.js";

export interface RecordedHeap {
  readonly name: string;
  readonly path: string;
  /** Types of which `ouro why` is asked, beside the object with which most would go. */
  readonly types: readonly string[];
}

const PROGRAM = `
class Node:
    def __init__(self, name, peer=None):
        self.name, self.peer = name, peer

class Bare:
    pass

class Cache(dict):
    pass

class Slotted:
    __slots__ = ("left", "right")

cache = Cache(items=[Node(str(i)) for i in range(1000)])
one, other = Bare(), Bare()
one.peer, other.peer = other, one
table = {"k42": [Slotted()], 7: (one,)}
table["k42"][0].left = {"deep": {"deeper": bytearray(3)}}

def leave_garbage():
    here = Node("garbage")
    here.peer = Node("garbage too", here)

leave_garbage()
`;

/** Graphs of $OURO_DATA: one of many types, one that is deep. */
const GRAPHS = ["asyncio_stuck", "linked"];

/** Records a program with the machine's python3; undefined: there is none. */
export function recordWithPython(folder: string): RecordedHeap | undefined {
  const [script, app, path] = ["ouro_record.py", "app.py", "python.hgraph.gz"].map(
    (name) => `${folder}${name}`,
  ) as [string, string, string];
  const found = spawnSync("python3", ["--version"], { encoding: "utf8" });
  if (found.status !== 0) return undefined;
  runOuro(["record", "-o", script]);
  writeFileSync(app, PROGRAM);
  const { status, stderr } = spawnSync("python3", ["-I", script, "-o", path, app], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`python3 recorded nothing: ${stderr}`);
  const types = ["Cache", "Bare", "Slotted", "bytearray", "Node"];
  return { name: `a heap of ${found.stdout.trim()}`, path, types };
}

/** Those of $OURO_DATA that are there. */
export function recordingsOfData(): RecordedHeap[] {
  const folder = process.env.OURO_DATA;
  if (folder === undefined) return [];
  return GRAPHS.map((name) => ({ name, path: `${folder}/graphs/${name}.hgraph.gz` }))
    .filter(({ path }) => existsSync(path))
    .map((each) => ({ ...each, types: ["dict", "function"] }));
}

/** The whole heap with CPython's sizes, and every count from outside as a root. */
export function recordedSubject({ name, path }: RecordedHeap): SnapshotSubject {
  const graph = decodeHeapGraph(readFileSync(path), { sourceName: path });
  const { image, objects } = heapImageOfGraph(graph);
  const sizesBytes = Float64Array.from(
    objects,
    (object) => (graph.sizesBytes[object] as number) + (graph.headerSizesBytes[object] as number),
  );
  const slotName = (_type: unknown, slot: number): string => `reference ${slot}`;
  return { name, snapshot: createSnapshot(image, { sizesBytes, slotName }) };
}

interface WhyObject {
  readonly number: number;
  readonly type: string;
  readonly bytes: number;
  readonly retainedBytes: number;
}

interface WhyAnswer {
  readonly heap: { readonly objects: number };
  readonly object: WhyObject;
  /** From a root to the object; null: no root reaches it. */
  readonly path: readonly (WhyObject & { readonly via: string })[] | null;
}

/** What `ouro why` says, with what both readers find in the snapshot that it wrote. */
export async function whyDifferences(heap: RecordedHeap, folder: string): Promise<string[]> {
  const file = `${folder}why.heapsnapshot`;
  const ask = (more: readonly string[]): WhyAnswer =>
    JSON.parse(runOuro(["why", heap.path, "--json", ...more]));
  const answers = [ask(["--heapsnapshot", file])];
  for (const type of heap.types) answers.push(ask(["--type", type]));
  const readings = [
    await readWithDevTools([readFileSync(file, "utf8")]),
    await readWithMemlab(file),
  ];
  return readings.flatMap((reading) =>
    answers.flatMap((answer) =>
      answerDifferences(answer, reading).map((each) => `${heap.name}, ${reading.reader}: ${each}`),
    ),
  );
}

const SYNTHETIC_COUNT = 3;

function answerDifferences({ heap, object, path }: WhyAnswer, reading: SnapshotReading): string[] {
  const problems: string[] = [];
  if (reading.nodeCount !== heap.objects + SYNTHETIC_COUNT) {
    problems.push(`${reading.nodeCount} nodes for ${heap.objects} objects`);
  }
  for (const [index, step] of (path ?? [object]).entries()) {
    const node = reading.nodeOf(step.number);
    if (node === undefined) return [`no ${step.type} #${step.number}`];
    const told = [node.name, node.selfBytes, path === null ? 0 : node.retainedBytes];
    const ours = [step.type, step.bytes, path === null ? 0 : step.retainedBytes];
    if (String(told) !== String(ours)) problems.push(`#${step.number} is ${told}, not ${ours}`);
    if (path !== null) problems.push(...stepDifferences(path, index, node));
  }
  return problems;
}

/** A step of the way is a reference that the reader has, and no shorter way leads there. */
function stepDifferences(
  path: NonNullable<WhyAnswer["path"]>,
  index: number,
  node: ReadNode,
): string[] {
  const { number, type, via } = path[index] as (typeof path)[number];
  const holder = path[index - 1]?.number ?? -1;
  const name = nameInReaders(via);
  const isThere = node.referrers.some((each) => each.holder === holder && each.name === name);
  const distance = index + 2;
  return [
    ...(isThere ? [] : [`no ${via} to ${type} #${number}`]),
    ...(node.distance === distance
      ? []
      : [`${type} #${number} is ${node.distance} references from the root, not ${distance}`]),
  ];
}
