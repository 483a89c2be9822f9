import { describe, expect, it } from "vitest";
import { conclusion } from "../src/conclusion.js";
import { main } from "../src/main.js";
import type { TraceResult } from "../src/replay-result.js";
import { fakeTerminal } from "./fake-terminal.js";

describe("ouro demo", () => {
  it("replays every shipped recording and says at the end what became of it all", {
    timeout: 240_000,
  }, async () => {
    const terminal = fakeTerminal({ columns: 60 });
    expect(await main(["demo", "--passes", "1"], terminal)).toBe(0);
    const text = terminal.stdoutText();
    for (const name of ["text_tools", "bit_decoder", "json_roundtrip"]) {
      expect(text).toContain(`${name} · `);
    }
    expect(text.match(/peak footprint/g)).toHaveLength(3);
    for (const name of ["small", "linked", "tracebacks"]) expect(text).toContain(`${name} · `);
    expect(text.match(/\.jsonl\.gz · /g)).toHaveLength(9);
    const prose = text.replace(/\s+/g, " ");
    expect(prose).toContain("2,148,496 recorded events of 3 programs were replayed on pool+large");
    expect(prose).toContain("Every check held.");
    expect(prose).toContain("23 of 23 steps that a graph shows whole ended as in CPython");
    expect(prose).toContain("552 of 552 programs agree in 68,616 steps: every observed value,");
    expect(prose).toContain("CPython agrees.");
    expect(prose).toMatch(/calls to the allocator 2,148,496 requested, at the peaks/);
    for (const generation of [0, 1, 2])
      expect(prose).toContain(`freed in generation ${generation}`);
    expect(text.trimEnd()).toMatch(/✓ 15 of 15 recordings hold every check$/);
    for (const line of text.split("\n")) expect([...line].length).toBeLessThanOrEqual(60);
    // One screen of 24 rows, with the prompt below it.
    const screen = text.slice(text.indexOf("What was requested, and")).trimEnd().split("\n");
    expect(screen.length).toBeLessThanOrEqual(23);
    const [, , calls, requested, allocated] = screen;
    expect(calls).toMatch(/^ {2}calls to the allocator +2,148,496$/);
    expect(requested).toMatch(/^ {2}requested, at the peaks +15\.78 MiB$/);
    expect(allocated).toMatch(/^ {2}allocated for it +19\.\d+ MiB/);
    expect(screen.slice(-4).join(" ")).toContain("CPython agrees.");
  });

  it("draws its conclusion from the results and from nothing else", () => {
    const figures = {
      events: 1000,
      peakLiveBytes: 1,
      endLiveBytes: 0,
      endLiveBlocks: 0,
      peakArenas: 1,
      endArenas: 0,
      peakFootprintBytes: 3 * 2 ** 20,
      endFootprintBytes: 2 ** 20,
      peakLentBytes: 1,
      arenasAfterFreeAll: 0,
      nsPerEvent: null,
      blocksPerClassAtPeak: [],
    };
    const footprints = (peakFootprintBytes: number, endFootprintBytes: number) => ({
      peakFootprintBytes,
      endFootprintBytes,
    });
    const result = {
      file: "x",
      traceName: "x",
      allocator: "pool+large",
      isPartial: false,
      mismatches: [],
      figures,
      facts: {
        pymalloc: footprints(4 * 2 ** 20, 2 ** 20),
        glibcMalloc: footprints(2 * 2 ** 20, 2 ** 21),
      },
    } as unknown as TraceResult;
    const good = conclusion([result]);
    expect(good).toContain("1,000 recorded events of 1 program");
    expect(good).toContain("3.00 MiB on Ouro, 25 % less than CPython's allocator");
    expect(good).toContain("50 % more than glibc's malloc");
    expect(good).toContain("still held 1.00 MiB, the same as CPython's allocator");
    expect(good).toContain("no arena was kept");
    const mismatches = [{ where: "a", expected: 1, actual: 2 }];
    const bad = conclusion([{ ...result, mismatches }]);
    expect(bad).toContain("Not every check held: see x above.");
    // Ctrl-C in the midst of a trace is no check that answered no.
    const cut = conclusion([result, { ...result, isPartial: true }]);
    expect(cut).toContain("1,000 recorded events of 1 program");
    expect(cut).toContain("Every check held of what was replayed to its end.");
    expect(conclusion([])).toContain("no conclusion");
  });
});
