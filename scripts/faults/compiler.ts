// Whether sources with a fault in them still are TypeScript that the project would accept. Only the
// edited files are looked at again, so that hundreds of faults take seconds.

import { dirname, join } from "node:path";
import ts from "typescript";
import type { EditedSources } from "./edit-sources.ts";

export interface Compiler {
  /** The first error in an edited file; undefined when there is none. */
  problemOf(sources: EditedSources): string | undefined;
}

/** What a fault leaves without a use, or never reached, is part of the fault. */
const TOLERATED = new Set([6133, 6138, 6192, 6196, 6198, 7027]);

export function createCompiler(root: string): Compiler {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  config.include = ["packages/*/src/**/*.ts", "apps/*/src/**/*.ts"];
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const texts = new Map<string, string>();
  const versions = new Map<string, number>();

  function setText(file: string, text: string | undefined): void {
    if (text === undefined) texts.delete(file);
    else texts.set(file, text);
    versions.set(file, (versions.get(file) ?? 0) + 1);
  }

  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...new Set([...fileNames, ...texts.keys()])],
    getScriptVersion: (file) => String(versions.get(file) ?? 0),
    getScriptSnapshot(file) {
      const text = texts.get(file) ?? ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (settings) =>
      join(dirname(ts.sys.getExecutingFilePath()), ts.getDefaultLibFileName(settings)),
    fileExists: (file) => texts.has(file) || ts.sys.fileExists(file),
    readFile: (file) => texts.get(file) ?? ts.sys.readFile(file),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });

  function firstError(file: string): string | undefined {
    const found = [
      ...service.getSyntacticDiagnostics(file),
      ...service.getSemanticDiagnostics(file),
    ].find(({ code }) => !TOLERATED.has(code));
    if (found === undefined) return undefined;
    const line = found.file?.getLineAndCharacterOfPosition(found.start ?? 0).line ?? 0;
    const text = ts.flattenDiagnosticMessageText(found.messageText, " ");
    return `${file.slice(root.length + 1)}:${line + 1}: ${text}`;
  }

  return {
    problemOf(sources) {
      const files = [...sources.keys()].map((path) => join(root, path));
      for (const [path, text] of sources) setText(join(root, path), text);
      let problem: string | undefined;
      for (const file of files) problem ??= firstError(file);
      for (const file of files) setText(file, undefined);
      return problem;
    },
  };
}
