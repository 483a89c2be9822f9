// "Did you mean": the known name nearest to one that is not known.

import { distance } from "fastest-levenshtein";

/** Letters to change, leave out or put in; two that only changed places are one slip. */
function slipCount(one: string, other: string): number {
  const count = distance(one, other);
  const letters = (text: string): string => [...text].sort().join("");
  return count === 2 && letters(one) === letters(other) ? 1 : count;
}

/** The nearest of `known`, or undefined when none is near enough to be what was meant. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let leastDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const candidateDistance = slipCount(name.toLowerCase(), candidate.toLowerCase());
    const isWorthIt = candidateDistance < Math.max(name.length, candidate.length) - 1;
    if (isWorthIt && candidateDistance < leastDistance) {
      leastDistance = candidateDistance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** The remedy sentence for a name that is not known. */
export function didYouMean(name: string, known: readonly string[], otherwise: string): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? otherwise : `Did you mean ${nearest}? ${otherwise}`;
}
