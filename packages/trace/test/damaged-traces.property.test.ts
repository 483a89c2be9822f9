import { readFileSync } from "node:fs";
import { isOuroError } from "@ouro/interfaces";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTrace, encodeTrace } from "../src/index.js";
import { gunzip, readPlainly } from "./raw-trace.js";
import { programArbitrary } from "./trace-arbitrary.js";
import { createRandom, type Mutant, mutate } from "./trace-mutator.js";

const SEED = 20250611;
const SMALL_MUTANT_COUNT = 9940;
const REAL_MUTANT_COUNT = 60;
const realTrace = new URL("../../../apps/demo/traces/text_tools.altrace.gz", import.meta.url);

/** What a reader makes of a file, as a text: the same for the same meaning. */
type Meaning = (file: Uint8Array) => string;

/** A fast digest of long columns; the tests only compare. */
function digest(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < numbers.length; at++) {
    sum = (Math.imul(sum, 31) + (numbers[at] as number)) | 0;
  }
  return sum;
}

function meaningToReader(file: Uint8Array): string {
  const { events, footer } = decodeTrace(file);
  const { notRecorded: _, ...figures } = footer;
  const columns = [events.kinds, events.ids, events.sizesBytes].map(digest);
  return JSON.stringify([events.eventCount, events.idCount, columns, figures]);
}

/** Tries `mutantCount` mutants; says of each one that broke the promise how it came about. */
function brokenPromises(
  meaning: Meaning,
  files: readonly Uint8Array[],
  mutantCount: number,
): { broken: string[]; acceptedCount: number } {
  const random = createRandom(SEED);
  const meanings = files.map(meaning);
  const broken: string[] = [];
  let acceptedCount = 0;
  for (let count = 0; count < mutantCount; count++) {
    const which = random(files.length);
    const mutant = mutate(files[which] as Uint8Array, random);
    const name = `mutant ${count} of seed ${SEED}, file ${which}, ${mutant.how}`;
    try {
      if (meaning(mutant.file) !== meanings[which]) broken.push(`${name}: another meaning`);
      acceptedCount++;
    } catch (error) {
      const problem = wrongRefusal(error, mutant);
      if (problem !== undefined) broken.push(`${name}: ${problem}`);
    }
  }
  return { broken, acceptedCount };
}

/** Refusals are typed, and name an offset that the file has. */
function wrongRefusal(error: unknown, mutant: Mutant): string | undefined {
  if (isOuroError(error, "limit-reached")) return undefined;
  if (!isOuroError(error, "input-format")) return `threw ${String(error)}`;
  const { offsetBytes } = error as unknown as { offsetBytes: number };
  const lengthBytes = mutant.isGzipDamage ? Number.MAX_SAFE_INTEGER : gunzip(mutant.file).length;
  return offsetBytes >= 0 && offsetBytes <= lengthBytes ? undefined : `offset ${offsetBytes}`;
}

const smallFiles = fc
  .sample(programArbitrary({ callLimit: 120 }), { numRuns: 40, seed: SEED })
  .filter(({ events }) => events.eventCount > 20)
  .map(({ events, markNames }) => encodeTrace({ name: "small", markNames }, events));

describe("a damaged file", () => {
  it(`is refused with a typed error or means the same, ${SMALL_MUTANT_COUNT} times`, () => {
    const { broken, acceptedCount } = brokenPromises(
      meaningToReader,
      smallFiles,
      SMALL_MUTANT_COUNT,
    );
    expect(broken).toEqual([]);
    // Some damage means nothing (a byte set to what it was); most is found.
    expect(acceptedCount).toBeGreaterThan(0);
    expect(acceptedCount).toBeLessThan(SMALL_MUTANT_COUNT / 10);
  }, 60_000);

  it(`is refused or means the same, ${REAL_MUTANT_COUNT} times on a recording`, () => {
    const recording = new Uint8Array(readFileSync(realTrace));
    expect(brokenPromises(meaningToReader, [recording], REAL_MUTANT_COUNT).broken).toEqual([]);
  }, 60_000);
});

describe("the trial of damaged files", () => {
  const meaningTo =
    (...leftOut: Parameters<typeof readPlainly>[1] & object): Meaning =>
    (file) =>
      JSON.stringify(readPlainly(file, leftOut));

  it("finds nothing wrong with a plain reader that makes all checks", () => {
    expect(brokenPromises(meaningTo(), smallFiles, 500).broken).toEqual([]);
  });

  it("notices a reader that believes figures and sums", () => {
    const { broken } = brokenPromises(meaningTo("crc", "figures"), smallFiles, 500);
    expect(broken.join()).toMatch(/another meaning/);
  });

  it("notices a reader that compares no figures, once damaged events carry the right CRC", () => {
    const { broken } = brokenPromises(meaningTo("figures"), smallFiles, 500);
    expect(broken.join()).toMatch(/right CRC.*another meaning/);
  });

  it("notices a reader that lets errors of the language escape", () => {
    const { broken } = brokenPromises(meaningTo("typedErrors"), smallFiles, 200);
    expect(broken.join()).toMatch(/threw (Range|Syntax)?Error/);
  });
});
