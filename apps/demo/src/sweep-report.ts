// A sweep drawn: the points as a table, and the curve of pauses and memory.

import type { StrategyResult } from "./compare-result.js";
import { findCurve, type Sweep, type SweptPoint } from "./compare-sweep.js";
import { formatBytes, formatCount, formatTable } from "./format.js";
import type { Look } from "./look.js";

const PLOT_ROWS = 11;
const PLOT_COLUMNS_MOST = 56;
/** Columns beside the plot: the values of the axis. */
const AXIS_COLUMNS = 13;
const FIRST_LETTER = "a".charCodeAt(0);

export function sweepLines(results: readonly StrategyResult[], sweep: Sweep, look: Look): string[] {
  const strategies = [...new Set(results.map(({ strategy }) => strategy))];
  return strategies.flatMap((strategy, index) => {
    const points = findCurve(results.filter((result) => result.strategy === strategy));
    return [
      ...(index === 0 ? [] : [""]),
      look.paint.bold(`${strategy}, ${sweep.option}`),
      ...pointLines(points, sweep, look),
      "",
      ...plotLines(points, look),
    ];
  });
}

function pointLines(points: readonly SweptPoint[], { option }: Sweep, look: Look): string[] {
  const rows = points.map(({ result, pause, heldBytes, work, isOnCurve, isKnee }, index) => [
    `  ${letterOf(index, isKnee)}`,
    formatCount(result.value ?? 0),
    formatCount(result.figures?.collections ?? 0),
    formatCount(pause),
    formatBytes(heldBytes),
    formatCount(work),
    isKnee ? look.paint.green("knee") : isOnCurve ? "" : look.paint.dim("beaten"),
  ]);
  const heading = ["", option, "collections", "pause.max", "held.peak", "work", ""];
  const isWide = look.width >= 72;
  const shown = [heading, ...rows].map((row) => row.filter((_, at) => isWide || at !== 2));
  return formatTable(shown, isWide ? "  " : " ");
}

function letterOf(index: number, isKnee: boolean): string {
  const letter = String.fromCharCode(FIRST_LETTER + index);
  return isKnee ? letter.toUpperCase() : letter;
}

/** Both axes by their logarithms: the values of a sweep are a factor apart. */
function plotLines(points: readonly SweptPoint[], look: Look): string[] {
  const pauses = points.map(({ pause }) => Math.max(1, pause));
  const bytes = points.map(({ heldBytes }) => Math.max(1, heldBytes));
  const columnCount = Math.min(PLOT_COLUMNS_MOST, look.width - AXIS_COLUMNS - 2);
  const place = (value: number, values: readonly number[], count: number): number => {
    const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
    return most === least
      ? 0
      : Math.round(((Math.log(value) - least) / (most - least)) * (count - 1));
  };
  const grid = Array.from({ length: PLOT_ROWS }, () => new Array<string>(columnCount).fill(" "));
  for (const [index, { isOnCurve, isKnee }] of points.entries()) {
    const row = PLOT_ROWS - 1 - place(bytes[index] as number, bytes, PLOT_ROWS);
    const column = place(pauses[index] as number, pauses, columnCount);
    const letter = letterOf(index, isKnee);
    const shown = isKnee ? look.paint.green(letter) : isOnCurve ? letter : look.paint.dim(letter);
    (grid[row] as string[])[column] = shown;
  }
  const bar = look.isUnicode ? "│" : "|";
  const line = (look.isUnicode ? "─" : "-").repeat(columnCount);
  const corner = look.isUnicode ? "└" : "+";
  const label = (row: number): string => {
    if (row === 0) return formatBytes(Math.max(...bytes));
    return row === PLOT_ROWS - 1 ? formatBytes(Math.min(...bytes)) : "";
  };
  const [left, right] = [formatCount(Math.min(...pauses)), formatCount(Math.max(...pauses))];
  const middle = " pause.max ".padStart(columnCount - left.length - right.length);
  return [
    "  held.peak",
    ...grid.map(
      (cells, row) =>
        `  ${label(row).padStart(AXIS_COLUMNS - 3)} ${bar}${cells.join("").trimEnd()}`,
    ),
    `${" ".repeat(AXIS_COLUMNS)}${corner}${line}`,
    `${" ".repeat(AXIS_COLUMNS + 1)}${left}${middle}${right}`,
  ];
}
