// What a user of vitest sees of a suite: a test for each property, and one that is skipped with the
// warnings, as no test fails for them.

import { afterAll, afterEach, describe, expect, type TestContext } from "vitest";
import * as kit from "../src/index.js";
import { DECLARES_ALL, testSuite } from "../src/vitest.js";
import { toyDetectors } from "./toy-detector.js";

const options = { properties: [kit.FINDS_GARBAGE_ONLY, kit.FINDS_ALL], programCount: 40 };
const WARNING = "complete is not declared, and all garbage of every list was found";

/** The last test, looked at when all are over. */
function afterLast(look: (task: TestContext["task"] | undefined) => void): void {
  let last: TestContext["task"] | undefined;
  afterEach(({ task }) => {
    if (task.name === DECLARES_ALL) last = task;
  });
  afterAll(() => look(last));
}

describe("A suite whose traits say too little", () => {
  testSuite(kit.detectorSuite, { ...toyDetectors(), complete: false }, options);
  afterLast((last) => {
    expect(last?.result).toMatchObject({ note: `warning: ${WARNING}` });
    expect(last?.annotations).toMatchObject([{ message: WARNING, type: "warning" }]);
  });
});

describe("A suite whose traits say all", () => {
  testSuite(kit.detectorSuite, toyDetectors(), options);
  afterLast((last) => {
    expect(last?.result).toMatchObject({ state: "pass" });
    expect(last?.annotations).toEqual([]);
  });
});
