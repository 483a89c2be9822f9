// Faults that a detector over maps is prone to, each a small change of the sources, and the
// property that kills it. A fault that no longer applies fails loudly: the sources moved on.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { ANSWERS, LATE, ONE_SHAPE } from "../property-names.js";

const DETECTOR = { file: "map-detector.ts", killedBy: ANSWERS } as const;
const COUNTS = { file: "inside-counts.ts", killedBy: ANSWERS } as const;
const FOUND = { file: "found-map.ts", killedBy: ANSWERS } as const;
const SHAPE = { file: "tract-shape.ts", killedBy: ANSWERS } as const;
const LOOPS = { file: "map-detector.ts", killedBy: ONE_SHAPE } as const;
const QUEUE = { file: "object-queue.ts", killedBy: LATE } as const;
const WAITING = { file: "map-detector.ts", killedBy: LATE } as const;

const counting: readonly PlantedFault[] = [
  {
    ...COUNTS,
    name: "owned-only references are counted as visited",
    find: "endOffset = words[row + ROW_VISITED_END] as number;",
    replace: "endOffset = words[row + 2] as number;",
  },
  {
    ...COUNTS,
    name: "references to objects that are too old to be candidates are counted",
    find: "if (value <= 0 || (asks && !isCandidate(value))) return;",
    replace: "if (value <= 0) return;",
  },
  {
    ...COUNTS,
    name: "the shape of the young is noted as that of their tract",
    find: ": slotCountNow(tract);\n",
    replace: ": slotCountNow(tract);\n    if (known !== 0) setShape(tract, known << 4);\n",
  },
  {
    ...SHAPE,
    name: "the shape of a tract is that of its last type",
    find: "return shape === -1 || shape === own ? own : MIXED << SLOTS_SHIFT;",
    replace: "return own;",
  },
  {
    ...COUNTS,
    name: "the shape of all candidates is that of the last tract",
    find: "common = common === -1 || common === slotCount ? slotCount : 0;",
    replace: "common = slotCount;",
  },
  {
    ...COUNTS,
    name: "a shape is noted over the bits of a tract's owner",
    find: "((words[tracts + tract] as number) & TRACT_OWNER_MASK) | shape;",
    replace: "shape;",
  },
  {
    ...SHAPE,
    name: "slots that are owned only are of the shape",
    find: "(words[row + ROW_VISITED_END] as number) - OBJECT_HEADER_SIZE_WORDS;",
    replace: "(words[row + 2] as number) - OBJECT_HEADER_SIZE_WORDS;",
    killedBy: ONE_SHAPE,
  },
  {
    ...COUNTS,
    name: "the last object of a full word of the map is not counted",
    find: "object < first + 128;",
    replace: "object < first + 124;",
    killedBy: ONE_SHAPE,
  },
  {
    ...COUNTS,
    name: "a byte counts on into what stands for marks",
    find: "if (known < LARGEST) bytes",
    replace: "if (known < 255) bytes",
  },
  {
    ...COUNTS,
    name: "the reference that a byte has no room for is not counted",
    find: "overflow.begin(value, LARGEST + 1);",
    replace: "overflow.begin(value, LARGEST);",
  },
  {
    ...DETECTOR,
    name: "large counts outlive the examination",
    find: "    inside.resetLarge();\n",
    replace: "",
  },
  {
    ...LOOPS,
    name: "the counts of who left in the examination stay",
    find: "candidates, hasLeft || hasLeaving);",
    replace: "candidates, hasLeaving);",
  },
  {
    ...LOOPS,
    file: "count-map.ts",
    name: "of a word of the map half the counts go back to zero",
    find: "each < place + 8;",
    replace: "each < place + 4;",
  },
];

