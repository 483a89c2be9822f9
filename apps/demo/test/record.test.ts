// `ouro record`: the script records real CPython programs, in every version that is here, and what
// it writes is a heap to look at. Without a python3 these tests say that they are skipped.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { run, runDocument, shipped } from "./heap-document.js";

// Interpreters start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Python {
  readonly path: string;
  readonly minor: number;
}

/** The python3 of the path, and those of pyenv: one of each version that the script is for. */
function findPythons(): Python[] {
  const folder = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const paths = ["python3", ...versions.map((name) => join(folder, name, "bin/python3"))];
  const found = new Map<number, Python>();
  for (const path of paths) {
    const argv = ["-c", "import sys; print(sys.implementation.name, *sys.version_info[:2])"];
    const { stdout, status } = spawnSync(path, argv, { encoding: "utf8" });
    const [name, major, minor] = (status === 0 ? stdout : "").trim().split(" ");
    if (name !== "cpython" || major !== "3" || Number(minor) < 9) continue;
    if (!found.has(Number(minor))) found.set(Number(minor), { path, minor: Number(minor) });
  }
  return [...found.values()].sort((one, other) => one.minor - other.minor);
}

const pythons = findPythons();
// The oldest and the newest differ most; all of them where time is given.
const tried = process.env.OURO_LONG
  ? pythons
  : pythons.filter((_, index) => index === 0 || index === pythons.length - 1);
if (pythons.length === 0) {
  console.warn("SKIPPED: recording a CPython heap; there is no python3 of 3.9 or newer here.");
}

const APP = `
import sys, weakref, atexit
sys.path.insert(0, sys.argv[1])

class Node:
    def __init__(self, name):
        self.name, self.peer = name, None

class Cache(dict):
    pass

class Held:
    def leave(self):
        pass

class Local:
    pass

cache = Cache(items=[Node(str(i)) for i in range(1000)])
watched = weakref.ref(cache["items"][0])
atexit.register(Held().leave)

def make_garbage():
    one, other = Node("one"), Node("other")
    one.peer, other.peer = other, one

make_garbage()

def work(path):
    held_here = Local()
    import ouro_record
    ouro_record.record(path)

if len(sys.argv) > 2:
    work(sys.argv[2])
    sys.exit(3)
`;

const folder = mkdtempSync(join(tmpdir(), "ouro-record-"));
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  const { written, stderr, exitCode } = await run(["record", "-o", "ouro_record.py"]);
  expect([exitCode, stderr.includes("python3 ouro_record.py")]).toEqual([0, true]);
  writeFileSync(path("ouro_record.py"), written.get("ouro_record.py") as string);
  writeFileSync(path("app.py"), APP);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(pythons.length === 0).each(tried)(
  "recorded by CPython 3.$minor",
  ({ path: python, minor }) => {
    const heap = path(`heap-${minor}.hgraph.gz`);
    const inside = path(`inside-${minor}.hgraph.gz`);

    beforeAll(() => {
      const argv = ["-I", path("ouro_record.py"), "-o", heap, path("app.py"), folder];
      const { status, stderr } = spawnSync(python, argv, { encoding: "utf8" });
      expect([status, stderr]).toEqual([0, expect.stringContaining(`wrote ${heap}`)]);
      const from = spawnSync(python, ["-I", path("app.py"), folder, inside], { encoding: "utf8" });
      expect([from.status, from.stderr]).toEqual([3, ""]);
    });

    it("says why an object is alive, from sys.modules on, and what goes with it", async () => {
      const { document } = await runDocument(["why", heap, "--type", "Cache"]);
      expect(document.path[0].via).toBe("sys.modules");
      expect(document.path.at(-1).type).toBe("Cache");
      expect(document.object.retainedObjects).toBeGreaterThan(1000);
    });

    it("finds the cycle that a function left behind, which nothing holds", async () => {
      const { document } = await runDocument(["cycles", heap, "--type", "Node"]);
      const garbage = document.cycles.filter(({ reachable }: { reachable: boolean }) => !reachable);
      expect(garbage).toHaveLength(1);
      const [{ types, weaken }] = garbage;
      const nodes = types.find(({ type }: { type: string }) => type === "Node");
      expect(nodes.objects).toBe(2);
      expect(weaken).toHaveLength(1);
      expect(document.proof.holds).toBe(true);
    });

    it("counts every object of the program, and lies in arenas", async () => {
      const { document } = await runDocument(["heap", heap]);
      const rows = new Map(document.types.map((row: { type: string }) => [row.type, row]));
      expect(rows.get("Node")).toMatchObject({ objects: 1002 });
      expect(document.garbage.objects).toBeGreaterThanOrEqual(2);
      expect(document.garbage.objects).toBeLessThan(100);
      expect(document.heap.objects).toBeGreaterThan(5000);
    });

    it("knows the locals of a running function as roots, by their names", async () => {
      const { document } = await runDocument(["why", inside, "--type", "Local"]);
      // Up to 3.10 a frame shows its locals; later ones are roots themselves.
      expect(document.path.length).toBeLessThanOrEqual(2);
      expect(document.path[0].via).toMatch(/^(local held_here of|frame of) work \(app\.py:\d+\)$/);
    });

    it("calls a count that C code holds unexplained, and not a root", async () => {
      const { document } = await runDocument(["why", heap, "--type", "Held"]);
      expect(document.alive).toBe(true);
      // In 3.9 the module atexit shows what it holds.
      const via = minor < 10 ? "sys.modules" : "a count that nothing here explains";
      expect(document.path[0].via).toBe(via);
      const { stdout } = await run(["why", heap, "--type", "Held"]);
      expect(stdout).not.toMatch(/held from outside|root slot/);
    });
  },
);

describe("the script", () => {
  it("is what the command prints, and a document holds", async () => {
    const script = readFileSync(shipped("record/ouro_record.py"), "utf8");
    expect((await run(["record"])).stdout).toBe(script);
    const { document } = await runDocument(["record"]);
    expect(document).toMatchObject({ script, wrote: null, python: { from: "3.9" } });
  });

  it.each([
    [["record", "x"], 2, "one operand too many"],
    [["record", "-o"], 2, "needs a value"],
    [["recrod"], 2, "Did you mean record?"],
  ])("%j ends with code %i and says %s", async (argv, code, words) => {
    const { exitCode, stderr } = await run(argv);
    expect(exitCode).toBe(code);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });

  it.skipIf(pythons.length === 0)(
    "says what is wrong in one line, and keeps the program's code",
    () => {
      const python = pythons.at(-1)?.path as string;
      const script = path("ouro_record.py");
      const missing = spawnSync(python, [script, "nowhere.py"], { encoding: "utf8" });
      expect([missing.status, missing.stderr]).toEqual([
        1,
        "ouro_record.py: nowhere.py cannot be read: No such file or directory\n",
      ]);
      expect(spawnSync(python, [script], { encoding: "utf8" }).status).toBe(2);
      writeFileSync(path("broken.py"), "kept = [object()]\nraise ValueError('boom')\n");
      const argv = [script, "-o", path("broken.hgraph.gz"), path("broken.py")];
      const broken = spawnSync(python, argv, { encoding: "utf8" });
      expect(broken.status).toBe(1);
      expect(broken.stderr).toContain("ValueError: boom");
      expect(existsSync(path("broken.hgraph.gz"))).toBe(true);
    },
  );
});
