// The built command as a process of its own: what only a real process can show.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const bin = path("bin/ouro.js");
const trace = path("traces/text_tools.altrace.gz");

function ouro(argv: string[], env: Record<string, string> = {}, input?: Uint8Array) {
  return spawnSync(process.execPath, [bin, ...argv], {
    encoding: "utf8",
    input: input as never,
    env: { PATH: process.env.PATH ?? "", LANG: "C.UTF-8", ...env },
  });
}

/** util-linux's, which gives a command a terminal and hands keys on to it. */
const hasScript =
  process.platform === "linux" &&
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux");

/** Presses Ctrl-C as soon as the screen shows what is waited for: never before, on no clock. */
async function interrupted(argv: readonly string[], shown: RegExp) {
  const words = [process.execPath, bin, ...argv].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qefc", words, "/dev/null"], {
    env: {
      PATH: process.env.PATH ?? "",
      LANG: "C.UTF-8",
      TERM: "xterm",
      SHELL: "/bin/sh",
      NO_COLOR: "1",
    },
  });
  let screen = "";
  let isPressed = false;
  child.stdout.on("data", (text) => {
    screen += text;
    if (isPressed || !shown.test(screen)) return;
    isPressed = true;
    child.stdin.write("\u0003");
  });
  const exitCode = await new Promise((resolve) => child.on("close", resolve));
  expect(isPressed, screen.slice(-500)).toBe(true);
  return { exitCode, screen: screen.replaceAll("\r\n", "\n") };
}

