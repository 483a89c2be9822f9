import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { LimitReachedError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  createProgramReader,
  decodePrograms,
  type MutatorProgram,
  ProgramFormatError,
  readPrograms,
  runProgram,
} from "../src/index.js";
import { createProgramModel, type ProgramFault } from "./program-model.js";
import { bytesOfText, gzip } from "./raw-trace.js";
import { shippedRecordingsOf } from "./shipped-recordings.js";

const handFile = new URL("../../../apps/demo/programs/hand.jsonl.gz", import.meta.url);
const handLines = gunzipSync(readFileSync(handFile)).toString("utf8").trim().split("\n");
const lineOf = (name: string): string =>
  handLines.find((line) => line.startsWith(`{"name":"${name}"`)) ?? "";

const fileOf = (...lines: string[]): Uint8Array => gzip(bytesOfText(`${lines.join("\n")}\n`));

describe("a file of programs", () => {
  it("is read a line at a time, in pieces of any size", async () => {
    const file = fileOf(...handLines.slice(0, 4));
    const whole = decodePrograms(file);
    expect(whole.map(({ name }) => name)).toEqual([
      "hand-self-list",
      "hand-self-dict",
      "hand-self-node",
      "hand-tuple-list",
    ]);
    const pieces = Array.from({ length: file.length }, (_, at) => file.slice(at, at + 1));
    expect(await readPrograms(pieces)).toEqual(whole);
    const last = gzip(bytesOfText(handLines[0] as string));
    expect(decodePrograms(last)).toEqual(whole.slice(0, 1));
  });

  it("hands on the programs before a faulty line and refuses it by its number", () => {
    const names: string[] = [];
    const reader = createProgramReader(({ name }) => names.push(name), { sourceName: "mine" });
    reader.push(fileOf(handLines[0] as string, "{}", handLines[1] as string));
    expect(() => reader.end()).toThrow(ProgramFormatError);
    expect(() => reader.end()).toThrow(/^mine, line 2, decoded byte \d+: the program: "steps"/);
    expect(names).toEqual(["hand-self-list"]);
  });

  it("stops at limits", () => {
    const read = (limits: object) => () => decodePrograms(fileOf(...handLines), { limits });
    expect(read({ programCount: 3 })).toThrow(LimitReachedError);
    expect(read({ lineBytes: 1000 })).toThrow(/length of a line/);
    expect(read({ objectCount: 9 })).toThrow(/objects of a program/);
  });
});

/** What is replaced in which program, and what the refusal says. */
const spoilt: readonly (readonly [string, string, string, RegExp])[] = [
  ["hand-self-list", '"op":"set"', '"op":"sit"', /step 1: the machine has no operation "sit"/],
  ["hand-self-list", '"kind":"list"', '"kind":"lost"', /step 0: kind "lost" is none of node/],
  ["hand-self-list", '"root":0', '"root":64', /step 0: root 64 is not below 64/],
  ["hand-self-list", '"obj":0,"slot":0', '"obj":0,"slot":1', /object 0 has no slot 1/],
  ["hand-self-list", '"obj":0', '"obj":5', /object 5 is not alive/],
  ["hand-self-list", '"gen":2', '"gen":3', /step 2: generation 3/],
  ["hand-self-list", '"nsteps":6', '"nsteps":7', /nsteps is 7, there are 6 steps/],
  ["hand-self-list", '"ret":0,', "", /"collect" has the result undefined/],
  ["hand-self-list", '"dead":[0]', '"dead":[0,0]', /step 4: "dead" does not ascend/],
  ["hand-self-list", '"dead":[0]', '"dead":[]', /lists 0 of 1 objects/],
  ["hand-self-list", '"chg":[[0,1,0]]', '"chg":[[0,1,4]]', /can not have refcount 1 and gen/],
  ["hand-self-list", '"chg":[[0,2,0]]', '"chg":[[0,1,0]]', /step 1: object 0 has not changed/],
  ["hand-self-list", '"count":[1,0,0]', '"count":[1,0]', /not those of three generations/],
  ["hand-self-list", '["dealloc",0]', '["dealloc",9]', /the unknown object 9/],
  ["hand-self-list", '["dealloc",0]', '["died",0]', /\["died",0\] is no event/],
  ["hand-self-list", ',"full":[]', "", /"full" is missing/],
  ["hand-self-list", ',"weak":[],"count"', ',"weak":[],"full":[],"count"', /"full" is not due/],
  ["hand-tuple-list", '"op":"tuple","id":1', '"op":"tuple","id":0', /made a second time/],
  ["hand-finalizer-simple", '"kind":"node"', '"kind":"list"', /a list has a finalizer/],
  ["hand-finalizer-simple", '{"do":"log"}', '{"do":"lag"}', /has no action "lag"/],
  ["hand-threshold-auto", '"mode":"', '"mode":"x', /mode ".*" is none of drop/],
];

