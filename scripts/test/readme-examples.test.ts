import { expect, test } from "vitest";
import { expectedOutput, extractExamples } from "../readme-examples.ts";

const fence = "```";
const readme = (text: string) => extractExamples("README.md", text, { needsMark: false });

test("takes each ts block of a README with the line where it begins", () => {
  const examples = readme(`# Heap\n\n${fence}ts\nlet a = 1;\n${fence}\n${fence}sh\nls\n${fence}\n`);
  expect(examples).toMatchObject([{ line: 3, code: "let a = 1;", textBlock: undefined }]);
});

test("takes only marked blocks of a page where marks are needed", () => {
  const text = `${fence}ts\na;\n${fence}\n${fence}ts runnable\nb;\n${fence}\n`;
  const examples = extractExamples("docs/x.md", text, { needsMark: true });
  expect(examples.map((example) => example.code)).toEqual(["b;"]);
});

test("promises the text block that follows at once", () => {
  const [example] = readme(`${fence}ts\nf();\n${fence}\n\n${fence}text\n1\n2\n${fence}\n`);
  expect(example && expectedOutput(example)).toBe("1\n2");
});

test("takes no text block that prose separates from the example", () => {
  const [example] = readme(`${fence}ts\nf();\n${fence}\nA layout:\n${fence}text\n1\n${fence}\n`);
  expect(example && expectedOutput(example)).toBeUndefined();
});

test("promises the values in its comments, one a line", () => {
  const code = "console.log(1); // → 1\nconsole.log([2]); // → [ 2 ]";
  const [example] = readme(`${fence}ts\n${code}\n${fence}\n`);
  expect(example && expectedOutput(example)).toBe("1\n[ 2 ]");
});
