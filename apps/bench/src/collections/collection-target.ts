// What the project set out to reach with its collectors, and whether this run did.

import type { Target } from "../target.js";
import { type CollectionResults, figureOf } from "./run-collections.js";

interface Wish {
  readonly workload: string;
  readonly metric: string;
  readonly preset: string;
  readonly against: string;
  readonly wanted: number;
}

const EXACT = "cpython-3.13";
const FAST = "cpython-3.13-fast";

function wish(
  workload: string,
  metric: string,
  against: string,
  exact: number | undefined,
  fast: number,
): Wish[] {
  const of = (preset: string, wanted: number) => ({ workload, metric, preset, against, wanted });
  return [...(exact === undefined ? [] : [of(EXACT, exact)]), of(FAST, fast)];
}

const WISHES: readonly Wish[] = [
  ...wish("collect-order", "warm", "cpython", 1, 3),
  ...wish("collect-shuffled", "warm", "cpython", 2, 8),
  ...wish("collect-cycles", "warm", "cpython", 1, 3),
  ...wish("collect-finalized", "warm", "cpython", 1, 3),
  ...wish("collect-young", "warm", "cpython", 1, 1.5),
  ...wish("collect-trees", "warm", "cpython-tuples", 2, 3),
  ...wish("collect-trees", "warm", "v8", undefined, 0.5),
  ...wish("collect-bytes", "", "cpython", 1.7, 2.5),
  ...wish("collect-bytes", "", "v8", undefined, 3),
  ...wish("collect-pause", "worst step", "v8", undefined, 3),
  ...wish("collect-pause", "worst step", "v8-yielding", undefined, 3),
];

/** One answer for each wish that this run can speak about, and one for each recorded graph. */
export function answerCollectionTargets(results: readonly CollectionResults[]): Target[] {
  return results.flatMap((result) => {
    const { name } = result;
    const wishes =
      name === "collect-graphs" ? graphWishes(result) : WISHES.filter((w) => w.workload === name);
    return wishes.flatMap((each) => answer(result, each));
  });
}

function graphWishes({ rows }: CollectionResults): Wish[] {
  const metrics = new Set(rows.map(({ metric }) => metric));
  const warm = [...metrics].filter((metric) => metric !== "" && !metric.endsWith("cold"));
  return warm.flatMap((metric) => wish("collect-graphs", metric, "cpython", undefined, 1));
}

function answer({ name, rows, unit }: CollectionResults, each: Wish): Target[] {
  const { metric, preset, against, wanted } = each;
  const of = (peer: string) =>
    figureOf(rows.find((row) => row.peer === peer && row.metric === metric));
  if (!rows.some(({ peer }) => peer === preset)) return [];
  const ours = of(preset);
  const theirs = of(against);
  const measured = ours === undefined || theirs === undefined ? undefined : theirs / ours;
  const better = unit === "bytes" ? "smaller" : "faster";
  const about = metric === "" ? "" : `, ${metric}`;
  return [
    {
      workload: name,
      peer: preset,
      statement: `${preset} at least ${wanted}× ${better} than ${against}${about}`,
      wanted,
      measured,
      isReached: measured === undefined ? undefined : measured >= wanted,
    },
  ];
}
