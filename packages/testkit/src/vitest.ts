/**
 * Suites as vitest's tests: one test for each property, skipped with the reason where it is not
 * promised, and one for what the traits leave unsaid.
 *
 * @packageDocumentation
 */

import { it, type TestContext } from "vitest";
import { checkDeclared, checkOptions } from "./door.js";
import { createNotes, printVerdict, type Suite, type SuiteOptions } from "./index.js";
import { runProperties, warningsOf } from "./suite.js";

/** The last test of a suite: skipped with the warnings, where there are any. */
export const DECLARES_ALL = "declares all that it keeps, and nothing that it never shows";

/**
 * Declares a test for each property of the suite, or of `options.properties`; call it inside a
 * `describe`. A failing test shows the counterexample with all that replays it. A last test is
 * skipped with the warnings of the report as reason, if there are any: what they say is not wrong.
 * Throws `UsageError` at once for options that are none, and for a maker that lacks something.
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
  const notes = createNotes();
  const names = suite.properties
    .map(({ name }) => name)
    .filter((name) => properties?.includes(name) ?? true);
  const waiting = new Set(names);
  for (const name of names) {
    it(
      name,
      ({ skip }) => {
        const [verdict] = runProperties(suite, maker, { ...rest, properties: [name] }, notes);
        waiting.delete(name);
        if (verdict?.outcome === "not run") skip(verdict.why);
        if (verdict?.outcome === "fails") throw new Error(printVerdict(verdict));
      },
      timeoutMilliseconds,
    );
  }
  it(DECLARES_ALL, async (context) => {
    if (waiting.size > 0) context.skip("it looks at what the other tests saw: run them before");
    const warnings = warningsOf(suite, maker, notes);
    for (const warning of warnings) await annotate(context, warning);
    if (warnings.length > 0) context.skip(warnings.map((each) => `warning: ${each}`).join("; "));
  });
}

/** Reporters show annotations; vitest has them since 3.2. */
async function annotate(context: TestContext, warning: string): Promise<void> {
  await (context as Partial<TestContext>).annotate?.(warning, "warning");
}
