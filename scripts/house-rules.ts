// The house rules that a script can check, one function per rule, from text to problems. The tree
// is not touched here: check-house.ts feeds the files in, the tests feed planted faults in.
import ts from "typescript";

export interface SourceFile {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const FUNCTION_LINE_LIMIT = 70;
const FILE_LINE_LIMIT = 500;
const COLUMN_LIMIT = 100;

/** Words of other people's memory managers -> the word of docs/glossary.md. */
const BANNED_WORDS: ReadonlyMap<string, string> = new Map([
  ["pointer", "address or object reference"],
  ["ptr", "address or object reference"],
  ["chunk", "arena, pool or block"],
  ["page", "pool"],
  ["cell", "block"],
  ["segment", "arena"],
  ["runtime", "memory manager"],
  ["engine", "memory manager"],
  ["cleanup", "reclaim, release or clear"],
  ["destroy", "deallocate, free or release"],
  ["destructor", "finalizer"],
  ["zombie", "resurrection"],
  ["tenure", "promote"],
  ["purge", "collect or reclaim"],
]);

/** Spelled in pieces, so that this file does not report itself. */
const NOTE = ["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|");
const SWITCH = ["on" + "ly", "sk" + "ip"].join("|");
const LEFT_OVERS = [
  new RegExp(`\\b(${NOTE})\\b`),
  new RegExp(`\\b(?:describe|test|it|suite)(?:\\.\\w+)*\\.(?:${SWITCH})\\b`),
];

const NONDETERMINISM =
  /\b(Date\.now|new Date\(|Math\.random|setTimeout|setInterval|performance\.now)\b/;

const TOP_LEVEL_FOLDERS = new Set(["packages", "apps", "scripts", "docs"]);
const FILES_WITH_THEIR_OWN_CASE = /^(README|ARCHITECTURE|CONTRIBUTING|LICENSE|CHANGELOG)(\.md)?$/;
const KEBAB_CASE = /^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/;

const isCode = (path: string) => /\.(ts|mts|cts|js|mjs|cjs)$/.test(path);
const isPackageSource = (path: string) => /^packages\/[^/]+\/src\//.test(path);

export function checkPath(path: string): string[] {
  const parts = path.split("/");
  const problems: string[] = [];
  const top = parts[0] ?? "";
  if (parts.length > 1 && !top.startsWith(".") && !TOP_LEVEL_FOLDERS.has(top)) {
    problems.push(`${path}: the top level has only packages, apps, scripts, docs and dot-folders`);
  }
  const name = parts.at(-1) ?? "";
  // Recordings and other data keep the names they came with.
  const isOurs = isCode(path) || name.endsWith(".md");
  if (isOurs && !FILES_WITH_THEIR_OWN_CASE.test(name) && !KEBAB_CASE.test(name)) {
    problems.push(`${path}: file names are kebab-case`);
  }
  return problems;
}

function checkLines(file: SourceFile): string[] {
  const problems: string[] = [];
  const lines = file.text.replace(/\n$/, "").split("\n");
  if (lines.length > FILE_LINE_LIMIT) {
    problems.push(`${file.path}: ${lines.length} lines, ${FILE_LINE_LIMIT} at most`);
  }
  for (const [index, line] of lines.entries()) {
    const where = `${file.path}:${index + 1}`;
    const columns = [...line].length;
    if (columns > COLUMN_LIMIT)
      problems.push(`${where}: ${columns} columns, ${COLUMN_LIMIT} at most`);
    for (const leftOver of LEFT_OVERS) {
      const found = leftOver.exec(line);
      if (found !== null) problems.push(`${where}: left over: ${found[0]}`);
    }
  }
  return problems;
}

function checkFunctionLength(file: SourceFile, tree: ts.SourceFile, node: ts.Node): string[] {
  if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return [];
  // A factory is one function whose body is a module: its inner functions are measured instead.
  const isFactory = /^create[A-Z]/.test(node.name?.getText(tree) ?? "");
  if (isFactory) return [];
  const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
  const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
  const lineCount = last - first + 1;
  if (lineCount <= FUNCTION_LINE_LIMIT) return [];
  const name = node.name?.getText(tree) ?? "a function";
  return [
    `${file.path}:${first + 1}: ${name} has ${lineCount} lines, ${FUNCTION_LINE_LIMIT} at most`,
  ];
}

/** `poolPageCount` -> pool, page, count. */
function wordsOf(identifier: string): string[] {
  return identifier
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s_]+/)
    .map((word) => word.toLowerCase());
}

function checkIdentifier(file: SourceFile, tree: ts.SourceFile, node: ts.Node): string[] {
  if (!ts.isIdentifier(node)) return [];
  const problems: string[] = [];
  for (const word of wordsOf(node.text)) {
    const better = BANNED_WORDS.get(word) ?? BANNED_WORDS.get(word.replace(/s$/, ""));
    if (better === undefined) continue;
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
    problems.push(`${file.path}:${line}: ${node.text}: say ${better} (docs/glossary.md)`);
  }
  return problems;
}

function checkTree(file: SourceFile): string[] {
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const problems: string[] = [];
  const isTest = /\/test\//.test(file.path);
  const pending: ts.Node[] = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isTest) problems.push(...checkFunctionLength(file, tree, node));
    if (isPackageSource(file.path)) problems.push(...checkIdentifier(file, tree, node));
    node.forEachChild((child) => {
      pending.push(child);
    });
  }
  return problems;
}

function checkDeterminism(file: SourceFile): string[] {
  if (!isPackageSource(file.path)) return [];
  const problems: string[] = [];
  for (const [index, line] of file.text.split("\n").entries()) {
    const code = line.replace(/^\s*(\*|\/\/|\/\*).*/, "");
    const found = NONDETERMINISM.exec(code);
    if (found === null) continue;
    problems.push(`${file.path}:${index + 1}: ${found[0]}: clocks and chance are passed in`);
  }
  return problems;
}

/** All rules on one file. The order of the problems is the order of the rules. */
export function checkFile(file: SourceFile): string[] {
  const problems = checkPath(file.path);
  if (!isCode(file.path)) return problems;
  problems.push(...checkLines(file), ...checkTree(file), ...checkDeterminism(file));
  return problems;
}
