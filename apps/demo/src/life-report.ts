// How objects lived and died, as a table for people.

import { formatBytes, formatCount, formatNoun, formatTableWithin } from "./format.js";
import type { Freed, LifeFigures } from "./life-tally.js";
import type { Look } from "./look.js";

/** Of one recording or of several. */
export function lifeLines(life: LifeFigures, look: Look): string[] {
  // What matters least comes last: narrow terminals leave that out.
  const row = (name: string, { objects, bytes }: Freed, note = ""): string[] => [
    name,
    formatCount(objects),
    shareOf(objects, life.made.objects),
    formatBytes(bytes),
    note,
  ];
  const hasGenerations = life.collected.length > 1;
  const rows = [
    ["", "objects", "", "memory", ""],
    row("made", life.made),
    row("freed by counting", life.freedByCounting),
    ...life.collected.map(({ generation, collections, freed }) => {
      const name = hasGenerations ? `freed in generation ${generation}` : "freed in collections";
      return row(name, freed, formatNoun(collections, "collection"));
    }),
    row("still alive at the end", life.alive),
  ];
  const table = formatTableWithin(look.width - 2, rows, 2);
  const [first = "", ...others] = table;
  return [`  ${look.paint.dim(first)}`, ...others.map((line) => `  ${line}`)];
}

function shareOf(part: number, whole: number): string {
  if (whole === 0) return "";
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent.toFixed(percent >= 99.95 || percent === 0 ? 0 : 1)} %`;
}
