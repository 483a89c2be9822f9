// Counterexamples name each object by the shortest path to it.

import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { withShorterPaths } from "../src/shorter-paths.js";

const at = (slot: number, ...fields: number[]): kit.Path => ({ slot, fields });
const step = (each: kit.Step): kit.Command => ({ do: "step", step: each });
const allocate = (into: number) => step({ call: "allocate", type: 0, length: 0, into });

/** A ring of two in slots 0 and 1, then the call. */
function scriptOf(call: kit.Step): string {
  const ring = [
    allocate(0),
    allocate(1),
    step({ call: "set", object: at(0), field: 0, value: at(1) }),
    step({ call: "set", object: at(1), field: 0, value: at(0) }),
  ];
  const commands = withShorterPaths([...ring, step(call)]);
  return kit.printProgram({ commands, collectEvery: 0 }).split("\n").at(-1) as string;
}

describe("A path is made the shortest one to its object", () => {
  it("from the same slot, where a ring comes back to it", () => {
    const call = { call: "set", object: at(0, 0, 0), field: 1, value: at(0, 0, 0, 0, 0) } as const;
    expect(scriptOf(call)).toBe("m.set(m.root(f0), 1, m.root(f0));");
  });

  it("from another slot that holds the object", () => {
    const call = { call: "setRoot", slot: 3, value: at(0, 0) } as const;
    expect(scriptOf(call)).toBe("m.setRoot(f0 + 3, m.root(f0 + 1));");
  });

  it("and stays as it is where none is shorter", () => {
    const call = { call: "take", into: 2, object: at(1), field: 0 } as const;
    expect(scriptOf(call)).toBe("m.take(f0 + 2, m.root(f0 + 1), 0);");
  });

  it("in a counterexample of a suite", () => {
    const property = kit.memoryManagerSuite.properties.find(({ name }) => name === kit.CONTENTS);
    const program: kit.Program = {
      commands: [
        allocate(0),
        step({ call: "set", object: at(0), field: 0, value: at(0) }),
        step({ call: "set", object: at(0, 0, 0, 0), field: 1, value: at(0) }),
      ],
      collectEvery: 0,
    };
    // Fails as long as the object holds itself twice.
    const fails = (candidate: unknown): boolean =>
      kit.scriptOf(candidate as kit.Program).filter(({ call }) => call === "set").length === 2;
    const tight = property?.tightened?.(program, fails) as kit.Program;
    expect(kit.printProgram(tight)).toContain("m.set(m.root(f0), 1, m.root(f0));");
  });
});
