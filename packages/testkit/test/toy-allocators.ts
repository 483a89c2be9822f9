// Allocators with one fault each, planted from outside, for every property of the suite: what
// scripts and drawings of their counterexamples are looked at with.

import { createPrivateHeap } from "@ouro/heap";
import { type Allocator, type Block, isOuroError, type PrivateHeap } from "@ouro/interfaces";
import * as kit from "../src/index.js";
import { large, pools } from "./plain-makers.js";

/** The calls that are other ones. */
type Change = (allocator: Allocator, heap: PrivateHeap) => object;

export interface ToyAllocator {
  readonly fault: string;
  readonly killedBy: string;
  /** What it is without the fault. */
  readonly right: kit.AllocatorMaker;
  readonly wrong: kit.AllocatorMaker;
  /** That shows it, where looking for one takes long. */
  readonly program?: unknown;
}

/** Small heaps are made quickly, and made for each program. */
const RESERVATION_BYTES = 2 ** 23;

function toy(
  fault: string,
  killedBy: string,
  { make, ...rest }: typeof pools,
  change: Change,
): ToyAllocator {
  const newSubject = () =>
    make(createPrivateHeap({ reservationBytes: RESERVATION_BYTES, regionBytes: 2 ** 17 }));
  const right: kit.AllocatorMaker = { ...rest, make: newSubject };
  const wrong: kit.AllocatorMaker = {
    ...right,
    name: fault,
    make() {
      const { heap, allocator } = newSubject();
      return { heap, allocator: { ...allocator, ...change(allocator, heap) } };
    },
  };
  return { fault, killedBy, right, wrong };
}

/** Told of each block that is given. */
function giving(allocator: Allocator, onGiven: (block: Block) => void): Partial<Allocator> {
  const told = (call: (requestBytes: number) => Block) => (requestBytes: number) => {
    const block = call(requestBytes);
    if (block !== 0) onGiven(block);
    return block;
  };
  return {
    allocate: told(allocator.allocate),
    tryAllocate: told(allocator.tryAllocate),
    allocateZeroed: told(allocator.allocateZeroed),
  };
}

const givesTwice: Change = ({ tryAllocate }) => {
  const given: Block[] = [];
  return {
    tryAllocate(requestBytes: number) {
      const block = given.length === 2 ? (given[1] as Block) : tryAllocate(requestBytes);
      given.push(block);
      return block;
    },
  };
};

const writesIntoNeighbours: Change = (allocator, { words }) => {
  let youngest = 0;
  return {
    ...giving(allocator, (block) => {
      youngest = block;
    }),
    free(block: Block) {
      allocator.free(block);
      if (youngest !== block && allocator.owns(youngest)) words[youngest + 1] = 7;
    },
  };
};

const forgetsToCopy: Change = ({ allocate, free, usableSizeBytes }) => ({
  reallocate(block: Block, requestBytes: number) {
    usableSizeBytes(block);
    const moved = allocate(requestBytes);
    free(block);
    return moved;
  },
});

const takesSecondFree: Change = ({ free }) => ({
  free(block: Block) {
    try {
      free(block);
    } catch (error) {
      if (!isOuroError(error, "double-free")) throw error;
    }
  },
});

/** What was freed twice is given twice. */
const givesAgainWhatWasFreedTwice: Change = (allocator) => {
  const { free, tryAllocate } = allocator;
  const dead = new Set<number>();
  let twice = 0 as Block;
  return {
    free(block: Block) {
      if (dead.has(block)) twice = block;
      free(block);
      dead.add(block);
    },
    tryAllocate(requestBytes: number) {
      const block = tryAllocate(requestBytes);
      if (twice === 0 || !allocator.owns(twice)) {
        dead.delete(block);
        return block;
      }
      return twice;
    },
  };
};

const takesBrokenHeaders: Change = ({ free }) => ({
  free(block: Block) {
    try {
      free(block);
    } catch (error) {
      if (!isOuroError(error, "heap-corruption")) throw error;
    }
  },
});

const breaksHeaders: Change = (allocator, { words }) => {
  let count = 0;
  return giving(allocator, (block) => {
    if (++count === 3) words[block - 1] = 99;
  });
};

