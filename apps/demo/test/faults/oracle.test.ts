// The oracle of a comparison can say no: a manager that loses what roots reach, keeps what they do
// not, or holds something else in a slot is noticed.

import { slotAt } from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import type { MutatorProgram } from "@ouro/trace";
import { describe, expect, it } from "vitest";
import type { CourseHost, MakeCompared } from "../../src/course.js";
import { createHeapCourse } from "../../src/heap-course.js";
import { plainProgram } from "../../src/plain-program.js";
import { createProgramCourse } from "../../src/program-course.js";
import { createRandom, randomImage } from "../random-image.js";

const host: CourseHost = { isLooking: true, bornBytes: () => 16, endOperation() {} };
const make: MakeCompared = (needs) => createMemoryManager("mark-sweep", needs);

/** Two nodes in roots 0 and 1, the second in slot 0 of the first. */
const operations = [
  { op: "new", id: 0, kind: "node", slotCount: 2, root: 0 },
  { op: "new", id: 1, kind: "node", slotCount: 1, root: 1 },
  { op: "set", object: 0, slot: 0, value: 1 },
] as const;
const program = {
  name: "pair",
  profile: "",
  features: [],
  steps: operations.map((operation) => ({ operation, observed: {} })),
} as unknown as MutatorProgram;

function run() {
  const course = createProgramCourse(program, plainProgram(program), make, host, false);
  for (let step = 0; step < course.stepCount; step++) course.step(step);
  return course;
}

describe("the oracle of programs", () => {
  it("agrees with a manager that does its work", () => {
    const course = run();
    course.manager.mutator.collect();
    expect(course.check()).toBeUndefined();
    expect(course.reachable()).toEqual({ count: 2, bytes: 32 });
  });

  it("notices an object that was lost", () => {
    const course = run();
    const { mutator, roots } = course.manager;
    mutator.setRoot(roots.framesStart as never, 0);
    expect(course.check()).toMatch(/^root 0 should hold 0/);
  });

  it("notices a slot that holds something else", () => {
    const course = run();
    const { mutator, roots } = course.manager;
    const first = mutator.root(roots.framesStart as never);
    mutator.set(first as never, 0, 0);
    expect(course.check()).toMatch(/^object 0, slot 0, should hold 1, not -1/);
    mutator.set(first as never, 1, mutator.root(slotAt(roots.framesStart as never, 1)));
    expect(course.check()).toBeDefined();
  });
});

describe("the oracle of heaps", () => {
  it("notices that something died which a root reaches", () => {
    const image = randomImage(createRandom(5), { nodeCount: 4, slotCount: 1, ring: true });
    const course = createHeapCourse(image, [{ collect: 2 }], make, host);
    course.step(0);
    expect(course.check()).toBeUndefined();
    const { mutator, roots } = course.manager;
    mutator.setRoot(roots.framesStart as never, 0);
    mutator.collect();
    expect(course.check()).toMatch(/died, and a root reaches it/);
  });
});
