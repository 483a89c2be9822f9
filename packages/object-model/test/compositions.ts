// The memory managers that the structures are tried on: every strategy, fast and checked, and
// checked with a collection at every safepoint.

import type { Collector, Mutator, Strategy, TypeTable } from "@ouro/interfaces";
import { nullStrategy } from "@ouro/null";
import { checkedMode, type HandleSet } from "../src/index.js";
import { makeManager } from "./manager.js";

export interface Composition {
  readonly mutator: Mutator;
  readonly types: TypeTable;
  readonly collector: Collector;
  readonly handles: HandleSet;
  validate(): void;
}

const strategies: readonly (() => Strategy)[] = [nullStrategy];

export const compositions = strategies.flatMap((strategy) => {
  const { name } = strategy();
  const fast = (): Composition => makeManager({ strategy: strategy() });
  return [
    { name: `${name}, fast`, make: fast },
    {
      name: `${name}, checked`,
      make: (): Composition => checkedMode(makeManager({ strategy: strategy() })),
    },
    {
      name: `${name}, checked, collecting at every safepoint`,
      make: (): Composition =>
        checkedMode(makeManager({ strategy: strategy() }), { collectEvery: 1 }),
    },
  ];
});
