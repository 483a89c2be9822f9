// Properties of finalization: when finalizers and callbacks run, in which order, and that whatever
// they do leaves the heap whole. Only for strategies that have finalization.

import type { Traits } from "@ouro/interfaces";
import { drawDeaths, recordDeaths } from "./death-drawing.js";
import { type DeathCheck, playDeaths } from "./death-model.js";
import { ACTS, type Act, type DeathCommand, deathPrograms } from "./death-program.js";
import { printDeathScript } from "./death-script.js";
import { type ManagerMaker, makeUnobserved, sourceOf, traitsOf } from "./manager-subject.js";
import type { Notes } from "./notes.js";
import { DEATH_COMMANDS } from "./program-forms.js";
import { reasonLines } from "./record.js";
import type { Property, SuiteOptions } from "./suite.js";
import { tightenDeaths } from "./tightened-deaths.js";

export const FINALIZERS = "finalizes an object once, when nothing reaches it any more";
export const WEAK_REFERENCES = "empties weak references when their object goes, and only then";
export const FINALIZATION_ORDER = "calls finalizers and callbacks in the order of its traits";
export const DEATHS_COLLECTED =
  "keeps what it promises of death with collections put in behind every command";
export const PROGRAM_CODE = "is whole whatever finalizers and callbacks do";

const CALM: readonly Act[] = ["nothing"];

interface Row {
  readonly name: string;
  readonly checks: readonly DeathCheck[];
  /** Put in behind every command. */
  readonly added?: readonly DeathCommand[];
  readonly acts: readonly Act[];
  readonly source: string;
}

const ROWS: readonly Row[] = [
  { name: FINALIZERS, checks: ["finalizers"], acts: ACTS, source: "O8 death log: PEP 442" },
  { name: WEAK_REFERENCES, checks: ["weak"], acts: ACTS, source: "O8 death log: PEP 205, gc.c" },
  { name: FINALIZATION_ORDER, checks: ["order"], acts: CALM, source: "CPython Python/gc.c" },
  {
    name: PROGRAM_CODE,
    checks: ["whole"],
    acts: ACTS,
    source: "nemesis; CPython test_finalization",
  },
  {
    name: DEATHS_COLLECTED,
    checks: ["finalizers", "weak", "whole"],
    acts: ACTS,
    added: [{ do: "collect" }],
    source: "O7 metamorphic, with program code",
  },
];

function withAdded(commands: readonly DeathCommand[], added: readonly DeathCommand[]) {
  return commands.flatMap((command) => [command, ...added]);
}

/** Who does not resurrect does nothing instead. */
function asDone(commands: readonly DeathCommand[], maker: ManagerMaker): DeathCommand[] {
  if (traitsOf(maker).resurrection) return [...commands];
  return commands.map((command) =>
    "act" in command && command.act === "resurrect" ? { ...command, act: "nothing" } : command,
  );
}

export const deathProperties: readonly Property<ManagerMaker, DeathCommand[]>[] = ROWS.map(
  ({ name, checks, added = [], acts, source }) => ({
    name,
    source,
    whyNot(maker: ManagerMaker) {
      const { collector, weakReferences } = makeUnobserved(maker);
      const isThere = collector.finalization !== undefined && weakReferences !== undefined;
      return isThere ? undefined : "the strategy has no finalization";
    },
    programs: (_: ManagerMaker, { commandLimitCount }: SuiteOptions) =>
      deathPrograms(acts, commandLimitCount),
    check(commands: DeathCommand[], maker: ManagerMaker, notes: Notes) {
      playDeaths(maker, withAdded(commands, added), new Set(checks), notes);
    },
    form: DEATH_COMMANDS,
    commandCount: (commands: DeathCommand[]) => commands.length,
    tightened: (commands: DeathCommand[], fails) => tightenDeaths(commands, fails),
    script(commands: DeathCommand[], maker: ManagerMaker) {
      const played = recordDeaths(maker, withAdded(commands, added), new Set(checks));
      const calls = printDeathScript(asDone(played.commands, maker), played.dropCount);
      return [sourceOf(maker), calls, ...reasonLines(played.reason)].join("\n");
    },
    drawing(commands: DeathCommand[], maker: ManagerMaker) {
      const looks = new Set(checks);
      const played = recordDeaths(maker, withAdded(commands, added), looks);
      const calls = printDeathScript(asDone(played.commands, maker), played.dropCount);
      return drawDeaths(maker, played, looks, calls.split("\n").at(-1) ?? "");
    },
  }),
);

/** What the programs showed of the traits of finalization. */
export function deathWarnings(traits: Traits, notes: Notes): string[] {
  const { programCode, resurrection } = traits;
  const warnings: string[] = [];
  if (!resurrection && notes.count("resurrected, and not declared") > 0) {
    warnings.push("resurrection is not declared, and what a finalizer stored lived on");
  }
  const isAlwaysByAge = notes.count("finalized out of age") === 0;
  if (traits.collectionOrder === "any" && notes.count("finalized by age") >= 20 && isAlwaysByAge) {
    warnings.push('collectionOrder is declared "any", and garbage was always finalized by age');
  }
  const count = notes.count("program code in place") + notes.count("program code at a safepoint");
  if (count < 50) return warnings;
  if (programCode === "in place" && notes.count("program code in place") === 0) {
    warnings.push("program code is declared to run in place, and ran at safepoints only");
  }
  if (resurrection && notes.count("resurrected") === 0) {
    warnings.push("resurrection is declared, and nothing was resurrected");
  }
  return warnings;
}
