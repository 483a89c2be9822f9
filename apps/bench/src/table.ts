// Tables as people read them, in a terminal or on a page.

export type Style = "text" | "markdown";

/** Lines up the columns: the first to the left, the others to the right. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) => {
    const padded = widths.map((width, column) => {
      const cell = cells[column] ?? "";
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return style === "markdown" ? `| ${padded.join(" | ")} |` : padded.join("  ").trimEnd();
  };
  const rule = widths.map((width, column) => {
    const dashes = "-".repeat(style === "markdown" && column > 0 ? width - 1 : width);
    return style === "markdown" && column > 0 ? `${dashes}:` : dashes;
  });
  return [line(headings), line(rule), ...rows.map(line)].join("\n");
}
