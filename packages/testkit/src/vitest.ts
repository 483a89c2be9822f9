/**
 * Suites as vitest's tests: one test for each property, skipped with the reason where it is not
 * promised.
 *
 * @packageDocumentation
 */

import { it } from "vitest";
import { checkDeclared, checkOptions } from "./door.js";
import { printVerdict, runSuite, type Suite, type SuiteOptions } from "./index.js";

/**
 * Declares a test for each property of the suite, or of `options.properties`; call it inside a
 * `describe`. A failing test shows the counterexample with all that replays it.
 */
export function testSuite<Maker>(
  suite: Suite<Maker>,
  maker: Maker,
  options: SuiteOptions & { readonly timeoutMilliseconds?: number } = {},
): void {
  const { timeoutMilliseconds = 120_000, ...rest } = options;
  // What is wrong is told where the tests are declared: of a name with a slip there is none.
  checkOptions(suite, rest);
  checkDeclared(suite, maker);
  const { properties } = rest;
  for (const { name } of suite.properties) {
    if (properties !== undefined && !properties.includes(name)) continue;
    it(
      name,
      ({ skip }) => {
        const [verdict] = runSuite(suite, maker, { ...rest, properties: [name] }).verdicts;
        if (verdict?.outcome === "not run") skip(verdict.why);
        if (verdict?.outcome === "fails") throw new Error(printVerdict(verdict));
      },
      timeoutMilliseconds,
    );
  }
}
