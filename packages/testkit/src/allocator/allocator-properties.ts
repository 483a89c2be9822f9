// The properties of every allocator, each by its name. Each looks at one promise of the contract,
// so that a fault is found by a name that says what it broke.

import type { Notes } from "../notes.js";
import { ALLOCATOR_COMMANDS } from "../program-forms.js";
import type { Property, SuiteOptions } from "../suite.js";
import {
  type AllocatorCommand,
  allocatorCommands,
  playOnAllocator,
  singleCommands,
} from "./allocator-commands.js";
import { drawAllocator } from "./allocator-drawing.js";
import type { AllocatorCheck } from "./allocator-model.js";
import {
  type AllocatorLog,
  printAllocatorCalls,
  recordAllocatorCalls,
} from "./allocator-script.js";
import type { AllocatorMaker } from "./allocator-subject.js";
import { tightenCommands } from "./tightened-commands.js";

export const PLACEMENT = "gives blocks that are aligned, large enough and never overlap";
export const BLOCK_CONTENTS = "keeps the contents of a block until it is freed";
export const REALLOCATION = "keeps the first bytes on reallocation and leaks nothing";
export const ZEROING = "fills zeroed blocks with zeros";
export const ACCOUNTING = "accounts for every byte that it was lent";
export const WALK = "walks exactly the live blocks in address order";
export const REFUSALS = "refuses foreign, interior and double frees and changes nothing";
export const ALIASING = "never gives memory twice, whatever was freed wrongly";
export const OVERRUN = "notices a header that a write past a block's end changed";
export const ALLOCATOR_SOUND = "stays sound after each command";
export const ALLOCATOR_MEMORY = "loses nothing when memory runs out at any allocation";
export const RELEASE = "gives back every arena but the kept one when all is freed";

interface Row {
  readonly name: string;
  readonly check: AllocatorCheck;
  readonly source?: string;
  /** Of many allocations at once. */
  readonly bulkWeight?: number;
}

const ROWS: readonly Row[] = [
  { name: PLACEMENT, check: "placement", source: "C17 7.22.3; AssemblyScript rtrace" },
  { name: BLOCK_CONTENTS, check: "contents", source: "C17 7.22.3" },
  { name: REALLOCATION, check: "reallocation", source: "C17 7.22.3.5" },
  { name: ZEROING, check: "zeroing", source: "C17 7.22.3.2" },
  { name: ACCOUNTING, check: "accounting", source: "CPython sys._debugmallocstats" },
  { name: WALK, check: "walk" },
  { name: REFUSALS, check: "refusals", source: "StarMalloc; CPython PYTHONMALLOC=debug" },
  { name: ALIASING, check: "aliasing", source: "StarMalloc" },
  { name: OVERRUN, check: "overrun", source: "CPython PYTHONMALLOC=debug" },
  { name: ALLOCATOR_SOUND, check: "validate" },
  { name: ALLOCATOR_MEMORY, check: "memory", source: "Jepsen: faults between any two steps" },
  {
    name: RELEASE,
    check: "release",
    source: "CPython obmalloc: arenas are freed",
    // One arena is kept, so what is not given back shows where programs fill two.
    bulkWeight: 5,
  },
];

/** What one property looks at, by its name. */
export const allocatorChecks: ReadonlyMap<string, AllocatorCheck> = new Map(
  ROWS.map(({ name, check }) => [name, check]),
);

export const allocatorProperties: readonly Property<AllocatorMaker, AllocatorCommand[]>[] =
  ROWS.map(({ name, check, bulkWeight, ...rest }) => ({
    name,
    ...rest,
    whyNot: (maker: AllocatorMaker) =>
      check === "overrun" && maker.overrunKind === undefined
        ? "no overrunKind is declared: it need not notice"
        : undefined,
    programs: (maker: AllocatorMaker, { commandLimitCount }: SuiteOptions) =>
      allocatorCommands(maker, commandLimitCount, bulkWeight),
    check(commands: AllocatorCommand[], maker: AllocatorMaker, notes: Notes) {
      playOnAllocator(maker, commands, new Set([check]), notes);
    },
    form: ALLOCATOR_COMMANDS,
    commandCount: (commands: AllocatorCommand[]) => commands.length,
    tightened: (commands: AllocatorCommand[], fails) =>
      tightenCommands(commands, singleCommands, fails),
    script: (commands: AllocatorCommand[], maker: AllocatorMaker) =>
      printAllocatorCalls(maker, logOf(commands, maker, check)),
    drawing: (commands: AllocatorCommand[], maker: AllocatorMaker) =>
      drawAllocator(maker, logOf(commands, maker, check)),
  }));

function logOf(
  commands: readonly AllocatorCommand[],
  maker: AllocatorMaker,
  check: AllocatorCheck,
): AllocatorLog {
  return recordAllocatorCalls(maker, (recording, notes) =>
    playOnAllocator(recording, commands, new Set([check]), notes),
  );
}
