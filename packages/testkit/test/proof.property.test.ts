import { nullStrategy } from "@ouro/null";
import { describe } from "vitest";
import { memoryManagerSuite } from "../src/index.js";
import { testSuite } from "../src/vitest.js";
import { subjectsOf } from "./subjects.js";
import { TOY_KINDS, toyStrategy } from "./toy-strategies.js";

const strategies = [nullStrategy(), ...TOY_KINDS.map((kind) => toyStrategy(kind))];

describe.each(strategies)("A strategy that is right, $name,", (strategy) => {
  const maker = { name: strategy.name, make: subjectsOf(strategy) };
  testSuite(memoryManagerSuite, maker, { programCount: 3 });
});
