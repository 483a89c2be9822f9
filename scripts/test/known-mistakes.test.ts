// docs/known-mistakes.md names faults that are planted, and the properties that kill them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadSections } from "../faults/sections.ts";
import { root } from "../workspace.ts";

const PAGE = join(root, "docs/known-mistakes.md");
const SEPARATOR = " · ";
const NOT_HERE = "not here";

interface Mistake {
  readonly what: string;
  /** Each as "section: fault"; none where the mistake cannot be made. */
  readonly faults: readonly string[];
  /** Properties, or the reason. */
  readonly answer: string;
}

function readMistakes(text: string): Mistake[] {
  const rows = text.split("\n").filter((line) => /^\| (?!mistake )/.test(line));
  return rows.map((row) => {
    const [what = "", planted = "", answer = "", ...more] = row.slice(2, -2).split(" | ");
    expect(more, row).toEqual([]);
    return { what, faults: planted === NOT_HERE ? [] : planted.split(SEPARATOR), answer };
  });
}

const mistakes = readMistakes(readFileSync(PAGE, "utf8"));
const sections = await loadSections();
const killers = new Map(
  sections.flatMap(({ name, faults }) =>
    faults.map((fault): [string, string] => [`${name}: ${fault.name}`, fault.killedBy]),
  ),
);

it("Each fault that the page of known mistakes names is planted", () => {
  const unknown = mistakes.flatMap(({ faults }) => faults.filter((fault) => !killers.has(fault)));
  expect(unknown).toEqual([]);
  expect(mistakes.filter(({ faults }) => faults.length > 0).length).toBeGreaterThan(70);
});

it("What is named beside a mistake are the properties that kill its faults, and no others", () => {
  for (const { what, faults, answer } of mistakes) {
    if (faults.length === 0) continue;
    const named = faults.map((fault) => killers.get(fault));
    expect(answer.split(SEPARATOR), what).toEqual([...new Set(named)]);
  }
});

it("A mistake that cannot be made here has a reason, and none stands twice", () => {
  const unexplained = mistakes.filter(
    ({ faults, answer }) => faults.length === 0 && !/\.$/.test(answer),
  );
  expect(unexplained).toEqual([]);
  const names = mistakes.map(({ what }) => what);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it("A known mistake that is planted apart from its subject stands on the page", () => {
  const apart = sections.find(({ name }) => name === "known mistakes")?.faults ?? [];
  const named = new Set(mistakes.flatMap(({ faults }) => faults));
  const missing = apart.filter(({ name }) => !named.has(`known mistakes: ${name}`));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
