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
fault below is a small change of the sources, loaded in their place and nowhere written, and a
property that knows nothing of it must fail. Each fault type-checks, and was killed by the property
that is named for it, in bold, at each of three seeds that were drawn for the run; the numbers are
the programs that it took. Every other property of the section was asked with the first seed.

Written by \`npm run test:faults -- --write\`, never by hand; \`-- --only "NAME"\` shows a fault
with the input on which it differs, \`-- --patch FILE\` plants your own.
`;

const headingOf = ({ name }: FaultSection): string => `## ${name}`;
const stampOf = (section: FaultSection): string => `<!-- faults: ${digestOf(section)} -->`;

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function rowOf({ fault, kills }: FaultRow, part: SectionPart): string {
  const number = (kill: Kill): number => part.properties.indexOf(kill.property) + 1;
  const named = kills.filter(({ isNamed }) => isNamed);
  const others = [...new Set(kills.filter(({ isNamed }) => !isNamed).map(number))]
    .filter((each) => !named.some((kill) => number(kill) === each))
    .sort((a, b) => a - b);
  const by = named
    .slice(0, 1)
    .map((kill) => `**${number(kill)}** in ${kill.programCounts.join(", ")}`);
  const cells = [fault.name, fault.on ?? "", fault.file, by.join(), others.join(" ")];
  return `| ${cells.map(cell).join(" | ")} |`;
}

export function printPart(part: SectionPart): string {
  const { section, seeds, properties, rows } = part;
  return [
    headingOf(section),
    "",
    stampOf(section),
    ...section.about,
    ...(section.about.length > 0 ? [""] : []),
    `${rows.length} faults in \`${section.folder}\`; seeds ${seeds.join(", ")}.`,
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
  const texts = sections.flatMap((section) => {
    const made = parts.find((part) => part.section.name === section.name);
    return made === undefined ? (standing.get(headingOf(section)) ?? []) : printPart(made);
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
        `docs/fault-matrix.md is stale for "${name}": ` +
        `npm run test:faults -- --section "${name}" --write`,
    );
  const known = new Set(sections.map(headingOf));
  const unknown = [...standing.keys()].filter((heading) => !known.has(heading));
  return [...stale, ...unknown.map((heading) => `no section of faults is named "${heading}"`)];
}
