// `ouro explain`: what is told of each step, by stable codes.

import { EVENTS } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { SENTENCES } from "../src/explain-sentences.js";
import { run, runDocument, shipped } from "./heap-document.js";

const hand = shipped("programs/hand.jsonl.gz");

interface Step {
  readonly title: string;
  readonly sentences: readonly { code: string; level: number; text: string }[];
}

const codesOf = ({ sentences }: Step): string[] => sentences.map(({ code }) => code);

/** What is told of a birth and does not stand where it belongs. */
function birthProblem({ sentences }: Step): string | undefined {
  let requestCount = 0;
  const named = new Set<string>();
  for (const { code, text } of sentences) {
    const name = text.split(/:| is born/)[0] as string;
    if (code === "PM-ALLOC-CLASS") requestCount++;
    if (/^PM-(ARENA-RESERVE|POOL-TAKE)$/.test(code) && requestCount === 0) return text;
    if (code === "PM-OBJECT-CREATE") {
      if (requestCount === 0) return text;
      if (named.has(name)) return `a count before: ${text}`;
    }
    if (code.startsWith("PM-COUNT")) named.add(name);
  }
  return undefined;
}

describe("a narrated program", () => {
  it("follows a list that contains itself from its request to its end", async () => {
    const argv = ["explain", hand, "--program", "hand-self-list", "--level", "2"];
    const { document, exitCode } = await runDocument(argv);
    expect([exitCode, document.agrees]).toEqual([0, true]);
    const steps: Step[] = document.steps;
    expect(steps).toHaveLength(6);
    const [born, cycle, survived, dropped, collected] = steps as [Step, Step, Step, Step, Step];
    expect(codesOf(born)).toEqual(
      expect.arrayContaining(["PM-ALLOC-CLASS", "PM-OBJECT-CREATE", "PM-GC-TRACK"]),
    );
    expect(cycle.sentences).toContainEqual({
      code: "PM-COUNT-UP",
      level: 2,
      text: "list #0: count 1 to 2",
    });
    expect(codesOf(survived)).toContain("PM-GC-PROMOTE");
    expect(dropped.sentences).toContainEqual({
      code: "PM-COUNT-DOWN",
      level: 2,
      text: "list #0: count 2 to 1, not zero, so it stays",
    });
    const told = codesOf(collected);
    const order = ["PM-GC-START", "PM-GC-EXAMINE", "PM-GC-SUBTRACT", "PM-GC-UNREACHABLE"];
    const places = [...order, "PM-DEALLOCATE", "PM-GC-END"].map((code) => told.indexOf(code));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it("tells each decision before what follows from it, as the article has them", async () => {
    const argv = ["explain", hand, "--program", "hand-self-list", "--level", "3"];
    const { document } = await runDocument(argv);
    const told = (document.steps as Step[]).map(codesOf);
    expect(told[0]).toEqual([
      ...["PM-ALLOC-CLASS", "PM-ARENA-RESERVE", "PM-POOL-TAKE", "PM-ALLOC-BLOCK"],
      ...["PM-OBJECT-CREATE", "PM-COUNT-UP", "PM-COUNT-UP", "PM-ROOT-WRITE", "PM-COUNT-DOWN"],
      "PM-GC-TRACK",
    ]);
    expect(told[4]?.slice(-6)).toEqual([
      ...["PM-DEALLOCATE", "PM-RECLAIM", "PM-FREE-BLOCK", "PM-POOL-RELEASE"],
      ...["PM-GC-END", "PM-ARENA-KEEP"],
    ]);
  });

  it("says in no program anything of a birth before its request or after its count", async () => {
    const { document } = await runDocument(["replay", hand]);
    const names = document.results[0].programs.map(({ name }: { name: string }) => name);
    for (const name of names.slice(0, 12)) {
      const argv = ["explain", hand, "--program", name, "--level", "3"];
      const { document: explained } = await runDocument(argv);
      for (const step of explained.steps as Step[]) expect(birthProblem(step)).toBeUndefined();
    }
  });

  it("says nothing of a root that was empty, nor of a safepoint that is passed", async () => {
    const argv = ["explain", hand, "--program", "hand-self-list", "--level", "3"];
    const { document } = await runDocument(argv);
    const all = [...document.steps, { sentences: document.ending }] as Step[];
    const told = all.flatMap(codesOf);
    expect(told).not.toContain("PM-SAFEPOINT");
    expect(told.filter((code) => code === "PM-ROOT-EMPTY")).toHaveLength(1);
    const auto = ["explain", hand, "--program", "hand-default-threshold", "--level", "3"];
    const { document: due } = await runDocument(auto);
    for (const { sentences } of due.steps as Step[]) {
      for (const [index, { code }] of sentences.entries()) {
        if (code !== "PM-SAFEPOINT") continue;
        expect(sentences[index + 1]?.code).toMatch(/^PM-GC-(START|DUE)$/);
      }
    }
  });

  it("gives every title and the closing line a code that stays", async () => {
    const { document } = await runDocument(["explain", hand, "--program", "hand-self-list"]);
    expect(document.steps.map(({ code }: { code: string }) => code)).toEqual([
      ...["PM-STEP-NEW", "PM-STEP-SET", "PM-STEP-COLLECT", "PM-STEP-ROOT", "PM-STEP-COLLECT"],
      "PM-STEP-COLLECT",
    ]);
    expect(document.verdict).toEqual({
      code: "PM-VERDICT-SAME",
      text: "Everything is as recorded of CPython.",
    });
    const { document: reach } = await runDocument(["explain", hand, "-p", "mark-sweep"]);
    expect(reach.verdict.code).toBe("PM-VERDICT-REACH");
    const { stdout } = await run(["explain", hand, "--program", "hand-self-list"]);
    expect(stdout).toMatch(/^0 {2}root 0 = new list #0 with 1 slot {2}PM-STEP-NEW$/m);
    expect(stdout).toMatch(/PM-VERDICT-SAME$/m);
  });

  it("tells more at each level, and nothing twice as different", async () => {
    const counts: number[] = [];
    for (const level of ["1", "2", "3"]) {
      const argv = ["explain", hand, "--program", "0", "--level", level];
      const { document } = await runDocument(argv);
      const told = document.steps.flatMap((step: Step) => step.sentences);
      for (const { level: of } of told) expect(of).toBeLessThanOrEqual(Number(level));
      counts.push(told.length);
    }
    expect(counts[1]).toBeGreaterThan(counts[0] as number);
    expect(counts[2]).toBeGreaterThan(counts[1] as number);
  });

  it("is plain, in 60 columns, and ends with the comparison", async () => {
    const { stdout, exitCode } = await run(["explain", hand, "--ascii"], {
      columns: 60,
      isTTY: true,
      env: { NO_COLOR: "1" },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
    expect(stdout).toContain("ok Everything is as recorded of CPython.");
    expect(stdout).not.toContain("undefined");
  });

  it("runs on a tracing strategy too, and says of what it can not run why", async () => {
    const { document } = await runDocument(["explain", hand, "-p", "mark-sweep", "--level", "2"]);
    const told = document.steps.flatMap(codesOf);
    expect(document).toMatchObject({ compared: "what roots reach", agrees: true });
    expect(told).not.toContain("PM-COUNT-UP");
  });

  it.each([
    [["explain"], 2, "PROGRAM is missing"],
    [["explain", hand, "--program", "hand-self-lst"], 2, "Did you mean hand-self-list?"],
    [["explain", hand, "--program", "99999"], 2, "is no program of"],
    [["explain", hand, "--level", "4"], 2, "from 1 to 3. Write for example --level 3."],
    [["explain", shipped("graphs/small.hgraph.gz")], 4, "it is a heap graph"],
  ])("%j ends with code %i and says %s", async (argv, code, words) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });
});

describe("what the article names", () => {
  it("is told of a program, from its first request to what becomes of its arena", async () => {
    const told = new Set<string>();
    for (const program of ["hand-finalizer-cycle", "hand-weakref-to-cycle", "hand-gen-promotion"]) {
      const argv = ["explain", hand, "--program", program, "--level", "3"];
      const { document } = await runDocument(argv);
      const steps = document.steps as Step[];
      for (const { code } of [...steps.flatMap(({ sentences }) => sentences), ...document.ending]) {
        told.add(code);
      }
    }
    const named = [
      ...["PM-ALLOC-CLASS", "PM-ALLOC-BLOCK", "PM-POOL-TAKE", "PM-ARENA-RESERVE"],
      ...["PM-OBJECT-CREATE", "PM-ROOT-WRITE"],
      ...["PM-SLOT-WRITE", "PM-COUNT-UP", "PM-COUNT-DOWN", "PM-COUNT-ZERO", "PM-GC-TRACK"],
      ...["PM-GC-PROMOTE", "PM-GC-START", "PM-GC-EXAMINE", "PM-GC-SUBTRACT", "PM-GC-UNREACHABLE"],
      ...["PM-CALLBACK-RUN", "PM-FINALIZER-RUN", "PM-GC-CLEAR", "PM-DEALLOCATE", "PM-GC-END"],
      ...["PM-FREE-BLOCK", "PM-RECLAIM", "PM-POOL-RELEASE", "PM-ARENA-KEEP"],
      ...["PM-END-ROOTS", "PM-END-EMPTY"],
    ];
    expect(named.filter((code) => !told.has(code))).toEqual([]);
  });

  it("ends on a preset that never reclaims with what is left", async () => {
    const { document } = await runDocument(["explain", hand, "-p", "null"]);
    const codes = document.ending.map(({ code }: { code: string }) => code);
    expect(codes).toContain("PM-END-LEFT");
    expect(codes).not.toContain("PM-END-EMPTY");
  });
});

describe("the table of sentences", () => {
  it("has a sentence for every event, and no code twice", () => {
    const codes = SENTENCES.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^PM-[A-Z]+(-[A-Z]+)*$/);
    for (const { name } of EVENTS) {
      const last = SENTENCES.findLast(({ event }) => event === name);
      expect([name, last?.when]).toEqual([name, undefined]);
      expect([name, last === undefined]).toEqual([name, false]);
    }
  });
});
