// Faults that copying collectors are known for, each a small change of the sources, and the
// property that kills it. A fault that no longer applies fails loudly: the sources moved on, it
// must too.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import * as names from "../property-names.js";

const COPIER = { file: "copier.ts" } as const;
const COLLECTOR = { file: "semispace-collector.ts" } as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...COPIER,
    name: "a byte array that two slots name is copied twice",
    find: "words[object] = copy;",
    replace: "words[object] = lengthKind === LENGTH_BYTES ? 0 : copy;",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "the forwarding reference is written over the type, too",
    find: "words[object] = copy;",
    replace: "words[object] = copy; words[object + 1] = copy;",
    killedBy: names.EVENTS,
  },
  {
    ...COPIER,
    name: "a copy takes the forwarding word of its place's last user for its own",
    find: "words[copy] = 0;",
    replace: "",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "a length is not copied, so that the scan does not see it",
    find: "words[copy + 2] = word2;",
    replace: "words[copy + 2] = lengthKind === 0 ? word2 : 0;",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "handles are not updated",
    find: "forwardSlots(roots.start, words[roots.handlesEndWord] as number);",
    replace: "",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "the last handle is not updated",
    find: "forwardSlots(roots.start, words[roots.handlesEndWord] as number);",
    replace: "forwardSlots(roots.start, (words[roots.handlesEndWord] as number) - 1);",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "frames are not updated",
    find: "forwardSlots(roots.framesStart, words[roots.topWord] as number);",
    replace: "",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "slots of frames that were left keep objects alive",
    find: "forwardSlots(roots.framesStart, words[roots.topWord] as number);",
    replace: "forwardSlots(roots.framesStart, roots.framesStart + 64);",
    killedBy: names.EXACT,
  },
  {
    ...COPIER,
    name: "owned-only slots are not followed",
    find: "slotsEnd = words[row + ROW_SLOTS_END] as number;",
    replace: "slotsEnd = words[row + 1] as number;",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "the repeated slots are not followed",
    find: "object + slotsEnd + (length & slotsMask)",
    replace: "object + slotsEnd",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "the length of raw words is taken for one of slots",
    find: "object + slotsEnd + (length & slotsMask)",
    replace: "object + slotsEnd + (lengthKind === 0 ? 0 : length)",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "an immediate is taken for a reference",
    find: "if (value > 0) words[slot] = forward(value);",
    replace: "if (value !== 0) words[slot] = forward(value);",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "the second slot of a pair is not updated",
    find: "if (right > 0) words[object + 3] = forward(right);",
    replace: "",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "an object of one granule whose words are raw is taken for a pair",
    find: "slotsEnd === 4 && fixedWords === 4",
    replace: "fixedWords === 4",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "an odd size is rounded down in copying",
    find: "word < takenWords; word++",
    replace: "word < (sizeWords & -4); word++",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "an odd size is rounded down in scanning",
    find: "object += (sizeWords + 3) & -4;",
    replace: "object += Math.max(sizeWords & -4, 4);",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "a byte length is rounded down",
    find: "lengthKind === LENGTH_BYTES ? (word2 + 3) >>> 2 : word2;",
    replace: "lengthKind === LENGTH_BYTES ? word2 >>> 2 : word2;",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "a large copy begins a granule too late",
    find: "words.copyWithin(copy + 4, object + 4,",
    replace: "words.copyWithin(copy + 8, object + 8,",
    killedBy: names.GRAPH,
  },
  {
    ...COPIER,
    name: "a large copy ends a granule too early",
    find: "object + takenWords);",
    replace: "object + takenWords - 4);",
    killedBy: names.GRAPH,
  },
  {
    ...COLLECTOR,
    name: "an odd size is rounded down in placing",
    find: `const takenWords = (sizeWords + 3) & -4;
    if (takenWords > (words`,
    replace: `const takenWords = Math.max(sizeWords & -4, 4);
    if (takenWords > (words`,
    killedBy: names.SOUND,
  },
  {
    ...COLLECTOR,
    name: "a new object's second slot holds what lay there",
    find: "words[object + 3] = 0;",
    replace: "",
    killedBy: names.GRAPH,
  },
  {
    ...COLLECTOR,
    name: "a new object's words behind the first granule hold what lay there",
    find: "if (takenWords > 4) clearRest(object + 4, object + takenWords);",
    replace: "",
    killedBy: names.GRAPH,
  },
  {
    ...COLLECTOR,
    name: "a new object that is large is cleared but for its end",
    find: "words.fill(0, start, end);",
    replace: "words.fill(0, start, end - 4);",
    killedBy: names.GRAPH,
  },
  {
    ...COLLECTOR,
    name: "the old space is not given back",
    find: "if (end > from) heap.releaseArenas(",
    replace: "if (end < from) heap.releaseArenas(",
    killedBy: names.MOVES,
  },
  {
    ...COLLECTOR,
    name: "an empty space is kept",
    find: "const wanted = neededWords === 0 ? 0 : wantedArenas(neededWords);",
    replace: "const wanted = wantedArenas(neededWords);",
    killedBy: names.MOVES,
  },
  {
    ...COLLECTOR,
    name: "the space is not trimmed in the heap",
    find: "if (target < size) heap.releaseArenas(",
    replace: "if (target > size) heap.releaseArenas(",
    killedBy: names.MOVES,
  },
  {
    ...COLLECTOR,
    name: "dead objects stay counted",
    find: "set(LIVE_COUNT, copyReachable(other.arena));",
    replace: "copyReachable(other.arena);",
    killedBy: names.EXACT,
  },
  {
    ...COLLECTOR,
    name: "without room for the copies the objects are given up",
    find: "if (other.size === 0 && fromFree > from) return NOTHING;",
    replace: `if (other.size === 0 && fromFree > from) {
      enterSpace(from, (fromEnd - from) / ARENA_SIZE_WORDS);
      return NOTHING;
    }`,
    killedBy: names.MEMORY,
  },
  {
    ...COLLECTOR,
    name: "a refused request is forgotten by the next collection",
    find: "set(REFUSED_WORDS, sizeWords);",
    replace: "",
    killedBy: names.NEIGHBOURS,
  },
  {
    ...COLLECTOR,
    name: "a collection begins within a collection",
    find: "if (get(IS_COLLECTING) !== 0) return NOTHING;",
    replace: "",
    killedBy: names.REFUSAL,
  },
  {
    ...COLLECTOR,
    name: "the old space is not poisoned",
    find: "if (poisonFromSpace) words.fill(POISON, from, fromFree);",
    replace: "",
    killedBy: names.POISONED,
  },
  {
    ...COLLECTOR,
    name: "the poison looks like none",
    find: "words.fill(POISON, from, fromFree)",
    replace: "words.fill(0, from, fromFree)",
    killedBy: names.POISONED,
  },
  {
    ...COLLECTOR,
    name: "the old space is given back before its deaths are told",
    find: `reporter.left(from, fromFree);
    } finally {
      releaseFrom(fromFree);`,
    replace: `words.fill(0, from, fromFree);
      reporter.left(from, fromFree);
    } finally {
      releaseFrom(fromFree);`,
    killedBy: names.EVENTS,
  },
  {
    name: "the room under the limit is all of it, not half",
    file: "room.ts",
    find: "lent + size) / 2);",
    replace: "lent + size) / 1);",
    killedBy: names.ROOM,
  },
  {
    name: "the room above the space is thought to stay when it grows",
    file: "room.ts",
    find: "Math.max(longest, Math.floor((above + size) / 2))",
    replace: "Math.max(longest, above)",
    killedBy: names.ROOM,
  },
  {
    name: "the first space takes the longest run whole",
    file: "room.ts",
    find: "Math.max(second, Math.floor(longest / 2))",
    replace: "longest",
    killedBy: names.ROOM,
  },
  {
    name: "the start map keeps what it held for a former space",
    file: "start-map.ts",
    find: "words.fill(0, base + ((mappedEnd + 127)",
    replace: "words.fill(0, base + ((free + 127)",
    killedBy: names.STARTS,
  },
  {
    name: "the start map forgets what it held when it follows",
    file: "start-map.ts",
    find: "base + ((mappedEnd + 127) >>> MAP_SHIFT)",
    replace: "base + (mappedEnd >>> MAP_SHIFT)",
    killedBy: names.STARTS,
  },
  {
    name: "a word that is no granule is looked up",
    file: "start-map.ts",
    find: "word < free && (word & 3) === 0;",
    replace: "word < free;",
    killedBy: names.STARTS,
  },
  {
    name: "the moved are told dead",
    file: "reporter.ts",
    find: "if (copy !== 0) {",
    replace: "if (copy === 0) {",
    killedBy: names.EVENTS,
  },
  {
    name: "copies never go below the space that is left",
    file: "placement.ts",
    find: "return canBe(below) ? below : 0;",
    replace: "return 0;",
    killedBy: names.TOUCHED,
  },
  {
    name: "the copies go on downwards, however little grows",
    file: "placement.ts",
    find: "if (above + copyWords <= touched.end && canBe(above)) return above;",
    replace: "",
    killedBy: names.TOUCHED,
  },
];
