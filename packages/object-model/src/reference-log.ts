// What checked mode remembers in order to explain itself: which call gave a reference out, and
// which safepoints there were. Both are rings of fixed size, so that a long program costs no more
// than a short one; what is forgotten is named less exactly, and refused all the same.
//
//   taken       │ word index and call │ safepoint │ [stack] │ …   by a hash of word and epoch
//   safepoints  │ call and type │ …                               by safepoint number
//
// The call stands in the two lowest bits of the word index, which are 0 in every reference.
//
// A borrowed reference carries its epoch above its word index:
//
//   reference = epoch × unit + word index       unit: 2^22 where the heap ends below it, else 2^30
//
// Epochs run from 1 and wrap at 2^8 or 2^22: the number stays a small integer, or an exact double.
// No epoch is 0, so a word index that checked mode did not give out is told from all that it did.

import type { TypeId, TypeTable } from "@ouro/interfaces";

/** The calls that give references out come first, in two bits; the last four are safepoints. */
export const CALLS = ["root", "get", "allocate", "allocateArray", "poll", "collect"] as const;
export type Call = 0 | 1 | 2 | 3 | 4 | 5;
export const ROOT: Call = 0;
export const GET: Call = 1;
export const ALLOCATE: Call = 2;
export const ALLOCATE_ARRAY: Call = 3;
export const POLL: Call = 4;
export const COLLECT: Call = 5;

const TAKEN_COUNT = 1024;
/** With stacks: enough for the references of some thousand lines of a program. */
const TAKEN_WITH_SITE_COUNT = 65536;
const SAFEPOINT_COUNT = 4096;
/** How far apart the places of a word are from epoch to epoch. */
const EPOCH_SHIFT = 0x9e5;

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
  readonly site: string | undefined;
}

export interface ReferenceLog {
  /** What lies between one epoch and the next. */
  readonly unit: number;
  readonly safepointCount: number;
  /** Notes a safepoint, and answers the first number of its epoch: references lie above it. */
  passSafepoint(call: Call, type: TypeId | 0): number;
  /** Notes that a reference to the object at `word` is given out in the current epoch. */
  take(word: number, call: Call): void;
  /**
   * Whether it is remembered that one was given out in the current epoch; false if it was not, or
   * was forgotten.
   */
  isTaken(word: number): boolean;
  /** Whether a reference was given out since the last safepoint. */
  hasTaken(): boolean;
  /** What is known of a reference; undefined if it was never given out. */
  explain(reference: number): Taken | undefined;
}

/** Makes the log of a checked mutator over `heapSizeWords` words. All but `explain` are O(1). */
export function createReferenceLog(options: {
  heapSizeWords: number;
  types: TypeTable;
  sites: boolean;
}): ReferenceLog {
  const { types, sites } = options;
  const isNarrow = options.heapSizeWords <= NARROW_UNIT;
  const unit = isNarrow ? NARROW_UNIT : WIDE_UNIT;
  const epochCount = isNarrow ? NARROW_EPOCH_COUNT : WIDE_EPOCH_COUNT;
  const takenMask = (sites ? TAKEN_WITH_SITE_COUNT : TAKEN_COUNT) - 1;
  const taken = new Int32Array(takenMask + 1);
  const takenAt = new Int32Array(takenMask + 1);
  const stacks: (Error | undefined)[] = [];
  const safepoints = new Int32Array(SAFEPOINT_COUNT);
  let safepointCount = 0;
  let epoch = 1;
  let epochShift = EPOCH_SHIFT;
  let isAnyTaken = false;

  function passSafepoint(call: Call, type: TypeId | 0): number {
    safepointCount++;
    epoch = epoch === epochCount ? 1 : epoch + 1;
    epochShift = epoch * EPOCH_SHIFT;
    isAnyTaken = false;
    safepoints[safepointCount & (SAFEPOINT_COUNT - 1)] = call | (type << 3);
    return epoch * unit;
  }

  function take(word: number, call: Call): void {
    const place = ((word >>> 2) + epochShift) & takenMask;
    taken[place] = word | call;
    takenAt[place] = safepointCount;
    isAnyTaken = true;
    if (sites) stacks[place] = new Error("site");
  }

  function isTaken(word: number): boolean {
    const place = ((word >>> 2) + epochShift) & takenMask;
    return ((taken[place] as number) & -4) === word && takenAt[place] === (safepointCount | 0);
  }

  function nameOfSafepoint(number: number): string {
    if (number <= safepointCount - SAFEPOINT_COUNT) return `safepoint ${number}`;
    const entry = safepoints[number & (SAFEPOINT_COUNT - 1)] as number;
    const type = (entry >> 3) as TypeId;
    const name = CALLS[(entry & 7) as Call];
    const call = type === 0 ? name : `${name} "${types.descriptor(type).name}"`;
    return `${call} (safepoint ${number})`;
  }

  function explain(reference: number): Taken | undefined {
    const ofEpoch = Math.floor(reference / unit);
    if (!Number.isInteger(reference) || ofEpoch < 1 || ofEpoch > epochCount) return undefined;
    const age = (epoch - ofEpoch + epochCount) % epochCount;
    if (age > safepointCount) return undefined;
    const word = reference - ofEpoch * unit;
    const place = ((word >>> 2) + ofEpoch * EPOCH_SHIFT) & takenMask;
    const entry = taken[place] as number;
    const takenAtSafepoint = safepointCount - age;
    const isRemembered = (entry & -4) === word && takenAt[place] === (takenAtSafepoint | 0);
    return {
      reference: word,
      takenAtSafepoint,
      takenBy: isRemembered ? CALLS[(entry & 3) as Call] : "a call too long ago to be remembered",
      followedBy: age === 0 ? "none" : nameOfSafepoint(safepointCount - age + 1),
      site: isRemembered ? siteOf(stacks[place]) : undefined,
    };
  }

  return {
    unit,
    get safepointCount() {
      return safepointCount;
    },
    passSafepoint,
    take,
    isTaken,
    hasTaken: () => isAnyTaken,
    explain,
  };
}

/** The stack of whoever called the mutator: without the log's and the mutator's own lines. */
function siteOf(error: Error | undefined): string | undefined {
  if (error?.stack === undefined) return undefined;
  const lines = error.stack.split("\n").filter((line) => line.trim() !== "Error: site");
  return lines.slice(OWN_CALL_COUNT).join("\n").trim();
}

/** `take`, the function that tags, and the mutator's method. */
const OWN_CALL_COUNT = 3;
