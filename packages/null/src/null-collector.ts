// The null collector places objects and never reclaims one. A program that ends before its memory
// does needs nothing else; and what the same program costs here is what it costs without any
// collector, the figure that the others are compared with (JEP 318 calls it Epsilon).
//
//   allocate → block of the allocator → header, zeros        collect → nothing examined

import {
  type Block,
  type Collection,
  type Collector,
  checkInteger,
  checkOptions,
  type Reference,
  type Strategy,
  type StrategyParts,
  type Traits,
  TYPE_WORD_OFFSET,
  type TypeId,
} from "@ouro/interfaces";

const name = "null";

/** From so many words on, `fill` is faster than a loop. */
const BULK_WORDS = 64;

const traits: Traits = {
  moves: false,
  collectsAt: [],
  counts: false,
  cycles: "never",
  death: "collection",
  exact: false,
  slices: false,
  programCode: "at safepoints",
  finalizationOrder: "weak references first",
  resurrection: false,
  hooks: [],
  headerBits: [],
  sideBytesPerGranule: 0,
};

const NOTHING: Collection = Object.freeze({
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
});

/** Never reclaims. There are no options: `UsageError` for any. */
export function nullStrategy(options: Record<string, never> = {}): Strategy {
  checkOptions("nullStrategy", options, "|");
  return { name, traits, create: createNullCollector };
}

function createNullCollector(parts: StrategyParts): Collector {
  const { heap, allocator } = parts;
  const words = heap.words;
  const { tryAllocate: tryAllocateBlock } = allocator;
  const sizeLimitWords = Math.floor(allocator.requestLimitBytes / 4);

  function tryAllocate(type: TypeId, sizeWords: number): Reference | 0 {
    if (sizeWords > sizeLimitWords) return 0;
    const block = tryAllocateBlock(sizeWords * 4);
    if (block === 0) return 0;
    clear(block, block + sizeWords);
    words[block + TYPE_WORD_OFFSET] = type;
    return block as number as Reference;
  }

  function clear(start: number, end: number): void {
    if (end - start >= BULK_WORDS) words.fill(0, start, end);
    else for (let word = start; word < end; word++) words[word] = 0;
  }

  return {
    name,
    traits,
    oldestGeneration: 0,
    allocate: tryAllocate,
    tryAllocate,
    collect(generation) {
      checkInteger(`${name}.collect`, "generation", generation, 0, 0);
      return NOTHING;
    },
    poll() {},
    isObject: (word) => allocator.owns(word),
    walk: (visit) => allocator.walk((block: Block) => visit(block as number as Reference)),
    withdraw: (object) => allocator.free(object as number as Block),
    restored() {},
    ...(allocator.trim === undefined ? {} : { trim: () => allocator.trim?.() }),
    statistics() {
      const { liveBlockCount, usedBytes } = allocator.statistics();
      return {
        liveCount: liveBlockCount,
        liveBytes: usedBytes,
        collectionCount: 0,
        reclaimedCount: 0,
      };
    },
    validate: () => allocator.validate(),
  };
}
