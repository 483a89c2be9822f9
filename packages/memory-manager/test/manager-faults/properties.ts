// What the faults of whole memory managers are held against: the suite on presets, and the fast
// preset beside the exact one.

import { createBumpAllocator } from "@ouro/allocator";
import { isOuroError, type Reference, type Strategy, slotAt, type Value } from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import { refcountStrategy } from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";
import { ACTING_OBSERVER, ACYCLIC, memoryManagerSuite, PLACES, runSuite } from "@ouro/testkit";
import fc from "fast-check";
import {
  checkedProperty,
  exactCase,
  madeOnce,
  suiteProperty,
} from "../../../../scripts/faults/check-property.js";
import { composeMemoryManager, cpythonFastStrategy, cpythonStrategy } from "../../src/index.js";
import { CHANGED_TUPLES, collectsChangedTuples } from "../changed-tuples.js";
import { DEATH_ERRORS, reportsDeathErrors } from "../death-observers.js";
import { flawOfFullQueue } from "../full-queue.js";
import { LISTENING, listsForListeners } from "../listening.js";
import { presets, subjectsOf } from "../presets.js";
import { hasRoom, ROOMY, saysWhatIsTooSmall } from "../room-cases.js";
import {
  collectsNoSooner,
  emptiesFreeLists,
  givesEverythingBack,
  goesOnWithoutWhatItGave,
  keepsNoMore,
  keepsWhatLives,
  sweepsFirst,
} from "../trim-cases.js";
import { playTwin, twinPrograms } from "../twin-programs.js";
import { ALLOCATOR, FULL_QUEUE, LATE, TRIM, TWIN, WATCHED } from "./planted-faults.js";

const RUN_LIMIT = 60;
/** What an observer does meets a collection that can show it in one of some hundred programs. */
const ACTING_RUN_LIMIT = 400;
/** An array of bytes is a word too short for what lies behind it in one of fifteen programs. */
const PLACES_RUN_LIMIT = 200;
/** A copy that goes down ends several objects in one program of thirty. */
const ACYCLIC_RUN_LIMIT = 300;
const TWIN_RUN_LIMIT = 1000;
const ON = [
  "cpython-3.13-fast, low thresholds",
  "cpython-3.13, low thresholds",
  "refcount-whole-heap",
  "refcount-only",
  "mark-sweep",
  "semispace",
];

const runLimitOf = (name: string): number => {
  if (name === ACTING_OBSERVER) return ACTING_RUN_LIMIT;
  if (name === ACYCLIC) return ACYCLIC_RUN_LIMIT;
  return name === PLACES ? PLACES_RUN_LIMIT : RUN_LIMIT;
};

const ofTheSuite = ON.flatMap((on) => {
  const strategy = presets.get(on);
  if (strategy === undefined) throw new Error(`no preset is named "${on}"`);
  const maker = { name: on, make: subjectsOf(strategy) };
  const looked = madeOnce(maker);
  return memoryManagerSuite.properties
    .filter((property) => property.whyNot(looked) === undefined)
    .map(({ name }) =>
      suiteProperty({ name, on, programLimit: runLimitOf(name) }, (options) =>
        runSuite(memoryManagerSuite, maker, options),
      ),
    );
});

const FAST = ON[0] as string;

const twin = checkedProperty({ name: TWIN, on: FAST, programLimit: TWIN_RUN_LIMIT }, () =>
  fc.property(twinPrograms, (program) => {
    const seen = playTwin(program, cpythonFastStrategy());
    const expected = playTwin(program, cpythonStrategy());
    const at = seen.findIndex((line, index) => line !== expected[index]);
    if (at >= 0 || seen.length !== expected.length) {
      throw new Error(`step ${at}: "${seen[at]}", and not "${expected[at]}"`);
    }
  }),
);

const fullQueue = exactCase(
  FULL_QUEUE,
  () => {
    const flaw = flawOfFullQueue(cpythonFastStrategy);
    if (flaw !== undefined) throw new Error(String(flaw));
  },
  FAST,
);

