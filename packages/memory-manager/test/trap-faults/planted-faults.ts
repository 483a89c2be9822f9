// Faults that lead into the traps of the mutator's contract, at least one for each of the fourteen:
// small changes of the sources, and the case that kills each under the strategy that shows it.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { type TrapCase, trapCases, trapName, wideEpochs } from "../contract-traps.js";

const TRIAL = "refcount-trial-deletion";
const CPYTHON = "cpython-3.13";
const FAST = "cpython-3.13-fast";

/** The name of the case of a trap; the first one unless another is asked for. */
function trap(number: number, index = 0): string {
  return trapName(trapCases.filter((each) => each.trap === number)[index] as TrapCase);
}

const FIELDS = { file: "object-model/src/field-checks.ts", on: "mark-sweep" } as const;
const CHECKED = { file: "object-model/src/checked-mutator.ts", on: "mark-sweep" } as const;
const LOG = { file: "object-model/src/reference-log.ts", on: "mark-sweep" } as const;
const LOCKS = { file: "object-model/src/slot-locks.ts", on: "mark-sweep" } as const;
const ROOTS = { file: "object-model/src/root-stack.ts", on: "mark-sweep" } as const;
const MUTATOR = { file: "object-model/src/mutator.ts" } as const;
const MARKER = { file: "mark-sweep/src/marker.ts", on: "mark-sweep" } as const;
const COPIER = { file: "semispace/src/copier.ts", on: "semispace" } as const;
const BARRIER = { file: "refcount/src/counting-barrier.ts", on: "refcount-only" } as const;
const DEALLOCATION = { file: "refcount/src/deallocation.ts", on: "refcount-only" } as const;

const WRAP = "epochStart = epochStart === lastEpochStart ? unit : epochStart + unit;";

