// The declarations of makers other than strategies', each with one that says too much and one that
// says too little, and how its suite tells. The rows of strategies are in trait-rows.ts.

import { createPrivateHeap } from "@ouro/heap";
import type { AllocatorMaker, DetectorMaker, HeapMaker, Report } from "../../src/index.js";
import * as kit from "../../src/index.js";
import { bump, large, pools, subtract } from "../plain-makers.js";
import { toyDetectors } from "../toy-detector.js";
import type { TraitRow } from "./trait-rows.js";

/** A row of a suite: it runs itself. */
export interface SuiteTraitRow extends Pick<TraitRow, "is" | "declared" | "truth" | "found"> {
  readonly suite: "allocator" | "detector" | "heap";
  readonly trait: string;
  report(): Report;
}

const of = (...properties: string[]) => ({ properties, programCount: 60, shrinks: false });
/** Of soundness, which is asked of every detector, the notes are taken. */
const DETECTOR = of(kit.FINDS_GARBAGE_ONLY, kit.FINDS_ALL);

/** `plant` changes what is made, `declared` what is said of it. */
function detectors(
  declared: Partial<DetectorMaker>,
  plant: (made: ReturnType<DetectorMaker["make"]>) => ReturnType<DetectorMaker["make"]> = (made) =>
    made,
): () => Report {
  const toy = toyDetectors();
  const maker: DetectorMaker = {
    ...{ ...toy, ...declared },
    make: (options) => plant(toy.make(options)),
  };
  return () => kit.detectorConformance(maker, DETECTOR);
}

/** Every third question has no answer: nothing is found, and the list stays as it was. */
function lazy(): (made: ReturnType<DetectorMaker["make"]>) => ReturnType<DetectorMaker["make"]> {
  let count = 0;
  return (made) => {
    const { detector } = made;
    if (++count % 3 !== 0) return made;
    const find: typeof detector.find = ({ start, end }) => ({ reachedCount: end - start, end });
    return { ...made, detector: { ...detector, find } };
  };
}

const heaps = (isReturning: boolean, declared: Partial<HeapMaker>) => () =>
  kit.heapConformance(
    {
      ...{ name: "small", returnsMemory: isReturning, ...declared },
      make: (options) =>
        createPrivateHeap({
          ...{ ...options, reservationBytes: 9 * 2 ** 20 },
          backing: isReturning ? "resizable" : "fixed",
        }),
    },
    of(kit.BOOKS),
  );

/** Each of their programs frees hundreds of blocks. */
const FEW = { programCount: 25 };

function allocatorsOf(maker: AllocatorMaker, declared: Partial<AllocatorMaker>, looked: string) {
  return () => kit.allocatorConformance({ ...maker, ...declared }, { ...of(looked), ...FEW });
}

const refuted = (refutedBy: string) => ({ refutedBy });
const warned = (warning: string) => ({ warning });

export const suiteTraitRows: readonly SuiteTraitRow[] = [
  {
    suite: "allocator",
    trait: "keptArenaCount",
    is: "false",
    declared: "0",
    truth: "one stays lent",
    found: refuted(kit.RELEASE),
    report: allocatorsOf(pools, { keptArenaCount: 0 }, kit.RELEASE),
  },
  {
    suite: "allocator",
    trait: "keptArenaCount",
    is: "unseen",
    declared: "1",
    truth: "none stays lent",
    found: warned("no arena was ever kept"),
    report: allocatorsOf(large, { keptArenaCount: 1 }, kit.RELEASE),
  },
  {
    suite: "allocator",
    trait: "reusesFreed",
    is: "false",
    declared: "yes",
    truth: "what is freed fits no more",
    found: refuted(kit.ALLOCATOR_MEMORY),
    report: allocatorsOf(bump, { reusesFreed: true }, kit.ALLOCATOR_MEMORY),
  },
  {
    suite: "allocator",
    trait: "reusesFreed",
    is: "unsaid",
    declared: "no",
    truth: "what is freed fits again",
    found: warned("reusesFreed is declared false"),
    report: allocatorsOf(large, { reusesFreed: false }, kit.ALLOCATOR_MEMORY),
  },
  {
    suite: "allocator",
    trait: "forgetsFreed",
    is: "false",
    declared: "no",
    truth: "a freed block is told as none",
    found: refuted(kit.REFUSALS),
    report: allocatorsOf(bump, { forgetsFreed: false }, kit.REFUSALS),
  },
  {
    suite: "allocator",
    trait: "forgetsFreed",
    is: "unseen",
    declared: "yes",
    truth: "every second free is told",
    found: warned("forgetsFreed is declared"),
    report: allocatorsOf(large, { forgetsFreed: true }, kit.REFUSALS),
  },
  {
    suite: "allocator",
    trait: "overrunKind",
    is: "false",
    declared: "block-overrun",
    truth: "it cannot tell",
    found: refuted(kit.OVERRUN),
    report: allocatorsOf(pools, { overrunKind: "block-overrun" }, kit.OVERRUN),
  },
  {
    suite: "allocator",
    trait: "overrunKind",
    is: "unsaid",
    declared: "none",
    truth: "heap-corruption",
    found: warned('overrunKind could be "heap-corruption"'),
    report: () => {
      const { overrunKind: _, ...maker } = large;
      return kit.allocatorConformance(maker, { ...of(kit.OVERRUN), ...FEW });
    },
  },
  {
    suite: "detector",
    trait: "complete",
    is: "false",
    declared: "yes",
    truth: "some garbage stays in the list",
    found: refuted(kit.FINDS_ALL),
    report: detectors({}, lazy()),
  },
  {
    suite: "detector",
    trait: "complete",
    is: "unsaid",
    declared: "no",
    truth: "all garbage is found",
    found: warned("complete is not declared"),
    report: detectors({ complete: false }),
  },
  {
    suite: "detector",
    trait: "observed",
    is: "unsaid",
    declared: "left out",
    truth: "an observer is told",
    found: warned("observed is not declared"),
    report: detectors({ observed: false }),
  },
  {
    suite: "detector",
    trait: "observed",
    is: "unseen",
    declared: "yes",
    truth: "no observer is told",
    found: warned("observed is declared, and no observer was told"),
    report: () => {
      const toy = toyDetectors();
      return kit.detectorConformance({ ...toy, make: () => toy.make() }, DETECTOR);
    },
  },
  {
    suite: "detector",
    trait: "order",
    is: "false",
    declared: "cpython",
    truth: "another one",
    found: refuted(kit.CPYTHON_ORDER),
    report: () =>
      kit.detectorConformance({ ...toyDetectors(), order: "cpython" }, of(kit.CPYTHON_ORDER)),
  },
  {
    suite: "detector",
    trait: "order",
    is: "unsaid",
    declared: "any",
    truth: "cpython",
    found: warned('order is declared "any"'),
    report: () => kit.detectorConformance({ ...subtract, order: "any" }, DETECTOR),
  },
  {
    suite: "heap",
    trait: "returnsMemory",
    is: "false",
    declared: "yes",
    truth: "memory stays",
    found: refuted(kit.BOOKS),
    report: heaps(false, { returnsMemory: true }),
  },
  {
    suite: "heap",
    trait: "returnsMemory",
    is: "false",
    declared: "no",
    truth: "memory goes back",
    found: refuted(kit.BOOKS),
    report: heaps(true, { returnsMemory: false }),
  },
  {
    suite: "heap",
    trait: "windowStartBytes",
    is: "false",
    declared: "an arena",
    truth: "nothing lies before the heap",
    found: refuted(kit.BOOKS),
    report: heaps(false, { windowStartBytes: 2 ** 20 }),
  },
];
