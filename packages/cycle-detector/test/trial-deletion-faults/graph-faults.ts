// Faults of trial deletion that arbitrary graphs show, over the detector and its buffer alone: most
// are about the second question, or about one kind of object.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { HELD, PARTS } from "../property-names.js";

const BUFFER = { file: "cycle-detector/src/candidate-buffer.ts", killedBy: PARTS } as const;
const FIRST = { file: "cycle-detector/src/trial-detector.ts", killedBy: HELD } as const;
const AGAIN = { file: "cycle-detector/src/trial-detector.ts", killedBy: PARTS } as const;

export const graphFaults: readonly PlantedFault[] = [
  {
    ...FIRST,
    name: "owned-only references are followed as visited",
    find: "object + (words[row + ROW_VISITED_END] as number) + length;",
    replace: "object + (words[row + 2] as number) + length;",
  },
  {
    ...FIRST,
    name: "the items of an array are not looked at",
    find: "object + (words[row + ROW_VISITED_END] as number) + length;",
    replace: "object + (words[row + ROW_VISITED_END] as number);",
  },
  {
    ...FIRST,
    name: "the bit of who leaves the buffer is not cleared",
    find: "    words[object + TYPE] = (words[object + TYPE] as number) & ~bufferedMask;\n",
    replace: "",
  },
  {
    ...FIRST,
    name: "a candidate that cannot be garbage is forgotten and keeps its number",
    find: "      } else leave(object);\n    }\n    return kept;",
    replace: "      }\n    }\n    return kept;",
  },
  {
    ...FIRST,
    name: "what is being deallocated is examined",
    find: "if (count <= 0 || count >= immortalCount) return false;",
    replace: "if (count === 0 || count >= immortalCount) return false;",
  },
  {
    ...FIRST,
    name: "the reference by which an object is met is not counted",
    find: "words[markOf(value)] = ~1;",
    replace: "words[markOf(value)] = ~0;",
  },
  {
    ...FIRST,
    name: "of two slots that name one object the second counts twice",
    find: "if (mark < 0) words[markOf(value)] = mark - 1;",
    replace: `const isTwice = slot > first && words[slot - 1] === value;
      if (mark < 0) words[markOf(value)] = mark - (isTwice ? 2 : 1);`,
  },
  {
    ...FIRST,
    name: "an object's references to itself are not counted",
    find: "if (mark < 0) words[markOf(value)] = mark - 1;",
    replace: "if (mark < 0) words[markOf(value)] = value === object ? mark : mark - 1;",
  },
  {
    ...FIRST,
    name: "an object put on the stack is the only one there",
    find: "words[markOf(value)] = top === 0 ? BOTTOM : top;",
    replace: "words[markOf(value)] = BOTTOM;",
  },
  {
    ...FIRST,
    name: "the found move up and keep their old numbers",
    find: "    words[entries + index] = object;\n    words[markOf(object)] = ~index;",
    replace: `    words[entries + index] = object;
    const mark = words[markOf(object)] as number;
    words[markOf(object)] = mark < 0 ? mark : ~index;`,
  },
  {
    ...FIRST,
    name: "what is found and was no candidate gets no bit",
    find: "    words[object + TYPE] = (words[object + TYPE] as number) | bufferedMask;\n",
    replace: "",
  },
  {
    ...BUFFER,
    name: "a found object that dies is taken out as a candidate is",
    find: "    if (mark < 0) words[entries + ~mark] = 0;\n    else {",
    replace: "    {",
  },
  {
    ...BUFFER,
    name: "release keeps the entries of the dead",
    find: "      if (object === 0) continue;\n      words[entries + kept++] = object;",
    replace: "      words[entries + kept++] = object;",
  },
  {
    ...AGAIN,
    name: "asked again, it counts on from what it found before",
    find: "      examinedCount++;\n      words[markOf(object)] = ~0;",
    replace: "      examinedCount++;",
  },
  {
    ...AGAIN,
    name: "asked again, it meets what is not found",
    find: "countReferences(end, true);",
    replace: "countReferences(end, false);",
  },
  {
    ...AGAIN,
    name: "asked again, it examines the dead",
    find: `      if (object === 0) continue;
      examinedCount++;`,
    replace: "      examinedCount++;",
  },
  {
    ...AGAIN,
    name: "asked again, it leaves the found where they were, dead ones among them",
    find: "    words[foundEndWord] = found;\n    return found;\n  }\n\n  function findAgain",
    replace: "    return found;\n  }\n\n  function findAgain",
  },
  {
    ...AGAIN,
    name: "what is reached after all stands before the candidates, and is none of them",
    find: "    words[startWord] = start;\n",
    replace: "",
  },
  {
    ...AGAIN,
    name: "candidates that were reached after all come in reverse order",
    find: `      words[entries + --start] = object;
      words[markOf(object)] = start + 1;
    }`,
    replace: `      words[entries + --start] = object;
    }
    for (let low = start, high = (words[startWord] as number) - 1; low < high; low++, high--) {
      const object = words[entries + low] as number;
      words[entries + low] = words[entries + high] as number;
      words[entries + high] = object;
    }
    for (let index = start; index < (words[startWord] as number); index++) {
      words[markOf(words[entries + index] as number)] = index + 1;
    }`,
  },
];
