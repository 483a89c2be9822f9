import { expect, it } from "vitest";
import { SECTIONS, sectionProblems } from "../readme-sections.ts";

const PICTURE = "```text\na ─► b\n```\n\n";

function readme(sections: readonly string[], picture = PICTURE): string {
  const texts = sections.map((each) => `## ${each}\n\nText.\n`);
  return `# @ouro/x\n\nWhat it is.\n\n${picture}${texts.join("\n")}`;
}

it("takes a README with all sections in order, and others in between", () => {
  const more = [...SECTIONS.slice(0, 2), "Checked mode", ...SECTIONS.slice(2)];
  expect(sectionProblems("x", readme(SECTIONS))).toEqual([]);
  expect(sectionProblems("x", readme(more))).toEqual([]);
});

it("names a section that is missing, out of order, and a missing picture", () => {
  expect(sectionProblems("x", readme(SECTIONS.slice(1)))).toEqual(['x has no section "Example"']);
  const turned = [...SECTIONS.slice(1), "Example"];
  expect(sectionProblems("x", readme(turned)).join()).toContain("not in the order Example, API");
  expect(sectionProblems("x", readme(SECTIONS, ""))).toEqual([
    "x has no picture before its example",
  ]);
  const bare = readme(SECTIONS).replace("What it is.\n\n", "");
  expect(sectionProblems("x", bare.replace("\n\n```", "\n```"))).toEqual([
    "x does not begin with what it is",
  ]);
});
