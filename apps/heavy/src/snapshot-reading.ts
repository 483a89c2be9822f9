// What a reader of heap snapshots made of a file of ours, and whether it agrees with what we say of
// the same heap: sizes, retained sizes, dominators, distances from the roots, and our retention
// path, reference by reference. Both readers give a `SnapshotReading`.

import {
  type Dominators,
  findDominators,
  findReachable,
  findRetentionPath,
  type Reachability,
  type Snapshot,
} from "@ouro/monitor";

/** A reference as the reader tells it; −1 is a node that is no object of ours. */
export interface ReadReference {
  readonly holder: number;
  readonly name: string;
}

export interface ReadNode {
  readonly name: string;
  readonly selfBytes: number;
  readonly retainedBytes: number;
  /** An object, or −1: one of the synthetic nodes above them. */
  readonly dominator: number;
  /** References from the root of the file. */
  readonly distance: number;
  readonly referrers: readonly ReadReference[];
}

export interface SnapshotReading {
  readonly reader: string;
  readonly nodeCount: number;
  /** The node of an object; undefined: the reader has none. */
  nodeOf(object: number): ReadNode | undefined;
}

/** Nodes of our writer before the objects, and the odd id of an object's serial. */
const SYNTHETIC_COUNT = 3;
export const idOf = (object: number): number => 2 * (object + SYNTHETIC_COUNT) + 1;
export const objectOf = (id: number): number => Math.max(-1, (id - 1) / 2 - SYNTHETIC_COUNT);
/** From the file's root to the node of the roots; from there on it is as we count. */
const ROOT_DISTANCE = 1;
const PROBLEM_LIMIT = 5;
/** Of so many objects the ways are compared; the random heaps are smaller. */
const PATH_LIMIT = 100;

interface Ours {
  readonly snapshot: Snapshot;
  readonly tree: Dominators;
  readonly reachability: Reachability;
}

/** Elements are numbers there. */
export const nameInReaders = (slotName: string): string =>
  slotName.replace(/^\[(0|[1-9]\d{0,8})\]$/, "$1");

/** What differs, in words; nothing where all agrees. Serials are the objects' numbers. */
export function differencesOf(snapshot: Snapshot, reading: SnapshotReading): string[] {
  const ours = {
    snapshot,
    tree: findDominators(snapshot),
    reachability: findReachable(snapshot),
  };
  const problems: string[] = [];
  const count = snapshot.objectCount + SYNTHETIC_COUNT;
  // A way can be as long as the heap: of many objects, those of some.
  const stride = Math.ceil(snapshot.objectCount / PATH_LIMIT);
  if (reading.nodeCount !== count) {
    problems.push(`${reading.reader} has ${reading.nodeCount} nodes, not ${count}`);
  }
  for (let object = 0; object < snapshot.objectCount; object++) {
    if (problems.length >= PROBLEM_LIMIT) break;
    const node = reading.nodeOf(object);
    const found = node === undefined ? ["is not there"] : nodeDifferences(ours, object, node);
    problems.push(
      ...found.map((each) => `${snapshot.describe(object)} in ${reading.reader} ${each}`),
    );
    if (object % stride === 0) problems.push(...pathDifferences(ours, object, reading));
  }
  return problems.slice(0, PROBLEM_LIMIT);
}

function nodeDifferences(ours: Ours, object: number, node: ReadNode): string[] {
  const { snapshot, tree, reachability } = ours;
  const distance = reachability.distances[object] as number;
  const problems: string[] = [];
  const expect = (what: string, theirs: unknown, own: unknown): void => {
    if (theirs !== own) problems.push(`has ${what} ${theirs}, and not ${own}`);
  };
  expect("the name", node.name, snapshot.typeNameOf(object));
  expect("the size", node.selfBytes, snapshot.sizesBytes[object]);
  if (distance === -1) {
    expect("garbage's distance", node.distance, ROOT_DISTANCE + 1);
    return problems;
  }
  const dominator = tree.dominators[object] as number;
  expect("the retained size", node.retainedBytes, tree.retainedBytes[object]);
  expect("the dominator", node.dominator, dominator === snapshot.objectCount ? -1 : dominator);
  expect("the distance", node.distance, distance + ROOT_DISTANCE);
  return problems;
}

/** The end of our shortest way to an object must be a reference of theirs, of the same name. */
function pathDifferences(ours: Ours, object: number, reading: SnapshotReading): string[] {
  const { snapshot, tree, reachability } = ours;
  const path = findRetentionPath(snapshot, reachability, tree, object);
  if (path === undefined) return [];
  const holder = path.at(-2)?.object ?? -1;
  const { slotName } = path.at(-1) as (typeof path)[number];
  const name = nameInReaders(slotName);
  const referrers = reading.nodeOf(object)?.referrers ?? [];
  if (referrers.some((each) => each.holder === holder && each.name === name)) return [];
  const from = holder === -1 ? "a root" : snapshot.describe(holder);
  return [`${reading.reader} knows no ${slotName} from ${from} to ${snapshot.describe(object)}`];
}