const NESTED = {
  name: "a collection begins within another",
  file: "generational/src/generations.ts",
  find: "if (get(IS_COLLECTING) === 1) return",
  replace: "if (get(IS_COLLECTING) === 2) return",
  killedBy: trap(7, 1),
} as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...FIELDS,
    name: "a slot passes for a raw word",
    find: "field >= (slotCounts[type] as number) &&\n",
    replace: "field >= 0 &&\n",
    killedBy: trap(1),
  },
  {
    ...CHECKED,
    name: "a borrowed reference outlives its object",
    on: "refcount-only",
    find: " || (canDie && !isObject(object))",
    replace: "",
    killedBy: trap(2),
  },
  {
    ...MUTATOR,
    name: "what is taken is borrowed while its field is emptied",
    on: "refcount-only",
    find: "take: (into, object, field) => move(into, object + HEADER + field, 0),",
    replace: `take(into, object, field) {
      const value = words[object + HEADER + field] as Value;
      write(object + HEADER + field, 0 as Value, object);
      write(into, value, 0);
    },`,
    killedBy: trap(2, 1),
  },
  {
    ...CHECKED,
    name: "an allocation is no safepoint",
    find: `safepoint(ALLOCATE, type);
    const object = fast.allocate(type, slot);
    endSafepoint(ALLOCATE, type);`,
    replace: "const object = fast.allocate(type, slot);",
    killedBy: trap(3),
  },
  {
    ...LOG,
    name: "epochs of a small heap go on and on",
    find: WRAP,
    replace: "epochStart += unit;",
    killedBy: trap(4),
  },
  {
    ...LOG,
    name: "the epoch behind the last is 0, and a word index a reference",
    find: WRAP,
    replace: "epochStart = epochStart === lastEpochStart ? 0 : epochStart + unit;",
    killedBy: trap(4),
  },
  {
    ...LOG,
    name: "epochs of a large heap go on and on",
    find: WRAP,
    replace: "epochStart += unit;",
    killedBy: trapName(wideEpochs),
  },
  {
    ...MARKER,
    name: "what a frame holds is not marked",
    find: "    markRoots(roots.framesStart, words[topWord] as number);\n",
    replace: "",
    killedBy: trap(5),
  },
  {
    ...COPIER,
    name: "what a frame holds is not copied",
    find: "      forwardSlots(roots.framesStart, words[roots.topWord] as number);\n",
    replace: "",
    killedBy: trap(5),
  },
  {
    ...MUTATOR,
    name: "memory is called out before everything is collected",
    on: CPYTHON,
    find: "    collectUpTo(collector.oldestGeneration);\n",
    replace: "",
    killedBy: trap(6),
  },
  {
    name: "a collection makes passes as long as finalizers make garbage",
    on: TRIAL,
    file: "memory-manager/src/candidate-collection.ts",
    find: "if (passOnce()) latePasses++;",
    replace: "if (passOnce()) latePasses += 0;",
    killedBy: trap(7),
  },
  {
    name: "a collection of candidates begins within another",
    on: TRIAL,
    file: "memory-manager/src/trial-deletion-strategy.ts",
    find: "if (collection.isCollecting()) return NO_COLLECTION;",
    replace: "",
    killedBy: trap(7, 1),
  },
  { ...NESTED, on: CPYTHON },
  { ...NESTED, name: "a collection by maps begins within another", on: FAST },
  {
    ...BARRIER,
    name: "a write lets the old value go before it counts the new one",
    find: `      if (value > 0) increment(value);
      const old = words[slot] as number;
      words[slot] = value;
      release(old);`,
    replace: `      const old = words[slot] as number;
      release(old);
      if (value > 0) increment(value);
      words[slot] = value;`,
    killedBy: trap(8),
  },
  {
    ...BARRIER,
    name: "a move lets the old value go before it empties where it is from",
    find: `      words[from] = 0;
      const old = words[into] as number;
      words[into] = value;
      release(old);`,
    replace: `      const old = words[into] as number;
      release(old);
      words[from] = 0;
      words[into] = value;`,
    killedBy: trap(8),
  },
  {
    ...CHECKED,
    name: "a slot may be moved to itself",
    find: "if (target === source) {",
    replace: "if (target < 0) {",
    killedBy: trap(8, 1),
  },
  {
    ...CHECKED,
    name: "fill does not look at what the field holds",
    find: "if (fast.get(object, field) !== 0) {",
    replace: "if (fast.get(object, field) < 0) {",
    killedBy: trap(9),
  },
  {
    ...BARRIER,
    name: "what dies waits for the next death, and holds its counts meanwhile",
    find: `  function release(value: number): void {
    if (value > 0 && decrement(value)) deallocate(value);
  }`,
    replace: `  let waiting = 0;
  function release(value: number): void {
    if (value <= 0 || !decrement(value)) return;
    const dead = waiting;
    waiting = value;
    if (dead !== 0) deallocate(dead);
  }`,
    killedBy: trap(10),
  },
  {
    ...DEALLOCATION,
    name: "what is dead keeps its counts",
    find: "if (slotCount === 0) return 0;",
    replace: "if (slotCount >= 0) return 0;",
    killedBy: trap(10),
  },
  {
    ...ROOTS,
    name: "free handles are threaded through their slots",
    find: "words[region + LIVE_COUNT] = get(region + LIVE_COUNT) - 1;",
    replace: `words[region + LIVE_COUNT] = get(region + LIVE_COUNT) - 1;
    words[slot] = get(region + FIRST_HINT) + 1;`,
    killedBy: trap(11),
  },
  {
    ...COPIER,
    name: "a move loses the length",
    find: "words[copy + 2] = word2;",
    replace: "words[copy + 2] = lengthKind === 0 ? word2 : 0;",
    killedBy: trap(12),
  },
  {
    ...COPIER,
    name: "the forwarding reference is written over the type, too",
    find: "words[object] = copy;",
    replace: "words[object] = copy; words[object + 1] = copy;",
    killedBy: trap(12, 1),
  },
  {
    ...COPIER,
    name: "tracing does not stop at the top",
    find: "forwardSlots(roots.framesStart, words[roots.topWord] as number);",
    replace: "forwardSlots(roots.framesStart, roots.framesStart + 64);",
    killedBy: trap(13),
  },
  {
    ...MUTATOR,
    name: "a frame is entered with what lay there",
    on: "mark-sweep",
    find: "    for (let slot = frame; slot < top; slot++) words[slot] = 0;\n",
    replace: "",
    killedBy: trap(13),
  },
  {
    ...LOCKS,
    name: "a slot that arithmetic took out of its frame passes",
    find: "if (key === 0 || locks[word - framesStart] !== key) openPlain(where, slot);",
    replace: "if (key === 0 || !roots.isLive(word)) openPlain(where, slot);",
    killedBy: trap(14),
  },
];