describe("the built command", () => {
  beforeAll(() => {
    if (!existsSync(path("dist/cli.js"))) throw new Error("Build first: npm run build");
  });

  it("reaches exit codes 0, 2, 3 and 4 with nothing but words on standard error", () => {
    expect(ouro(["--version"]).status).toBe(0);
    const cases: [string[], number][] = [
      [["relpay"], 2],
      [["replay", trace, "--limit", "1MiB"], 3],
      [["replay", "nowhere.altrace.gz"], 4],
    ];
    for (const [argv, exitCode] of cases) {
      const { status, stderr, stdout } = ouro(argv);
      expect([argv, status]).toEqual([argv, exitCode]);
      expect(stderr).not.toMatch(/\n\s+at |Error:/);
      expect(stdout).toBe("");
    }
  });

  it("writes no colour and no progress into a pipe, and reads a trace from one", () => {
    const { status, stdout, stderr } = ouro(
      ["replay", "-", "--passes", "1"],
      {},
      readFileSync(trace),
    );
    expect(status).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain("text_tools · 297,371 events");
    expect(stdout).not.toContain("\u001b");
    expect(ouro(["help"], { FORCE_COLOR: "1" }).stdout).toContain("\u001b[");
    expect(ouro(["help"], { NO_COLOR: "1" }).stdout).not.toContain("\u001b[");
  });

  it("shows its first screen without the modules that take longer to load than to show it", () => {
    const tell =
      'process.on("exit", () => console.error(process.moduleLoadList.join("\\n")));' +
      `process.argv = [process.argv[0], "ouro", ...process.argv.slice(1)];` +
      `import(${JSON.stringify(pathToFileURL(bin).href)});`;
    const load = (...argv: string[]): string =>
      spawnSync(process.execPath, ["-e", tell, "--", ...argv], { encoding: "utf8" }).stderr;
    const parser = /parse_args/;
    expect(load("help")).not.toMatch(parser);
    expect(load("help", "why")).toMatch(parser);
  });

  it("stays quiet when its reader goes away", async () => {
    const child = spawn(process.execPath, [bin, "replay", trace, trace, "--passes", "1"]);
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.stdout.destroy();
    const exitCode = await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  it.skipIf(!existsSync("/dev/full"))("ends in one line with code 3 when the disk is full", () => {
    const stdio = ["ignore", openSync("/dev/full", "w"), "pipe"] as const;
    const argv = [bin, "replay", trace, "--passes", "1"];
    const { status, stderr } = spawnSync(process.execPath, argv, {
      encoding: "utf8",
      stdio: [...stdio],
    });
    expect(stderr).toBe("ouro: the output cannot be written: no space is left on the device.\n");
    expect(status).toBe(3);
  });

  it.skipIf(process.platform === "win32")(
    "answers Ctrl-C with a partial result and exit code 130",
    async () => {
      const child = spawn(process.execPath, [bin, "demo", "--passes", "1000"], {
        env: { LANG: "C.UTF-8" },
      });
      let [stdout, stderr] = ["", ""];
      // Its first words say that it is listening.
      child.stdout.once("data", () => child.kill("SIGINT"));
      child.stdout.on("data", (text) => {
        stdout += text;
      });
      child.stderr.on("data", (text) => {
        stderr += text;
      });
      const exitCode = await new Promise((resolve) => child.on("close", resolve));
      expect(exitCode).toBe(130);
      expect(stdout).toContain("no conclusion");
      expect(stderr).toContain("interrupted; 0 of 15 files are complete");
    },
  );

  describe.skipIf(!hasScript)("on a terminal, when somebody presses Ctrl-C", () => {
    it("ends a suite that has no break with the verdicts so far", async () => {
      const argv = ["verify", path("test/shipped-heap.mjs"), "--programs", "200"];
      const { exitCode, screen } = await interrupted(argv, / [1-9]\d* %/);
      expect(exitCode).toBe(130);
      expect(screen).toContain("holds: lends each arena to one borrower");
      expect(screen).toContain("ouro: interrupted; these are the verdicts so far.");
    });

    it("ends a comparison with the strategies that were run, each by its process", async () => {
      const argv = ["compare", path("programs/hand.jsonl.gz"), "-s", "null,semispace"];
      const { exitCode, screen } = await interrupted(argv, /2 of 2/);
      expect(exitCode).toBe(130);
      expect(screen).toMatch(/footprint\.peak +\d/);
      expect(screen).toContain("Interrupted: not all strategies were run.");
    });

    it("ends a sweep with a document of the points that were run", async () => {
      const input = [
        path("programs/hand.jsonl.gz"),
        "--sweep",
        "gen0=100..20000",
        "-s",
        "cpython-3.13-fast",
      ];
      const { exitCode, screen } = await interrupted(["compare", ...input, "--json"], /2 of 9/);
      expect(exitCode).toBe(130);
      const document = JSON.parse(screen.slice(screen.lastIndexOf("\u001b[2K") + 4));
      expect(document).toMatchObject({ schema: "ouro/compare@1", partial: true });
      expect(document.strategies.length).toBeGreaterThanOrEqual(1);
      expect(document.strategies.length).toBeLessThan(9);
    });
  });

  it.skipIf(!existsSync("/proc/self/task"))(
    "leaves no process behind when ouro compare is killed",
    async () => {
      const argv = [bin, "compare", path("programs/exact.jsonl.gz"), "-s", "cpython-3.13"];
      const parent = spawn(process.execPath, argv, { stdio: "ignore" });
      const childrenFile = `/proc/${parent.pid}/task/${parent.pid}/children`;
      const children = await vi.waitUntil(
        () => readFileSync(childrenFile, "utf8").trim() || undefined,
        { timeout: 20_000, interval: 20 },
      );
      parent.kill("SIGKILL");
      for (const child of children.split(" ")) {
        await vi.waitUntil(() => !existsSync(`/proc/${child}`), { timeout: 20_000, interval: 50 });
      }
    },
  );

  it("compares all points of a sweep in one process for each strategy", () => {
    const folder = mkdtempSync(join(tmpdir(), "ouro-"));
    const [hook, started] = [join(folder, "hook.cjs"), join(folder, "started")];
    const file = JSON.stringify(started);
    writeFileSync(hook, `require("node:fs").appendFileSync(${file}, process.pid + "\\n");`);
    const input = [path("programs/hand.jsonl.gz"), "--program", "hand-self-list"];
    const strategies = ["-s", "cpython-3.13,cpython-3.12"];
    const argv = ["compare", ...input, ...strategies, "--sweep", "gen0=10..1000", "--json"];
    const { status, stdout } = ouro(argv, { NODE_OPTIONS: `--require ${hook}` });
    expect(status).toBe(0);
    const points = JSON.parse(stdout).strategies as { figures: object | null }[];
    expect(points.filter(({ figures }) => figures !== null)).toHaveLength(18);
    // The command itself, and one for each strategy.
    expect(readFileSync(started, "utf8").trim().split("\n")).toHaveLength(3);
    rmSync(folder, { recursive: true });
  });

  it("loads neither allocators nor trace reader nor progress bar for help", () => {
    const loaded = new Set<string>();
    const pending = ["cli.js"];
    while (pending.length > 0) {
      const text = readFileSync(path(`dist/${pending.pop()}`), "utf8");
      for (const [, name = ""] of text.matchAll(/^(?:import|\} from) ?.*?"([^"]+)";$/gm)) {
        if (!loaded.has(name) && name.startsWith("./")) pending.push(name.slice(2));
        loaded.add(name);
      }
    }
    expect(loaded.size).toBeGreaterThan(3);
    expect([...loaded].filter((name) => !name.startsWith("./"))).toEqual([]);
    for (const heavy of ["@ouro/heap", "@ouro/allocator", "@ouro/trace", "cli-progress"]) {
      expect(loaded).not.toContain(heavy);
    }
  });
});
