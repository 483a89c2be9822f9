// docs/tutorial-write-a-collector.md executed: the files of each step are taken from the page and
// put on trial, and what is printed is what the page shows. With OURO_LONG=1 that is done with
// `ouro verify`, as a reader does it; else with the properties alone that the step is about.
// OURO_UPDATE=1 writes the outputs and the picture anew.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const pagePath = join(root, "docs/tutorial-write-a-collector.md");
const picturePath = join(root, "docs/images/tutorial-step-1.svg");
const isLong = process.env.OURO_LONG === "1";
const isUpdate = process.env.OURO_UPDATE === "1";
let page = readFileSync(pagePath, "utf8");

/** The block behind a comment, without its fences. */
function blockBehind(comment: string): string {
  const start = page.indexOf(`<!-- ${comment} -->`);
  if (start < 0) throw new Error(`the page has no "${comment}"`);
  const [, body = ""] = /```\w*\n([\s\S]*?)```/.exec(page.slice(start)) ?? [];
  return body;
}

function replaceBlock(comment: string, body: string): void {
  const start = page.indexOf(`<!-- ${comment} -->`);
  const rest = page.slice(start).replace(/```text\n[\s\S]*?```/, () => `\`\`\`text\n${body}\`\`\``);
  page = page.slice(0, start) + rest;
  writeFileSync(pagePath, page);
}

interface Trial {
  readonly exitCode: number | null;
  readonly lines: readonly string[];
  readonly pictures: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), "ouro-tutorial-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The properties that a step is about; of the last one, few programs of each. */
const ABOUT = ["keeps what is reachable alive", "keeps what is reachable alive", "lists of a", ""];

const SHORT_TRIAL = `
import { writeFileSync } from "node:fs";
import { composeMemoryManager } from "@ouro/memory-manager";
import { collectorConformance, collectorSuite, printReport } from "@ouro/testkit";
const { strategy } = await import(process.argv[1]);
const compose = (made, { observer }) =>
  composeMemoryManager({ strategy: made, observer, reservationBytes: 2 ** 26 });
const names = collectorSuite.properties.map(({ name }) => name);
const properties = names.filter((name) => name.includes(process.argv[2]));
const programCount = process.argv[2] === "" ? 1 : 6;
const source = [
  'import { composeMemoryManager } from "@ouro/memory-manager";',
  'import { strategy } from "./collector.js";',
  "const manager = composeMemoryManager({ strategy: strategy(), reservationBytes: 67108864 });",
].join("\\n");
const maker = { strategy, compose, source };
const report = collectorConformance(maker, { properties, programCount });
console.log(printReport(report));
const svg = report.verdicts[0].counterexample?.drawing?.svg;
if (svg !== undefined) writeFileSync("picture.svg", svg);
process.exitCode = report.failCount === 0 ? 0 : 1;
`;

/** Two files, and one command. */
function verify(step: number): Trial {
  const own = mkdtempSync(join(folder, "step-"));
  const collector = join(own, "collector.js");
  writeFileSync(join(own, "package.json"), '{ "type": "module" }');
  writeFileSync(collector, blockBehind("file: collector.js"));
  writeFileSync(join(own, "mark.js"), blockBehind(`file: mark.js of step ${step}`));
  const loader = ["--import", join(root, "scripts/from-sources.mjs")];
  const command = [join(root, "apps/demo/src/cli.ts"), "verify", collector, "--save", own];
  const short = ["--input-type=module", "-e", SHORT_TRIAL, collector, ABOUT[step - 1] as string];
  const result = spawnSync(process.execPath, [...loader, ...(isLong ? command : short)], {
    cwd: own,
    env: { ...process.env, INIT_CWD: own, COLUMNS: "2000" },
  });
  const pictures = readdirSync(own).filter((name) => /(picture|-alive-.*)\.svg$/.test(name));
  return {
    exitCode: result.status,
    lines: `${result.stdout}${result.stderr}`.split("\n"),
    pictures: pictures.map((name) => readFileSync(join(own, name), "utf8")),
  };
}

/** The promise that the step is about, as it is broken, or some that hold and the verdict. */
function shownOf({ lines }: Trial, about: string): string {
  const isHead = (line: string): boolean =>
    /^(holds|fails|not run|warning|Refuted|Nothing|wrote)/.test(line);
  const first = lines.findIndex((line) => line.startsWith("fails") && line.includes(about));
  if (first < 0) {
    // Those that refuted the steps before; how many others there are is not the page's matter.
    const isShown = (line: string): boolean => /^holds: keeps (what|its|lists)/.test(line);
    const isOver = lines.some((line) => line.startsWith("Nothing refuted"));
    const shown = lines.filter(isShown).map((line) => line.replace(/ \(.*$/, ""));
    return `${[...shown, ...(isOver ? ["Nothing refuted"] : [])].join("\n")}\n`;
  }
  const end = lines.findIndex((line, index) => index > first && isHead(line));
  return `${lines.slice(first, end).join("\n")}\n`;
}

describe.each([1, 2, 3, 4])("Step %i of the tutorial", (step) => {
  let trial: Trial;
  beforeAll(() => {
    trial = verify(step);
  }, 300_000);

  it(step < 4 ? "is refuted" : "is not refuted, and nothing is told of its traits", () => {
    expect(trial.exitCode, trial.lines.join("\n")).toBe(step < 4 ? 1 : 0);
    if (step === 4) expect(trial.lines.filter((line) => line.startsWith("warning"))).toEqual([]);
  });

  it("prints what the page shows", () => {
    const shown = shownOf(trial, ABOUT[step - 1] as string);
    if (isUpdate) replaceBlock(`output of step ${step}`, shown);
    expect(blockBehind(`output of step ${step}`)).toBe(shown);
  });

  it.runIf(step === 1)("draws the picture of the page", () => {
    const [picture] = trial.pictures;
    expect(picture).toContain("lost");
    if (isUpdate) writeFileSync(picturePath, picture ?? "");
    expect(readFileSync(picturePath, "utf8")).toBe(picture);
  });
});

it("The steps are refuted for reasons of their own: contents, owned-only slots, long lists", () => {
  const [one, two, three] = [1, 2, 3].map((step) => blockBehind(`output of step ${step}`));
  expect(one).toContain("fails: keeps what is reachable alive, with its contents");
  expect(two).toContain("fails: ");
  expect(two).not.toBe(one);
  expect(three).toContain("fails: keeps lists of a hundred thousand objects");
  expect(three).toContain("Maximum call stack size exceeded");
});
