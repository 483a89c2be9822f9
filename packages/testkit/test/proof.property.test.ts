import { nullStrategy } from "@ouro/null";
import { describe, expect, it } from "vitest";
import { PROPERTY_NAMES, printVerdicts, prove } from "../src/index.js";
import { subjectsOf } from "./subjects.js";
import { TOY_KINDS, toyStrategy } from "./toy-strategies.js";

const strategies = [nullStrategy(), ...TOY_KINDS.map((kind) => toyStrategy(kind))];

describe.each(strategies)("A strategy that is right, $name,", (strategy) => {
  it.each(PROPERTY_NAMES)("passes: %s", (property) => {
    const verdicts = prove(subjectsOf(strategy), { properties: [property], runCount: 8 });
    expect(printVerdicts(verdicts)).toMatch(/^(holds|not promised): /);
  });
});
