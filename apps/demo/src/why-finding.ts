// Why one object is alive: the way from a root to it, what all its ways have in common, and the
// one reference that could be dropped so that it goes.
//
//   root ─► module #3 ─► dict #12 ─[3]→ list #88 ─[0]→ Node #1093
//           └───── dominate it ──┘      └ one of several holders

import { UsageError } from "@ouro/interfaces";
import {
  type Dominators,
  findDominators,
  findReachable,
  findRetentionPath,
  type Reachability,
  type Snapshot,
} from "@ouro/monitor";
import type { InspectedHeap } from "./inspected-heap.js";
import { createStages, type Work } from "./replay-work.js";
import { didYouMean } from "./suggestion.js";

export interface FoundObject {
  /** In the snapshot. */
  readonly object: number;
  readonly sizeBytes: number;
  /** What would go with it, itself included; 0 if no root reaches it. */
  readonly retainedBytes: number;
  readonly retainedCount: number;
}

export interface WhyStep extends FoundObject {
  /** The slot that refers to it: of the step before, or why the root is one. */
  readonly slotName: string;
  /** Whether every way to the object asked about goes through this one. */
  readonly isDominator: boolean;
}

export interface WhyFinding {
  readonly asked: FoundObject;
  /** Objects of its type. */
  readonly alikeCount: number;
  /** From a root; undefined: no root reaches it. */
  readonly path: readonly WhyStep[] | undefined;
  /** The nearest other object through which all ways go; undefined: there is none. */
  readonly dominator: FoundObject | undefined;
  /** The step whose only reference, dropped, would let it go; undefined: one is not enough. */
  readonly cut: WhyStep | undefined;
}

/** Which object is asked about: by number, by type, or the one with which most would go. */
export interface WhyQuestion {
  readonly number: number | undefined;
  readonly typeName: string | undefined;
}

/** Answers. Throws `UsageError` for a number or a type that the heap does not have. O(heap). */
export async function findWhy(
  heap: InspectedHeap,
  question: WhyQuestion,
  work: Work,
): Promise<WhyFinding> {
  const { snapshot } = heap;
  const done = createStages(work, "looking", heap.file, 3);
  const reachability = findReachable(snapshot);
  await done();
  const dominators = findDominators(snapshot);
  await done();
  const object = askedObject(heap, question, dominators);
  const found = (each: number): FoundObject => ({
    object: each,
    sizeBytes: snapshot.sizesBytes[each] as number,
    retainedBytes: dominators.retainedBytes[each] as number,
    retainedCount: dominators.retainedCounts[each] as number,
  });
  const path = findRetentionPath(snapshot, reachability, dominators, object)?.map(
    (step): WhyStep => ({ ...step, ...found(step.object) }),
  );
  const nearest = dominators.dominators[object] as number;
  const isHeld = nearest >= 0 && nearest < snapshot.objectCount;
  const type = snapshot.typeNameOf(object);
  let alikeCount = 0;
  for (let each = 0; each < snapshot.objectCount; each++) {
    if (snapshot.typeNameOf(each) === type) alikeCount++;
  }
  await done();
  return {
    asked: found(object),
    alikeCount,
    path,
    dominator: isHeld ? found(nearest) : undefined,
    cut: path === undefined ? undefined : cutOf(snapshot, reachability, path),
  };
}

function askedObject(
  heap: InspectedHeap,
  { number, typeName }: WhyQuestion,
  { retainedBytes }: Dominators,
): number {
  const { snapshot, file } = heap;
  if (number !== undefined) {
    const object = heap.objectOf(number);
    if (object !== undefined) return object;
    throw new UsageError({
      where: "ouro why",
      argument: `#${number}`,
      problem: `is no object of ${file}`,
      remedy: `Its objects are #0 to #${snapshot.objectCount - 1}.`,
    });
  }
  let best = -1;
  for (let object = 0; object < snapshot.objectCount; object++) {
    if (typeName !== undefined && snapshot.typeNameOf(object) !== typeName) continue;
    if (best === -1 || (retainedBytes[object] as number) > (retainedBytes[best] as number)) {
      best = object;
    }
  }
  if (best >= 0) return best;
  throw new UsageError({
    where: "ouro why",
    argument: typeName === undefined ? file : `--type ${typeName}`,
    problem: typeName === undefined ? "holds no object" : `is no type of an object of ${file}`,
    remedy: didYouMean(
      typeName ?? "",
      [...new Set(Array.from(snapshot.objectTypes, (type) => snapshot.typeNames[type] as string))],
      `ouro heap ${file} lists its types.`,
    ),
  });
}

/** The last step on the way that all ways go through, and to which one reference alone leads. */
function cutOf(
  { objectCount, edgeStarts, edgeTargets, rootTargets }: Snapshot,
  { distances }: Reachability,
  path: readonly WhyStep[],
): WhyStep | undefined {
  const counts = new Int32Array(objectCount);
  for (const target of rootTargets) counts[target] = (counts[target] as number) + 1;
  for (let holder = 0; holder < objectCount; holder++) {
    if (distances[holder] === -1) continue;
    const end = edgeStarts[holder + 1] as number;
    for (let edge = edgeStarts[holder] as number; edge < end; edge++) {
      const target = edgeTargets[edge] as number;
      // What an object says of itself does not keep it alive.
      if (target !== holder) counts[target] = (counts[target] as number) + 1;
    }
  }
  return path.findLast(({ object, isDominator }) => isDominator && counts[object] === 1);
}
