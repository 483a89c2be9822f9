// The null strategy with two additions for tests: objects die on command, as they do under prompt
// death when a store drops the last reference, and `poll` and `collect` run a piece of program
// code.

import type { Collector, Strategy, StrategyParts } from "@ouro/interfaces";
import { nullStrategy } from "@ouro/null";

export interface Killable {
  readonly strategy: Strategy;
  /** The object at this word index is gone from now on. */
  kill(word: number): void;
  /** What `poll` and `collect` run. */
  programCode: () => void;
  collectCount: number;
}

export function killableStrategy(): Killable {
  const dead = new Set<number>();
  const behind = nullStrategy();
  const killable: Killable = {
    strategy: { ...behind, create },
    kill: (word) => dead.add(word),
    programCode: () => {},
    collectCount: 0,
  };

  function create(parts: StrategyParts): Collector {
    const collector = behind.create(parts);
    return {
      ...collector,
      isObject: (word) => collector.isObject(word) && !dead.has(word),
      poll: () => killable.programCode(),
      collect(generation) {
        killable.collectCount++;
        killable.programCode();
        return collector.collect(generation);
      },
    };
  }
  return killable;
}
