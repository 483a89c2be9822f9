// Numbers, tables and paragraphs as text.

const KIB = 1024;
const MIB = KIB * KIB;
const GIB = MIB * KIB;

/** 1536 → "1.5 KiB". At most three significant digits below 1000. */
export function formatBytes(bytes: number): string {
  const [unitBytes, unit] =
    bytes >= GIB
      ? [GIB, "GiB"]
      : bytes >= MIB
        ? [MIB, "MiB"]
        : bytes >= KIB
          ? [KIB, "KiB"]
          : [1, "B"];
  const amount = bytes / unitBytes;
  if (unitBytes === 1) return `${bytes} B`;
  return `${amount.toFixed(amount < 100 ? 2 : 1)} ${unit}`;
}

/** 1234567 → "1,234,567", in every locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 arena", "2 arenas". */
export function formatNoun(count: number, noun: string): string {
  const ending = count === 1 ? "" : noun.endsWith("s") ? "es" : "s";
  return `${formatCount(count)} ${noun}${ending}`;
}

/** How `ours` stands to `theirs`: "3.1 % less than", "the same as", "12 % more than". */
export function formatComparison(ours: number, theirs: number): string {
  if (ours === theirs) return "the same as";
  const direction = ours < theirs ? "less" : "more";
  if (theirs === 0) return `${direction} than`;
  const percent = (Math.abs(ours - theirs) / theirs) * 100;
  if (percent < 0.1) return `a hair ${direction} than`;
  const amount = percent < 10 ? percent.toFixed(1) : percent.toFixed(0);
  return `${amount} % ${direction} than`;
}

// Colour sequences take no columns.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a sequence
const SEQUENCE = /\u001b\[[0-9;]*m/g;

export function visibleLength(text: string): number {
  return [...text.replace(SEQUENCE, "")].length;
}

/** Rows of cells in aligned columns; the first column to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[], gap = "  "): string[] {
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map((row) => visibleLength(row[column] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = " ".repeat((widths[column] ?? 0) - visibleLength(cell));
        return column === 0 ? cell + padding : padding + cell;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** As `formatTable`, the last columns left out that do not fit; the first `kept` stay. */
export function formatTableWithin(
  width: number,
  rows: readonly (readonly string[])[],
  kept: number,
): string[] {
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  for (let count = columnCount; count > kept; count--) {
    const lines = formatTable(rows.map((row) => row.slice(0, count)));
    if (lines.every((line) => visibleLength(line) <= width)) return lines;
  }
  return formatTable(rows.map((row) => row.slice(0, kept)));
}

/** Breaks a paragraph into lines of at most `width` columns. */
export function wrapText(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && visibleLength(indent + longer) > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== "") lines.push(indent + line);
  return lines;
}
