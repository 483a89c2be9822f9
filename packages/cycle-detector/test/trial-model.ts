// What trial deletion should answer, on plain arrays: of all that candidates reach, whoever has
// more references than those that were met, and what that reaches, lives; the rest is found.

import type { BufferKind } from "./buffer-rig.js";

export interface TrialNode {
  readonly kind: BufferKind;
  /** Nodes by number, one for each slot; −1 is none. */
  readonly references: readonly number[];
  /** References from elsewhere. */
  readonly outsideCount: number;
  readonly fate: "mortal" | "immortal" | "dying";
}

/** Slots of a kind that are visited, the first ones, and all. */
export const TRIAL_SLOTS: Readonly<Record<BufferKind, readonly [visited: number, all: number]>> = {
  node: [2, 2],
  box: [2, 2],
  unwatched: [0, 2],
  array: [3, 3],
  four: [4, 4],
  five: [5, 5],
  owner: [1, 2],
};

export interface TrialAnswer {
  /** In the order in which they are met. */
  readonly examined: number[];
  readonly referenceCount: number;
  readonly found: number[];
  readonly reached: number[];
}

const slotsOf = ({ kind, references }: TrialNode): readonly number[] =>
  references.slice(0, TRIAL_SLOTS[kind][0]);

const isCyclic = ({ kind }: TrialNode): boolean => kind !== "box" && kind !== "unwatched";

/** Only nodes of `within` are met; `counts` are all references to a node. */
export function answerOfTrial(
  nodes: readonly TrialNode[],
  candidates: readonly number[],
  counts: readonly number[],
  within: (node: number) => boolean = () => true,
): TrialAnswer {
  const canBeFound = (node: number): boolean =>
    within(node) &&
    nodes[node]?.fate === "mortal" &&
    (counts[node] as number) > 0 &&
    isCyclic(nodes[node] as TrialNode);
  const targetsOf = (node: number): number[] =>
    slotsOf(nodes[node] as TrialNode).filter((target) => target >= 0);
  const examined = candidates.filter(canBeFound);
  const met = new Set(examined);
  const inside = nodes.map(() => 0);
  let referenceCount = 0;
  for (let at = 0; at < examined.length; at++) {
    const node = examined[at] as number;
    referenceCount += slotsOf(nodes[node] as TrialNode).length;
    for (const target of targetsOf(node)) {
      if (!met.has(target) && canBeFound(target)) examined.push(target);
      if (canBeFound(target)) met.add(target);
      inside[target] = (inside[target] as number) + 1;
    }
  }
  const lives = new Set<number>();
  const pending = examined.filter((node) => (counts[node] as number) > (inside[node] as number));
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!met.has(node) || lives.has(node)) continue;
    lives.add(node);
    pending.push(...targetsOf(node));
  }
  return {
    examined,
    referenceCount,
    found: examined.filter((node) => !lives.has(node)),
    reached: examined.filter((node) => lives.has(node)),
  };
}
