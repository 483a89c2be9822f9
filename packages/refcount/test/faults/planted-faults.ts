// Faults that reference counting is known for, each a small change of the sources, and the property
// that kills it. A fault that no longer applies fails loudly: the sources moved on, it must too.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import * as names from "../property-names.js";

const BARRIER = "counting-barrier.ts";
const DEALLOCATION = "deallocation.ts";
const COLLECTOR = "refcount-collector.ts";
const LISTS = "free-lists.ts";
const AUDIT = "count-audit.ts";
const LEAKS = "leak-report.ts";
const OBSERVED = "observed-counts.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "a write releases the old value before it counts the new one",
    file: BARRIER,
    find: `      if (value > 0) increment(value);
      const old = words[slot] as number;
      words[slot] = value;
      release(old);`,
    replace: `      const old = words[slot] as number;
      release(old);
      if (value > 0) increment(value);
      words[slot] = value;`,
    killedBy: names.LIVENESS,
  },
  {
    name: "a write does not count the new value",
    file: BARRIER,
    find: `      if (value > 0) increment(value);
      const old = words[slot] as number;
      words[slot] = value;
      release(old);`,
    replace: `      const old = words[slot] as number;
      words[slot] = value;
      release(old);`,
    killedBy: names.COUNTS,
  },
  {
    name: "a birth does not release the old value of its slot",
    file: BARRIER,
    find: `      words[slot] = object;
      release(old);`,
    replace: `      words[slot] = object;
      if (old < 0) release(old);`,
    killedBy: names.LIVENESS,
  },
  {
    name: "a move leaves its value behind",
    file: BARRIER,
    find: "      words[from] = 0;",
    replace: "",
    killedBy: names.CONTENTS,
  },
  {
    name: "a move releases the old value before it empties the slot it comes from",
    file: BARRIER,
    find: `      words[from] = 0;
      const old = words[into] as number;
      words[into] = value;
      release(old);`,
    replace: `      const old = words[into] as number;
      release(old);
      words[from] = 0;
      words[into] = value;`,
    killedBy: names.LIVENESS,
  },
  {
    name: "a copy releases what dies before the run is stored",
    file: BARRIER,
    find: "    return old > 0 && decrement(old) ? old : 0;",
    replace: "    release(old);\n    return 0;",
    killedBy: names.COPY,
  },
  {
    name: "a copy within one object goes up when it must go down",
    file: BARRIER,
    find: "holder === source && into > from",
    replace: "holder === source && into < from",
    killedBy: names.CONTENTS,
  },
  {
    name: "a copy forgets the dead but the last",
    file: BARRIER,
    find: "      else words[last] = ~dead;",
    replace: "      else first = dead;",
    killedBy: names.LIVENESS,
  },
  {
    name: "leaving a frame releases nothing",
    file: BARRIER,
    find: `        words[slot] = 0;
        release(value);`,
    replace: `        words[slot] = 0;
        if (value < 0) release(value);`,
    killedBy: names.COUNTS,
  },
  {
    name: "leaving a frame hides its slots before they are released",
    file: BARRIER,
    find: "      words[topWord] = end;",
    replace: "",
    killedBy: names.DROP_ORDER,
  },
  {
    name: "the cursor is not kept: the release begins anew",
    file: DEALLOCATION,
    find: "let slot = isResumed ? ~(words[first] as number) : first;",
    replace: "let slot = isResumed ? stop : first;",
    killedBy: names.LIVENESS,
  },
  {
    name: "the cursor passes over a slot",
    file: DEALLOCATION,
    find: "    words[first] = ~slot;",
    replace: "    words[first] = ~(slot + step);",
    killedBy: names.LIVENESS,
  },
  {
    name: "what is behind a dying child is not looked for",
    file: DEALLOCATION,
    find: "    if (slot === stop && !isParentLast) return child;",
    replace: "    if (slot !== first) return child;",
    killedBy: names.LIVENESS,
  },
  {
    name: "the second slot of a pair is forgotten when the first one's object dies",
    file: DEALLOCATION,
    find: "return second > 0 || isParentLast ? ~first : first;",
    replace: "return first;",
    killedBy: names.LIVENESS,
  },
  {
    name: "all objects are released forward",
    file: DEALLOCATION,
    find: `    if (((words[row + FLAGS] as number) & TYPE_RELEASE_BACKWARD) !== 0) {`,
    replace: "    if (row < 0) {",
    killedBy: names.ORDER,
  },
  {
    name: "owned-only slots are not released",
    file: DEALLOCATION,
    find: "object + (words[row + ROW_SLOTS_END] as number) + length",
    replace: "object + (words[row + 1] as number) + length",
    killedBy: names.COUNTS,
  },
  {
    name: "the variable part is not released",
    file: DEALLOCATION,
    find: "object + (words[row + ROW_SLOTS_END] as number) + length",
    replace: "object + (words[row + ROW_SLOTS_END] as number) + (length & 0)",
    killedBy: names.COUNTS,
  },
  {
    name: "a child is deallocated by recursion",
    file: DEALLOCATION,
    find: `      let next =
`,
    replace: `      for (let slot = object + 2; slot < object + 5 && type === 1; slot++) {
        const value = words[slot] as number;
        words[slot] = 0;
        if (value > 0 && decrement(value)) deallocate(value);
      }
      let next =
`,
    killedBy: names.DEPTH,
  },
  {
    name: "an immortal object is decremented",
    file: COLLECTOR,
    find: "    if (count < IMMORTAL) words[object] = count - 1;",
    replace: "    words[object] = count - 1;",
    killedBy: names.IMMORTAL,
  },
  {
    name: "an immortal object is incremented",
    file: COLLECTOR,
    find: "    if (count < IMMORTAL) words[object] = count + 1;",
    replace: "    words[object] = count + 1;",
    killedBy: names.IMMORTAL,
  },
  {
    name: "a count sticks one too early and goes on",
    file: COLLECTOR,
    find: "    if (count < IMMORTAL) words[object] = count + 1;",
    replace: "    if (count < IMMORTAL - 1) words[object] = count + 1;",
    killedBy: names.SATURATION,
  },
  {
    name: "a new object is not zero-filled",
    file: COLLECTOR,
    find: "    words.fill(0, block, block + sizeWords);",
    replace: "",
    killedBy: names.CONTENTS,
  },
  {
    name: "a refused birth in a small heap is stored all the same",
    file: COLLECTOR,
    find: "return object === 0 ? 0 : makeObject(object, type, sizeWords);",
    replace: "return makeObject(object === 0 ? 4 : object, type, sizeWords);",
    killedBy: names.MEMORY,
  },
  {
    name: "a free list takes one object too many",
    file: LISTS,
    find: "words[entry + COUNT] === words[entry + MAXIMUM]",
    replace: "(words[entry + COUNT] as number) > (words[entry + MAXIMUM] as number)",
    killedBy: names.FREE_LISTS,
  },
  {
    name: "a listed object keeps its type",
    file: LISTS,
    find: "    words[object + TYPE_WORD_OFFSET] = 0;",
    replace: "",
    killedBy: names.LIVENESS,
  },
  {
    name: "a collection leaves the free lists full",
    file: COLLECTOR,
    find: "    lists?.empty();\n    return NOTHING;",
    replace: "    return NOTHING;",
    killedBy: names.FREE_LISTS,
  },
  {
    name: "a free list forgets to count what it gives",
    file: LISTS,
    find: "words[entry + COUNT] = (words[entry + COUNT] as number) - 1;",
    replace: "",
    killedBy: names.SOUND,
  },
  {
    name: "the audit does not look at roots",
    file: AUDIT,
    find: "      if (value > 0) visit(value, slot);\n    });\n  }",
    replace: "    });\n  }",
    killedBy: names.SOUND,
  },
  {
    name: "the audit puts nothing back",
    file: AUDIT,
    find: "    eachReference(objects, (target) => change(target, 1));\n    if (broken === 0)",
    replace: "    if (broken === 0)",
    killedBy: names.SOUND,
  },
  {
    name: "the audit overlooks a count that is too high",
    file: AUDIT,
    find: "if (rest === 0 ||",
    replace: "if (rest >= 0 ||",
    killedBy: names.AUDIT,
  },
  {
    name: "a restored heap keeps its old counts",
    file: AUDIT,
    find: "if (words[object] !== IMMORTAL_COUNT) words[object] = 0;",
    replace: "",
    killedBy: names.RESTORED,
  },
  {
    name: "a restored heap keeps what nothing refers to",
    file: COLLECTOR,
    find: "for (const object of audit.recount()) deallocate(object);",
    replace: "audit.recount();",
    killedBy: names.RESTORED,
  },
  {
    name: "the leak report takes what a cycle keeps for a member",
    file: LEAKS,
    find: "    if (members.length > 1 || holdsItself(object, graph)) cycles.push(members);",
    replace: "    cycles.push(members);",
    killedBy: names.LEAKS,
  },
  {
    name: "the leak report joins cycles that one another keeps",
    file: LEAKS,
    find: "else if (isOpen.has(child)) lower",
    replace: "else lower",
    killedBy: names.LEAKS,
  },
  {
    name: "the leak report does not look at roots",
    file: LEAKS,
    find: "  roots.walk((_slot, value) => reach(value));",
    replace: "",
    killedBy: names.LEAKS,
  },
  {
    name: "an observer hears of a count before the slot is stored",
    file: OBSERVED,
    find: "    note(object, count + 1);",
    replace: "    note(object, count + 1);\n    tellNoted();",
    killedBy: names.EVENTS,
  },
];
