import { describe, expect, it } from "vitest";
import { main } from "../src/main.js";
import { nearestName } from "../src/suggestion.js";
import { type FakeTerminalOptions, fakeTerminal } from "./fake-terminal.js";

async function run(argv: string[], options?: FakeTerminalOptions) {
  const terminal = fakeTerminal(options);
  const exitCode = await main(argv, terminal);
  return { exitCode, stdout: terminal.stdoutText(), stderr: terminal.stderrText() };
}

describe("the command line", () => {
  it("shows a short help that begins with examples when nothing is asked", async () => {
    const { exitCode, stdout, stderr } = await run([]);
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(stdout.indexOf("ouro demo")).toBeGreaterThan(0);
    expect(stdout.indexOf("ouro demo")).toBeLessThan(stdout.indexOf("Commands"));
  });

  it("gives the same help for --help, -h and help", async () => {
    const { stdout } = await run([]);
    for (const argv of [["--help"], ["-h"], ["help"]]) {
      expect(await run(argv)).toEqual({ exitCode: 0, stdout, stderr: "" });
    }
    expect(await run(["replay", "--help"])).toEqual(await run(["help", "replay"]));
  });

  it("prints the version of the package", async () => {
    const { exitCode, stdout } = await run(["--version"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("explains every exit code, allocator and format", async () => {
    const { stdout: codes } = await run(["help", "exit-codes"]);
    for (const code of [0, 1, 2, 3, 4, 5, 130])
      expect(codes).toMatch(new RegExp(`^ +${code}  `, "m"));
    const { stdout: allocators } = await run(["help", "allocators"]);
    expect(allocators).toContain("Compositions: pool+large, pool+bump, large, bump");
    const { stdout: formats } = await run(["help", "formats"]);
    expect(formats).toContain("ouro/replay@1");
  });

  it.each([
    [["relpay", "x"], "Did you mean replay?"],
    [["replay", "x", "--verfy"], "Did you mean --verify?"],
    [["--verison"], "Did you mean --version?"],
    [["help", "exitcodes"], "Did you mean exit-codes?"],
    [["replay", "x", "-a", "pol+large"], "Did you mean pool?"],
    [["replay", "x", "-a", "poo"], "Did you mean pool+large?"],
    [["replay", "x", "-a", "pool+lage"], "Did you mean large?"],
    [["replay", "x", "-a", "small=poool,large=large"], "Did you mean pool?"],
    [["help", "replay", "extra"], '"extra" is one operand too many'],
    [["replay", ""], '"" names no file'],
    [["replay", "x", "-a", "smal=pool,large=large"], "Did you mean small?"],
    [["app.altrace.gz"], "ouro replay app.altrace.gz"],
    [["frobnicate"], "Commands: replay, demo, why,"],
    [["replay"], "Name a recording"],
    [["replay", "x", "--passes", "many"], "--passes 5"],
    [["replay", "x", "--passes=0"], "1 to 1000"],
    [["replay", "x", "--limit", "64 parsecs"], "--limit 64MiB"],
    [["replay", "x", "--limit"], "needs a value"],
    [["replay", "x", "--json=yes"], "takes no value"],
    [["replay", "x", "-a", "pool"], "above 512 bytes"],
    [["replay", "x", "-a", "large+large"], "needs no other"],
    [["replay", "x", "-a", "cheked:large"], "Did you mean checked?"],
    [["replay", "x", "-a", "checked:checked:large"], "given twice"],
    [["replay", "x", "-a", "checked:"], "is not an allocator"],
    [["replay", "x", "-a", "pool+large+large"], "names 3 allocators"],
    [["replay", "x", "-a", "small=pool"], "Add ,large=large"],
    [["replay", "x", "-a", "large=large,large=large"], "given twice"],
    [["demo", "x.altrace.gz"], "ouro replay x.altrace.gz"],
    [["demo", "--verify"], "not an option of this command"],
  ])("answers %j with what to do, on standard error, and exit code 2", async (argv, remedy) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr.replaceAll("\n", " ")).toContain(remedy);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("suggests nothing when no name is near", () => {
    expect(nearestName("xyzzy", ["replay", "demo"])).toBeUndefined();
    expect(nearestName("dem", ["replay", "demo"])).toBe("demo");
    expect(nearestName("REPLAY", ["replay", "demo"])).toBe("replay");
  });
});

describe("the look of output", () => {
  const helpBytes = async (argv: string[], options: FakeTerminalOptions) =>
    (await run([...argv, "help", "replay"], options)).stdout;
  const escapeSequence = "\u001b[";

  it("is coloured on a terminal only", async () => {
    expect(await helpBytes([], { isTTY: true })).toContain(escapeSequence);
    expect(await helpBytes([], { isTTY: false })).not.toContain(escapeSequence);
  });

  it("obeys NO_COLOR, TERM=dumb, --no-color and FORCE_COLOR", async () => {
    const colourless: [string[], Record<string, string>][] = [
      [[], { NO_COLOR: "1" }],
      [[], { TERM: "dumb" }],
      [[], { FORCE_COLOR: "0" }],
      [["--no-color"], { FORCE_COLOR: "1" }],
    ];
    for (const [argv, env] of colourless) {
      expect(await helpBytes(argv, { isTTY: true, env })).not.toContain(escapeSequence);
    }
    expect(await helpBytes([], { isTTY: true, env: { NO_COLOR: "" } })).toContain(escapeSequence);
    expect(await helpBytes([], { isTTY: false, env: { FORCE_COLOR: "1" } })).toContain(
      escapeSequence,
    );
  });

  it("is plain ASCII without a UTF-8 locale and with --ascii", async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
    const ascii = /^[\x00-\x7f]*$/;
    for (const subject of [[], ["replay"], ["demo"], ["allocators"], ["exit-codes"], ["formats"]]) {
      expect((await run(["help", ...subject], { env: { LC_ALL: "C" } })).stdout).toMatch(ascii);
      expect((await run(["help", ...subject], { env: {} })).stdout).toMatch(ascii);
      expect((await run(["help", "--ascii", ...subject])).stdout).toMatch(ascii);
    }
    expect((await run([])).stdout).not.toMatch(ascii);
  });

  it.each([60, 40])("fits a terminal of %i columns, but for commands", async (columns) => {
    for (const subject of [[], ["replay"], ["demo"], ["allocators"], ["exit-codes"], ["formats"]]) {
      const { stdout } = await run(["help", ...subject], {
        columns,
        env: { NO_COLOR: "1", LANG: "C.UTF-8" },
      });
      for (const line of stdout.split("\n")) {
        const isCommand = columns === 40 && / {2}ouro (replay|help) /.test(line);
        if (!isCommand) expect([...line].length).toBeLessThanOrEqual(columns);
      }
    }
  });
});
