// The figures of the listeners as people read them.

import type { PairedDifference } from "../statistics.js";
import { renderTable, type Style } from "../table.js";
import { LISTENERS } from "./observer.js";
import type { ObserverResults, ObserverRow } from "./run-observers.js";

const HEADINGS = [
  "who listens",
  "CPU ns an object (min–max)",
  "events a process",
  "more than nobody, ns, paired",
  "its interval",
  "in %",
];

const figure = (value: number) => value.toFixed(1);
const signed = (value: number, digits: number) =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

function differenceCells(difference: PairedDifference | undefined, baseNs: number): string[] {
  if (difference === undefined) return ["", "", ""];
  const { median, low, high } = difference;
  const interval = `${signed(low, 2)} to ${signed(high, 2)}`;
  return [signed(median, 2), interval, signed((100 * median) / baseNs, 1)];
}

function cellsOf({ listener, cpuNs, eventCount, difference }: ObserverRow, baseNs: number) {
  const title = LISTENERS.find(({ name }) => name === listener)?.title ?? listener;
  return [
    title,
    `${figure(cpuNs.median)} (${figure(cpuNs.least)}–${figure(cpuNs.greatest)})`,
    eventCount.toLocaleString("en"),
    ...differenceCells(difference, baseNs),
  ];
}

export function renderObservers({ name, title, rows }: ObserverResults, style: Style): string {
  const heading =
    style === "markdown" ? `## ${title[0]?.toUpperCase()}${title.slice(1)}` : `${name}: ${title}`;
  const baseNs = rows[0]?.cpuNs.median ?? Number.NaN;
  const table = renderTable(
    HEADINGS,
    rows.map((row) => cellsOf(row, baseNs)),
    style,
  );
  const one = rows.find(({ difference }) => difference !== undefined)?.difference;
  const note =
    one === undefined
      ? []
      : [
          `The median of ${one.pairCount} differences between neighbours in time, and an ` +
            "interval that holds it with " +
            `${(100 * one.confidence).toFixed(1)} % confidence (sign test).`,
        ];
  return [heading, table, ...note].join("\n\n");
}
