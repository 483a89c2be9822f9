// The sentences about the command that its planted faults are held against, on the command as it
// is: see faults/planted-faults.ts.

import { it } from "vitest";
import { commandProperties } from "./properties/command-properties.js";

it.each(commandProperties)("$name", ({ play }) => play(1));
