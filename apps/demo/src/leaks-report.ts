// What grows, for people and as a document.

import { formatBytes, formatCount, formatNoun, formatTableWithin, wrapText } from "./format.js";
import { cutName } from "./heap-report.js";
import { comparableFrom, type GrownType, type LeaksFinding } from "./leaks-finding.js";
import type { Look } from "./look.js";
import { heapDocument } from "./why-report.js";

/** Ways that are shown, and steps of each, from its end. */
const WAYS = 3;
const WAY_STEPS = 5;
/** Sites that are shown. */
const SITES = 5;
const SPARK_WIDTH = 12;
const SPARKS = "▁▂▃▄▅▆▇█";
const ASCII_SPARKS = "_.-=+*%#";

export interface LeaksOptions {
  readonly rowCount: number;
  /** What a census is taken after, or of. */
  readonly unit: "collection" | "heap";
}

export function leaksLines(finding: LeaksFinding, options: LeaksOptions, look: Look): string[] {
  const { heap, censusCount, survivedCount, types } = finding;
  const { paint, glyphs, width } = look;
  const who =
    options.unit === "heap"
      ? "all objects"
      : `objects that survived ${formatNoun(survivedCount, "collection")}`;
  const title = [heap.name, formatNoun(censusCount, options.unit), who].join(` ${glyphs.dot} `);
  const grown = types.filter(({ growthBytes }) => growthBytes > 0);
  const head = wrapText(title, width).map((line) => paint.bold(line));
  const leastCount = comparableFrom(survivedCount);
  if (censusCount < leastCount) {
    const many = censusCount === 0 ? "no" : formatCount(censusCount);
    const text =
      `After ${many} collection${censusCount === 1 ? "" : "s"} nothing can be compared: ` +
      `that takes ${formatCount(leastCount)}, or a lesser --survived.`;
    return [...head, "", ...wrapText(text, width)];
  }
  const end = finding.isPartial
    ? ["", paint.yellow(`${glyphs.no} Interrupted: not every ${options.unit} was counted.`)]
    : [];
  if (grown.length === 0) return [...head, "", "No type has more than at the beginning.", ...end];
  const shown = grown.slice(0, options.rowCount);
  const more = grown.length - shown.length;
  return [
    ...head,
    "",
    ...tableOf(
      "type",
      shown.map((type) => rowOf(type, type.typeName, survivedCount)),
      look,
    ),
    ...(more > 0 ? [paint.dim(`  and ${formatNoun(more, "more type")} (--top N)`)] : []),
    "",
    ...shown.slice(0, WAYS).flatMap((type) => wayLines(finding, type, look)),
    ...siteLines(finding, look),
    ...end,
  ];
}

/** Where they were made: a site a row, most growth first. */
function siteLines({ sites = [], survivedCount }: LeaksFinding, look: Look): string[] {
  const grown = sites.filter(({ growthBytes }) => growthBytes > 0);
  if (grown.length === 0) return [];
  const rows = grown.slice(0, SITES).map((row) => rowOf(row, row.site, survivedCount));
  const more = grown.length - rows.length;
  return [
    "",
    ...tableOf("made at", rows, look),
    ...(more > 0 ? [look.paint.dim(`  and ${formatNoun(more, "more site")} (--json)`)] : []),
  ];
}

type Row = Pick<GrownType, "growthCount" | "growthBytes" | "grows" | "bytes"> & {
  readonly name: string;
};

/** What is drawn begins where there can be one of them. */
function rowOf(row: Omit<Row, "name">, name: string, survivedCount: number): Row {
  return { ...row, name, bytes: row.bytes.slice(survivedCount - 1) };
}

function tableOf(what: string, grown: readonly Row[], look: Look): string[] {
  const { glyphs, paint, width } = look;
  // Where something was made is told in more words than what it is.
  const hasBounds = what === "type";
  const nameWidth = Math.max(12, width - (hasBounds ? 60 : 46));
  const rows = grown.map(({ name, growthCount, growthBytes, grows, bytes }) => [
    `  ${cutName(name, nameWidth)}`,
    paint.red(`+${formatCount(growthCount)} ${glyphs.up}`),
    paint.red(`+${formatBytes(growthBytes)} ${glyphs.up}`),
    grows ? "grows" : "",
    sparkline(bytes, look),
    ...(hasBounds ? [boundsOf(bytes, look)] : []),
  ]);
  const bounds = hasBounds ? [`first ${glyphs.arrow} last`] : [];
  const heading = [`  ${what}`, "objects", "bytes", "", "over time", ...bounds];
  return formatTableWithin(width, [heading, ...rows], 3);
}

function boundsOf(bytes: readonly number[], { glyphs }: Look): string {
  return `${formatBytes(bytes[0] ?? 0)} ${glyphs.arrow} ${formatBytes(bytes.at(-1) ?? 0)}`;
}

function sparkline(values: readonly number[], { isUnicode }: Look): string {
  const sparks = isUnicode ? SPARKS : ASCII_SPARKS;
  const most = Math.max(1, ...values);
  const count = Math.min(SPARK_WIDTH, values.length);
  return Array.from({ length: count }, (_, place) => {
    const value = values[Math.floor(((place + 1) * values.length) / count) - 1] as number;
    return sparks[Math.ceil((value / most) * (sparks.length - 1))];
  }).join("");
}

function wayLines({ heap }: LeaksFinding, { typeName, example }: GrownType, look: Look): string[] {
  if (example === undefined) {
    return wrapText(`${typeName}: no root reaches those that are left.`, look.width);
  }
  const { snapshot } = heap;
  const { arrow } = look.glyphs;
  const steps = example.path.slice(-WAY_STEPS).map(({ slotName, object }) => {
    return `${slotName} ${arrow} ${snapshot.describe(object)}`;
  });
  const ellipsis = steps.length < example.path.length ? ["..."] : [];
  const way = [...ellipsis, ...steps].join(" ");
  const text = `${snapshot.describe(example.object)} is alive by ${way}`;
  const [first = "", ...rest] = wrapText(text, look.width, "  ");
  return [first.slice(2), ...rest];
}

/** What `ouro leaks --json` prints. */
export function leaksDocument(finding: LeaksFinding, { unit }: LeaksOptions, preset: string) {
  const { heap, censusCount, survivedCount, types, sites, isPartial } = finding;
  return {
    schema: "ouro/leaks@1",
    partial: isPartial,
    heap: heapDocument(heap),
    preset,
    unit,
    survived: survivedCount,
    censuses: censusCount,
    types: types.map((type) => ({
      type: type.typeName,
      objects: type.growthCount,
      bytes: type.growthBytes,
      grows: type.grows,
      objectsOverTime: type.counts,
      bytesOverTime: type.bytes,
      example:
        type.example === undefined
          ? null
          : {
              number: heap.numberOf(type.example.object),
              path: type.example.path.map(({ object, slotName }) => ({
                number: heap.numberOf(object),
                type: heap.snapshot.typeNameOf(object),
                via: slotName,
              })),
            },
    })),
    sites:
      sites?.map((row) => ({
        site: row.site,
        objects: row.growthCount,
        bytes: row.growthBytes,
        grows: row.grows,
        objectsOverTime: row.counts,
        bytesOverTime: row.bytes,
      })) ?? null,
  };
}
