// The programs' figures as people read them.

import { renderTable, type Style } from "../table.js";
import { PROGRAM_PEERS } from "./program-peer.js";
import type { ProgramResults, ProgramRow } from "./run-programs.js";

const NONE = "–";
const HEADINGS = [
  "who",
  "CPU ns an object (min–max)",
  "wall ns",
  "× faster than CPython",
  "× faster than V8",
  "price",
  "remark",
];
const MEMORY_HEADINGS = ["who", "bytes an object", "× smaller than CPython", "than V8", "remark"];

const figure = (value: number | undefined) => (value === undefined ? NONE : value.toFixed(1));
const times = (value: number | undefined) => (value === undefined ? NONE : `${value.toFixed(2)}×`);

function titleOf(row: ProgramRow, versions: Readonly<Record<string, string>>, style: Style) {
  const peer = PROGRAM_PEERS.find(({ name }) => name === row.peer);
  const title = (peer?.title ?? row.peer).replaceAll("**", style === "markdown" ? "**" : "");
  return row.peer === "cpython" ? (versions.cpython ?? title) : title;
}

/** One table for each thing that was timed. */
export function renderProgram(
  results: ProgramResults,
  versions: Readonly<Record<string, string>>,
  style: Style,
): string {
  const { name, title, rows } = results;
  const heading =
    style === "markdown" ? `## ${title[0]?.toUpperCase()}${title.slice(1)}` : `${name}: ${title}`;
  const metrics = [...new Set(rows.filter((row) => !row.problem).map(({ metric }) => metric))];
  const tables = metrics.map((metric) => {
    const chosen = rows.filter((row) => row.metric === metric || row.problem !== undefined);
    const table = renderMetric(chosen, versions, style);
    if (metric === "") return table;
    return `${style === "markdown" ? `**${metric}**\n` : metric}\n${table}`;
  });
  return [heading, ...tables].join("\n\n");
}

function renderMetric(
  rows: readonly ProgramRow[],
  versions: Readonly<Record<string, string>>,
  style: Style,
): string {
  const isMemory = rows.some((row) => row.bytesPerObject !== undefined);
  const cells = rows.map((row) => {
    const title = titleOf(row, versions, style);
    const { cpython, v8 } = row.timesBetterThan ?? {};
    const remark = row.problem ?? "";
    if (isMemory) return [title, figure(row.bytesPerObject), times(cpython), times(v8), remark];
    const { cpuNs } = row;
    const spreadText =
      cpuNs === undefined
        ? NONE
        : `${figure(cpuNs.median)} (${figure(cpuNs.least)}–${figure(cpuNs.greatest)})`;
    const price = times(row.price);
    return [
      title,
      spreadText,
      figure(row.wallNs?.median),
      times(cpython),
      times(v8),
      price,
      remark,
    ];
  });
  return renderTable(isMemory ? MEMORY_HEADINGS : HEADINGS, cells, style);
}
