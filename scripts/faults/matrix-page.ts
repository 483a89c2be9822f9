// docs/fault-matrix.md: one part for each section, written by `npm run test:faults -- --write` from
// what was seen. Each part carries a digest of its faults and properties, so that a fault that was
// added or changed since makes the page stale without anything being run (check-faults.ts).

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.ts";
import { editsOf } from "./edit-sources.ts";
import type { FaultSection, PlantedFault } from "./planted-fault.ts";

export const PAGE = join(root, "docs/fault-matrix.md");

export interface Kill {
  readonly property: string;
  readonly on: string | undefined;
  readonly isNamed: boolean;
  /** Programs until it was killed, one number for each seed. */
  readonly programCounts: readonly number[];
}

export interface FaultRow {
  readonly fault: PlantedFault;
  readonly kills: readonly Kill[];
}

export interface SectionPart {
  readonly section: FaultSection;
  readonly seeds: readonly number[];
  /** Names, in the order in which they are numbered. */
  readonly properties: readonly string[];
  readonly rows: readonly FaultRow[];
}

/** Changes with any fault of the section. */
export function digestOf({ folder, faults }: FaultSection): string {
  const texts = faults.map((fault) => [
    ...[fault.name, fault.on ?? "", fault.killedBy],
    ...editsOf(fault).flatMap(({ file, find, replace }) => [folder, file, find, replace]),
  ]);
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 12);
}

const OPENING = `# Fault matrix

Which planted fault is killed by which property. A property that cannot fail proves nothing: each
fault below is a small change of the sources, loaded in their place and nowhere written, and the
property that is named for it, in bold, which knows nothing of it, must fail. Where a section has
seeds, they were drawn for a run in which each of its faults type-checked and was killed at all of
them, in so many programs; the section's other properties were asked with 20 programs.

Written by \`npm run test:faults -- --write\`, never by hand; \`-- --only "NAME"\` shows a fault
with the input on which it differs, \`-- --patch FILE\` plants your own.
The suites of the testkit are tried on toy strategies that are wrong: packages/testkit/test/faults.
`;

const headingOf = ({ name }: FaultSection): string => `## ${name}`;
const stampOf = (section: FaultSection): string => `<!-- faults: ${digestOf(section)} -->`;

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** A section whose faults were not held against fresh seeds since they changed. */
function unheldPart(section: FaultSection): SectionPart {
  const { faults } = section;
  const properties = [...new Set(faults.map(({ killedBy }) => killedBy))];
  const rows = faults.map((fault) => {
    const { killedBy: property, on } = fault;
    return { fault, kills: [{ property, on, isNamed: true, programCounts: [] }] };
  });
  return { section, seeds: [], properties, rows };
}

function rowOf({ fault, kills }: FaultRow, part: SectionPart): string {
  const number = (kill: Kill): number => part.properties.indexOf(kill.property) + 1;
  const named = kills.filter(({ isNamed }) => isNamed);
  const others = [...new Set(kills.filter(({ isNamed }) => !isNamed).map(number))]
    .filter((each) => !named.some((kill) => number(kill) === each))
    .sort((a, b) => a - b);
  const by = named.slice(0, 1).map(({ programCounts, ...kill }) => {
    const counts = programCounts.length > 0 ? ` in ${programCounts.join(", ")}` : "";
    return `**${number({ ...kill, programCounts })}**${counts}`;
  });
  const cells = [fault.name, fault.on ?? "", fault.file, by.join(), others.join(" ")];
  return `| ${cells.map(cell).join(" | ")} |`;
}

/** `npm run test:long` holds each fault against the property that is named for it, seed 1 too. */
function whenHeld(seeds: readonly number[]): string {
  if (seeds.length > 0) return `seeds ${seeds.join(", ")}`;
  return "not held against fresh seeds since they changed (`npm run test:long`: seed 1)";
}

export function printPart(part: SectionPart): string {
  const { section, seeds, properties, rows } = part;
  return [
    headingOf(section),
    "",
    stampOf(section),
    ...section.about,
    ...(section.about.length > 0 ? [""] : []),
    `${rows.length} faults in \`${section.folder}\`; ${whenHeld(seeds)}.`,
    "",
    ...properties.map((name, index) => `${index + 1}. ${name}`),
    "",
    "| fault | on | file | killed by | also by |",
    "|---|---|---|---|---|",
    ...rows.map((row) => rowOf(row, part)),
    "",
  ].join("\n");
}

/** The parts of the page as they stand, by heading. */
function readParts(): Map<string, string> {
  const text = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  const parts = text.split(/\n(?=## )/).slice(1);
  const entries = parts.map((part): [string, string] => [
    part.slice(0, part.indexOf("\n")),
    `${part.trimEnd()}\n`,
  ]);
  return new Map(entries);
}

/** The page with new parts for some sections, and the standing ones of the others. */
export function printPage(
  sections: readonly FaultSection[],
  parts: readonly SectionPart[],
): string {
  const standing = readParts();
  const texts = sections.map((section) => {
    const made = parts.find((part) => part.section.name === section.name);
    if (made !== undefined) return printPart(made);
    const stands = standing.get(headingOf(section));
    return stands?.includes(stampOf(section)) ? stands : printPart(unheldPart(section));
  });
  return [OPENING, ...texts].join("\n");
}

/** What is stale on the page; nothing is run. */
export function findStale(sections: readonly FaultSection[]): string[] {
  const standing = readParts();
  const stale = sections
    .filter((section) => !standing.get(headingOf(section))?.includes(stampOf(section)))
    .map(
      ({ name }) =>
        `docs/fault-matrix.md is stale for "${name}": npm run test:faults -- ` +
        `--section "${name}" --write, or npm run faults:list, which runs nothing`,
    );
  const known = new Set(sections.map(headingOf));
  const unknown = [...standing.keys()].filter((heading) => !known.has(heading));
  return [...stale, ...unknown.map((heading) => `no section of faults is named "${heading}"`)];
}
