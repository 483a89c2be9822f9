// What the faults of the command are held against. Commands are loaded when they are called: here
// all of them are, so that a fault in any of them is met.

import "../../src/arguments.js";
import "../../src/compare-command.js";
import "../../src/compared-input.js";
import "../../src/cycles-command.js";
import "../../src/diff-command.js";
import "../../src/explain-command.js";
import "../../src/heap-command.js";
import "../../src/leaks-command.js";
import "../../src/replay-command.js";
import "../../src/why-command.js";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import { commandProperties } from "../properties/command-properties.js";

export const properties: readonly FaultProperty[] = commandProperties.map(({ name, play }) => ({
  name,
  programLimit: 1,
  async ask({ seed }) {
    try {
      await play(seed);
      return { isKilled: false, programCount: 1 };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { isKilled: true, programCount: 1, reason };
    }
  },
}));
