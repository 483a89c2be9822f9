// fast-check's properties, and suites of the testkit, as properties that faults are held against.
// This module is loaded over edited sources: it imports no product code as a value.

import type { Report, SuiteOptions } from "@ouro/testkit";
import fc from "fast-check";
import type { Asked, FaultProperty, Outcome } from "./planted-fault.ts";

/** Made anew for each question: a property may keep state. */
export type PropertyFactory = () => fc.IProperty<never> | fc.IProperty<unknown>;

export function checkedProperty(
  about: Pick<FaultProperty, "name" | "programLimit"> & { readonly on?: string },
  property: PropertyFactory,
): FaultProperty {
  return { ...about, ask: (asked) => askProperty(property() as fc.IProperty<unknown>, asked) };
}

function askProperty(
  property: fc.IProperty<unknown>,
  { seed, programCount, shrinks }: Asked,
): Outcome {
  const details = fc.check(property, { seed, numRuns: programCount, endOnFailure: !shrinks });
  const { failed: isKilled, numRuns, errorInstance, counterexample } = details;
  if (!isKilled) return { isKilled, programCount: numRuns };
  const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return { isKilled, programCount: numRuns, reason, input: fc.stringify(counterexample) };
}

/** One case with an exact outcome: it throws when it comes out otherwise. */
export function exactCase(name: string, play: () => void, on?: string): FaultProperty {
  return {
    ...{ name, programLimit: 1, ...(on === undefined ? {} : { on }) },
    ask() {
      try {
        play();
        return { isKilled: false, programCount: 1 };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { isKilled: true, programCount: 1, reason, input: `the case "${name}"` };
      }
    },
  };
}

/** Makes one subject, however often it is asked: for what only looks at what is promised. */
export function madeOnce<Maker extends { readonly make: (...parts: never[]) => unknown }>(
  maker: Maker,
): Maker {
  let made: unknown;
  const make = (...parts: never[]): unknown => (made ??= maker.make(...parts));
  return { ...maker, make };
}

/** A property of a suite: `run` is the suite with a maker. */
export function suiteProperty(
  about: Pick<FaultProperty, "name" | "programLimit"> & { readonly on?: string },
  run: (options: SuiteOptions) => Report,
): FaultProperty {
  return {
    ...about,
    ask({ seed, programCount, shrinks }) {
      const report = run({ properties: [about.name], seed, programCount, shrinks });
      const found = report.verdicts.find(({ outcome }) => outcome === "fails")?.counterexample;
      const isKilled = report.failCount > 0;
      if (!isKilled) return { isKilled, programCount: report.programCount };
      const { reason, script: input } = found ?? {};
      return { isKilled, programCount: report.programCount, reason, input };
    },
  };
}
