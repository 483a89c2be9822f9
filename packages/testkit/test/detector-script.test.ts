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
    expect(refute(thrown, kit.THROWN_AT).script).toMatch(/\/\/ an observer throws at event \d+/);
  });
});
