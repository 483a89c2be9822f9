// The generator of programs makes what it is there for: each shape and each kind of stress stands
// in a good share of the programs.

import fc from "fast-check";
import { expect, it } from "vitest";
import { deathPrograms } from "../src/death-program.js";
import { ACTS, type DeathCommand, mutatorPrograms } from "../src/index.js";
import { SIGHTS, type Sight, sightsOf } from "./program-census.js";

const PROGRAM_COUNT = 120;
/** So many programs of a hundred have it, at least. */
const LEAST_PERCENT = 8;

it(`Each shape and stress stands in ${LEAST_PERCENT} of a hundred programs or more`, () => {
  const counts = new Map<Sight, number>();
  for (const program of fc.sample(mutatorPrograms(), { numRuns: PROGRAM_COUNT, seed: 1 })) {
    for (const sight of sightsOf(program)) counts.set(sight, (counts.get(sight) ?? 0) + 1);
  }
  const shares = SIGHTS.map((sight) => ({
    sight,
    percent: Math.round((100 * (counts.get(sight) ?? 0)) / PROGRAM_COUNT),
  }));
  const rare = shares.filter(({ percent }) => percent < LEAST_PERCENT);
  expect(rare, JSON.stringify(shares)).toEqual([]);
});

/** What stands in a program about death. */
const DEATH_SIGHTS: Readonly<Record<string, (command: DeathCommand) => boolean>> = {
  "finalizers that compete": (command) => command.do === "ring" && command.count > 1,
  "a weak reference to garbage in a cycle": ({ do: name }) => name === "watched ring",
  "a callback": (command) => command.do === "weak" && command.act !== "no callback",
  "a collection": ({ do: name }) => name === "collect",
  ...Object.fromEntries(
    ACTS.map((act) => [act, (command: DeathCommand) => "act" in command && command.act === act]),
  ),
};

it(`Finalizers that compete and each of their acts stand in ${LEAST_PERCENT} of a hundred`, () => {
  const programs = fc.sample(deathPrograms(ACTS), { numRuns: PROGRAM_COUNT, seed: 1 });
  const rare = Object.entries(DEATH_SIGHTS).filter(([, isSight]) => {
    const count = programs.filter((commands) => commands.some(isSight)).length;
    return (100 * count) / PROGRAM_COUNT < LEAST_PERCENT;
  });
  expect(rare.map(([name]) => name)).toEqual([]);
});