describe("a program that breaks the machine's rules", () => {
  it.each(spoilt)("%s is refused for %s → %s", (name, from, to, problem) => {
    const line = lineOf(name).replace(from, to);
    expect(line).not.toBe(lineOf(name));
    expect(() => decodePrograms(fileOf(line))).toThrow(problem);
  });
});

describe("running a program", () => {
  const program = decodePrograms(
    fileOf(lineOf("hand-weakref-callback-order")),
  )[0] as MutatorProgram;

  it("agrees with the recording in every observed value", () => {
    const report = runProgram(createProgramModel(), program);
    expect(report).toEqual({
      programName: "hand-weakref-callback-order",
      stepCount: program.steps.length,
      differences: [],
      agrees: true,
    });
  });

  it("tells each value that differs by its step, and can take events as a set", () => {
    const backward = (): ReturnType<typeof createProgramModel> =>
      createProgramModel("oldest callback first");
    const { differences, agrees } = runProgram(backward(), program);
    expect(agrees).toBe(false);
    expect(differences.map(({ what }) => what)).toEqual(["events"]);
    expect(runProgram(backward(), program, { events: "set" }).agrees).toBe(true);
  });

  it("stops before an operation on what has died too early", () => {
    const model = createProgramModel();
    const deaf = { ...model, store: () => {}, refcount: () => 0 };
    const { differences } = runProgram(deaf, program, { differenceLimitCount: 1000 });
    expect(differences.at(-1)).toMatchObject({ what: "operand", got: "it is dead" });
  });
});

const faults: readonly ProgramFault[] = [
  "finalizer after weak callbacks",
  "oldest callback first",
  "finalizes twice",
  "list forward",
  "threshold reached",
  "keeps tuples tracked",
  "no quarter rule",
];

describe("recorded programs", () => {
  const files = shippedRecordingsOf("programs").map(([name, read]) => ({
    name,
    programs: decodePrograms(read().file, { sourceName: name }),
  }));
  // Those of a few steps first: most faults show there.
  const shorter = files
    .filter(({ name }) => !["auto", "long", "mixed"].includes(name))
    .sort((one, other) => Number(other.name === "hand") - Number(one.name === "hand"));

  it("are nine files with 552 programs and 68,616 steps", () => {
    const programs = files.flatMap((file) => file.programs);
    expect(files.length).toBe(9);
    expect(programs.length).toBe(552);
    expect(programs.reduce((sum, { steps }) => sum + steps.length, 0)).toBe(68_616);
  });

  it.each(shorter)(
    "$name agree with the model in every value and the order of events",
    ({ programs }) => {
      const reports = programs.map((program) => runProgram(createProgramModel(), program));
      expect(reports.filter(({ agrees }) => !agrees)).toEqual([]);
    },
    60_000,
  );

  it.each(faults)(
    "notice a model with the fault: %s",
    (fault) => {
      const isNoticed = [...shorter, ...files].some(({ programs }) =>
        programs.some((program) => !runProgram(createProgramModel(fault), program).agrees),
      );
      expect(isNoticed).toBe(true);
    },
    60_000,
  );
});
