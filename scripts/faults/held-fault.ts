// What was seen of one planted fault, as lines for people and as data.

import type { Verdict } from "./hold.ts";
import { isKilled } from "./hold.ts";
import type { FaultRow, Kill } from "./matrix-page.ts";
import type { PlantedFault } from "./planted-fault.ts";

export interface HeldFault {
  readonly section: string;
  readonly fault: PlantedFault;
  /** Why it is no fault at all: it does not apply, compile or load, or nothing meets it. */
  readonly problem: string | undefined;
  readonly verdicts: readonly Verdict[];
}

/** Killed at every seed by a property that is named for it. */
export function isKilledAsSaid({ problem, verdicts }: HeldFault): boolean {
  const named = verdicts.filter(({ isNamed }) => isNamed);
  return problem === undefined && named.length > 0 && named.some(isKilled);
}

export function killsOf(verdicts: readonly Verdict[]): Kill[] {
  return verdicts.filter(isKilled).map(({ property, on, isNamed, outcomes }) => ({
    ...{ property, on, isNamed },
    programCounts: outcomes.map(({ programCount }) => programCount),
  }));
}

export function toRow({ fault, verdicts }: HeldFault, seeds: readonly number[]): FaultRow {
  return { fault, kills: killsOf(verdicts), seeds };
}

/** One character a property: a number of programs, `.` where it holds, `!` where it hangs. */
export function matrixLine(held: HeldFault, properties: readonly string[]): string {
  const cells = properties.map((name) => {
    const asked = held.verdicts.filter(({ property }) => property === name);
    const killing = asked.find((verdict) => verdict.isNamed && isKilled(verdict));
    const found = killing ?? asked.find(isKilled) ?? asked[0];
    if (found === undefined) return "-";
    if (found.outcomes.some(({ hangs }) => hangs === true)) return "!";
    if (!isKilled(found)) return found.isNamed ? "LIVES" : ".";
    const counts = found.outcomes.map(({ programCount }) => programCount).join(",");
    return found.isNamed ? `[${counts}]` : counts;
  });
  const end = held.problem === undefined ? "" : `  ${held.problem}`;
  const name = held.fault.name.padEnd(64).slice(0, 64);
  return `${name} ${cells.map((each) => each.padStart(5)).join(" ")}${end}`;
}

/** The input that shows it, and what was seen there. */
export function evidenceLines({ verdicts }: HeldFault): string[] {
  return verdicts.filter(isKilled).flatMap(({ property, on, isNamed, outcomes }) => {
    const [{ programCount = 0, reason = "", input = "" } = {}] = outcomes;
    const where = on === undefined ? "" : ` (${on})`;
    return [
      `${isNamed ? "killed by its property" : "killed by"} "${property}"${where}`,
      `  after ${programCount} programs, seed ${outcomes[0]?.seed}`,
      ...reason
        .split("\n")
        .slice(0, 6)
        .map((line) => `  saw:   ${line}`),
      ...input
        .split("\n")
        .slice(0, 30)
        .map((line) => `  input: ${line}`),
    ];
  });
}