/** Two objects that hold each other, of a type without finalizer, and one weak reference. */
const watched = exactCase(
  WATCHED,
  () => {
    const manager = composeMemoryManager({
      strategy: cpythonFastStrategy(),
      reservationBytes: 2 ** 24,
    });
    const { mutator } = manager;
    const node = manager.defineType({ name: "node", visitedSlotCount: 2, weaklyReferable: true });
    const frame = mutator.enter(3);
    const [second, weak] = [slotAt(frame, 1), slotAt(frame, 2)];
    mutator.allocate(node, frame);
    mutator.allocate(node, second);
    manager.weakReferences?.create(weak, frame);
    mutator.set(mutator.root(frame) as Reference, 0, mutator.root(second));
    mutator.give(mutator.root(second) as Reference, 0, frame);
    mutator.setRoot(second, 0 as Value);
    mutator.collect();
    const target = manager.finalization?.targetOf(mutator.root(weak) as Reference);
    if (target !== 0) throw new Error(`the weak reference refers to ${target}`);
    manager.validate();
  },
  FAST,
);

/** A finalizer makes the first weak reference to what it dies with. */
const late = exactCase(
  LATE,
  () => {
    const manager = composeMemoryManager({
      strategy: cpythonFastStrategy(),
      reservationBytes: 2 ** 24,
    });
    const { mutator } = manager;
    const node = manager.defineType({ name: "node", visitedSlotCount: 2, weaklyReferable: true });
    const closing = manager.defineType({ name: "closing", visitedSlotCount: 2, finalizer: true });
    const frame = mutator.enter(3);
    const [second, weak] = [slotAt(frame, 1), slotAt(frame, 2)];
    manager.finalization?.setFinalizer(closing, (slot) => {
      mutator.setRoot(second, mutator.get(mutator.root(slot) as Reference, 0));
      manager.weakReferences?.create(weak, second);
      mutator.setRoot(second, 0 as Value);
    });
    mutator.allocate(closing, frame);
    mutator.allocate(node, second);
    mutator.set(mutator.root(frame) as Reference, 0, mutator.root(second));
    mutator.give(mutator.root(second) as Reference, 0, frame);
    mutator.setRoot(second, 0 as Value);
    mutator.collect();
    const target = manager.finalization?.targetOf(mutator.root(weak) as Reference);
    if (target !== 0) throw new Error(`the weak reference refers to ${target}`);
    manager.validate();
  },
  FAST,
);

const allocator = exactCase(ALLOCATOR, () => {
  for (const strategy of [markSweepStrategy(), semispaceStrategy()]) {
    try {
      composeMemoryManager({
        strategy,
        allocator: ({ heap, name }) => createBumpAllocator({ source: heap, name }),
        reservationBytes: 2 ** 23,
      });
    } catch (error) {
      if (isOuroError(error, "incompatible-parts")) continue;
      throw error;
    }
    throw new Error(`${strategy.name} takes a region that it cannot use`);
  }
});

/** Where deaths in a collection are counted one by one, by presets with generations and without. */
const deathErrors = ["cpython-3.13-fast", "refcount-trial-deletion"].map((on) =>
  exactCase(
    DEATH_ERRORS,
    () => {
      const strategy = presets.get(on) as () => Strategy;
      reportsDeathErrors((options) => composeMemoryManager({ ...options, strategy: strategy() }));
    },
    on,
  ),
);

const trim = ["refcount-only", "mark-sweep", "cpython-3.13-fast", "semispace"].map((on) =>
  exactCase(
    TRIM,
    () => {
      const strategy = presets.get(on) as () => Strategy;
      givesEverythingBack(strategy());
      keepsWhatLives(strategy());
      keepsNoMore(strategy());
      if (on === "semispace") collectsNoSooner(strategy);
      if (on === "semispace") goesOnWithoutWhatItGave(strategy);
      if (on === "mark-sweep") sweepsFirst(strategy());
      if (on !== "refcount-only") return;
      emptiesFreeLists((freeListMaxima) => refcountStrategy({ freeListMaxima }));
    },
    on,
  ),
);

const roomy = exactCase(ROOMY, () => {
  hasRoom({ composeMemoryManager }, markSweepStrategy);
  saysWhatIsTooSmall({ composeMemoryManager }, markSweepStrategy);
});

const changedTuples = exactCase(
  CHANGED_TUPLES,
  () =>
    collectsChangedTuples((options) =>
      composeMemoryManager({ ...options, strategy: cpythonFastStrategy() }),
    ),
  FAST,
);

const listening = [FAST, "mark-sweep", "semispace"].map((on) =>
  exactCase(
    LISTENING,
    () => listsForListeners({ composeMemoryManager }, (presets.get(on) as () => Strategy)()),
    on,
  ),
);

export const properties = [
  ...trim,
  ...[twin, fullQueue, watched, late, allocator, roomy],
  ...deathErrors,
  changedTuples,
  ...listening,
  ...ofTheSuite,
];
