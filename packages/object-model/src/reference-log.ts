// What checked mode remembers of the references it gave out, and of the safepoints there were.
//
//   stamps      │ safepoint │ safepoint │ …        one a granule of the heap: when a reference to
//                                                  what begins there was given out last
//   log         │ word index and call │ …          ring, in the order of giving out
//   safepoints  │ call and type │ log position │   ring, by safepoint number
//
// The stamps decide: whatever was not given out since the last safepoint is no reference now. The
// rings explain; they are of fixed size, so that a long program costs no more than a short one, and
// what is forgotten is named less exactly, and refused all the same. The stamps of heap that no
// object was read from stay untouched.
//
// Who gave it out stands in the two lowest bits and the two highest of the word index, which are 0
// in every reference: four calls of the mutator, and up to eleven others by their names.
//
// A borrowed reference carries its epoch above its word index:
//
//   reference = epoch × unit + word index       unit: 2^22 where the heap ends below it, else 2^30
//
// Epochs run from 1 and wrap at 2^8 or 2^22: the number stays a small integer, or an exact double.
// No epoch is 0, so a word index that checked mode did not give out is told from all that it did.
//
// After a wrap a number can mean several givings, as many safepoints apart as there are epochs.
// Stamps and rings rule out what they can: the youngest that may be meant is told, and whether an
// older one may be.

import type { Reference, TypeId, TypeTable } from "@ouro/interfaces";

/** The calls that give references out come first; the last four are safepoints. */
export const CALLS = ["root", "get", "allocate", "allocateArray", "poll", "collect"] as const;
export type Call = 0 | 1 | 2 | 3 | 4 | 5;
export const ROOT: Call = 0;
export const GET: Call = 1;
export const ALLOCATE: Call = 2;
export const ALLOCATE_ARRAY: Call = 3;
export const POLL: Call = 4;
export const COLLECT: Call = 5;

/** In the log: the word index, and above and below it who gave it out. */
const WORD_MASK = 0x3ffffffc;
const TAKER_LIMIT_COUNT = 16;
const MANY_TAKERS = "another part";

const TAKEN_COUNT = 1024;
/** With stacks: enough for the references of some thousand lines of a program. */
const TAKEN_WITH_SITE_COUNT = 65536;
const SAFEPOINT_COUNT = 4096;
/** Of an object's granule: its words share a stamp. */
const GRANULE_SHIFT = 2;

/** Answers of `placeOf` that are no places. */
const NOT_GIVEN = -1;
const FORGOTTEN = -2;

const FIRST_STAMP = 1;
const LAST_STAMP = 2 ** 31 - 1;

const NARROW_UNIT = 2 ** 22;
const NARROW_EPOCH_COUNT = 2 ** 8 - 1;
const WIDE_UNIT = 2 ** 30;
const WIDE_EPOCH_COUNT = 2 ** 22 - 1;

export interface Taken {
  /** The object's word index. */
  readonly reference: number;
  readonly takenAtSafepoint: number;
  readonly takenBy: string;
  /** The safepoint that followed; none did yet if it is the current one. */
  readonly followedBy: string;
  /** The last safepoint before, after which the same number may have been given out; if any. */
  readonly olderSafepoint: number | undefined;
  readonly site: string | undefined;
}

export interface ReferenceLog {
  readonly safepointCount: number;
  /** Notes a safepoint: what was given out before is no reference any more. */
  passSafepoint(call: Call, type: TypeId | 0): void;
  /** The number of a call that gives out references besides the mutator's own. O(1). */
  takerOf(name: string): number;
  /**
   * Notes that a reference to the object at `word` is given out, and answers the reference. `taker`
   * is one of the first four calls, or what `takerOf` answered.
   */
  give(word: number, taker: number): Reference;
  /** The word index of what was given out since the last safepoint; 0 for any other number. */
  wordOf(reference: number): Reference | 0;
  /** Whether a reference was given out since the last safepoint. */
  hasGiven(): boolean;
  /**
   * What is known of the youngest giving of this number; undefined if it was never given out.
   * O(the log).
   */
  explain(reference: number): Taken | undefined;
}

/**
 * Makes the log of a checked mutator over `heapSizeWords` words. All but `explain` are O(1), and a
 * safepoint in 2^31, which is O(heap).
 */
