// Notes: what properties see of a subject beside what they check, added up over all programs. A
// trait that nothing ever showed, or that is shown without being declared, is a warning.

export interface Notes {
  /** Adds to the count of what was seen. */
  note(what: string, count?: number): void;
  /** How often it was seen so far; 0 for never. */
  count(what: string): number;
}

export function createNotes(): Notes {
  const counts = new Map<string, number>();
  return {
    note(what, count = 1) {
      counts.set(what, (counts.get(what) ?? 0) + count);
    },
    count: (what) => counts.get(what) ?? 0,
  };
}
