// What a log of references should answer, from a list of all that were given out and of all
// safepoints: of a narrow heap, whose numbers come round after 255 safepoints.
//
// It remembers the last givings, the last safepoints, and nothing of before the stamps began anew.
// What may have been given out then is said to be forgotten, though it may never have been.

import { CALLS, type Call } from "../src/reference-log.js";

export const HEAP_SIZE_WORDS = 4096;
export const UNIT = 2 ** 22;
export const EPOCH_COUNT = 255;
const TAKEN_COUNT = 1024;
const SAFEPOINT_COUNT = 4096;
const FORGOTTEN = "a call too long ago to be remembered";

interface Giving {
  readonly word: number;
  readonly taker: string;
  /** So many were given out before. */
  readonly position: number;
}

/** Of a number at a safepoint: who took it then, and perhaps that nobody knows. */
type Answer = string | undefined;

export function createLogModel(stampCount: number) {
  const givings: Giving[][] = [[]];
  const followed: string[] = [""];
  const lastGivenAt = new Map<number, number>();
  let givenCount = 0;
  let firstKnown = 0;
  const now = (): number => givings.length - 1;

  function pass(call: Call, typeName: string): void {
    if (now() - firstKnown + 1 === stampCount) {
      firstKnown = now() + 1;
      lastGivenAt.clear();
    }
    givings.push([]);
    const type = typeName === "" ? "" : ` "${typeName}"`;
    followed.push(`${CALLS[call]}${type} (safepoint ${now()})`);
  }

  function give(word: number, taker: string): void {
    givings.at(-1)?.push({ word, taker, position: givenCount });
    lastGivenAt.set(word, now());
    givenCount++;
  }

  function takerAt(word: number, safepoint: number): Answer {
    if (safepoint < firstKnown) return FORGOTTEN;
    const lastGiven = lastGivenAt.get(word);
    if (lastGiven === undefined || lastGiven < safepoint) return undefined;
    if (safepoint <= now() - SAFEPOINT_COUNT) return FORGOTTEN;
    const then = givings[safepoint] as Giving[];
    const isKnown = ({ position }: Giving): boolean => position >= givenCount - TAKEN_COUNT;
    const giving = then.findLast((each) => each.word === word && isKnown(each));
    return giving?.taker ?? (then.every(isKnown) ? undefined : FORGOTTEN);
  }

  /** The youngest of the safepoints at which the number may have been given out. */
  function possibleFrom(word: number, first: number): number | undefined {
    for (let safepoint = first; safepoint >= 0; safepoint -= EPOCH_COUNT) {
      if (takerAt(word, safepoint) !== undefined) return safepoint;
    }
    return undefined;
  }

  function followedBy(safepoint: number): string {
    const next = safepoint + 1;
    if (next > now()) return "none";
    const isForgotten = next < firstKnown || next <= now() - SAFEPOINT_COUNT;
    return isForgotten ? `safepoint ${next}` : (followed[next] as string);
  }

  /** Of a word in the heap, with an epoch from 1 to 255. */
  function explain(epoch: number, word: number) {
    const age = (((now() - (epoch - 1)) % EPOCH_COUNT) + EPOCH_COUNT) % EPOCH_COUNT;
    const safepoint = possibleFrom(word, now() - age);
    if (safepoint === undefined) return undefined;
    return {
      reference: word,
      takenAtSafepoint: safepoint,
      takenBy: takerAt(word, safepoint),
      followedBy: followedBy(safepoint),
      olderSafepoint: possibleFrom(word, safepoint - EPOCH_COUNT),
      site: undefined,
    };
  }

  return {
    ...{ now, pass, give, explain },
    epoch: () => (now() % EPOCH_COUNT) + 1,
    /** Whether a reference to the object was given out since the last safepoint. */
    isGiven: (word: number) => givings.at(-1)?.some((each) => each.word === word) ?? false,
    hasGiven: () => givings.at(-1)?.length !== 0,
  };
}
