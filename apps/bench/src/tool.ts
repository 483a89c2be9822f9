// Compilers and interpreters outside of Node: what is found, and what was compiled with it.
// Compiled files are kept in the temporary folder, under a name that changes with their source.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Something that is there, or the reason why not. */
export type Found<T> = { readonly value: T } | { readonly missing: string };

export const peersFolder = fileURLToPath(new URL("../peers/", import.meta.url));

const TLSF_SOURCE = `
export function allocate(requestBytes: i32): usize { return heap.alloc(requestBytes); }
export function allocateZeroed(requestBytes: i32): usize {
  const block = heap.alloc(requestBytes);
  memory.fill(block, 0, requestBytes);
  return block;
}
export function reallocate(block: usize, requestBytes: i32): usize {
  return heap.realloc(block, requestBytes);
}
export function free(block: usize): void { heap.free(block); }
`;
const TLSF_FLAGS = ["--runtime", "minimal", "-O3", "--noAssert"];

/** The folder where files made from `parts` are kept. */
export function cacheFolder(...parts: string[]): string {
  const key = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), `ouro-bench-${key}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs a tool that writes `file`, unless an earlier run did. */
function compile(
  file: string,
  command: string,
  argumentsFor: (out: string) => string[],
): Found<string> {
  if (existsSync(file)) return { value: file };
  const unfinished = `${file}.${process.pid}`;
  const run = spawnSync(command, argumentsFor(unfinished), { encoding: "utf8", timeout: 120_000 });
  if (run.error) return { missing: `${command} did not start (${run.error.message})` };
  if (run.status !== 0) return { missing: `${command} failed: ${firstLine(run.stderr)}` };
  renameSync(unfinished, file);
  return { value: file };
}

export function firstLine(text: string): string {
  const line = text.split("\n").find((part) => part.trim() !== "");
  return (line ?? "no message").trim().slice(0, 160);
}

/** Compiles loops.c: a program over malloc, or a library for CPython. */
export function compileLoops(kind: "program" | "library"): Found<string> {
  const source = join(peersFolder, "loops.c");
  const flags = kind === "program" ? ["-O2"] : ["-O2", "-shared", "-fPIC", "-DPYMALLOC"];
  if (kind === "library" && process.platform === "darwin")
    flags.push("-undefined", "dynamic_lookup");
  const folder = cacheFolder(readFileSync(source, "utf8"), ...flags);
  const compiler = process.env.CC ?? "cc";
  return compile(join(folder, kind), compiler, (out) => [...flags, source, "-o", out]);
}

/** Compiles AssemblyScript's allocator to WebAssembly. */
export function compileTlsf(version: string): Found<string> {
  const folder = cacheFolder(TLSF_SOURCE, version, ...TLSF_FLAGS);
  const source = join(folder, "tlsf.ts");
  writeFileSync(source, TLSF_SOURCE);
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve("assemblyscript/package.json")), "bin", "asc.js");
  return compile(join(folder, "tlsf.wasm"), process.execPath, (out) => [
    compiler,
    source,
    ...TLSF_FLAGS,
    "--outFile",
    out,
  ]);
}

/** What a compiler calls itself. */
export function compilerVersion(): string {
  const run = spawnSync(process.env.CC ?? "cc", ["--version"], { encoding: "utf8" });
  return run.status === 0 ? firstLine(run.stdout).replace(/\s*\([^)]*\)/, "") : "unknown";
}

export interface Python {
  readonly command: string;
  readonly version: string;
  /** Only 3.13 is what the targets speak of. */
  readonly isWanted: boolean;
}

/** OURO_PYTHON, python3.13 on the path, pyenv's newest 3.13, then any python3. */
export function findPython(): Found<Python> {
  const chosen = process.env.OURO_PYTHON;
  const commands = chosen !== undefined ? [chosen] : ["python3.13", ...pyenvPythons(), "python3"];
  let other: Python | undefined;
  for (const command of commands) {
    const code = "import platform as p; print(p.python_implementation(), p.python_version())";
    const run = spawnSync(command, ["-c", code], { encoding: "utf8", timeout: 20_000 });
    if (run.status !== 0) continue;
    const [implementation, version = ""] = run.stdout.trim().split(" ");
    if (implementation !== "CPython") continue;
    const python = { command, version, isWanted: version.startsWith("3.13.") };
    if (python.isWanted) return { value: python };
    other ??= python;
  }
  if (other !== undefined) return { value: other };
  return { missing: `no CPython: tried ${commands.join(", ")}; name one in OURO_PYTHON` };
}

function pyenvPythons(): string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  if (!existsSync(versions)) return [];
  return readdirSync(versions)
    .filter((version) => /^3\.13\.\d+$/.test(version))
    .sort((a, b) => Number(b.slice(5)) - Number(a.slice(5)))
    .map((version) => join(versions, version, "bin", "python3.13"));
}

/**
 * The Node that samples run on: this one, a program named by its path, or a version that npm's
 * package `node` brings.
 */
export function findNode(version: string | undefined): Found<string> {
  if (version === undefined) return { value: process.execPath };
  if (/[\\/]/.test(version)) {
    return existsSync(version) ? { value: version } : { missing: "there is no such file" };
  }
  const argument = ["-y", `node@${version}`, "-p", "process.execPath"];
  const run = spawnSync("npx", argument, { encoding: "utf8", timeout: 300_000 });
  const path = run.stdout?.trim().split("\n").at(-1) ?? "";
  if (run.status !== 0 || !existsSync(path)) {
    return { missing: `npx node@${version} did not start: ${firstLine(run.stderr ?? "")}` };
  }
  return { value: path };
}
