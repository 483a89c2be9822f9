// Candidates as bits: the second shape in which a detector is given what to examine, the first
// being a list of references (detector.ts). Who keeps no list knows its objects by the bits of maps
// laid out as the allocated map: of object o, bit (o >>> 2) & 31 of a word found by o >>> 7. A
// *tract* is 16 KiB of an arena, a pool or as much of an arena of large blocks; 32 words of a map
// are a tract's.
//
//   list    │ tract │ summary │ tract │ summary │ …      those with candidates, in address order
//   tract   word `tracts + tract`: bits 0 to 3 its owner's, the shape above them the detector's
//
import type { WordIndex } from "./word.js";

/** `object >>> TRACT_SHIFT` is the number of the object's tract. */
export const TRACT_SHIFT = 12;
/** A map has so many words a tract. */
export const TRACT_MAP_WORDS = 32;
/** Bits of a tract's word that are not the detector's. */
export const TRACT_OWNER_MASK = 15;
/** Entries of the list take two words each. */
export const TRACT_ENTRY_SHIFT = 1;

/** Some candidate of the tract was found unreachable. */
export const TRACT_HAS_FOUND = 1;
/** Some candidate is of a type that untracks as a tuple. */
export const TRACT_HAS_TUPLES = 2;
/** Some candidate is of a type that untracks as a dict. */
export const TRACT_HAS_DICTS = 4;

/**
 * What a detector is to examine. It writes the found map, each entry's summary and `special`.
 */
export interface CandidateMap {
  /** The word of object o in the map of candidates is `candidates + ((o >>> 7) << 2)`. */
  readonly candidates: WordIndex;
  /**
   * The word of object o in the map of found objects is `found + (o >>> 7)`. Those of tracts that
   * are not listed are zero.
   */
  readonly found: WordIndex;
  /** A word a tract; what the detector keeps there is 0 again after a birth in the tract. */
  readonly tracts: WordIndex;
  /** First word of the list of tracts that have candidates. */
  readonly list: WordIndex;
  readonly tractCount: number;
  readonly candidateCount: number;
  /**
   * The detector leaves here the found objects that finalization may look at: with a finalizer,
   * with weak references, or weak references themselves, in address order. Empty at first.
   * Undefined: nobody asks for them.
   */
  readonly special: WordIndex[] | undefined;
  /** Whether nearly all that candidates refer to are candidates, as in a full collection. */
  readonly isWhole: boolean;
}

/**
 * A detector of candidates given as bits. **Invariants:** it changes no object; outside of `find`
 * to `release` its counts are zero.
 */
export interface MapDetector {
  readonly name: string;
  /**
   * Which candidates no reference from outside reaches: their bits in the found map are set, all
   * others of the listed tracts cleared. Immortal candidates are untracked. Answers how many were
   * found. Throws `HeapCorruptionError` naming an object that has more references inside than its
   * count, if it comes upon one before anything reaches it; the found map is then not to be read.
   * O(candidates + their references), no recursion.
   */
  find(candidates: CandidateMap): number;
  /** Until `release`: the candidate was reached only after its turn. O(1). */
  isRescued(object: WordIndex): boolean;
  /** Ends what `find` began, also if that threw. O(tracts of the candidates). */
  release(): void;
  /** Throws `HeapCorruptionError` naming a count that is not zero. O(heap). */
  validate(): void;
}
