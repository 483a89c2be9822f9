import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { main } from "../src/main.js";
import { type FakeTerminalOptions, fakeTerminal } from "./fake-terminal.js";

/** Never reclaims, as the null strategy. */
const module = (name: string, extraTraits: string) => `
export default {
  name: ${JSON.stringify(name)},
  traits: {
    moves: false, collectsAt: [], counts: false, cycles: "never", death: "collection", exact: false,
    slices: false, programCode: "at safepoints", finalizationOrder: "weak references first",
    resurrection: false, hooks: [], headerBits: [], sideBytesPerGranule: 0, ${extraTraits}
  },
  create({ heap, allocator }) {
    const { words } = heap;
    const traits = this.traits;
    const place = (type, sizeWords) => {
      const block = allocator.tryAllocate(sizeWords * 4);
      if (block === 0) return 0;
      words.fill(0, block, block + sizeWords);
      words[block + 1] = type;
      return block;
    };
    const nothing = { generation: 0, examinedCount: 0, promotedCount: 0, reclaimedCount: 0,
      reclaimedBytes: 0, resurrectedCount: 0, uncollectableCount: 0 };
    return {
      name: ${JSON.stringify(name)}, traits, oldestGeneration: 0, allocate: place,
      tryAllocate: place,
      collect: () => nothing, poll() {}, isObject: (word) => allocator.owns(word),
      walk: (visit) => allocator.walk((block) => visit(block)), restored() {},
      statistics() {
        const { liveBlockCount, usedBytes } = allocator.statistics();
        return { liveCount: liveBlockCount, liveBytes: usedBytes, collectionCount: 0,
          reclaimedCount: 0 };
      },
      validate: () => allocator.validate(),
    };
  },
};
`;

const folder = mkdtempSync(join(tmpdir(), "ouro-verify-"));

function write(name: string, extraTraits: string): string {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, module(name, extraTraits));
  return file;
}

async function ouro(...argv: string[]) {
  return ouroOn({}, ...argv);
}

async function ouroOn(options: FakeTerminalOptions, ...argv: string[]) {
  const terminal = fakeTerminal(options);
  const exitCode = await main(argv, terminal);
  return { exitCode, stdout: terminal.stdoutText(), stderr: terminal.stderrText() };
}

/** What the shipped schema finds wrong with a document. */
function problemsOf(name: string, document: unknown) {
  const url = new URL(`../schema/${name}-1.schema.json`, import.meta.url);
  const isSound = new Ajv2020({ allErrors: true, strictTypes: false }).compile(
    JSON.parse(readFileSync(url, "utf8")),
  );
  isSound(document);
  return isSound.errors ?? [];
}

describe("ouro verify", () => {
  const right = write("keeps-all", "");
  const wrong = write("boasts", 'exact: true, cycles: "full collection", collectsAt: ["collect"]');

  it("asks the properties that have a text in their names, and no other", async () => {
    const { exitCode, stdout } = await ouro(
      ...["verify", right, "--programs", "1", "--property", "stays sound"],
    );
    const verdicts = stdout.split("\n").filter((line) => /^(holds|fails|not run):/.test(line));
    expect(verdicts.length).toBeGreaterThan(0);
    for (const verdict of verdicts) expect(verdict).toContain("stays sound");
    expect(exitCode).toBe(0);
  });

  it("names the nearest property, and all, when none has the text in its name", async () => {
    const { exitCode, stdout, stderr } = await ouro("verify", right, "--property", "stays sond");
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/--property "stays sond" is part of no name of the \d+ properties of/);
    expect(stderr).toContain("stays sound");
    expect(stderr).not.toContain("    at ");
  });

  it("prints what holds and what was not run, and ends with 0 if nothing is refuted", async () => {
    const { exitCode, stdout } = await ouro("verify", right, "--programs", "1", "--seed", "5");
    expect(stdout).toContain("keeps-all: suite collector, seed 5");
    expect(stdout).toContain("holds: keeps what is reachable alive, with its contents");
    expect(stdout.replace(/\s+/g, " ")).toContain("(its traits do not say exact)");
    expect(stdout).toContain("Nothing refuted");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(exitCode).toBe(0);
  });

  it("refutes a false trait, saves the counterexample, and replays it", async () => {
    const found = join(folder, "found");
    const options = ["--programs", "3", "--seed", "5", "--save", found, "--json"];
    const { exitCode, stdout } = await ouro("verify", wrong, ...options);
    expect(exitCode).toBe(1);
    const { schema, report } = JSON.parse(stdout);
    expect(schema).toBe("ouro/verify@1");
    expect(problemsOf("verify", JSON.parse(stdout))).toEqual([]);
    expect(report.failCount).toBeGreaterThan(0);
    const name = "boasts-keeps-exactly-what-is-reachable-after-a-full-collection";
    expect(readdirSync(found)).toContain(`${name}.json`);
    expect(readFileSync(join(found, `${name}.svg`), "utf8")).toMatch(/^<svg /);
    const again = await ouro("verify", wrong, "--replay", join(found, `${name}.json`));
    expect(again.exitCode).toBe(1);
    expect(again.stdout).toContain("fails: keeps exactly what is reachable");
    expect(again.stdout).toContain("garbage, still there");
    const { stdout: json } = await ouro(
      ...["verify", wrong, "--json"],
      ...["--replay", join(found, `${name}.json`)],
    );
    expect(problemsOf("verify-replay", JSON.parse(json))).toEqual([]);
    const fixed = await ouro("verify", right, "--replay", join(found, `${name}.json`));
    expect(fixed.exitCode).toBe(0);
  });

  it("says in one line what is wrong with a module or a file", async () => {
    const empty = join(folder, "empty.mjs");
    writeFileSync(empty, "export const nothing = 1;");
    expect((await ouro("verify", empty)).exitCode).toBe(4);
    const bare = join(folder, "bare.mjs");
    writeFileSync(bare, "export const heap = () => ({});");
    const { exitCode, stderr } = await ouro("verify", bare);
    expect([exitCode, stderr.replace(/\s+/g, " ")]).toEqual([
      4,
      expect.stringContaining("its `heap` has no function `make`"),
    ]);
    expect((await ouro("verify", join(folder, "nowhere.mjs"))).exitCode).toBe(4);
    expect((await ouro("verify", right, "--replay", empty)).exitCode).toBe(4);
    expect((await ouro("verify")).exitCode).toBe(2);
  });
});
