// memlab's reader of heap snapshots, a second opinion beside DevTools: another parser, other
// dominators, and its own shortest ways from the roots.

import { existsSync } from "node:fs";
import { idOf, objectOf, type ReadNode, type SnapshotReading } from "./snapshot-reading.js";

const MEMLAB = new URL("../node_modules/@memlab/core/dist/index.js", import.meta.url);

const FILE_ROOT_ID = 1;

interface MemlabNode {
  readonly id: number;
  readonly name: string;
  readonly self_size: number;
  readonly retainedSize: number;
  readonly dominatorNode: MemlabNode | null;
  readonly pathEdge: MemlabEdge | null;
  readonly referrers: readonly MemlabEdge[];
}

interface MemlabEdge {
  readonly name_or_index: string | number;
  readonly fromNode: MemlabNode;
}

interface MemlabSnapshot {
  readonly nodes: { readonly length: number };
  getNodeById(id: number): MemlabNode | null;
}

interface Memlab {
  readonly utils: {
    getSnapshotFromFile(path: string, options: object): Promise<MemlabSnapshot>;
  };
  readonly analysis: { preparePathFinder(snapshot: MemlabSnapshot): unknown };
  readonly config: { muteConsole?: boolean; errorHandling: number };
  readonly ErrorHandling: { readonly Throw: number };
}

export function isMemlabInstalled(): boolean {
  return existsSync(MEMLAB);
}

/** Reads a file. Throws what memlab throws. */
export async function readWithMemlab(path: string): Promise<SnapshotReading> {
  const { default: memlab } = (await import(MEMLAB.href)) as { default: Memlab };
  const { utils, analysis, config, ErrorHandling } = memlab;
  config.muteConsole = true;
  // Else it ends the whole process over a file that it cannot read.
  config.errorHandling = ErrorHandling.Throw;
  const snapshot = await utils.getSnapshotFromFile(path, { buildNodeIdIndex: true });
  analysis.preparePathFinder(snapshot);
  const distanceOf = createDistances();
  return {
    reader: "memlab",
    nodeCount: snapshot.nodes.length,
    nodeOf(object) {
      const node = snapshot.getNodeById(idOf(object));
      return node === null ? undefined : readNode(node, distanceOf);
    },
  };
}

/** How far nodes lie from the root of the file; ways that share their beginning walk it once. */
function createDistances(): (node: MemlabNode) => number {
  const known = new Map<number, number>();
  return (node) => {
    const way: number[] = [];
    let at: MemlabNode | undefined = node;
    while (at?.pathEdge && !known.has(at.id)) {
      way.push(at.id);
      at = at.pathEdge.fromNode;
    }
    // memlab's ways begin at the node of the roots, and only those of garbage at the file's root.
    let distance = known.get(at?.id ?? -1) ?? (at?.id === FILE_ROOT_ID ? 0 : 1);
    for (const id of way.reverse()) known.set(id, ++distance);
    return known.get(node.id) ?? distance;
  };
}

function readNode(node: MemlabNode, distanceOf: (node: MemlabNode) => number): ReadNode {
  return {
    name: node.name,
    selfBytes: node.self_size,
    retainedBytes: node.retainedSize,
    dominator: node.dominatorNode === null ? -1 : objectOf(node.dominatorNode.id),
    distance: distanceOf(node),
    referrers: node.referrers.map((edge) => ({
      holder: objectOf(edge.fromNode.id),
      name: String(edge.name_or_index),
    })),
  };
}
