// docs/fault-matrix.md: one part for each section, written by `npm run test:faults -- --write` from
// what was seen. A part carries a digest of its faults, so that the page is known to be stale
// without anything being run (check-faults.ts), and one of each fault: what was seen of those that
// did not change stays when others come (matrix-reading.ts).
//
//   ## section
//   <!-- faults: digest of all -->
//   <!-- each: digest-g … -->     in the order of the rows; held at the g-th seeds, 0: at none
//   24 faults in `folder`; seeds …
//   1. property …
//   | fault | on | file | killed by | also by |

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.ts";
import { editsOf } from "./edit-sources.ts";
import { readPart, type StandingPart } from "./matrix-reading.ts";
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
  /** Of the run in which it was killed; none: not held since it changed. */
  readonly seeds: readonly number[];
}

export interface SectionPart {
  readonly section: FaultSection;
  /** Names, in the order in which they are numbered. */
  readonly properties: readonly string[];
  readonly rows: readonly FaultRow[];
}

type Folder = Pick<FaultSection, "folder">;

function textsOf({ folder }: Folder, fault: PlantedFault): unknown[] {
  return [
    ...[fault.name, fault.on ?? "", fault.killedBy],
    ...editsOf(fault).flatMap(({ file, find, replace }) => [folder, file, find, replace]),
  ];
}

const digest = (data: unknown): string =>
  createHash("sha256").update(JSON.stringify(data)).digest("hex");

/** Changes with any fault of the section. */
function digestOf(section: FaultSection): string {
  return digest(section.faults.map((fault) => textsOf(section, fault))).slice(0, 12);
}

export function digestOfFault(folder: Folder, fault: PlantedFault): string {
  return digest(textsOf(folder, fault)).slice(0, 8);
}

const OPENING = `# Fault matrix

Which planted fault is killed by which property. A property that cannot fail proves nothing: each
fault below is a small change of the sources, loaded in their place and nowhere written, and the
property that is named for it, in bold, which knows nothing of it, must fail. The seeds were drawn
for a run in which each of these faults type-checked and was killed at all of them, in so many
programs; the section's other properties were asked with 20 programs.

Written by \`npm run test:faults -- --write\`, never by hand; with \`--changed\` it holds the faults
that changed since, \`-- --only "NAME"\` shows a fault with the input on which it differs,
\`-- --patch FILE\` plants your own.
The suites of the testkit are tried on toy strategies that are wrong: packages/testkit/test/faults.
[known-mistakes.md](known-mistakes.md) has the mistakes that memory managers are known for, and
which of these faults each of them is.
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
  const by = named.slice(0, 1).map(({ programCounts, ...kill }) => {
    const counts = programCounts.length > 0 ? ` in ${programCounts.join(", ")}` : "";
    return `**${number({ ...kill, programCounts })}**${counts}`;
  });
  const cells = [fault.name, fault.on ?? "", fault.file, by.join(), others.join(" ")];
  return `| ${cells.map(cell).join(" | ")} |`;
}

/** Seeds that rows were held at, each once, in the order in which they come. */
function seedGroups(rows: readonly FaultRow[]): string[] {
  return [...new Set(rows.map(({ seeds }) => seeds.join(", ")))].filter((text) => text !== "");
}

/** `npm run test:long` holds each fault against the property that is named for it, seed 1 too. */
function whenHeld(rows: readonly FaultRow[]): string {
  const groups = seedGroups(rows);
  const unheld = "not held against fresh seeds since they changed (`npm run test:long`: seed 1)";
  const countOf = (group: string): number =>
    rows.filter(({ seeds }) => seeds.join(", ") === group).length;
  if (groups.length === 0) return unheld;
  const unheldCount = countOf("");
  const isOne = groups.length === 1 && unheldCount === 0;
  const held = groups.map((group) => `${isOne ? "" : `${countOf(group)} at `}seeds ${group}`);
  return [...held, ...(unheldCount > 0 ? [`${unheldCount} ${unheld}`] : [])].join("; ");
}

function eachLine({ section, rows }: SectionPart): string {
  const groups = seedGroups(rows);
  const marks = rows.map(({ fault, seeds }) => {
    const group = groups.indexOf(seeds.join(", ")) + 1;
    return `${digestOfFault(section, fault)}-${group}`;
  });
  return `<!-- each: ${marks.join(" ")} -->`;
}

export function printPart(part: SectionPart): string {
  const { section, properties, rows } = part;
  return [
    headingOf(section),
    "",
    stampOf(section),
    eachLine(part),
    ...section.about,
    ...(section.about.length > 0 ? [""] : []),
    `${rows.length} faults in \`${section.folder}\`; ${whenHeld(rows)}.`,
    "",
    ...properties.map((name, index) => `${index + 1}. ${name}`),
    "",
    "| fault | on | file | killed by | also by |",
    "|---|---|---|---|---|",
    ...rows.map((row) => rowOf(row, part)),
    "",
  ].join("\n");
}

function standingPage(): string {
  return existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
}

/** The parts of a page, by heading. */
function partsOf(text: string): Map<string, string> {
  const parts = text.split(/\n(?=## )/).slice(1);
  const entries = parts.map((part): [string, string] => [
    part.slice(0, part.indexOf("\n")),
    `${part.trimEnd()}\n`,
  ]);
  return new Map(entries);
}

/** What was just seen, what was seen of faults that did not change, and what has to be seen. */
function merged(
  section: FaultSection,
  made: SectionPart | undefined,
  standing: StandingPart,
): SectionPart {
  const rows = section.faults.map((fault): FaultRow => {
    const fresh = made?.rows.find((row) => row.fault.name === fault.name);
    const known = standing.rows.get(digestOfFault(section, fault));
    if (fresh !== undefined) return fresh;
    if (known !== undefined) return { fault, ...known };
    const { killedBy: property, on } = fault;
    const named = { property, on, isNamed: true, programCounts: [] };
    return { fault, kills: [named], seeds: [] };
  });
  const named = section.faults.map(({ killedBy }) => killedBy);
  const properties = [...new Set([...(made?.properties ?? standing.properties), ...named])];
  return { section, properties, rows };
}

/** Faults of a section that were not held against fresh seeds since they changed. */
export function unheldFaults(
  section: FaultSection,
  page = standingPage(),
): readonly PlantedFault[] {
  const { rows } = readPart(partsOf(page).get(headingOf(section)) ?? "");
  const isHeld = (fault: PlantedFault): boolean =>
    (rows.get(digestOfFault(section, fault))?.seeds.length ?? 0) > 0;
  return section.faults.filter((fault) => !isHeld(fault));
}

/** The page with what was just seen, and what it says of faults that did not change since. */
export function printPage(
  sections: readonly FaultSection[],
  parts: readonly SectionPart[],
  page = standingPage(),
): string {
  const standing = partsOf(page);
  const texts = sections.map((section) => {
    const made = parts.find((part) => part.section.name === section.name);
    const known = readPart(standing.get(headingOf(section)) ?? "");
    return printPart(merged(section, made, known));
  });
  return [OPENING, ...texts].join("\n");
}

/** What is stale on the page; nothing is run. */
export function findStale(sections: readonly FaultSection[]): string[] {
  const standing = partsOf(standingPage());
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
