import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BenchDocument, readDocument } from "../src/document.js";
import { parseOptions } from "../src/options.js";
import { renderPage } from "../src/report.js";
import { spread } from "../src/statistics.js";
import { renderTable } from "../src/table.js";
import { findNode } from "../src/tool.js";
import { findTraces } from "../src/trace-words.js";

const document: BenchDocument = {
  schema: "ouro/bench@1",
  command: "npm run bench -- pairs",
  node: { version: "24.21.0", v8: "13.6" },
  machine: {
    processor: "A processor",
    coreCount: 2,
    memoryBytes: 2 ** 30,
    platform: "linux",
    architecture: "x64",
  },
  load: { before: 0.5, after: 1.25 },
  roundCount: 3,
  isQuick: false,
  versions: { tlsf: "0.28.20" },
  workloads: [
    {
      name: "pairs-random",
      group: "pairs",
      title: "pairs of 32 bytes",
      rows: [
        {
          peer: "tlsf",
          metric: "pair",
          cpuNs: spread([40, 42, 50]),
          wallNs: spread([43]),
          netCpuNs: 37,
          oursTimesFaster: { net: 3.7, gross: 2.8 },
          residentBytes: 50 * 2 ** 20,
          sampleCount: 3,
          operationCount: 100,
        },
        {
          peer: "memium",
          metric: "",
          sampleCount: 0,
          operationCount: 100,
          problem: "died: EINVAL",
        },
      ],
    },
  ],
  programs: [],
  collections: [],
  targets: [
    {
      workload: "pairs-random",
      peer: "tlsf",
      statement: "at least 2× faster",
      wanted: 2,
      measured: 3.7,
      isReached: true,
    },
  ],
};

describe("tables", () => {
  it("line up their columns", () => {
    expect(
      renderTable(
        ["peer", "ns"],
        [
          ["a", "1.0"],
          ["longer", "10"],
        ],
        "text",
      ),
    ).toBe(["peer     ns", "------  ---", "a       1.0", "longer   10"].join("\n"));
  });

  it("are Markdown when asked", () => {
    expect(renderTable(["peer", "ns"], [["a", "1"]], "markdown")).toBe(
      ["| peer | ns |", "| ---- | -: |", "| a    |  1 |"].join("\n"),
    );
  });

  it("show median, spread, net, wall, memory, ratios and the target's answer", () => {
    const line = renderPage([document], "text")
      .split("\n")
      .find((one) => one.includes("TLSF"));
    expect(line?.split(/ {2,}/)).toEqual([
      "AssemblyScript TLSF 0.28.20",
      "42.0 (40.0–50.0)",
      "37.0",
      "43.0",
      "50",
      "3.70×",
      "2.80×",
      "reached: 3.70×",
    ]);
  });

  it("say what became of a peer that died, and how the run was made", () => {
    const text = renderPage([document], "markdown");
    expect(text).toContain("died: EINVAL");
    expect(text).toContain("`npm run bench -- pairs`");
    expect(text).toContain("Load 0.5 before, 1.3 after");
    expect(text).not.toContain("# Node");
  });

  it("stand on one page with those of other runs, each under its Node and command", () => {
    const folder = mkdtempSync(join(tmpdir(), "ouro-report-"));
    const other = { ...document, node: { version: "20.20.2", v8: "11.3" } };
    const files = [document, other].map((run, index) => {
      const file = join(folder, `${index}.json`);
      writeFileSync(file, JSON.stringify(run));
      return file;
    });
    const text = renderPage(files.map(readDocument), "markdown");
    expect(text.match(/^# .*/gm)).toEqual([
      "# Benchmarks",
      "# Node 24.21.0: pairs",
      "# Node 20.20.2: pairs",
    ]);
    expect(text.match(/reached: 3\.70×/g)).toHaveLength(4);
    writeFileSync(files[0] as string, "{}");
    expect(() => readDocument(files[0] as string)).toThrow(/--from .* has the schema undefined/);
    rmSync(folder, { recursive: true });
    expect(() => readDocument(files[0] as string)).toThrow(/--from .* cannot be read/);
  });
});

describe("the command line", () => {
  it("chooses everything when nothing is named", () => {
    const options = parseOptions([]);
    expect(options.groups).toContain("footprint");
    expect(options).toMatchObject({ roundCount: 5, format: "table", isQuick: false });
  });

  it("makes one round of a quick run unless told", () => {
    expect(parseOptions(["--quick"]).roundCount).toBe(1);
    expect(parseOptions(["--quick", "--rounds", "4"]).roundCount).toBe(4);
  });

  it("takes traces and another Node by name", () => {
    const words = ["trace", "--trace", "bit_decoder", "--node", "20.20.2"];
    expect(parseOptions(words)).toMatchObject({ traces: ["bit_decoder"], nodeVersion: "20.20.2" });
    expect(() => findTraces(["nothing"])).toThrow(/--trace nothing is no recorded trace/);
    expect(findNode(process.execPath)).toEqual({ value: process.execPath });
    expect(findNode("./no-node")).toHaveProperty("missing");
  });

  it.each([
    [["pears"], /"pears" is no workload/],
    [["--rounds", "0"], /--rounds 0 is no whole number/],
    [["--peer", "nobody"], /--peer nobody is no peer/],
    [["--json", "--markdown"], /cannot go with --json/],
    [["--from", "run.json", "wide"], /--from measures nothing/],
    [["--frob"], /not understood/],
  ])("refuses %j and says why", (words, message) => {
    expect(() => parseOptions(words)).toThrow(message);
  });
});
