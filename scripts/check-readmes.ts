// Every example that a reader can copy works: the ts blocks of the package READMEs, and those of
// README.md and docs/*.md that are marked `ts runnable`, are type-checked and run against the built
// packages. And each package's README has the same sections in the same order.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { type Example, expectedOutput, extractExamples } from "./readme-examples.ts";
import { sectionProblems } from "./readme-sections.ts";
import { listPackages, report, root, runCommand } from "./workspace.ts";

const EXAMPLE_LINE_LIMIT = 20;
const folder = join(root, "temp/readmes");

const options = {
  extends: "../../tsconfig.base.json",
  // The host's own objects, such as WebAssembly.Memory, stand in the DOM's library.
  compilerOptions: { types: ["node"], lib: ["ES2023", "DOM"], noUnusedLocals: false, paths: {} },
  include: ["*.ts"],
};

/** A place where `@ouro/heap` is what npm would install: the built package. */
function prepareFolder(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules/@ouro"), { recursive: true });
  for (const member of listPackages()) {
    const link = join(folder, "node_modules", member.name);
    if (member.isLibrary) symlinkSync(member.folder, link, "junction");
  }
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
}

function readExamples(): { examples: Example[]; problems: string[] } {
  const problems: string[] = [];
  const examples: Example[] = [];
  for (const member of listPackages().filter((each) => each.isPublic && each.isLibrary)) {
    const file = join(member.folder, "README.md");
    const path = relative(root, file);
    if (!existsSync(file)) {
      problems.push(`${path} is missing`);
      continue;
    }
    const text = readFileSync(file, "utf8");
    problems.push(...sectionProblems(path, text));
    const found = extractExamples(path, text, { needsMark: false });
    if (found.length === 0) problems.push(`${path} has no ts example`);
    examples.push(...found);
  }
  const front = readFileSync(join(root, "README.md"), "utf8");
  examples.push(...extractExamples("README.md", front, { needsMark: true }));
  const docs = join(root, "docs");
  const pages = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: "utf8" }) : [];
  for (const name of pages) {
    if (!name.endsWith(".md") || name.startsWith("api")) continue;
    const text = readFileSync(join(docs, name), "utf8");
    examples.push(...extractExamples(`docs/${name}`, text, { needsMark: true }));
  }
  return { examples, problems };
}

function runExample(example: Example, file: string): string[] {
  const where = `${example.path}:${example.line}`;
  const lineCount = example.code.trimEnd().split("\n").length;
  if (example.isReadme && lineCount > EXAMPLE_LINE_LIMIT) {
    return [`${where}: the example has ${lineCount} lines, ${EXAMPLE_LINE_LIMIT} at most`];
  }
  const result = runCommand(process.execPath, [file], folder);
  if (!result.isOk) return [`${where}: the example fails:\n${result.output}`];
  const expected = expectedOutput(example);
  if (expected === undefined || result.output.trimEnd() === expected) return [];
  return [`${where}: the example says\n${expected}\nbut prints\n${result.output}`];
}

prepareFolder();
const { examples, problems } = readExamples();
const files = examples.map((example, index) => {
  const name = basename(example.path, ".md").toLowerCase();
  const file = join(folder, `${name}-${index}.ts`);
  // Each example is a module of its own, so that two of them may declare the same names.
  writeFileSync(file, `${example.code}\nexport {};\n`);
  return file;
});
if (examples.length > 0) {
  const types = runCommand("tsc", ["-p", join(folder, "tsconfig.json")]);
  if (!types.isOk) problems.push(`the examples do not type-check:\n${types.output}`);
}
for (const [index, example] of examples.entries()) {
  problems.push(...runExample(example, files[index] ?? ""));
}
report("readmes", problems, `${examples.length} examples`);
