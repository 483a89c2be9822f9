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

class Bare:
    pass

class Slotted:
    __slots__ = ("left", "right")

class Point(tuple):
    _fields = ("x", "y")

class Veiled:
    @property
    def __class__(self):
        print("the recorder ran code of the program", file=sys.stderr)
        return dict

    def __getattr__(self, name):
        print("the recorder ran code of the program", file=sys.stderr)
        raise AttributeError(name)

cache = Cache(items=[Node(str(i)) for i in range(1000)])
watched = weakref.ref(cache["items"][0])
atexit.register(Held().leave)
veiled = Veiled()
veiled.inside = Bare()
one, other = Bare(), Bare()
one.peer, other.peer = other, one
table = {"k42": ["deep"], 7: ("key", Slotted())}
slotted = table[7][1]
slotted.left, slotted.right = Point([frozenset("x"), frozenset("y")]), {"a\\nb": {3}}

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

interface NamedEdge {
  readonly from: string;
  readonly name: string;
  readonly to: string;
}

/** Every reference of a heap snapshot, with its name and the types at its ends. */
function namedEdges(text: string): NamedEdge[] {
  const { snapshot, nodes, edges, strings } = JSON.parse(text);
  const fields: string[] = snapshot.meta.node_fields;
  const [nameAt, countAt] = [fields.indexOf("name"), fields.indexOf("edge_count")];
  const typeOf = (node: number): string => strings[nodes[node + nameAt]];
  const found: NamedEdge[] = [];
  let edge = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    for (let count = nodes[node + countAt]; count > 0; count--, edge += 3) {
      const isElement = snapshot.meta.edge_types[0][edges[edge]] === "element";
      const name = isElement ? `[${edges[edge + 1]}]` : strings[edges[edge + 1]];
      found.push({ from: typeOf(node), name, to: typeOf(edges[edge + 2]) });
    }
  }
  return found;
}

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

    it("says what the slots on that way are called", async () => {
      const { document } = await runDocument(["why", heap, "--type", "Cache"]);
      const names = document.path.map(({ via }: { via: string }) => via);
      expect(names).toEqual(["sys.modules", "['__main__']", "__dict__", "cache"]);
    });

    it("names attributes, keys, slots of classes and fields, and nothing wrongly", async () => {
      const { written } = await run(["heap", heap, "--heapsnapshot", "o.heapsnapshot"]);
      const edges = namedEdges(written.get("o.heapsnapshot") as string);
      const out = (from: string): string[] =>
        edges.filter((edge) => edge.from === from).map(({ name, to }) => `${name} ${to}`);
      expect(out("Slotted")).toEqual(expect.arrayContaining(["left Point", "right dict"]));
      expect(out("Point")).toEqual(expect.arrayContaining(["x frozenset", "y frozenset"]));
      const pairs = edges.map(({ from, name, to }) => `${from} ${name} ${to}`);
      expect(pairs).toEqual(
        expect.arrayContaining(["dict ['k42'] list", "dict [7] tuple", "dict ['a\\nb'] set"]),
      );
      // Where attributes lie in a dict of their own, it is that dict that has them.
      const attributes = new Set([...out("Node"), ...out("dict")]);
      expect([...attributes]).toEqual(expect.arrayContaining(["name str", "peer Node"]));
      const peers = edges.filter(({ name, to }) => name === "peer" && to === "Bare");
      expect(peers).toHaveLength(2);
      expect(edges.filter(({ from, name }) => from === "Node" && name === "left")).toEqual([]);
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
    "writes a large heap of like objects as readers take it",
    async () => {
      writeFileSync(path("large.py"), "kept = None\nfor i in range(250_000): kept = [kept]\n");
      const argv = [path("ouro_record.py"), "-o", path("large.hgraph.gz"), path("large.py")];
      const { status } = spawnSync(pythons.at(-1)?.path as string, argv, { encoding: "utf8" });
      expect(status).toBe(0);
      const { document } = await runDocument(["why", path("large.hgraph.gz"), "--type", "list"]);
      expect(document.object.retainedObjects).toBeGreaterThanOrEqual(250_000);
    },
  );

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
