// What a map detector should answer, on plain arrays: the cursor of map-detector.ts over nodes in
// address order, one at a time, and the queue of those that were reached behind it.

import type { MapKind } from "./map-rig.js";

export interface MapNode {
  readonly kind: MapKind;
  /** Free granules before it. */
  readonly gap: number;
  /** Nodes by number, one for each slot; −1 is none, −2 an immediate. */
  readonly references: readonly number[];
  /** References from elsewhere. */
  readonly outsideCount: number;
  readonly fate: "mortal" | "immortal" | "dying";
  readonly isCandidate: boolean;
  readonly hasWeak: boolean;
}

export interface MapAnswer {
  readonly found: number[];
  readonly rescued: number[];
  readonly special: number[];
  readonly untracked: number[];
}

/** Slots of an object of a kind: visited ones, of "many" at least so many, and owned-only ones. */
export const SLOT_COUNTS: Readonly<Record<MapKind, readonly [visited: number, owned: number]>> = {
  one: [1, 0],
  two: [2, 0],
  pair: [2, 0],
  three: [3, 0],
  four: [4, 0],
  five: [5, 0],
  final: [2, 0],
  owner: [1, 1],
  weak: [1, 2],
  none: [0, 0],
  many: [6, 0],
  dict: [3, 0],
  tuple: [3, 0],
};

/** Of its references, those in slots that are visited. */
const visitedCount = ({ kind, references }: MapNode): number =>
  kind === "many" ? references.length : SLOT_COUNTS[kind][0];

const visited = (node: MapNode): readonly number[] =>
  node.references.slice(0, visitedCount(node)).filter((each) => each >= 0);

/** Whether loops for objects of one shape serve: then nobody asks who was rescued. */
function isUniform(nodes: readonly MapNode[]): boolean {
  const shapes = new Set(
    nodes.filter(({ isCandidate }) => isCandidate).map(({ kind }) => shapeOf(kind)),
  );
  return shapes.size === 1 && !shapes.has(0);
}

function shapeOf(kind: MapKind): number {
  const [count] = SLOT_COUNTS[kind];
  return count > 4 || kind === "dict" || kind === "tuple" ? 0 : count;
}

/** Of each node, references that no visited slot of a candidate holds. */
function restsOf(nodes: readonly MapNode[]): number[] {
  const rests = nodes.map(({ outsideCount }) => outsideCount);
  for (const node of nodes) {
    const insideCount = node.isCandidate ? visitedCount(node) : 0;
    for (const target of node.references.slice(insideCount)) {
      if (target >= 0) rests[target] = (rests[target] as number) + 1;
    }
  }
  return rests;
}

export function answerOfMaps(nodes: readonly MapNode[]): MapAnswer {
  const rests = restsOf(nodes);
  const isOpen = nodes.map(({ isCandidate }) => isCandidate);
  const rescued = new Set<number>();
  const queue: number[] = [];

  function reach(target: number, isBehind: boolean): void {
    if (!isOpen[target]) return;
    isOpen[target] = false;
    if (!isBehind) return;
    rescued.add(target);
    queue.push(target);
  }

  for (const [index, node] of nodes.entries()) {
    if (!node.isCandidate || rescued.has(index)) continue;
    const isHeld = node.fate !== "mortal" || (rests[index] as number) > 0;
    if (isOpen[index] && !isHeld) continue;
    isOpen[index] = false;
    const targets = visited(node);
    if (node.kind === "tuple") {
      const isRipe = (each: number): boolean => nodes[each]?.fate === "mortal" && rests[each] === 0;
      for (const each of targets) if (each > index && isRipe(each)) reach(each, true);
    }
    for (const each of targets) reach(each, each < index);
  }
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const each of visited(nodes[node] as MapNode)) reach(each, true);
  }
  const all = [...nodes.keys()];
  const found = all.filter((each) => isOpen[each]);
  const isSpecial = ({ kind, hasWeak }: MapNode) => hasWeak || kind === "final" || kind === "weak";
  return {
    found,
    rescued: isUniform(nodes) ? [] : all.filter((each) => rescued.has(each)),
    special: found.filter((each) => isSpecial(nodes[each] as MapNode)),
    untracked: all.filter((each) => nodes[each]?.isCandidate && nodes[each]?.fate !== "mortal"),
  };
}
