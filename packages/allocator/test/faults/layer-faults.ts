// Faults in regions, free lists, counts and checks (see planted-faults.ts).

import * as names from "@ouro/testkit";
import { BOUNDED_WORK } from "../bounded-work.js";
import { CHECKED_MISUSE } from "../checked-misuse.js";
import { COMPOSITION } from "../compositions.js";
import { ODD_OPTIONS } from "../odd-options.js";
import type { AllocatorFault } from "./planted-fault.js";

const BUMP = { file: "bump-allocator.ts", on: "bump allocator" } as const;
const FREE_LISTS = { file: "free-list-allocator.ts", on: "free list allocator" } as const;
const COUNTING = { file: "counting-allocator.ts", on: "counting allocator" } as const;
const CHECKED = { file: "checked-allocator.ts", on: "checked allocator" } as const;
const CHECKED_BYTES = { file: "checked-bytes.ts", on: "checked allocator" } as const;

export const layerFaults: readonly AllocatorFault[] = [
  {
    ...BUMP,
    name: "a bump allocation is rounded down to the granule",
    find: "((requestBytes + 15) >>> 4) << 2;",
    replace: "((requestBytes + 14) >>> 4) << 2;",
    killedBy: names.PLACEMENT,
  },
  {
    ...BUMP,
    name: "a run's first block begins on its header",
    find: "enter(run, run + HEADER);",
    replace: "enter(run, run);",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...BUMP,
    name: "what comes after a block that grew in place is not on a granule",
    find: "const top = block + sizeWords;",
    replace: "const top = block + Math.max(1, (requestBytes + 3) >>> 2);",
    killedBy: names.PLACEMENT,
  },
  {
    ...BUMP,
    name: "blocks of no bytes are one",
    find: "requestBytes === 0 ? 4 :",
    replace: "requestBytes === 0 ? 0 :",
    killedBy: names.PLACEMENT,
  },
  {
    ...BUMP,
    name: "the last block grows in place beyond the run's end",
    find: "if (top <= get(state + END) || growRun(top)) {",
    replace: "if (top > 0) {",
    killedBy: names.PLACEMENT,
  },
  {
    ...BUMP,
    name: "a region keeps its blocks' bits when it is rewound",
    find: "words[freedMap + mapWord] = freed & kept;",
    replace: "words[freedMap + mapWord] = freed;",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...BUMP,
    name: "a bump allocator accepts a double free",
    find: "return !isOutside(block) && hasBit(begunMap, block) && !hasBit(freedMap, block);",
    replace: "return !isOutside(block) && hasBit(begunMap, block);",
    killedBy: names.REFUSALS,
  },
  {
    ...BUMP,
    name: "a region whose last block was freed keeps its arenas",
    find: "if (liveCount === 0) rewind(get(state + FLOOR));",
    replace: "",
    killedBy: names.RELEASE,
  },
  {
    ...BUMP,
    name: "a bump reallocation forgets the copy",
    find: "words.copyWithin(moved, block, block + oldWords);",
    replace: "",
    killedBy: names.REALLOCATION,
  },
  {
    ...BUMP,
    name: "a zeroed block of a region keeps what a freed one left",
    find: "words.fill(0, block, block + Math.ceil(requestBytes / 4));",
    replace: "",
    killedBy: names.ZEROING,
  },
  {
    ...BUMP,
    name: "the end of a long block is not noted",
    find: "if (sizeWords >= LONG) words[layout.noteOf(context, block)] = block + sizeWords;",
    replace: "",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...BUMP,
    name: "a block that grew or shrank in place keeps the note of its old end",
    find: "noteAnew(block, get(state + TOP), top);",
    replace: "",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...FREE_LISTS,
    name: "a kept block is freed again",
    find: "if (allocator.owns(block) && isKept(block)) {",
    replace: "if (block === 0) {",
    killedBy: names.REFUSALS,
  },
  {
    ...FREE_LISTS,
    name: "a live block that names a place is taken for a kept one",
    find: "place < end && get(place) === block;",
    replace: "place < end;",
    killedBy: names.WALK,
  },
  {
    ...FREE_LISTS,
    name: "a list gives a block that is smaller than the request",
    find: "words[block] = place;",
    replace: "words[block] = place;\n    listOfGranules[33] = list;",
    killedBy: names.PLACEMENT,
  },
  {
    ...FREE_LISTS,
    name: "kept blocks are counted as used",
    find: "if (!isKept(block)) visit(block, sizeBytes);",
    replace: "visit(block, sizeBytes);",
    killedBy: names.ACCOUNTING,
  },
  {
    ...FREE_LISTS,
    name: "clearing the lists forgets their blocks",
    find: "        allocator.free(block);\n        freedCount++;",
    replace: "        freedCount++;",
    killedBy: names.RELEASE,
  },
  {
    ...FREE_LISTS,
    name: "a place of a taken block still names it",
    find: "words[place] = 0;",
    replace: "",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...FREE_LISTS,
    name: "a double free looks at every kept block",
    find: "    return place >= (starts[0] ?? end) &&",
    replace:
      "    for (let at = starts[0] ?? end; at < end; at++) if (get(at) < 0) return true;\n" +
      "    return place >= (starts[0] ?? end) &&",
    killedBy: BOUNDED_WORK,
  },
  {
    ...COUNTING,
    name: "a counted block that moved is counted at its old place",
    find: "siteOf.delete(block);",
    replace: "",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...COUNTING,
    name: "a free adds to the live bytes",
    find: "liveBytes -= sizeBytes;",
    replace: "liveBytes += sizeBytes;",
    killedBy: names.ALLOCATOR_SOUND,
  },
  {
    ...FREE_LISTS,
    name: "a kept block of a composition is walked as live",
    find: "if (!isKept(block)) visit(block, sizeBytes);",
    replace: "visit(block, sizeBytes);",
    killedBy: COMPOSITION,
  },
  {
    ...CHECKED_BYTES,
    name: "the fence before a block is not looked at",
    find: `      pairs[base >> 1] === fencePair &&
      pairs[(base + FENCE) >> 1] === fencePair &&
`,
    replace: "",
    killedBy: names.OVERRUN,
  },
  {
    ...CHECKED_BYTES,
    name: "the first words of a live header are not looked at",
    find: "      pairs[base >> 1] === fencePair &&\n",
    replace: "",
    killedBy: CHECKED_MISUSE,
  },
  {
    ...CHECKED_BYTES,
    name: "the fence behind a block is looked at from the next word on",
    find: "      (((words[last] as number) ^ FENCE_WORD) & (fenceBits[pad] as number)) === 0 &&\n",
    replace: "",
    killedBy: CHECKED_MISUSE,
  },
  {
    ...CHECKED_BYTES,
    name: "the last bytes of a freed block are not looked at",
    find: "return get(last) === DEAD_WORD ? 0 : last;",
    replace: "return 0;",
    killedBy: CHECKED_MISUSE,
  },
  {
    ...CHECKED_BYTES,
    name: "the last bytes of a small freed block are not looked at",
    find: "const end = (base + HEADER + sizeWords + 1) >> 1;",
    replace: "const end = (base + HEADER + sizeWords) >> 1;",
    killedBy: CHECKED_MISUSE,
  },
  {
    ...CHECKED,
    name: "a free does not look at the fences",
    find: `if (!holdsFences(base)) refuseOverrun(\`\${name}.free\``,
    replace: 'if (base < 0) refuseOverrun("free"',
    killedBy: names.OVERRUN,
  },
  {
    ...CHECKED_BYTES,
    name: "of four pairs of a freed block three are looked at",
    find: "if (pairs[at + 2] !== deadPair || pairs[at + 3] !== deadPair) break;",
    replace: "if (pairs[at + 2] !== deadPair) break;",
    killedBy: CHECKED_MISUSE,
  },
  {
    ...CHECKED,
    name: "a block is freed in another domain",
    find: "if (words[base + SEAL] !== live) refuse(",
    replace: "if (words[base + SEAL] === deadSeal(base, letter)) refuse(",
    killedBy: CHECKED_MISUSE,
  },
  {
    ...CHECKED,
    name: "a freed block keeps the seal of a live one",
    find: "words[base + SEAL] = live ^ LIVE ^ layout.deadMark(letter, site);",
    replace: "",
    killedBy: names.REFUSALS,
  },
  {
    ...CHECKED,
    name: "a block that leaves the queue is not given back below",
    find: "    freeBelow(base as Block);\n    if (problem",
    replace: "    if (problem",
    killedBy: names.RELEASE,
  },
  {
    ...CHECKED,
    name: "a checked reallocation forgets the copy",
    find: "bytes.copyWithin(moved * 4, block * 4, block * 4 + keptBytes);",
    replace: "",
    killedBy: names.REALLOCATION,
  },
  {
    ...CHECKED,
    name: "a zeroed checked block holds fresh bytes",
    find: "fillBlock(block, (requestBytes + 3) >>> 2, pair);",
    replace: "fillBlock(block, (requestBytes + 3) >>> 2, freshPair);",
    killedBy: names.ZEROING,
  },
  {
    ...CHECKED,
    name: "blocks held back are counted as live",
    find: "words[freedCountWord] = ((words[freedCountWord] as number) + 1) & SERIAL_MASK;",
    replace: "",
    killedBy: names.ACCOUNTING,
  },
  {
    ...BUMP,
    name: "an option that there is not is taken by the bump allocator",
    find: '  checkOptions("createBumpAllocator", options, "source|name");\n',
    replace: "",
    killedBy: ODD_OPTIONS,
  },
  {
    ...CHECKED,
    name: "a checked layer holds back a negative number of bytes",
    find: '"holdBytes", holdBytes, 0, LIMIT_BYTES',
    replace: '"holdBytes", holdBytes, -LIMIT_BYTES, LIMIT_BYTES',
    killedBy: ODD_OPTIONS,
  },
  {
    name: "a budget is counted in a word that the heap has not",
    file: "pool-allocator.ts",
    on: "pool allocator",
    find: '"budgetWord", budgetWord, 0, source.words.length - 1',
    replace: '"budgetWord", budgetWord, 0',
    killedBy: ODD_OPTIONS,
  },
];