const reaching: readonly PlantedFault[] = [
  {
    ...DETECTOR,
    name: "one reference from outside is not enough to live",
    find: "if (mark === count && mark !== MANY) return false;",
    replace: "if (mark >= count - 1 && mark !== MANY) return false;",
  },
  {
    ...DETECTOR,
    name: "whose count is in the table is held from outside",
    find: "else if (mark >= count || mark === MANY) {",
    replace: "else if (mark >= count) {",
  },
  {
    ...DETECTOR,
    name: "a count below zero is compared with references",
    find: `(count - 1) >>> 0 >= IMMORTAL_LESS_1) leave(object);
    else if`,
    replace: `count > IMMORTAL_LESS_1) leave(object);
    else if`,
  },
  {
    ...DETECTOR,
    name: "who is immortal and reached first stays tracked",
    find: `      if ((count - 1) >>> 0 >= IMMORTAL_LESS_1) leave(object);
      return`,
    replace: "      return",
  },
  {
    ...DETECTOR,
    name: "the items of a rescued tuple, dict or array are not looked at",
    find: "        lengthMask = words[row + ROW_VISITED_MASK] as number;\n",
    replace: "",
  },
  {
    ...DETECTOR,
    name: "what is rescued is not looked at",
    find: "    drain();\n    sweepWaiting(list, end);",
    replace: "    sweepWaiting(list, end);",
  },
  {
    ...DETECTOR,
    name: "whoever is reached counts as rescued, ahead of the cursor too",
    find: "    if (value < from) rescue(value);",
    replace: "    rescue(value);",
  },
  {
    ...DETECTOR,
    name: "late ones are looked at and not said to be late",
    find: "      if (isAnyLeaving) bytes[counts + (value >> 2)] = RESCUED;\n",
    replace: "",
  },
  {
    ...DETECTOR,
    name: "a tuple is looked at before its items",
    find: "    if (isTuple && from === object) rescueOlder(object);\n",
    replace: "",
  },
  {
    ...DETECTOR,
    name: "a tuple's items are rescued whoever else holds them",
    find: "if (known === words[value]) reach(value, NOWHERE);",
    replace: "if (known <= (words[value] as number)) reach(value, NOWHERE);",
  },
  {
    ...DETECTOR,
    name: "the cursor looks at a tuple's item that was rescued before it",
    find: "return mark < WAITING;",
    replace: "return true;",
  },
  {
    ...LOOPS,
    name: "the fourth slot is counted and not followed",
    find: `
    if (slotCount === 4) near |= reachFar(words[slot + 3] as number, object, here, false);`,
    replace: "",
  },
  {
    ...LOOPS,
    name: "neighbours that the cursor reaches in its own word stay in the map",
    find: `behind = near & unreached & (bit - 1);
        unreached &= ~(near | bit);`,
    replace: `behind = near & unreached & (bit - 1);
        unreached &= ~bit;`,
  },
  {
    ...LOOPS,
    name: "a cursor that goes down rescues the neighbours ahead of it",
    find: "near & unreached & ~(bit | (bit - 1));",
    replace: "near & unreached & (bit - 1);",
  },
  {
    ...LOOPS,
    name: "a cursor that goes down rescues all that lies below",
    find: "if (value < from !== isDown) rescue(value);",
    replace: "if (value < from) rescue(value);",
  },
];

const answering: readonly PlantedFault[] = [
  {
    ...DETECTOR,
    name: "the summary of a tract is that of its last object",
    find: `          scanRow(object, row, object);
`,
    replace: `          scanRow(object, row, object);
          summary = 0;
`,
  },
  {
    ...DETECTOR,
    name: "a summary names untracking types of the last object alone",
    find: "flags |= words[row + ROW_FLAGS] as number;",
    replace: "flags = words[row + ROW_FLAGS] as number;",
  },
  {
    ...FOUND,
    name: "who has weak references is not special",
    find: "if (isSpecial || (header & weakMask) !== 0) special",
    replace: "if (isSpecial) special",
  },
  {
    ...FOUND,
    name: "a weak reference is not special",
    find: "(flags & (TYPE_FINALIZER | TYPE_WEAK_REFERENCE)) !== 0;",
    replace: "(flags & TYPE_FINALIZER) !== 0;",
  },
  {
    ...FOUND,
    name: "whoever comes behind a special object is special",
    find: "isSpecial = isSpecialType(type);",
    replace: "isSpecial ||= isSpecialType(type);",
  },
];

const waiting: readonly PlantedFault[] = [
  {
    ...QUEUE,
    name: "the queue writes over who waits longest",
    find: "    if (next === head) return pushLarger(object);\n",
    replace: "",
  },
  {
    ...QUEUE,
    name: "the queue is made larger and what goes round its end stays where it was",
    find: `    if (tail < head) {
      words`,
    replace: `    if (tail < 0) {
      words`,
  },
  {
    ...WAITING,
    name: "nobody looks for those that the queue had no room for",
    find: "    isSweepNeeded = true;\n",
    replace: "",
  },
  {
    ...WAITING,
    name: "what those reach that the queue had no room for is not looked at",
    find: `          scan(object, NOWHERE);
          drain();`,
    replace: "          scan(object, NOWHERE);",
  },
];

export const plantedFaults: readonly PlantedFault[] = [
  ...[...counting, ...reaching],
  ...[...answering, ...waiting],
];
