// The figures of collectors as people read them: one table for each thing that was timed.

import type { Spread } from "../statistics.js";
import { renderTable, type Style } from "../table.js";
import { COLLECTION_PEERS } from "./collection-peer.js";
import type { CollectionResults, CollectionRow } from "./run-collections.js";

const NONE = "–";
const UNITS = { ns: "ns an object", ms: "ms", bytes: "bytes an object" } as const;

const figure = (value: number) => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
const times = (value: number | undefined) =>
  value === undefined ? NONE : `${value.toFixed(value >= 100 ? 0 : 2)}×`;

function spreadText(spread: Spread | undefined): string {
  if (spread === undefined) return NONE;
  const { median, least, greatest } = spread;
  return `${figure(median)} (${figure(least)}–${figure(greatest)})`;
}

function titleOf(row: CollectionRow, versions: Readonly<Record<string, string>>, style: Style) {
  const peer = COLLECTION_PEERS.find(({ name }) => name === row.peer);
  const title = (peer?.title ?? row.peer).replaceAll("**", style === "markdown" ? "**" : "");
  const version = peer?.host === "cpython" ? versions.cpython : undefined;
  return version === undefined ? title : title.replace("CPython", version);
}

function renderMetric(
  rows: readonly CollectionRow[],
  { unit }: CollectionResults,
  versions: Readonly<Record<string, string>>,
  style: Style,
): string {
  const hasCpu = rows.some(({ cpu }) => cpu !== undefined);
  const better = unit === "bytes" ? "smaller" : "faster";
  const headings = [
    "who",
    ...(hasCpu ? [`CPU ${UNITS[unit]} (min–max)`, "wall"] : [`${UNITS[unit]} (min–max)`]),
    `× ${better} than CPython`,
    "than V8",
    "remark",
  ];
  const cells = rows.map((row) => {
    const { cpython, v8 } = row.timesBetterThan ?? {};
    const wall = row.wall === undefined ? NONE : figure(row.wall.median);
    const figures = hasCpu ? [spreadText(row.cpu), wall] : [spreadText(row.wall)];
    const remark = row.problem ?? row.remark ?? "";
    return [titleOf(row, versions, style), ...figures, times(cpython), times(v8), remark];
  });
  return renderTable(headings, cells, style);
}

/** All tables of one workload. */
export function renderCollection(
  results: CollectionResults,
  versions: Readonly<Record<string, string>>,
  style: Style,
): string {
  const { name, title, rows } = results;
  const heading =
    style === "markdown"
      ? `## ${title[0]?.toUpperCase()}${title.slice(1)}\n\nWorkload \`${name}\`.`
      : `${name}: ${title}`;
  const metrics = [...new Set(rows.filter((row) => !row.problem).map(({ metric }) => metric))];
  const tables = metrics.map((metric) => {
    const chosen = rows.filter((row) => row.metric === metric || row.problem !== undefined);
    const table = renderMetric(chosen, results, versions, style);
    if (metric === "") return table;
    return `${style === "markdown" ? `**${metric}**\n` : metric}\n${table}`;
  });
  return [heading, ...tables].join("\n\n");
}
