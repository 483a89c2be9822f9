// `ouro compare`: the same input on several strategies, deterministic figures, an oracle beside
// each, and limits that can fail.

import { slotAt } from "@ouro/interfaces";
import { createMemoryManager, PRESET_NAMES } from "@ouro/memory-manager";
import { encodeHeapImage } from "@ouro/object-model";
import { describe, expect, it } from "vitest";
import { run, runDocument, shipped, smallGraph } from "./heap-document.js";

const programs = shipped("programs/hand.jsonl.gz");
/** 2,100 objects that refer to themselves, each dropped at once. */
const cyclic = ["compare", programs, "--program", "hand-default-threshold"];
const program = ["compare", programs, "--program", "hand-self-list"];
/** What moves the cursor, and separates what is drawn. */
const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[[?\\d]*[A-Za-z]`);
const trace = shipped("traces/text_tools.altrace.gz");

/** A list of nodes, held by one root. */
function chain(count: number): Uint8Array {
  const manager = createMemoryManager("refcount-only");
  const { mutator } = manager;
  const node = manager.defineType({ name: "Node", visitedSlotCount: 1 });
  const frame = mutator.enter(2);
  for (let index = 0; index < count; index++) {
    const object = mutator.allocate(node, slotAt(frame, 1));
    mutator.set(object, 0, mutator.root(frame));
    mutator.setRoot(frame, object);
  }
  mutator.setRoot(slotAt(frame, 1), 0);
  return encodeHeapImage(manager.saveHeap());
}

const files = { "chain.ouroheap": chain(300) };

interface Strategy {
  readonly strategy: string;
  readonly figures: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly liveness: { readonly problem: string | null; readonly end: object };
}

describe("a comparison", () => {
  it("runs every preset there is, with the same live set at the end", async () => {
    const { document, exitCode } = await runDocument(program);
    expect(exitCode).toBe(0);
    const strategies = document.strategies as Strategy[];
    expect(strategies.map(({ strategy }) => strategy)).toEqual(PRESET_NAMES);
    for (const { liveness, figures } of strategies) {
      expect(liveness.problem).toBeNull();
      expect(liveness.end).toEqual(strategies[0]?.liveness.end);
      expect(figures.work?.program).toBe(strategies[0]?.figures.work?.program);
    }
  });

  it("says the same in every run", async () => {
    const argv = [...program, "-s", "cpython-3.13,semispace"];
    expect((await runDocument(argv)).document).toEqual((await runDocument(argv)).document);
  });

  it("shows what a strategy never reclaims, and what counting costs", async () => {
    const argv = [...cyclic, "-s", "refcount-only,mark-sweep,null"];
    const { document } = await runDocument(argv);
    const [counting, tracing, nothing] = document.strategies as Strategy[];
    expect(document.input).toMatchObject({ kind: "mutator-programs", programs: 1 });
    expect(counting?.figures.work?.counting).toBeGreaterThan(0);
    expect(tracing?.figures.work?.counting).toBe(0);
    expect(counting?.figures.garbage?.endBytes).toBeGreaterThan(0);
    expect(tracing?.figures.garbage?.endBytes).toBe(0);
    expect(nothing?.figures.pause?.count).toBe(0);
  });

  it("drops the roots of a heap without a plan: a cascade of deaths is a pause", async () => {
    const argv = ["compare", "chain.ouroheap", "-s", "refcount-only,mark-sweep"];
    const { document } = await runDocument(argv, { files });
    expect(document.input.kind).toBe("heap-image");
    const [counting, tracing] = document.strategies;
    expect(counting.figures.pause).toEqual({ count: 1, p50: 300, p99: 300, max: 300 });
    expect(counting.figures).toMatchObject({ collections: 0 });
    // Two collections of 300 objects, in the second of which all die.
    expect(tracing.figures).toMatchObject({ collections: 2 });
    expect(tracing.figures.pause.max).toBe(600);
  });

  it("carries out the plan of a recorded heap", async () => {
    const { document } = await runDocument([
      "compare",
      smallGraph,
      "-s",
      "cpython-3.13,mark-sweep",
    ]);
    for (const { liveness, figures } of document.strategies) {
      expect(liveness).toMatchObject({ problem: null });
      expect(liveness.checks).toBeGreaterThanOrEqual(5);
      expect(figures.garbage.maxBytes).toBeGreaterThan(0);
    }
    expect(document.strategies[1].liveness.isExact).toBe(true);
  });

  it("compares allocators on a trace, contents of all blocks checked", async () => {
    const { stdout, exitCode } = await run(["compare", trace, "-s", "pool+large,bump"]);
    expect(exitCode).toBe(0);
    // The region takes memory for every request; pools take as much as lives.
    expect(stdout).toMatch(/footprint\.peak +3\.00 MiB\* +47\.00 MiB/);
    expect(stdout).toContain("The contents of every block were checked");
    expect(stdout).not.toContain("garbage.max");
  });

  it("adds times by the clock with their runs", async () => {
    const argv = [...program, "-s", "mark-sweep", "--runs", "3"];
    const { document } = await runDocument(argv);
    const [{ wall }] = document.strategies;
    expect(wall.runs).toHaveLength(3);
    expect(wall.min).toBeLessThanOrEqual(wall.median);
    const { stdout } = await run(argv);
    expect(stdout).toMatch(/wall +\d+\.\d ms \(\d+\.\d–\d+\.\d, 3 runs\)/);
    expect(stdout).toContain("the median of whole runs by the clock");
  });

  it("sweeps a threshold, draws the curve and marks what is beaten", async () => {
    const argv = [...cyclic, "--sweep", "gen0=10..1000", "-s", "cpython-3.13"];
    const { document } = await runDocument(argv);
    const [{ points }] = document.sweep.curves;
    expect(points).toHaveLength(9);
    expect([points[0].value, points[8].value]).toEqual([10, 1000]);
    expect(points[8].heldPeakBytes).toBeGreaterThanOrEqual(points[0].heldPeakBytes);
    expect(points[8].pauseMax).toBeGreaterThan(points[0].pauseMax);
    expect(points[0]).toMatchObject({ onCurve: true });
    expect(points[8]).toMatchObject({ onCurve: false });
    const narrow = { columns: 60, isTTY: true, env: { NO_COLOR: "1" } };
    const { stdout } = await run([...argv, "--ascii"], narrow);
    expect(stdout).toContain("held.peak");
    expect(stdout).toMatch(/\|.*a/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  it("names on a terminal the point it is at, and takes that away", async () => {
    const argv = [...cyclic, "--sweep", "gen0=10..1000", "-s", "cpython-3.13,cpython-3.12"];
    const screen = { columns: 60, isTTY: true, isDrawable: true, env: { NO_COLOR: "1" } };
    const { stdout, stderr } = await run([...argv, "--ascii"], screen);
    for (const text of ["1 of 18", "9 of 18", "10 of 18", "18 of 18"])
      expect(stderr).toContain(text);
    for (const text of ["gen0=10 cpython-3.13", "gen0=1000 cpython-3.12"]) {
      expect(stderr).toContain(text);
      expect(stdout).not.toContain(text);
    }
    const drawn = stderr.split(ESCAPE);
    for (const text of drawn) expect(text.length).toBeLessThanOrEqual(60);
    // What erases the line comes after the last bar.
    expect(stderr.slice(stderr.lastIndexOf("%"))).toMatch(/\[\d?[JK]/);
    const { stderr: quiet } = await run([...argv, "--quiet"], screen);
    expect(quiet).toBe("");
  });

  it("gives each point of a sweep the figures that it has alone", async () => {
    const sweep = ["--sweep", "gen0=10..1000", "-s", "cpython-3.13,cpython-3.13-fast"];
    const { document } = await runDocument([...cyclic, ...sweep]);
    const { document: usual } = await runDocument([...cyclic, "--sweep", "gen0=2000..2001"]);
    const { document: alone } = await runDocument([...cyclic, "--sweep", "gen0=1000..1001"]);
    expect(document.strategies).toHaveLength(18);
    expect(document.strategies[8]).toEqual(alone.strategies[0]);
    expect(document.strategies[0].figures).not.toEqual(usual.strategies[0].figures);
  });

  it("fits 60 columns with what does not fit below, and makes a table for an issue", async () => {
    const argv = [...program, "--ascii"];
    const { stdout } = await run(argv, { columns: 60, isTTY: true, env: { NO_COLOR: "1" } });
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
    for (const name of PRESET_NAMES) expect(stdout).toContain(name);
    const { stdout: markdown } = await run([...argv, "--format", "md"], {
      env: { FORCE_COLOR: "1" },
    });
    expect(markdown).toMatch(/^\| {2}\| cpython-3\.13 \|/m);
    expect(markdown).not.toContain("\u001b");
  });

  it("draws a sweep for an issue too, and says there that it was interrupted", async () => {
    const argv = [...program, "--sweep", "gen0=10..1000", "--format", "md"];
    const { stdout, exitCode } = await run(argv, { interruptAfterBreaths: 4 });
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/^```text\ncpython-3\.13, gen0\n/m);
    expect(stdout).toContain("held.peak");
    expect(stdout).toContain("**Interrupted: not all points were run.**");
  });
});

