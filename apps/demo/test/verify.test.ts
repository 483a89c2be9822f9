import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** Each gives the second time what it gave the first time. */
const wrongParts = [
  {
    ...{ kind: "an allocator", name: "twice", property: "never overlap" },
    drawn: /│▶b\d \d+ B *│.*\n +b\d: UNDER b\d\n +b\d: OVER b\d/,
    source: `
import { createLargeBlockAllocator } from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import { requestSizes } from "@ouro/testkit";
const { large } = requestSizes;
export const allocator = {
  name: "twice", keptArenaCount: 0, requestBytes: large, bulkBytes: large,
  make() {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 23 });
    const right = createLargeBlockAllocator({ source: heap });
    let first = 0;
    const tryAllocate = (requestBytes) => (first ||= right.tryAllocate(requestBytes));
    return { heap, allocator: { ...right, tryAllocate } };
  },
};
`,
  },
  {
    ...{ kind: "a heap", name: "lender", property: "lends each arena" },
    drawn: /: OVER \w+ IN ARENA \d/,
    source: `
import { createPrivateHeap } from "@ouro/heap";
export const heap = {
  name: "lender", returnsMemory: false,
  make(options) {
    const right = createPrivateHeap({ reservationBytes: 2 ** 23, ...options });
    let first = 0;
    const reserveArenas = (...all) => (first ||= right.reserveArenas(...all));
    return new Proxy(right, {
      get: (_, key) => (key === "reserveArenas" ? reserveArenas : Reflect.get(right, key, right)),
    });
  },
};
`,
  },
];

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
    const options = ["--programs", "10", "--seed", "5", "--save", found, "--json"];
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
  });

  const property = "keeps exactly what is reachable after a full collection";
  const replayed = (name: string, commands: readonly unknown[]): string => {
    const how = { subject: "x", seed: 1, path: "", reason: "one was left", suite: "collector" };
    const program = { commands, collectEvery: 0 };
    const format = "ouro/counterexample@1";
    return odd(name, JSON.stringify({ format, property, ...how, program }));
  };

  it("says that a counterexample holds now, and ends with 0", async () => {
    const file = replayed("nothing-left", [{ do: "collect" }]);
    const { exitCode, stdout } = await ouro("verify", wrong, "--replay", file);
    expect(stdout).toBe(`holds: ${property}\n  It failed before: one was left\n`);
    expect(exitCode).toBe(0);
  });

  it("says why a property is not asked of a module, and ends with 4", async () => {
    const file = replayed("not-promised", [{ do: "collect" }]);
    const { exitCode, stdout } = await ouro("verify", right, "--replay", file);
    expect(stdout.replace(/\n\s+/g, " ")).toContain(
      `not run: ${property} (its traits do not say exact) It failed before: one was left`,
    );
    expect(exitCode).toBe(4);
    const { stdout: json } = await ouro("verify", right, "--json", "--replay", file);
    expect(problemsOf("verify-replay", JSON.parse(json))).toEqual([]);
    const { outcome, why } = JSON.parse(json);
    expect([outcome, why]).toEqual(["not run", "its traits do not say exact"]);
  });

  it.each(wrongParts)("draws, saves and replays what is wrong with $kind", async (part) => {
    const { name, source, property, drawn } = part;
    // Beside the packages that it imports.
    const beside = mkdtempSync(join(import.meta.dirname, "../node_modules/.verify-"));
    try {
      const file = join(beside, `${name}.mjs`);
      writeFileSync(file, source);
      const saved = join(beside, "found");
      const asked = ["verify", file, "--property", property, "--save", saved];
      const { exitCode, stdout } = await ouro(...asked);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(drawn);
      expect(stdout).toContain(`as maker } from "./${name}.mjs";`);
      const [json = "", svg = ""] = readdirSync(saved).sort();
      expect(stdout).toContain(`wrote ${join(saved, svg)}`);
      expect(readFileSync(join(saved, svg), "utf8")).toMatch(/^<svg .*OVER .*<\/svg>\n$/s);
      const again = await ouro("verify", file, "--replay", join(saved, json));
      expect([again.exitCode, again.stdout]).toEqual([1, expect.stringMatching(drawn)]);
    } finally {
      rmSync(beside, { recursive: true });
    }
  });

  it("asks before it runs for a folder to save in, and tells what it cannot save", async () => {
    const PROBLEM = "cannot be written: a part of its path is not a folder";
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const early = await ouro("verify", wrong, "--programs", "1", "--save", file);
    expect([early.exitCode, early.stdout]).toEqual([3, ""]);
    expect(early.stderr.replace(/\s+/g, " ")).toContain(PROBLEM);
    const late = await ouro(
      "verify",
      wrong,
      "--programs",
      "10",
      "--seed",
      "5",
      "--save",
      `${file}/x`,
    );
    expect([late.exitCode, late.stdout]).toEqual([3, expect.stringContaining("Refuted: ")]);
    expect(late.stderr.replace(/\s+/g, " ")).toContain(PROBLEM);
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
      expect.stringContaining(
        `${bare}: suite heap: the maker is a function, which it cannot be. Give an object of name,`,
      ),
    ]);
    expect((await ouro("verify", join(folder, "nowhere.mjs"))).exitCode).toBe(4);
    expect((await ouro("verify", right, "--replay", empty)).exitCode).toBe(4);
    expect((await ouro("verify")).exitCode).toBe(2);
  });

  const odd = (name: string, source: string): string => {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(file, source);
    return file;
  };

  it.each([
    [
      "a strategy that cannot be made",
      'export const strategy = () => { throw new Error("cannot make one"); };',
      "suite collector: strategy() throws Error: cannot make one. It is called again and again",
    ],
    [
      "a factory that answers later",
      'export const strategy = async () => ({ name: "late" });',
      "suite collector: strategy() answers a promise. Await what it needs before",
    ],
    [
      "a strategy without traits",
      'export default { name: "bare", traits: {}, create() { return {}; } };',
      "traits.moves of what strategy() answers is missing. Give true or false",
    ],
    [
      "traits that contradict one another",
      module("torn", 'exact: true, cycles: "never"'),
      "torn and collector do not fit: it is exact after a full collection",
    ],
    [
      "what is no strategy",
      "export default 5;",
      "what strategy() answers is 5, which it cannot be. Give an object",
    ],
    [
      "an allocator without sizes to ask for",
      'export const allocator = { name: "a", keptArenaCount: 0, make() { return {}; } };',
      "requestBytes of the maker is missing. Give an arbitrary of fast-check",
    ],
    ["nothing", "export const other = 1;", "it exports nothing to verify. Export a strategy as"],
    ["what is no JavaScript", "syntax error here", "in its folder shows where"],
  ])("says of the file that it exports %s, and ends with 4", async (name, source, message) => {
    const file = odd(name.replaceAll(" ", "-"), source);
    const { exitCode, stderr } = await ouro("verify", file, "--programs", "1");
    const said = stderr.replace(/\s+/g, " ");
    expect(said).toContain(`${file}: `);
    expect(said).toContain(message);
    expect(said).not.toContain("internal error");
    expect(said).not.toContain("decoded byte");
    expect(exitCode).toBe(4);
  });

  it("says so of a module that answers at first and throws later", async () => {
    const made = module("tired", "").replace("export default", "const made =");
    const make = '() => { if (++count > 3) throw new Error("done"); return made; }';
    const file = odd("tired", `let count = 0; ${made} export const strategy = ${make};`);
    const { exitCode, stderr } = await ouro("verify", file, "--programs", "1");
    expect(stderr.replace(/\s+/g, " ")).toContain('asked about "');
    expect(stderr.replace(/\s+/g, " ")).toContain("throws Error: done");
    expect(exitCode).toBe(4);
  });

  it("tells a damaged counterexample as damaged, with the file and the place", async () => {
    const damaged = join(folder, "damaged.json");
    const property = "keeps what is reachable alive, with its contents";
    const how = { subject: "x", seed: 1, path: "", reason: "", program: { comands: [] } };
    const file = { format: "ouro/counterexample@1", suite: "collector", property, ...how };
    writeFileSync(damaged, JSON.stringify(file));
    const { exitCode, stdout, stderr } = await ouro("verify", right, "--replay", damaged);
    expect(stderr.replace(/\s+/g, " ")).toContain(`${damaged}: program.comands is not known. Did`);
    expect([exitCode, stdout]).toEqual([4, ""]);
  });

  it("names the file of a counterexample that another suite has found", async () => {
    const foreign = join(folder, "foreign.json");
    const file = { suite: "heap", property: "keeps its books to the byte", subject: "heap" };
    const how = { format: "ouro/counterexample@1", seed: 1, path: "", reason: "", program: [] };
    writeFileSync(foreign, JSON.stringify({ ...file, ...how }));
    const { exitCode, stderr } = await ouro("verify", right, "--replay", foreign);
    expect(stderr.replace(/\s+/g, " ")).toContain(`${foreign}: the suite "collector" has no prop`);
    expect(exitCode).toBe(4);
  });
});