export function createReferenceLog(options: {
  heapSizeWords: number;
  types: TypeTable;
  sites: boolean;
  /** The number of safepoints after which stamps begin anew. Default: as many as a word holds. */
  stampCount?: number;
}): ReferenceLog {
  const { types, sites, stampCount = LAST_STAMP } = options;
  const isNarrow = options.heapSizeWords <= NARROW_UNIT;
  const unit = isNarrow ? NARROW_UNIT : WIDE_UNIT;
  const epochCount = isNarrow ? NARROW_EPOCH_COUNT : WIDE_EPOCH_COUNT;
  const lastEpochStart = epochCount * unit;
  const logMask = (sites ? TAKEN_WITH_SITE_COUNT : TAKEN_COUNT) - 1;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const SAFEPOINT_MASK = SAFEPOINT_COUNT - 1;
  const SHIFT = GRANULE_SHIFT;
  const stamps = new Int32Array(options.heapSizeWords >>> SHIFT);
  const log = new Int32Array(logMask + 1);
  const stacks: (Error | undefined)[] = [];
  const takers: string[] = [...CALLS.slice(0, ALLOCATE_ARRAY + 1)];
  const safepoints = new Int32Array(2 * SAFEPOINT_COUNT);
  /** So many were logged: a count that wraps. */
  let loggedCount = 0;
  let safepointsBefore = 0;
  /** Of the safepoint passed last; 0 stands for never. */
  let stamp = FIRST_STAMP;
  let epochStart = unit;

  const safepointCount = (): number => safepointsBefore + stamp - FIRST_STAMP;

  function passSafepoint(call: Call, type: TypeId | 0): void {
    if (stamp === stampCount) forgetStamps();
    stamp++;
    epochStart = epochStart === lastEpochStart ? unit : epochStart + unit;
    const place = (stamp & SAFEPOINT_MASK) << 1;
    safepoints[place] = call | (type << 3);
    safepoints[place + 1] = loggedCount;
  }

  /** The next stamp is the first again; of what was given out before nothing is known. */
  function forgetStamps(): void {
    stamps.fill(0);
    safepointsBefore = safepointCount() + 1;
    stamp = FIRST_STAMP - 1;
  }

  function takerOf(name: string): number {
    const isFull = takers.length === TAKER_LIMIT_COUNT - 1;
    const known = takers.indexOf(name);
    if (known >= 0 || isFull) return known >= 0 ? known : takers.length;
    return takers.push(name) - 1;
  }

  function give(word: number, taker: number): Reference {
    const place = loggedCount & logMask;
    stamps[word >>> SHIFT] = stamp;
    log[place] = word | (taker & 3) | ((taker & -4) << 28);
    loggedCount = (loggedCount + 1) | 0;
    if (sites) stacks[place] = new Error("site");
    return (epochStart + word) as Reference;
  }

  function wordOf(reference: number): Reference | 0 {
    const word = reference - epochStart;
    const isGiven = (word & -4) === word && stamps[word >>> SHIFT] === stamp;
    return (isGiven ? word : 0) as Reference | 0;
  }

  /** The place in the log of what was given out at a stamp. */
  function placeOf(word: number, atStamp: number): number {
    if (atStamp < FIRST_STAMP) return FORGOTTEN;
    const lastStamp = stamps[word >>> SHIFT] as number;
    if (atStamp > lastStamp) return NOT_GIVEN;
    if (atStamp <= stamp - SAFEPOINT_COUNT) return FORGOTTEN;
    const positionAt = (ofStamp: number) =>
      safepoints[((ofStamp & SAFEPOINT_MASK) << 1) + 1] as number;
    const start = positionAt(atStamp);
    const end = atStamp === stamp ? loggedCount : positionAt(atStamp + 1);
    for (let count = end; count !== start; count = (count - 1) | 0) {
      const place = (count - 1) & logMask;
      if ((loggedCount - count) >>> 0 > logMask) return FORGOTTEN;
      if (((log[place] as number) & WORD_MASK) === word) return place;
    }
    return NOT_GIVEN;
  }

  /** The least age, `age` or whole rounds of epochs more, at which it may have been given out. */
  function possibleAge(word: number, age: number): number | undefined {
    for (let older = age; older <= safepointCount(); older += epochCount) {
      if (placeOf(word, stamp - older) !== NOT_GIVEN) return older;
    }
    return undefined;
  }

  function nameOfSafepoint(number: number): string {
    const ofStamp = number - safepointsBefore + FIRST_STAMP;
    const isForgotten = ofStamp < FIRST_STAMP || ofStamp <= stamp - SAFEPOINT_COUNT;
    if (isForgotten) return `safepoint ${number}`;
    const entry = safepoints[(ofStamp & SAFEPOINT_MASK) << 1] as number;
    const type = (entry >> 3) as TypeId;
    const name = CALLS[(entry & 7) as Call];
    const call = type === 0 ? name : `${name} "${types.descriptor(type).name}"`;
    return `${call} (safepoint ${number})`;
  }

  function takerAt(place: number): string {
    const entry = log[place] as number;
    return takers[(entry & 3) | ((entry >>> 28) & -4)] ?? MANY_TAKERS;
  }

  function explain(reference: number): Taken | undefined {
    const ofEpoch = Math.floor(reference / unit);
    if (!Number.isInteger(reference) || ofEpoch < 1 || ofEpoch > epochCount) return undefined;
    const word = reference - ofEpoch * unit;
    if ((word & -4) !== word || word >= options.heapSizeWords) return undefined;
    const youngest = (epochStart / unit - ofEpoch + epochCount) % epochCount;
    const age = possibleAge(word, youngest);
    if (age === undefined) return undefined;
    const olderAge = possibleAge(word, age + epochCount);
    const takenAtSafepoint = safepointCount() - age;
    const place = placeOf(word, stamp - age);
    const isKnown = place !== FORGOTTEN;
    return {
      reference: word,
      takenAtSafepoint,
      takenBy: isKnown ? takerAt(place) : "a call too long ago to be remembered",
      followedBy: age === 0 ? "none" : nameOfSafepoint(takenAtSafepoint + 1),
      olderSafepoint: olderAge === undefined ? undefined : safepointCount() - olderAge,
      site: isKnown ? siteOf(stacks[place]) : undefined,
    };
  }

  return {
    get safepointCount() {
      return safepointCount();
    },
    passSafepoint,
    takerOf,
    give,
    wordOf,
    hasGiven: () => loggedCount !== safepoints[((stamp & SAFEPOINT_MASK) << 1) + 1],
    explain,
  };
}

/** The stack of whoever called the mutator: without the log's and the mutator's own lines. */
function siteOf(error: Error | undefined): string | undefined {
  if (error?.stack === undefined) return undefined;
  const lines = error.stack.split("\n").filter((line) => line.trim() !== "Error: site");
  return lines.slice(OWN_CALL_COUNT).join("\n").trim();
}

/** `give`, the function that tags, and the mutator's method. */
const OWN_CALL_COUNT = 3;
