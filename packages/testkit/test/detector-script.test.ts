// Counterexamples of detectors: a script that runs as it is printed, and the graph drawn.

import type { Detector } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { toyDetectors } from "./toy-detector.js";

/** Of each answer the last object found is forgotten, or one more is said to be found. */
function makerOf(fault: "misses the last" | "finds one more"): kit.DetectorMaker {
  const maker = toyDetectors();
  return {
    ...maker,
    name: fault,
    make(options) {
      const subject = maker.make(options);
      const { detector } = subject;
      let extra = 0;
      const find: Detector["find"] = (list) => {
        const examined = detector.find(list);
        const entryAt = (index: number): number =>
          subject.heap.words[(subject.heap.words[list.directory] as number) + index] as number;
        if (fault === "finds one more") extra = entryAt(examined.end - 1);
        else if (examined.reachedCount < examined.end) detector.forget(entryAt(examined.end - 1));
        return examined;
      };
      const isFound = (object: number): boolean => object === extra || detector.isFound(object);
      return { ...subject, detector: { ...detector, find, isFound } };
    },
  };
}

function refute(maker: kit.DetectorMaker, property: string) {
  const { verdicts } = kit.detectorConformance(maker, { properties: [property] });
  const found = verdicts[0]?.counterexample;
  if (found?.drawing === undefined) throw new Error(`"${property}" was not refuted, or not drawn`);
  return { ...found, drawing: found.drawing };
}

/** Runs a script; answers which of the letters are found. */
function foundBy(script: string, maker: kit.DetectorMaker, letters: readonly string[]): string[] {
  const answer = `[${letters.map((letter) => `detector.isFound(${letter})`).join(", ")}]`;
  const isFound = new Function("maker", `${script}\nreturn ${answer};`)(maker) as boolean[];
  return letters.filter((_, index) => isFound[index]);
}

const lettersIn = (script: string): string[] =>
  [...script.matchAll(/^put\((\w+),/gm)].map(([, letter]) => letter as string);

describe("A counterexample of a detector has no bystanders", () => {
  it.each<["misses the last" | "finds one more", string, number]>([
    ["misses the last", kit.FINDS_ALL, 0],
    ["finds one more", kit.FINDS_GARBAGE_ONLY, 1],
  ])("%s", (fault, property, outsideCount) => {
    const object = { type: 0, slots: [1, 1], outsideCount, isListed: true };
    for (const seed of [1, 2, 3]) {
      const options = { properties: [property], seed };
      const { verdicts } = kit.detectorConformance(makerOf(fault), options);
      const program = { objects: [object], revived: [], forgotten: [] };
      expect(verdicts[0]?.counterexample?.program).toEqual(program);
    }
  });

  it("references that the failure needs stay, and say the same when another object goes", () => {
    const maker = toyDetectors();
    const property = kit.detectorSuite.properties.find(({ name }) => name === kit.FINDS_ALL);
    const object = { type: 2, slots: [] as number[], outsideCount: 0, isListed: true };
    const program: kit.DetectorProgram = {
      objects: [
        { ...object, outsideCount: 2 },
        { ...object, slots: [702, 5, 3] },
        { ...object, type: 3, slots: [1], isListed: false },
        { ...object, type: 1, slots: [4, 5, 0] },
        { ...object, slots: [1, 4] },
      ],
      revived: [3, 1],
      forgotten: [7],
    };
    // Three that hold each other in a ring, whatever else there is.
    const fails = (each: unknown): boolean => {
      const { objects } = each as kit.DetectorProgram;
      const holds = (one: number): number[] =>
        (objects[one]?.slots ?? []).map((slot) => slot % (objects.length + 1));
      return objects.some((_, one) =>
        holds(one).some(
          (two) =>
            two !== one &&
            holds(two).some(
              (three) => three !== two && three !== one && holds(three).includes(one),
            ),
        ),
      );
    };
    expect(() => property?.check(program, maker, kit.createNotes())).not.toThrow();
    expect(property?.tightened?.(program, fails)).toEqual({
      objects: [
        { type: 0, slots: [1, 3], outsideCount: 0, isListed: true },
        { type: 0, slots: [2, 3], outsideCount: 0, isListed: true },
        { type: 0, slots: [0, 3], outsideCount: 0, isListed: true },
      ],
      ...{ revived: [], forgotten: [] },
    });
  });
});

describe("A counterexample of a detector", () => {
  it("is a script that makes the graph and asks, and says what should be found", () => {
    const maker = makerOf("misses the last");
    const { script, reason } = refute(maker, kit.FINDS_ALL);
    const letters = lettersIn(script);
    const wanted = /^\/\/ to be found: (.*)$/m.exec(script)?.[1]?.split(" ") ?? [];
    const found = foundBy(script, maker, letters);
    const missed = wanted.filter((letter) => !found.includes(letter));
    expect(missed).toHaveLength(1);
    expect(reason).toContain(`objects ${missed[0]} only keep each other alive`);
    expect(script.split("\n").at(-1)).toBe(`// ${reason}`);
  });

  it("is drawn before the question and after it, with counts and what is found wrongly", () => {
    const { drawing, reason } = refute(makerOf("finds one more"), kit.FINDS_GARBAGE_ONLY);
    const [before = "", after = ""] = drawing.text.split("after detector.find(list);:");
    const letter = /objects (\w) are found/.exec(reason)?.[1];
    const line = `${letter} \\w+ \\[.*\\] {2}count \\d`;
    expect(before).toMatch(new RegExp(line));
    expect(before).not.toContain("FOUND");
    expect(after).toMatch(new RegExp(`${line}, (no candidate, )?REACHED, AND FOUND`));
    expect(drawing.svg).toContain("found wrongly");
  });

  it("tells what is done between two questions, and around one", () => {
    const again = refute(makerOf("misses the last"), kit.FINDS_AGAIN).script;
    expect(again).toContain("const { reachedCount, end } = detector.find(list);");
    const thrown = toyDetectors("keeps what it found when an observer throws");
    const { script, reason } = refute(thrown, kit.THROWN_AT);
    const found = foundBy(script, thrown, lettersIn(script));
    expect(reason).toContain(`objects ${found.join(" ")} are found by a refused call`);
    expect(script.split("\n").at(-2)).toBe("try { detector.find(list); } catch {}");
  });

  it("asks in the middle of a question, as the property does", () => {
    const maker = toyDetectors("answers a question in the middle of another");
    const { script } = refute(maker, kit.ASKED_INSIDE);
    const printed: string[] = [];
    const console = { log: (word: string) => printed.push(word) };
    new Function("maker", "console", script)(maker, console);
    expect(printed).toContain("an answer");
  });
});
