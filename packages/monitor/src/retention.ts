// Why an object is alive: the shortest way from a root to it, slot by slot, and what on that way
// could be dropped so that it goes.
//
//   frame slot 3 ─► dict #12 ─['k42']→ list #88 ─[3]→ Node #1093
//                   └ dominates it: without this object Node #1093 would go, and with it …

import type { Dominators } from "./dominators.js";
import type { Reachability } from "./reachability.js";
import { holderOf, type Snapshot } from "./snapshot.js";

export interface RetentionStep {
  readonly object: number;
  /** The slot that refers to it: of the step before, or a root slot. */
  readonly slotName: string;
  /** Whether every way to the last step's object goes through this one. */
  readonly isDominator: boolean;
}

/** The shortest way to an object; undefined if no root reaches it. O(its length × log objects). */
export function findRetentionPath(
  snapshot: Snapshot,
  { distances, parents }: Reachability,
  { dominators }: Dominators,
  object: number,
): RetentionStep[] | undefined {
  if (distances[object] === undefined || distances[object] === -1) return undefined;
  const through = new Set<number>([object]);
  for (let at = dominators[object] as number; at < snapshot.objectCount; ) {
    through.add(at);
    at = dominators[at] as number;
  }
  const steps: RetentionStep[] = [];
  for (let at = object; ; ) {
    const parent = parents[at] as number;
    const isRoot = parent < 0;
    steps.push({
      object: at,
      slotName: isRoot ? snapshot.rootName(-1 - parent) : snapshot.edgeName(parent),
      isDominator: through.has(at),
    });
    if (isRoot) return steps.reverse();
    at = holderOf(snapshot.edgeStarts, parent);
  }
}

/** Who refers to an object: holders with their edges, roots as −1 with their number. */
export function findReferrers(
  snapshot: Snapshot,
  object: number,
): { readonly holder: number; readonly edge: number }[] {
  const { edgeStarts, edgeTargets, rootTargets } = snapshot;
  const referrers: { holder: number; edge: number }[] = [];
  rootTargets.forEach((target, root) => {
    if (target === object) referrers.push({ holder: -1, edge: root });
  });
  edgeTargets.forEach((target, edge) => {
    if (target === object) referrers.push({ holder: holderOf(edgeStarts, edge), edge });
  });
  return referrers;
}
