// A failing program about death drawn: before the command at which a promise broke, and after it.

import { type DeathCheck, playDeaths } from "./death-model.js";
import type { DeathCommand } from "./death-program.js";
import { type KnownNodes, takeDeathSnapshot } from "./death-snapshot.js";
import type { DeathStage } from "./death-stage.js";
import { type DrawnPart, drawParts } from "./heap-drawing.js";
import type { ManagerMaker } from "./manager-subject.js";
import { createNotes } from "./notes.js";
import { reasonOf } from "./record.js";
import type { Drawing } from "./report.js";

/** What was played up to where it broke. */
export interface DeathsPlayed {
  /** The command that broke is the last one. */
  readonly commands: readonly DeathCommand[];
  /** Times that everything was dropped and collected behind the program. */
  readonly dropCount: number;
  readonly reason: string | undefined;
}

/** Plays a program, and says how far it came. */
export function recordDeaths(
  maker: ManagerMaker,
  commands: readonly DeathCommand[],
  checks: ReadonlySet<DeathCheck>,
): DeathsPlayed {
  const counts = { command: 0, drop: 0 };
  const reason = reasonOf(() =>
    playDeaths(maker, commands, checks, createNotes(), (moment) => void counts[moment]++),
  );
  return { commands: commands.slice(0, counts.command), dropCount: counts.drop, reason };
}

/** `lastLine` is how the script says the last command. O(commands · nodes). */
export function drawDeaths(
  maker: ManagerMaker,
  { commands, dropCount }: DeathsPlayed,
  checks: ReadonlySet<DeathCheck>,
  lastLine: string,
): Drawing {
  const isDrop = dropCount > 0;
  const known: KnownNodes = { nodes: new Set(), bornCount: 0 };
  const parts: DrawnPart[] = [];
  let left = commands.length + dropCount;
  let played: DeathStage | undefined;
  const draw = (title: string, stage: DeathStage): void =>
    void parts.push({ title, snapshot: takeDeathSnapshot(stage, known) });
  const reason = reasonOf(() =>
    playDeaths(maker, commands, checks, createNotes(), (_, stage) => {
      played = stage;
      if (--left !== 0) return;
      // Who was freed before is no part of the picture.
      takeDeathSnapshot(stage, known);
      draw(isDrop ? "before all is dropped" : "before the last call", stage);
    }),
  );
  const title = isDrop ? "after all is dropped and collected" : `after ${lastLine}`;
  const after = reasonOf(() => played && draw(title, played));
  if (after !== undefined) {
    const threw = `then it threw: ${reason ?? after}`;
    parts.push({ title: threw, snapshot: { roots: [], objects: [] } });
  }
  return drawParts(parts);
}
