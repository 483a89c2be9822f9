// What drawings have in common as SVG: parts one below the other, each under its title.
//
//   before the last call          title, in bold, broken into lines
//   ┌──────┐ ┌──────┐             a part: whoever draws it says where it ends
//   after allocator.free(b1);

/** The lines of a part, and how far it reaches. */
export interface Drawn {
  readonly lines: readonly string[];
  readonly bottom: number;
  readonly right: number;
}

export interface SvgPart {
  readonly title: string;
  draw(top: number): Drawn;
}

export const MARGIN = 20;
/** However little there is to draw: titles are lines of calls. */
const LEAST_WIDTH = 680;
/** What fits into it, in bold letters. */
const TITLE_LENGTH = 86;
const TITLE_HEIGHT = 16;

/** A whole document; `definitions` stand before everything. O(lines). */
export function svgDocument(
  parts: readonly SvgPart[],
  definitions: readonly string[] = [],
): string {
  let top = 0;
  let width = LEAST_WIDTH;
  const body: string[] = [];
  for (const { title, draw } of parts) {
    for (const line of titleLines(title)) {
      top += TITLE_HEIGHT;
      body.push(`<text x="${MARGIN}" y="${top + 6}" font-weight="bold">${escapeText(line)}</text>`);
    }
    const drawn = draw(top + 22);
    body.push(...drawn.lines);
    top = drawn.bottom;
    width = Math.max(width, drawn.right);
  }
  const size = `width="${width + MARGIN}" height="${top + MARGIN}"`;
  const style = 'font-family="sans-serif" font-size="12"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style} role="img">`,
    `<title>The heap ${escapeText(parts.map(({ title }) => title).join(", "))}</title>`,
    ...definitions,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

/** Broken at spaces, and within a word that is longer than a line. */
function titleLines(title: string): string[] {
  const lines: string[] = [];
  let rest = title;
  while (rest.length > TITLE_LENGTH) {
    const space = rest.lastIndexOf(" ", TITLE_LENGTH);
    const end = space > 0 ? space : TITLE_LENGTH;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
