// What holds of the fast preset, each under its name: the exact preset says what a program sees.

import type { Strategy } from "@ouro/interfaces";
import { cpythonStrategy } from "@ouro/memory-manager";
import fc from "fast-check";
import { flawOfFullQueue } from "./full-queue.js";
import { playTwin, twinPrograms } from "./twin-programs.js";

export const TWIN = "a program sees what it sees under the exact preset";
export const QUEUE = "more objects than the queue holds are reached";

export function twinProperty(name: string, strategy: () => Strategy) {
  if (name === QUEUE) {
    return fc.property(fc.constant(0), () => {
      const flaw = flawOfFullQueue(strategy);
      if (flaw !== undefined) throw new Error(flaw);
    });
  }
  return fc.property(twinPrograms, (program) => {
    const seen = playTwin(program, strategy());
    const expected = playTwin(program, cpythonStrategy());
    const step = seen.findIndex((line, index) => line !== expected[index]);
    if (step >= 0) throw new Error(`${seen[step]}\nand should be\n${expected[step]}`);
  });
}
