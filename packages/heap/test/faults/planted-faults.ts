// Faults that a private heap is known for, each a small change of the sources, and the property
// that kills it. A fault that no longer applies fails loudly: the sources moved on, it must too.

import * as suite from "@ouro/testkit";
import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

export const TURNED_BITS = "finds each bit of its tables that is turned over, but those listed";

const HEAP = { file: "private-heap.ts", on: "fixed" } as const;
const RESIZABLE = { file: "private-heap.ts", on: "resizable" } as const;
const RECORDS = { file: "records.ts", on: "fixed" } as const;
const VALIDATE = { file: "validate.ts", killedBy: TURNED_BITS } as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...HEAP,
    name: "the highest arena is lent first",
    find: `    let start = get(LOWEST_FREE_HINT);
    while (words[arenaTable + start] !== 0 && start < arenaCount) start++;`,
    replace: `    let start = arenaCount - count;
    while (start > firstArenaIndex && endOfOthers(0, start, count) !== 0) start--;`,
    killedBy: suite.LENDING,
  },
  {
    ...HEAP,
    name: "one arena of a run is lent",
    find: "if (!lend(borrower, start, count, lowestFree))",
    replace: "if (!lend(borrower, start, 1, lowestFree))",
    killedBy: suite.LENDING,
  },
  {
    ...HEAP,
    name: "an arena is lent that is lent already",
    find: "const isFree = start >= firstArenaIndex && endOfOthers(0, start, count) === 0;",
    replace: "const isFree = start >= firstArenaIndex;",
    killedBy: suite.HEAP_REFUSALS,
  },
  {
    ...HEAP,
    name: "the last arena of a released run stays lent",
    find: "words.fill(0, arenaTable + start, arenaTable + end);",
    replace: "words.fill(0, arenaTable + start, arenaTable + Math.max(start + 1, end - 1));",
    killedBy: suite.LENDING,
  },
  {
    ...HEAP,
    name: "an arena is taken back from a borrower that does not have it",
    find: "if (end > arenaCount || endOfOthers(borrower, start, count) > 0) {",
    replace:
      "const lender = words[arenaTable + start] as Borrower;\n" +
      "    if (end > arenaCount || endOfOthers(lender || borrower, start, count) > 0) {",
    killedBy: suite.HEAP_REFUSALS,
  },
  {
    ...HEAP,
    name: "the limit holds one arena too late",
    find: "lent > get(LIMIT_ARENAS)) return false;",
    replace: "lent > get(LIMIT_ARENAS) + 1) return false;",
    killedBy: suite.HEAP_REFUSALS,
  },
  {
    ...HEAP,
    name: "a limit is rounded up to arenas",
    find: "Math.min(Math.floor(bytes / ARENA_SIZE_BYTES)",
    replace: "Math.min(Math.ceil(bytes / ARENA_SIZE_BYTES)",
    killedBy: suite.HEAP_REFUSALS,
  },
  {
    ...HEAP,
    name: "a refusal leaves a count changed",
    find: "if (!lend(borrower, start, count, lowestFree)) return 0 as Arena;",
    replace: `if (!lend(borrower, start, count, lowestFree)) {
      add(RESERVE_COUNT, 1);
      return 0 as Arena;
    }`,
    killedBy: suite.HEAP_REFUSALS,
  },
  {
    ...HEAP,
    name: "the high water sinks with what is lent",
    find: "set(HIGH_WATER_ARENAS, Math.max(lent, get(HIGH_WATER_ARENAS)));",
    replace: "set(HIGH_WATER_ARENAS, lent);",
    killedBy: suite.BOOKS,
  },
  {
    ...HEAP,
    name: "a walk overlooks the last arena",
    find: "index < get(TOP_ARENA_END); index++",
    replace: "index < get(TOP_ARENA_END) - 1; index++",
    killedBy: suite.ARENA_WALK,
  },
  {
    ...HEAP,
    name: "a borrower's own figure is not lowered",
    find: "add(recordOf(borrower) + BORROWER_LENT_ARENAS, -count);",
    replace: "",
    killedBy: suite.HEAP_SOUND,
  },
  {
    ...HEAP,
    name: "the hint stays above an arena that came back",
    find: "set(LOWEST_FREE_HINT, Math.min(start, get(LOWEST_FREE_HINT)));",
    replace: "",
    killedBy: suite.LENDING,
  },
  {
    ...HEAP,
    name: "the soft limit is told once in the heap's life",
    find: "if (lent - count <= soft && lent > soft) {",
    replace: "if (lent - count <= soft && lent > soft && get(RELEASED_ARENAS) === 0) {",
    killedBy: suite.SOFT_LIMIT,
  },
  {
    ...RECORDS,
    name: "two regions get the same words",
    find: "set(REGION_TOP, top + sizeWords);",
    replace: "",
    killedBy: suite.REGIONS,
  },
  {
    ...RECORDS,
    name: "regions of more than a hundred words overlap by a granule",
    find: "set(REGION_TOP, top + sizeWords);",
    replace: "set(REGION_TOP, top + sizeWords - (sizeWords > 100 ? 4 : 0));",
    killedBy: suite.REGIONS,
  },
  {
    ...RECORDS,
    name: "a region is not found again by its borrower",
    find: "get(record + RECORD_OWNER) === owner && readName(context, record) === name",
    replace: "get(record + RECORD_OWNER) !== owner && readName(context, record) === name",
    killedBy: suite.REGIONS,
  },
  {
    ...RECORDS,
    name: "a region of an adopted memory holds what lay there",
    on: "adopted",
    find: 'if (backing === "adopted") words.fill(0, top, top + sizeWords);',
    replace: 'if (backing === "adopted") words.fill(0, top, top + sizeWords - 4);',
    killedBy: suite.REGIONS,
  },
  {
    ...RESIZABLE,
    name: "the tail is kept though the memory is resizable",
    find: "    fitTop(end);\n    if (backing",
    replace: "    if (backing",
    killedBy: suite.HEAP_SOUND,
  },
  {
    ...RESIZABLE,
    name: "bytes that went back are not counted",
    find: 'if (backing === "resizable") add(RETURNED_ARENAS, oldEnd - end);',
    replace: "",
    killedBy: suite.BOOKS,
  },
  {
    ...VALIDATE,
    name: "validate() takes any borrower count for a true one",
    find: "check(context, record + BORROWER_LENT_ARENAS, lentByBorrower[borrower]!);",
    replace: "check(context, record + BORROWER_LENT_ARENAS, 0, 2 ** 31);",
  },
  {
    ...VALIDATE,
    name: "validate() does not look behind the last record",
    find: "  checkZero(context, record, records + limit * RECORD_SIZE_WORDS);\n",
    replace: "",
  },
  {
    ...VALIDATE,
    name: "validate() does not add up what is lent",
    find: "check(context, LENT_ARENAS, lentCount);",
    replace: "",
  },
];
