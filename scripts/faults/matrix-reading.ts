// A part of docs/fault-matrix.md as it stands, read back: what was seen of each fault, by the
// digest of the fault as it was then.

import type { Kill } from "./matrix-page.ts";

export interface StandingRow {
  readonly kills: readonly Kill[];
  readonly seeds: readonly number[];
}

export interface StandingPart {
  readonly properties: readonly string[];
  /** By digest of the fault. */
  readonly rows: ReadonlyMap<string, StandingRow>;
}

const numbersOf = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** `**3** in 2, 1, 1` and `4 7`: the property that is named, and the others. */
function killsOf(cells: readonly string[], properties: readonly string[]): Kill[] {
  const [, on = "", , killedBy = "", alsoBy = ""] = cells;
  const [number = 0, ...programCounts] = numbersOf(killedBy);
  const about = { on: on === "" ? undefined : on };
  const nameOf = (each: number): string => properties[each - 1] ?? "";
  return [
    { ...about, property: nameOf(number), isNamed: true, programCounts },
    ...numbersOf(alsoBy).map((each) => ({
      ...{ ...about, property: nameOf(each), isNamed: false, programCounts: [] },
    })),
  ];
}

export function readPart(text: string): StandingPart {
  const lines = text.split("\n");
  const properties = lines.flatMap((line) => /^\d+\. (.*)$/.exec(line)?.[1] ?? []);
  const held = lines.find((line) => /^\d+ faults in `/.test(line)) ?? "";
  const groups = [...held.matchAll(/seeds (\d+(?:, \d+)*)/g)].map(([, all = ""]) => numbersOf(all));
  const marks = /^<!-- each: (.*) -->$/m.exec(text)?.[1]?.split(" ") ?? [];
  const tableStart = lines.indexOf("|---|---|---|---|---|") + 1;
  const table = lines.slice(tableStart).filter((line) => line.startsWith("| "));
  const rows = new Map<string, StandingRow>();
  for (const [index, mark] of marks.entries()) {
    const [digest = "", group = "0"] = mark.split("-");
    const seeds = groups[Number(group) - 1] ?? [];
    rows.set(digest, { kills: killsOf(cellsOf(table[index] ?? ""), properties), seeds });
  }
  return { properties, rows };
}
