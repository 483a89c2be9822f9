// Pictures of what the command shows, as SVG: text as on a terminal, and the house: arenas as
// rows, pools as windows, the fuller the lighter. No font or style from elsewhere; both look the
// same on a light and a dark page, since they bring their background.

import { ARENA_SIZE_BYTES } from "@ouro/interfaces";
import type { FillMap, PoolFill } from "./fill-map.js";
import { formatNoun, visibleLength } from "./format.js";

const CHARACTER_WIDTH = 7.8;
const LINE_HEIGHT = 18;
const MARGIN = 16;
const BACKGROUND = "#1e2430";
const FOREGROUND = "#d8dee9";
/** By the number of the colour sequence that begins it. */
const COLOURS: Readonly<Record<string, string>> = {
  "1": `fill="#ffffff" font-weight="bold"`,
  "2": `fill="#8b97ad"`,
  "31": `fill="#ff8a80"`,
  "32": `fill="#9ad17b"`,
  "36": `fill="#7fd3e6"`,
};

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function frame(width: number, height: number, title: string, body: readonly string[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeText(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" ` +
      `font-size="13" fill="${FOREGROUND}">`,
    ...body,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/**
 * Lines with their colour sequences, as text in a frame. Each line keeps its blanks by itself: of a
 * group that says so browsers take no notice.
 */
export function textPicture(title: string, lines: readonly string[]): string {
  const columns = Math.max(1, ...lines.map(visibleLength));
  const width = Math.ceil(2 * MARGIN + columns * CHARACTER_WIDTH);
  const height = 2 * MARGIN + lines.length * LINE_HEIGHT;
  const body = lines.map((line, index) => {
    const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
    return `<text xml:space="preserve" x="${MARGIN}" y="${y}">${spans(line)}</text>`;
  });
  return frame(width, height, title, body);
}

/** A coloured stretch is a span; what ends a colour ends it. */
function spans(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour
  const parts = line.split(/\u001b\[(\d+)m/);
  let text = escapeText(parts[0] as string);
  for (let index = 1; index < parts.length; index += 2) {
    const colour = COLOURS[parts[index] as string];
    const part = escapeText(parts[index + 1] as string);
    text += colour === undefined || part === "" ? part : `<tspan ${colour}>${part}</tspan>`;
  }
  return text;
}

const CELL = 10;
const LABEL_WIDTH = 90;
const SHARE_WIDTH = 60;
/** Arenas above this number are left out, and said to be. */
const ARENA_LIMIT = 40;
const STEPS = ["#2d3a4f", "#31556b", "#3a7d86", "#57a98b", "#9ad17b"] as const;

/** The arenas of a map, one under the other. */
export function housePicture(title: string, { arenas }: FillMap): string {
  const shown = arenas.slice(0, ARENA_LIMIT);
  const poolCount = Math.max(1, ...shown.map(({ pools }) => pools.length));
  const width = 2 * MARGIN + LABEL_WIDTH + poolCount * (CELL + 1) + SHARE_WIDTH;
  const rowHeight = CELL + 8;
  const top = MARGIN + 2 * LINE_HEIGHT;
  const body = [`<text x="${MARGIN}" y="${MARGIN + 13}">${escapeText(title)}</text>`];
  for (const [row, { arenaIndex, pools, usedBytes }] of shown.entries()) {
    const y = top + row * rowHeight;
    body.push(`<text x="${MARGIN}" y="${y + CELL}">arena ${arenaIndex}</text>`);
    for (const [column, fill] of pools.entries()) {
      const x = MARGIN + LABEL_WIDTH + column * (CELL + 1);
      body.push(
        `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="2" ${windowOf(fill)}/>`,
      );
    }
    const share = `${((usedBytes / ARENA_SIZE_BYTES) * 100).toFixed(1)} %`;
    const x = width - MARGIN;
    body.push(`<text x="${x}" y="${y + CELL}" text-anchor="end">${share}</text>`);
  }
  const bottom = top + shown.length * rowHeight;
  body.push(...legend(bottom + LINE_HEIGHT, arenas.length - shown.length));
  return frame(width, bottom + 2 * LINE_HEIGHT + MARGIN, title, body);
}

function windowOf(fill: PoolFill): string {
  if (fill === undefined) return `fill="none" stroke="#3b4558"`;
  const step = fill === 0 ? 0 : Math.min(STEPS.length - 1, 1 + Math.floor(fill * 3.999));
  return `fill="${STEPS[step]}"`;
}

function legend(y: number, leftOutCount: number): string[] {
  const words = ["empty", "to 25 %", "to 50 %", "to 75 %", "full"];
  const entries = words.flatMap((word, index) => {
    const x = MARGIN + index * 90;
    const text = `<text x="${x + CELL + 6}" y="${y + CELL}" fill="#8b97ad">${word}</text>`;
    const box = `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="2"`;
    return [`${box} fill="${STEPS[index]}"/>`, text];
  });
  const x = MARGIN + words.length * 90;
  const never = `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="2"`;
  const more = leftOutCount === 0 ? "" : `; ${formatNoun(leftOutCount, "more arena")}`;
  entries.push(`${never} fill="none" stroke="#3b4558"/>`);
  entries.push(`<text x="${x + CELL + 6}" y="${y + CELL}" fill="#8b97ad">never used${more}</text>`);
  return entries;
}
