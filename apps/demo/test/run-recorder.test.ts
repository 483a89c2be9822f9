// What `ouro replay` and `ouro heap` write down for other tools.

import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { run as runOn, shipped, smallGraph } from "./heap-document.js";

/** The first programs of the shipped file alone: quick to replay often. */
const hand = "few.jsonl.gz";
const lines = gunzipSync(readFileSync(shipped("programs/hand.jsonl.gz")))
  .toString()
  .split("\n");
const files = { [hand]: gzipSync(`${lines.slice(0, 10).join("\n")}\n`) };

const run = (argv: readonly string[]) => runOn(argv, { files });

/** The lines of the log of collections. */
const logOf = async (argv: string[]) => (await run(argv)).stderr.trimEnd().split("\n");

describe("the log of collections", () => {
  it("speaks CPython's own words, with the time of a collection", async () => {
    const lines = await logOf(["replay", hand, "--gc-log", "cpython"]);
    expect(lines.slice(0, 4)).toEqual([
      "gc: collecting generation 2...",
      "gc: objects in each generation: 1 0 0",
      "gc: objects in permanent generation: 0",
      "gc: done, 0 unreachable, 0 uncollectable, 0.0010s elapsed",
    ]);
    const forms = [
      /^gc: collecting generation [012]\.\.\.$/,
      /^gc: objects in each generation: \d+ \d+ \d+$/,
      /^gc: objects in permanent generation: \d+$/,
      /^gc: done, \d+ unreachable, \d+ uncollectable, \d+\.\d{4}s elapsed$/,
    ];
    for (const [index, line] of lines.entries()) expect(line).toMatch(forms[index % 4] as RegExp);
  });

  it("says in a line or as JSON what was done and where, with no time unasked", async () => {
    const [line] = await logOf(["replay", hand, "--gc-log", "line", "-p", "mark-sweep"]);
    expect(line).toMatch(/^gc 1 gen 0: 1 examined, .* at hand-self-list:1$/);
    const told = (await logOf(["replay", hand, "--gc-log", "json"])).map((each) =>
      JSON.parse(each),
    );
    expect(told[0]).toMatchObject({ schema: "ouro/collection@1", number: 1, generation: 2 });
    expect(told[0].place).toEqual({ file: "hand-self-list", line: 3 });
    expect(told[0]).not.toHaveProperty("pauseMs");
    const path = shipped("schema/collection-1.schema.json");
    const isSound = new Ajv2020({ strictTypes: false }).compile(
      JSON.parse(readFileSync(path, "utf8")),
    );
    for (const collection of told) expect(isSound(collection)).toBe(true);
    expect(isSound({ ...told[0], number: 0 })).toBe(false);
    expect(told.at(-1).number).toBe(told.length);
    const [timed] = await logOf(["replay", hand, "--gc-log", "json", "--wall"]);
    expect(JSON.parse(timed as string).pauseMs).toBeGreaterThan(0);
  });

  it.each([
    [["--gc-log", "cpython", "-p", "mark-sweep"], "mark-sweep has none"],
    [["--gc-log", "cpyton"], "Did you mean cpython?"],
    [["--gc-log"], "needs a value"],
  ])("is refused with %j: %s", async (more, words) => {
    const { exitCode, stdout, stderr } = await run(["replay", hand, ...more]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });
});

describe("what is written for other tools", () => {
  it("has a slice for each program and collection, and the same in every run", async () => {
    const argv = ["replay", hand, "--trace-events", "t.json", "--json"];
    const { written, stderr } = await run(argv);
    const file = JSON.parse(written.get("t.json") as string);
    const names: string[] = file.traceEvents.map((event: { name: string }) => event.name);
    expect(names).toEqual(expect.arrayContaining(["hand-self-list", "gc 1", "live bytes"]));
    expect(names.filter((name) => name.startsWith("hand-"))).toHaveLength(10);
    expect(stderr).toContain("ouro: wrote t.json");
    expect((await run(argv)).written.get("t.json")).toBe(written.get("t.json"));
  });

  it("counts for Prometheus, and says of each byte which step made it", async () => {
    const argv = ["replay", hand, "--speedscope", "s.json", "--pprof", "p.pb.gz"];
    const { written, writtenBytes, stdout } = await run([...argv, "--prometheus", "m", "--json"]);
    const { figures } = JSON.parse(stdout).results[0];
    const metric = (name: string) => Number(new RegExp(`${name}\\S* (\\d+)`).exec(metrics)?.[1]);
    const metrics = written.get("m") as string;
    expect(metric("ouro_objects_created_total")).toBe(figures.made.objects);
    expect(metric('collections_total{manager="cpython-3.13",generation="2"')).toBe(
      figures.collected[2].collections,
    );
    const { profiles, shared } = JSON.parse(written.get("s.json") as string);
    expect(profiles[0].endValue).toBe(metric("ouro_created_bytes_total"));
    const frame = { name: "root 0 = new list #0 with 1 slot", file: "hand-self-list", line: 1 };
    expect(shared.frames).toEqual(expect.arrayContaining([{ name: "hand-self-list" }, frame]));
    const pprof = gunzipSync(writtenBytes.get("p.pb.gz") as Uint8Array);
    expect(pprof.includes("hand-self-list")).toBe(true);
  });

  it("follows a restored heap through its plan too", async () => {
    const argv = ["replay", smallGraph, "--trace-events", "t.json", "--gc-log", "line"];
    const { written, exitCode } = await run(argv);
    const { traceEvents } = JSON.parse(written.get("t.json") as string);
    const live = traceEvents.find((event: { name: string }) => event.name === "live objects");
    expect(exitCode).toBe(0);
    expect(live.args.value).toBeGreaterThan(1000);
  });

  it("draws who keeps how much of a heap alive, to the byte", async () => {
    const argv = ["heap", smallGraph, "--speedscope", "s.json", "--pprof", "p.pb.gz", "--json"];
    const { written, writtenBytes, stdout } = await run(argv);
    const { heap } = JSON.parse(stdout);
    expect(JSON.parse(written.get("s.json") as string).profiles[0].endValue).toBe(heap.bytes);
    expect(gunzipSync(writtenBytes.get("p.pb.gz") as Uint8Array).includes("(roots)")).toBe(true);
  });
});