const writesWhenItRefuses: Change = ({ allocate }, { words, arenaTable }) => ({
  allocate(requestBytes: number) {
    try {
      return allocate(requestBytes);
    } catch (error) {
      words[arenaTable + 2] = 7;
      throw error;
    }
  },
});

type Sweepable = Allocator & { beginSweep(marks: number): { liveCount: number } };

const countsOneMore: Change = (allocator) => ({
  beginSweep(marks: number) {
    const census = (allocator as Sweepable).beginSweep(marks);
    return { ...census, liveCount: census.liveCount + 1 };
  },
});

/** The block that was given last. */
const writesWhenItSweeps: Change = (allocator, { words }) => {
  let youngest = 0;
  return {
    ...giving(allocator, (block) => {
      youngest = block;
    }),
    beginSweep(marks: number) {
      const census = (allocator as Sweepable).beginSweep(marks);
      if (allocator.owns(youngest)) words[youngest] = 7;
      return census;
    },
  };
};

const breaksWhenItSweeps: Change = (allocator) => {
  let hasSwept = false;
  return {
    beginSweep(marks: number) {
      hasSwept = allocator.statistics().liveBlockCount > 0;
      return (allocator as Sweepable).beginSweep(marks);
    },
    validate() {
      if (hasSwept) throw new Error("a pool is broken");
      allocator.validate();
    },
  };
};

/** An arena for itself, for good. */
const hoards = ({ reserveArenas, registerBorrower }: PrivateHeap): void => {
  reserveArenas(registerBorrower("hoard"), 1);
};

const hoardsWhenItFrees: Change = ({ free }, heap) => ({
  free(block: Block) {
    free(block);
    hoards(heap);
  },
});

const hoardsWhenItSweeps: Change = (allocator, heap) => ({
  beginSweep(marks: number) {
    hoards(heap);
    return (allocator as Sweepable).beginSweep(marks);
  },
});

export const toyAllocators: readonly ToyAllocator[] = [
  toy("gives the third block twice", kit.PLACEMENT, large, givesTwice),
  toy("writes into the youngest block", kit.BLOCK_CONTENTS, pools, writesIntoNeighbours),
  toy("forgets to copy", kit.REALLOCATION, pools, forgetsToCopy),
  toy("forgets the zeros", kit.ZEROING, pools, ({ allocate }) => ({ allocateZeroed: allocate })),
  toy("counts one more", kit.ACCOUNTING, pools, ({ statistics }) => ({
    statistics() {
      const found = statistics();
      return { ...found, liveBlockCount: found.liveBlockCount * 2 };
    },
  })),
  toy("walks past the first", kit.WALK, pools, ({ walk }) => ({
    walk(visit: (block: Block, usableBytes: number) => void) {
      let count = 0;
      walk((block, usableBytes) => {
        if (count++ > 0) visit(block, usableBytes);
      });
    },
  })),
  toy("takes a second free", kit.REFUSALS, pools, takesSecondFree),
  {
    ...toy("gives again what was freed twice", kit.ALIASING, pools, givesAgainWhatWasFreedTwice),
    program: [
      { do: "allocate", requestBytes: 16 },
      { do: "free", pick: 0 },
      { do: "misuse", pick: 0, offset: 8 },
      { do: "allocate", requestBytes: 16 },
      { do: "allocate", requestBytes: 16 },
    ],
  },
  toy("takes broken headers", kit.OVERRUN, large, takesBrokenHeaders),
  toy("breaks a header", kit.ALLOCATOR_SOUND, large, breaksHeaders),
  toy("writes when it refuses", kit.ALLOCATOR_MEMORY, pools, writesWhenItRefuses),
  toy("hoards when it frees", kit.RELEASE, large, hoardsWhenItFrees),
  toy("counts one more when it sweeps", kit.SWEEP_EXACT, pools, countsOneMore),
  {
    ...toy("writes when it sweeps", kit.SWEEP_KEEPS, pools, writesWhenItSweeps),
    program: [
      { do: "allocate", count: 3, requestBytes: 16 },
      { do: "sweep", keptPercent: 100, salt: 0 },
    ],
  },
  toy("breaks when it sweeps", kit.SWEEP_SOUND, pools, breaksWhenItSweeps),
  toy("hoards when it sweeps", kit.SWEEP_RELEASE, large, hoardsWhenItSweeps),
];
