// Which numbers checked mode takes for references, and what it remembers of those it gave out, at
// the ends of its units, its ring and its names.

import { InvalidAddressError, type Reference } from "@ouro/interfaces";
import { expect, it } from "vitest";
import * as parts from "../src/index.js";
import { type Call, createReferenceLog } from "../src/reference-log.js";
import { makeManager } from "./manager.js";
import { makeRig } from "./refusals.js";

const COLLECT: Call = 5;
const MANY = "another part";

const makeLog = (heapSizeWords = 4096) =>
  createReferenceLog({ heapSizeWords, types: makeManager().types, sites: false });

it("the words beside an object are none where objects die in collections alone", () => {
  const { mutator, pair } = makeRig(parts, { death: "collection" });
  const reference = pair();
  expect(mutator.get(reference, 0)).toBe(0);
  for (const beside of [1, 2, 3, 0.5]) {
    const call = () => mutator.get((reference + beside) as Reference, 0);
    expect(call).toThrow(InvalidAddressError);
  }
});

it("a heap of 16 MiB has small references, and a larger one has large ones", () => {
  expect(makeLog(2 ** 22).give(8, 0)).toBe(2 ** 22 + 8);
  expect(makeLog(2 ** 22 + 4).give(8, 0)).toBe(2 ** 30 + 8);
});

it("all of the last 1024 references are explained, the last two as well", () => {
  const log = makeLog();
  const references = Array.from({ length: 1024 }, (_, index) => log.give(4 * (index % 1000), 1));
  log.passSafepoint(COLLECT, 0);
  const takers = references.map((reference) => log.explain(reference)?.takenBy);
  expect(new Set(takers)).toEqual(new Set(["get"]));
});

it("eleven takers besides the mutator's own calls are known by name, and no more", () => {
  const log = makeLog();
  const names = Array.from({ length: 11 }, (_, index) => `part ${index}`);
  const references = [...names, "one more", "and another"].map((name, index) =>
    log.give(8 * (index + 1), log.takerOf(name)),
  );
  log.passSafepoint(COLLECT, 0);
  const takers = references.map((reference) => log.explain(reference)?.takenBy);
  expect(takers).toEqual([...names, MANY, MANY]);
});
