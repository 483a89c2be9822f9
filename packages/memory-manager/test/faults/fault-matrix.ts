// The section of the memory manager in docs/fault-matrix.md: made from the table of planted faults,
// so that the page cannot say what the harness does not show. Other sections are left alone.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { PlantedFault } from "./planted-faults.js";

const HEADING = "## memory-manager";

const PREFACE = `# Fault matrix

Which planted fault is killed by which property. A property that cannot fail proves nothing: each
fault below is a small change of the sources, made in a copy, and the property named beside it must
fail on it.
`;

export function faultMatrix(
  faults: readonly PlantedFault[],
  { runLimit, seedCount }: { runLimit: number; seedCount: number },
): string {
  const rows = faults.map((fault) => `| ${fault.name} | ${fault.on} | ${fault.killedBy} |`);
  return `${[
    HEADING,
    "",
    `Each fault is killed within ${runLimit} programs at each of ${seedCount} seeds.`,
    "Command: `npx vitest run packages/memory-manager/test/faults`.",
    "",
    "| fault | on | killed by |",
    "|---|---|---|",
    ...rows,
  ].join("\n")}\n`;
}

/** The section, from its heading to the next one; empty when there is none. */
export function readMatrix(path: string): string {
  const { section } = split(path);
  return section;
}

export function writeMatrix(path: string, section: string): void {
  const { before, after } = split(path);
  writeFileSync(path, [before, section, after].filter((part) => part !== "").join("\n"));
}

function split(path: string): { before: string; section: string; after: string } {
  const text = existsSync(path) ? readFileSync(path, "utf8") : PREFACE;
  const start = text.indexOf(`${HEADING}\n`);
  if (start < 0) return { before: text, section: "", after: "" };
  const next = text.indexOf("\n## ", start);
  const end = next < 0 ? text.length : next;
  return {
    before: text.slice(0, start).trimEnd().concat("\n"),
    section: text.slice(start, end).trimEnd().concat("\n"),
    after: next < 0 ? "" : text.slice(next + 1),
  };
}
