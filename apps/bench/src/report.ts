// The figures as people read them: a table a workload, then the targets with their answers.

import { renderCollection } from "./collections/collection-report.js";
import type { BenchDocument } from "./document.js";
import { renderObservers } from "./observers/observer-report.js";
import { PEERS } from "./peer.js";
import { COLLECTIONS_PREFACE, PREFACE } from "./preface.js";
import { renderProgram } from "./programs/program-report.js";
import type { Row, WorkloadResult } from "./run.js";
import { renderTable, type Style } from "./table.js";
import { answerText, type Target } from "./target.js";

const NONE = "–";
const TIMED_HEADINGS = [
  "peer",
  "CPU ns gross (min–max)",
  "CPU ns net",
  "wall ns",
  "resident MB",
  "ours is × faster, net",
  "gross",
  "target or remark",
];
const MEMORY_HEADINGS = ["peer", "bytes per block", "resident MB of the process", "remark"];

function figure(value: number | undefined): string {
  if (value === undefined) return NONE;
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return value.toFixed(Math.abs(value) >= 100 ? 0 : 1);
}

function ratio(value: number | undefined): string {
  if (value === undefined) return NONE;
  return `${value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2)}×`;
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? NONE : (bytes / 2 ** 20).toFixed(0);
}

function titleOf(row: Row, document: BenchDocument, style: Style): string {
  const peer = PEERS.find(({ name }) => name === row.peer);
  const title = (peer?.title ?? row.peer).replaceAll("**", style === "markdown" ? "**" : "");
  const version = document.versions[row.peer];
  return version === undefined ? title : `${title} ${version}`;
}

function timedCells(row: Row, document: BenchDocument, targets: readonly Target[], style: Style) {
  const title = titleOf(row, document, style);
  if (row.cpuNs === undefined) {
    const blanks = TIMED_HEADINGS.slice(2).map(() => NONE);
    return [title, ...blanks, row.problem ?? NONE];
  }
  const { cpuNs, wallNs } = row;
  const answer = targets.find((target) => target.peer === row.peer);
  return [
    title,
    `${figure(cpuNs.median)} (${figure(cpuNs.least)}–${figure(cpuNs.greatest)})`,
    row.peer.startsWith("null") ? "" : figure(row.netCpuNs),
    figure(wallNs?.median),
    megabytes(row.residentBytes),
    ratio(row.oursTimesFaster?.net),
    ratio(row.oursTimesFaster?.gross),
    answer === undefined ? "" : answerText(answer),
  ];
}

function renderMetric(
  result: WorkloadResult,
  metric: string,
  document: BenchDocument,
  style: Style,
): string {
  const rows = result.rows.filter((row) => row.metric === metric || row.problem !== undefined);
  if (rows.every((row) => row.cpuNs === undefined)) {
    const cells = rows.map((row) => [
      titleOf(row, document, style),
      figure(row.bytesPerBlock),
      megabytes(row.residentBytes),
      row.problem ?? "",
    ]);
    return renderTable(MEMORY_HEADINGS, cells, style);
  }
  const targets = document.targets.filter(({ workload }) => workload === result.name);
  const cells = rows.map((row) => timedCells(row, document, targets, style));
  return renderTable(TIMED_HEADINGS, cells, style);
}

function renderWorkload(result: WorkloadResult, document: BenchDocument, style: Style): string {
  const metrics = [...new Set(result.rows.filter((row) => !row.problem).map((row) => row.metric))];
  const all = metrics.length === 0 ? [""] : metrics;
  const heading =
    style === "markdown"
      ? `## ${result.title[0]?.toUpperCase()}${result.title.slice(1)}`
      : `${result.name}: ${result.title}`;
  const parts = all.map((metric) => {
    const table = renderMetric(result, metric, document, style);
    if (all.length === 1) return table;
    return `${style === "markdown" ? `**${metric}**\n` : metric}\n${table}`;
  });
  return [heading, ...parts].join("\n\n");
}

/** What a target asks, with the number to beat where it was measured in this run too. */
function statementOf({ statement, wanted, workload }: Target): string {
  const isFixed = !workload.startsWith("live");
  return isFixed || Number.isNaN(wanted) ? statement : `${statement} (${wanted.toFixed(2)}×)`;
}

export function renderTargets(targets: readonly Target[], style: Style): string {
  const cells = targets.map((target) => [target.workload, statementOf(target), answerText(target)]);
  return renderTable(["workload", "ours", "this run"], cells, style);
}

/** Runs for people, each with the command, machine and load that it was measured with. */
export function renderPage(documents: readonly BenchDocument[], style: Style): string {
  const isOfCollectors = documents.every(
    ({ workloads, programs, observers = [] }) =>
      workloads.length + programs.length + observers.length === 0,
  );
  const introduction = isOfCollectors ? COLLECTIONS_PREFACE : PREFACE;
  const preface = style === "markdown" ? [introduction.trimEnd()] : [];
  const isAlone = documents.length === 1;
  const runs = documents.map((document) => [
    ...(isAlone ? [] : [headingOf(document, style)]),
    ...renderRun(document, style),
  ]);
  return `${[...preface, ...runs.flat()].join("\n\n")}\n`;
}

function headingOf(document: BenchDocument, style: Style): string {
  const { node, workloads, programs, collections, observers = [] } = document;
  const others = [...programs, ...collections, ...observers].map(({ name }) => name);
  const groups = new Set([...workloads.map(({ group }) => group), ...others]);
  const heading = `Node ${node.version}: ${[...groups].join(", ")}`;
  return style === "markdown" ? `# ${heading}` : heading;
}

function renderRun(document: BenchDocument, style: Style): string[] {
  const { node, machine, load, roundCount, isQuick } = document;
  const about = [
    `Command: ${style === "markdown" ? `\`${document.command}\`` : document.command}`,
    `Node ${node.version} (V8 ${node.v8}), ${machine.processor}, ${machine.coreCount} cores, ` +
      `${machine.platform} ${machine.architecture}. Load ${figure(load.before)} before, ` +
      `${figure(load.after)} after.`,
    `Medians of ${roundCount} interleaved rounds, one process a sample. Times are CPU time per ` +
      "operation; net is without the null allocator in the same loop.",
    ...(isQuick ? ["Quick run: too few operations to quote."] : []),
  ];
  const tables = [
    ...document.workloads.map((result) => renderWorkload(result, document, style)),
    ...document.programs.map((result) => renderProgram(result, document.versions, style)),
    ...document.collections.map((result) => renderCollection(result, document.versions, style)),
    ...(document.observers ?? []).map((result) => renderObservers(result, style)),
  ];
  const targets = document.targets.length === 0 ? [] : [renderTargets(document.targets, style)];
  const heading = style === "markdown" ? "## Targets" : "targets";
  const end = targets.length === 0 ? [] : [heading, ...targets];
  return [...about, ...tables, ...end];
}
