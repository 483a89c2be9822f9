// Faults that counting up, maps and reclaiming together invite, each a small change of the sources of
// one package. A fault that no longer applies fails loudly: the sources moved on.

export const SAME = "sees under cpython-3.13-fast what it sees under cpython-3.13";
export const FULL = "reaches more objects than the queue holds";

export interface PlantedFault {
  readonly name: string;
  /** Package and source file under its src/. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly killedBy: typeof SAME | typeof FULL;
}

const COUNTS = { file: "cycle-detector/inside-counts.ts", killedBy: SAME } as const;
const DETECTOR = { file: "cycle-detector/map-detector.ts", killedBy: SAME } as const;
const MAPS = { file: "object-model/generation-maps.ts", killedBy: SAME } as const;
const RECLAIM = { file: "generational/found-reclaim.ts", killedBy: SAME } as const;
const RUN = { file: "generational/map-collection-run.ts", killedBy: SAME } as const;
const POOLS = { file: "allocator/pool-allocator.ts", killedBy: SAME } as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...COUNTS,
    name: "a count that fills its byte is counted no further",
    find: "else countMany(value, place);",
    replace: "",
  },
  {
    ...COUNTS,
    name: "a large count begins one too low",
    find: "overflow.begin(value, LARGEST + 1);",
    replace: "overflow.begin(value, LARGEST);",
  },
  {
    ...COUNTS,
    name: "the last of four slots is not counted",
    find: "if (slotCount === 4) count(words[slot + 3] as number);",
    replace: "",
  },
  {
    ...COUNTS,
    name: "who is no candidate is counted in a collection of the young",
    find: "if (value > 0 && (isWhole || isCandidate(value))) count(value);",
    replace: "if (value > 0) count(value);",
  },
  {
    ...DETECTOR,
    name: "the last of four slots is not followed",
    find: "if (slotCount === 4) reach(words[slot + 3] as number, object);",
    replace: "",
  },
  {
    ...DETECTOR,
    name: "what is reached behind the cursor is not queued",
    find: "if (value < from) rescue(value, place);",
    replace: "if (value < from) bytes[place] = REACHED;",
  },
  {
    ...DETECTOR,
    name: "an object whose count is outside's is not scanned",
    find: "if (known === count) return false;",
    replace: "if (known <= count) return false;",
  },
  {
    ...DETECTOR,
    name: "immortal objects stay tracked",
    find: "    untrack(object);\n    hasLeft = true;",
    replace: "    hasLeft = true;",
  },
  {
    ...DETECTOR,
    name: "what is reached is found as well",
    find: "if ((bytes[counts + (object >> 2)] as number) >= WAITING) continue;",
    replace: "",
  },
  {
    ...DETECTOR,
    name: "a tract does not say that it has finalizers",
    find: "isSpecial ||= isSpecialObject(object);",
    replace: "",
  },
  {
    ...DETECTOR,
    name: "a tract does not say that it has weak references",
    find: "if ((header & weakMask) !== 0) return true;",
    replace: "",
  },
  {
    ...DETECTOR,
    name: "counts are left after a full collection",
    find: "if (isWhole) clearLent();",
    replace: "if (isWhole) words[0] = 0;",
  },
  {
    ...DETECTOR,
    name: "who waits for a place in the queue is forgotten",
    find: "isSweepNeeded = true;",
    replace: "",
    killedBy: FULL,
  },
  {
    ...MAPS,
    name: "a birth does not note that its tract has young objects",
    find: "words[tracts + tract] = (get(tracts + tract) & OWNER) | 1;",
    replace: "words[tracts + tract] = get(tracts + tract) & OWNER;",
  },
  {
    ...MAPS,
    name: "a shape outlives the birth of an object of another type",
    find: "words[tracts + tract] = (get(tracts + tract) & OWNER) | 1;",
    replace: "words[tracts + tract] = get(tracts + tract) | 1;",
  },
  {
    ...MAPS,
    name: "maps remember an object that died",
    find: "if (((low | high | out | candidate) & bit) !== 0) clearBits(object, ~bit);",
    replace: "",
  },
  {
    ...MAPS,
    name: "maps remember objects reclaimed together",
    find: "for (let map = LOW; map <= CANDIDATE; map++) words[group + map] = get(group + map) & kept;\n        words[found + word] = 0;",
    replace: "words[found + word] = 0;",
  },
  {
    ...MAPS,
    name: "survivors stay in their generation",
    find: "        setGeneration(word, reached, generation);\n        promoted",
    replace: "        promoted",
  },
  {
    ...RUN,
    name: "finalizers run, and nobody looks again",
    find: "if (didRun) {",
    replace: "if (didRun && old > 2) {",
  },
  {
    ...RECLAIM,
    name: "what the dead hold outside keeps its count",
    find: "if (value > 0 && !isFound(value) && decrement(value)) chain(value);",
    replace: "",
  },
  {
    ...RECLAIM,
    name: "the dead take references from one another",
    find: "if (value > 0 && !isFound(value) && decrement(value)) chain(value);",
    replace: "if (value > 0 && decrement(value)) chain(value);",
  },
  {
    ...RECLAIM,
    name: "only the first that dies outside is deallocated",
    find: "      object = next;",
    replace: "      object = 0 * next;",
  },
  {
    ...POOLS,
    name: "a pool still counts the blocks freed together",
    find: "(words[record + USED_COUNT] as number) - freed.count;",
    replace: "(words[record + USED_COUNT] as number);",
  },
];
