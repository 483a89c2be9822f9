// A package's README tells the same things in the same order as every other: what it is in one
// sentence, a picture, an example, then these sections, as the repository's own README: what there
// is and what it keeps, how large it is, the honest limits, whence. More may stand in between.

export const SECTIONS = [
  "Example",
  "API",
  "Invariants",
  "Size",
  "Limitations",
  "In CPython this is …",
  "Further reading",
] as const;

/** What is missing, or not in its place. */
export function sectionProblems(path: string, text: string): string[] {
  const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading as string);
  const problems: string[] = SECTIONS.filter((section) => !headings.includes(section)).map(
    (section) => `${path} has no section "${section}"`,
  );
  const places = SECTIONS.map((section) => headings.indexOf(section)).filter((at) => at >= 0);
  const isOrdered = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0));
  if (!isOrdered) problems.push(`${path} has its sections not in the order ${SECTIONS.join(", ")}`);
  const beginning = text.slice(0, text.search(/^## /m));
  if (!/^# .*\n\n\S/.test(beginning)) problems.push(`${path} does not begin with what it is`);
  if (!beginning.includes("```text\n")) problems.push(`${path} has no picture before its example`);
  return problems;
}
