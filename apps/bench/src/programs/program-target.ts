// What the project set out to reach with whole memory managers, and whether this run did.

import type { Target } from "../target.js";
import type { ProgramName } from "./program.js";
import type { ProgramResults, ProgramRow } from "./run-programs.js";

interface Wish {
  readonly program: ProgramName;
  readonly metric: string;
  readonly preset: string;
  readonly against: "hand" | "cpython" | "v8";
  readonly wanted: number;
}

const PRICE_LIMIT = 1.25;
const PRESETS = ["refcount-only", "mark-sweep", "semispace"];

const WISHES: readonly Wish[] = [
  ...PRESETS.flatMap((preset): Wish[] => [
    { program: "trees", metric: "all", preset, against: "hand", wanted: PRICE_LIMIT },
    { program: "list", metric: "build", preset, against: "hand", wanted: PRICE_LIMIT },
  ]),
  { program: "trees", metric: "all", preset: "semispace", against: "v8", wanted: 0.5 },
  { program: "trees", metric: "all", preset: "semispace", against: "cpython", wanted: 5 },
  { program: "list", metric: "drop", preset: "refcount-only", against: "cpython", wanted: 3 },
  { program: "garbage", metric: "cold", preset: "mark-sweep", against: "cpython", wanted: 5 },
  { program: "garbage", metric: "collect", preset: "mark-sweep", against: "cpython", wanted: 5 },
  ...PRESETS.flatMap((preset): Wish[] => [
    { program: "objects", metric: "", preset, against: "cpython", wanted: 2.5 },
    { program: "objects", metric: "", preset, against: "v8", wanted: 3 },
  ]),
];

const TITLES = { cpython: "CPython", v8: "V8 objects" } as const;

/** One answer for each wish that this run can speak about. */
export function answerProgramTargets(results: readonly ProgramResults[]): Target[] {
  return results.flatMap(({ name, rows }) =>
    WISHES.filter(({ program }) => program === name).flatMap((wish) => answer(wish, rows)),
  );
}

function answer(wish: Wish, rows: readonly ProgramRow[]): Target[] {
  const { program, metric, preset, against, wanted } = wish;
  const peer = `manager:${preset}`;
  const row = rows.find((candidate) => candidate.peer === peer && candidate.metric === metric);
  if (row === undefined) return [];
  const about = metric === "" || metric === "all" ? "" : `, ${metric}`;
  const base = { workload: program, peer, wanted };
  if (against === "hand") {
    const statement = `${preset} at most ${wanted}× the time by hand${about}`;
    const measured = row.price;
    const isReached = measured === undefined ? undefined : measured <= wanted;
    return [{ ...base, statement, measured, isReached }];
  }
  const better = program === "objects" ? "smaller" : "faster";
  const statement = `${preset} at least ${wanted}× ${better} than ${TITLES[against]}${about}`;
  const measured = row.timesBetterThan?.[against];
  const isReached = measured === undefined ? undefined : measured >= wanted;
  return [{ ...base, statement, measured, isReached }];
}
