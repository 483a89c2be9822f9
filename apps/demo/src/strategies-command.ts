// `ouro strategies`: every preset with its traits. Presets and traits are read, never listed here,
// so that a new one is there by itself.

import type { Traits } from "@ouro/interfaces";
import { createMemoryManager, PRESET_NAMES } from "@ouro/memory-manager";
import type { CommandLine } from "./arguments.js";
import { EXIT_OK } from "./exit-code.js";
import { formatTable, visibleLength, wrapText } from "./format.js";
import { type Look, lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { presetRows } from "./preset-choice.js";
import type { Terminal } from "./terminal.js";

const LEAST_RESERVATION_BYTES = 2 ** 26;

interface StrategyRow {
  readonly name: string;
  /** In a few words. */
  readonly meaning: string;
  readonly traits: Traits;
  readonly generationCount: number;
  readonly hasFinalization: boolean;
}

export async function runStrategies(line: CommandLine, terminal: Terminal): Promise<number> {
  fileOperands(line, 0, line.operands);
  const rows = strategyRows();
  const look = lookOf(terminal.stdout, terminal.env, line);
  const text = line.isJson
    ? JSON.stringify(strategiesDocument(rows), undefined, 2)
    : strategyLines(rows, look).join("\n");
  terminal.stdout.write(`${text}\n`);
  return EXIT_OK;
}

function strategyRows(): StrategyRow[] {
  const meanings = new Map(presetRows());
  return PRESET_NAMES.map((name) => {
    const manager = createMemoryManager(name, { reservationBytes: LEAST_RESERVATION_BYTES });
    const { collector, strategy, finalization } = manager;
    return {
      name,
      meaning: meanings.get(name) ?? "",
      traits: strategy.traits,
      generationCount: collector.oldestGeneration + 1,
      hasFinalization: finalization !== undefined,
    };
  });
}

function strategyLines(rows: readonly StrategyRow[], look: Look): string[] {
  const table = tableOf(rows, look);
  if (table.every((each) => visibleLength(each) <= look.width)) {
    return [
      ...table,
      "",
      ...wrapText("A few words on each: ouro help presets. All traits: --json.", look.width),
    ];
  }
  return rows.flatMap(({ name, meaning }) => [
    look.paint.bold(name),
    ...wrapText(meaning, look.width, "  "),
  ]);
}

function tableOf(rows: readonly StrategyRow[], { glyphs, paint }: Look): string[] {
  const yes = (is: boolean): string => (is ? glyphs.yes : glyphs.dash);
  const heading = [
    "strategy",
    "counts",
    "moves",
    "garbage goes",
    "cycles go",
    "generations",
    "finalizers",
  ];
  const cells = rows.map(({ name, traits, generationCount, hasFinalization }) => [
    name,
    yes(traits.counts),
    yes(traits.moves),
    goesOf(traits),
    traits.cycles === "full collection" ? "when collected" : traits.cycles,
    String(generationCount),
    yes(hasFinalization),
  ]);
  const [first, ...rest] = formatTable([heading, ...cells]);
  return [paint.bold(first as string), ...rest];
}

function goesOf({ death, cycles, counts }: Traits): string {
  if (!counts && cycles === "never") return "never";
  return { prompt: "at once", safepoint: "at safepoints", collection: "when collected" }[death];
}

function strategiesDocument(rows: readonly StrategyRow[]) {
  return {
    schema: "ouro/strategies@1",
    strategies: rows.map(({ name, meaning, traits, generationCount, hasFinalization }) => ({
      name,
      meaning,
      generations: generationCount,
      finalization: hasFinalization,
      traits,
    })),
  };
}