describe("limits and baselines", () => {
  const both = [...program, "-s", "cpython-3.13,refcount-only"];

  it("end with code 3 and say which metric of which strategy", async () => {
    const { document, exitCode } = await runDocument([...both, "--limit", "garbage.max=100MiB"]);
    expect([exitCode, document.violations]).toEqual([0, []]);
    const { work } = document.strategies[0].figures;
    const atLimit = await run([...both, "--limit", `cpython-3.13:work=${work.total}`]);
    expect(atLimit.exitCode).toBe(0);
    const above = await run([...both, "--limit", `cpython-3.13:work=${work.total - 1}`]);
    expect(above.exitCode).toBe(3);
    expect(above.stdout).toContain(`cpython-3.13: work is ${work.total}, at most`);
    const tooLittle = await run([...both, "--limit", "throughput=100000"]);
    expect(tooLittle.exitCode).toBe(3);
  });

  it("show the change against an earlier run, and fail on what got worse", async () => {
    const { stdout: json } = await run([...both, "--json"]);
    const worse = JSON.parse(json);
    worse.strategies[0].figures.work.total -= 1;
    const file = (document: object) => ({
      "old.json": new TextEncoder().encode(JSON.stringify(document)),
    });
    const gate = [...both, "--baseline", "old.json", "--fail-on", "work,pause.max"];
    const same = await run(gate, { files: file(JSON.parse(json)) });
    expect(same.exitCode).toBe(0);
    expect(same.stdout).toContain("(=)");
    const failed = await run(gate, { files: file(worse) });
    expect(failed.exitCode).toBe(3);
    expect(failed.stdout).toContain("by the baseline");
    const lenient = [...both, "--baseline", "old.json", "--fail-on", "work+50%"];
    expect((await run(lenient, { files: file(worse) })).exitCode).toBe(0);
  });

  it("hold each point of a sweep against the same point, and name it", async () => {
    const sweep = [...program, "--sweep", "gen0=10..12", "--json"];
    const { stdout: json } = await run(sweep);
    const gate = [...sweep, "--baseline", "old.json", "--fail-on", "work,pause.max"];
    const files = (document: object) => ({
      "old.json": new TextEncoder().encode(JSON.stringify(document)),
    });
    const same = await run(gate, { files: files(JSON.parse(json)) });
    expect([same.exitCode, same.stderr]).toEqual([0, ""]);
    const worse = JSON.parse(json);
    worse.strategies[1].figures.work.total--;
    const failed = await run(gate, { files: files(worse) });
    expect(failed.exitCode).toBe(3);
    const { value } = worse.strategies[1];
    expect(JSON.parse(failed.stdout).violations).toMatchObject([{ value, metric: "work" }]);
    expect(failed.stderr).toContain(`ouro: cpython-3.13 at ${value}: work is`);
    worse.strategies.splice(1, 1);
    const unheld = await run([...gate, "--fail-on", "wall"], { files: files(worse) });
    expect([unheld.exitCode, JSON.parse(unheld.stdout).violations]).toEqual([0, []]);
    expect(unheld.stderr.replace(/\s+/g, " ")).toBe(
      "ouro: old.json has no wall of cpython-3.13 at 10, cpython-3.13 at 11, " +
        "wall of cpython-3.13 at 12: nothing fails on it. ",
    );
  });

  it.each([
    [["compare"], 2, "INPUT is missing"],
    [[...both, "--limit", "pause.mx=5"], 2, "Did you mean pause.max?"],
    [[...both, "--limit", "pause.max"], 2, "has no value in units"],
    [[...both, "--limit", "semispace:work=5"], 2, "which is not compared"],
    [[...both, "--fail-on", "work"], 2, "has nothing to compare with"],
    [[...both, "--baseline", "no.json"], 4, "it is not what ouro compare --json writes"],
    [[...both, "--format", "jsn"], 2, "Did you mean json?"],
    [[...both, "--sweep", "gen9=1..5"], 2, "Did you mean gen"],
    [[...both, "--sweep", "gen0=5..1"], 2, "has no range"],
    [[...program, "-s", "mark-sweep", "--sweep", "gen0=1..5"], 2, "has no gen0 to sweep"],
    [[...program, "-s", "mark-swep"], 2, "Did you mean mark-sweep?"],
    [[...program, "-s", "mark-swep"], 2, "ouro compare --strategies: mark-swep is no preset"],
    [[...program, "-s", "mark-swep,null,semispase"], 2, "mark-swep, semispase are no presets"],
    [[...program, "-s", "mark-swep,semispase"], 2, "mean mark-sweep for mark-swep, semispace for"],
    [[...program, "-s", ","], 2, "names no strategy"],
    [["compare", trace, "-s", "bum,pool"], 2, "--strategies: bum, pool are no allocators"],
    [["compare", trace, "--sweep", "gen0=1..5"], 2, "a trace has none"],
    [["compare", programs, "--program", "hand-self-lst"], 2, "Did you mean hand-self-list?"],
    [["compare", "cut.hgraph.gz"], 4, "cut.hgraph.gz"],
    [["compare", "nowhere.hgraph.gz"], 4, "there is no such file"],
  ])("%j ends with code %i and says %s", async (argv, code, words) => {
    const files = {
      "no.json": new TextEncoder().encode("{}"),
      "cut.hgraph.gz": new Uint8Array([31, 139, 8, 0, 0, 0, 0, 0]),
    };
    const { exitCode, stdout, stderr } = await run(argv, { files });
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });

  it("ends with what was compared so far when somebody presses Ctrl-C", async () => {
    const { exitCode, stdout } = await run(program, { interruptAfterBreaths: 3 });
    expect(exitCode).toBe(130);
    expect(stdout).toContain("Interrupted");
    expect(stdout).toContain("cpython-3.13");
  });
});
