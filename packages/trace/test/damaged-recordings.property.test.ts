import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { isOuroError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { decodeHeapGraph, decodePrograms, heapImageOfGraph, runProgram } from "../src/index.js";
import { createProgramModel } from "./program-model.js";
import { graphFile, rawGraph, unsound } from "./raw-graph.js";
import { bytesOfText, gunzip, gzip } from "./raw-trace.js";
import { createRandom, damageBytes } from "./trace-mutator.js";

const SEED = 20261123;
const GRAPH_MUTANT_COUNT = 2400;
const PROGRAM_MUTANT_COUNT = 1600;
/** Of every so many mutants one has damaged gzip data; the others are damaged inside. */
const GZIP_INTERVAL = 6;

interface Trial {
  readonly broken: readonly string[];
  readonly acceptedCount: number;
}

/** Reads mutants of a file; `problemOf` reads one and says what is wrong with what was accepted. */
function tryMutants(
  file: Uint8Array,
  mutantCount: number,
  problemOf: (mutant: Uint8Array) => string | undefined,
): Trial {
  const random = createRandom(SEED);
  const decoded = gunzip(file);
  const broken: string[] = [];
  let acceptedCount = 0;
  for (let count = 0; count < mutantCount; count++) {
    const isGzipDamage = count % GZIP_INTERVAL === 0;
    const { bytes, how } = damageBytes(isGzipDamage ? file : decoded, random);
    const name = `mutant ${count} of seed ${SEED}, ${isGzipDamage ? "gzip" : "decoded"} ${how}`;
    try {
      const problem = problemOf(isGzipDamage ? bytes : gzip(bytes));
      acceptedCount++;
      if (problem !== undefined) broken.push(`${name}: ${problem}`);
    } catch (error) {
      if (!isOuroError(error, "input-format") && !isOuroError(error, "limit-reached")) {
        broken.push(`${name}: threw ${String(error)}`);
      } else if (isOuroError(error, "input-format")) {
        const { offsetBytes } = error as unknown as { offsetBytes: number };
        const lengthBytes = isGzipDamage ? Number.MAX_SAFE_INTEGER : bytes.length;
        if (!(offsetBytes >= 0 && offsetBytes <= lengthBytes)) {
          broken.push(`${name}: offset ${offsetBytes}`);
        }
      }
    }
  }
  return { broken, acceptedCount };
}

describe("a damaged heap graph", () => {
  it(`is refused with a typed error or is sound, ${GRAPH_MUTANT_COUNT} times`, () => {
    const { broken, acceptedCount } = tryMutants(
      graphFile(rawGraph()),
      GRAPH_MUTANT_COUNT,
      (file) => {
        const graph = decodeHeapGraph(file);
        heapImageOfGraph(graph);
        return unsound(graph);
      },
    );
    expect(broken).toEqual([]);
    // Names, sizes and some flags may be anything; nearly all else is found.
    expect(acceptedCount).toBeGreaterThan(0);
    expect(acceptedCount).toBeLessThan(GRAPH_MUTANT_COUNT / 2);
  }, 60_000);

  it("would be noticed if the reader took it for sound", () => {
    const { broken } = tryMutants(graphFile(rawGraph()), 600, (file) => {
      gunzip(file);
      return "accepted unseen";
    });
    expect(broken.length).toBeGreaterThan(300);
  });

  it("is refused or sound, 40 times on a recording", () => {
    const recording = new URL("../../../apps/demo/graphs/small.hgraph.gz", import.meta.url);
    const file = new Uint8Array(readFileSync(recording));
    expect(tryMutants(file, 40, (mutant) => unsound(decodeHeapGraph(mutant))).broken).toEqual([]);
  }, 60_000);
});

describe("a damaged file of programs", () => {
  it(`is refused with a typed error or runs to its end, ${PROGRAM_MUTANT_COUNT} times`, () => {
    const recording = new URL("../../../apps/demo/programs/hand.jsonl.gz", import.meta.url);
    const lines = gunzipSync(readFileSync(recording)).toString("utf8").split("\n");
    const chosen = lines.filter((line) => line.length > 0 && line.length < 3500).slice(0, 24);
    const file = gzip(bytesOfText(chosen.join("\n")));
    const { broken, acceptedCount } = tryMutants(file, PROGRAM_MUTANT_COUNT, (mutant) => {
      for (const program of decodePrograms(mutant)) runProgram(createProgramModel(), program);
      return undefined;
    });
    expect(broken).toEqual([]);
    expect(acceptedCount).toBeGreaterThan(0);
  }, 120_000);
});
