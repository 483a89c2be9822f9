// Parts tell what they do when they have done it: the arena that a request needed is told before
// the request, the count of a new object before its birth. A reader wants it as it is decided:
//
//   request, class ─► arena, pool ─► block ─► birth ─► counts ─► (tracking, when the step ends)
//   de-allocation ─► bytes reclaimed ─► block ─► pool ─► arena
//
// Nothing is told that is left out: a safepoint at which nothing happens, a root that was empty
// and is emptied. What one hand gives to the other is a detail: a count that goes up and at once
// back, because the machine's own root held the object in between.

import {
  EVENT_ARENA_RELEASE,
  EVENT_ARENA_RESERVE,
  EVENT_BLOCK_FREE,
  EVENT_BLOCK_REQUEST,
  EVENT_COLLECTION_START,
  EVENT_COUNT_CHANGE,
  EVENT_LIMIT_EXCEED,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_RECLAIM,
  EVENT_POOL_RELEASE,
  EVENT_POOL_TAKE,
  EVENT_SAFEPOINT_PASS,
  EVENT_SLOT_WRITE,
  EVENT_THRESHOLD_EXCEED,
  type EventCode,
} from "@ouro/interfaces";
import type { Told } from "./told.js";

/** An event as it was told, and the names that its objects had then. */
export interface Heard {
  readonly event: EventCode;
  readonly numbers: readonly number[];
  readonly names: readonly (string | undefined)[];
  /** The second thing that is said of a request: which block serves it. */
  readonly isAnswer?: boolean;
  /** Of interest only where every store is. */
  readonly isDetail?: boolean;
}

export type Entry = Told | Heard;

const SERVES_A_REQUEST: readonly number[] = [
  EVENT_ARENA_RESERVE,
  EVENT_POOL_TAKE,
  EVENT_LIMIT_EXCEED,
];
const FOLLOWS_A_FREE: readonly number[] = [EVENT_POOL_RELEASE, EVENT_ARENA_RELEASE];
const MAY_BEGIN_AT_A_SAFEPOINT: readonly number[] = [
  EVENT_THRESHOLD_EXCEED,
  EVENT_COLLECTION_START,
];

function eventOf(entry: Entry | undefined): number {
  return entry !== undefined && "event" in entry ? entry.event : 0;
}

function objectOf(entry: Entry | undefined): number {
  return entry !== undefined && "event" in entry ? (entry.numbers[0] as number) : 0;
}

/** O(entries), but for the few that one request or one birth moves. */
export function inArticleOrder(entries: readonly Entry[]): Entry[] {
  const ordered: Entry[] = [];
  for (const entry of entries) {
    switch (eventOf(entry)) {
      case EVENT_BLOCK_REQUEST:
        placeRequest(ordered, entry as Heard);
        break;
      case EVENT_OBJECT_CREATE:
        ordered.splice(birthPlace(ordered, objectOf(entry)), 0, entry);
        break;
      case EVENT_BLOCK_FREE:
        ordered.splice(startOfRun(ordered, ordered.length, FOLLOWS_A_FREE), 0, entry);
        break;
      case EVENT_OBJECT_RECLAIM:
        ordered.splice(reclaimPlace(ordered), 0, entry);
        break;
      default:
        ordered.push(entry);
    }
  }
  return withDetails(ordered.filter((entry, index) => !isIdleSafepoint(entry, ordered[index + 1])));
}

/** Where a run of these events, which ends before `end`, begins. */
function startOfRun(entries: readonly Entry[], end: number, events: readonly number[]): number {
  let start = end;
  while (start > 0 && events.includes(eventOf(entries[start - 1]))) start--;
  return start;
}

/** Before what it caused; which block serves it comes last. */
function placeRequest(ordered: Entry[], request: Heard): void {
  ordered.splice(startOfRun(ordered, ordered.length, SERVES_A_REQUEST), 0, request);
  const [, sizeClass = -1] = request.numbers;
  if (sizeClass >= 0) ordered.push({ ...request, isAnswer: true });
}

/** Before the first count of the new object, if that stands since its request. */
function birthPlace(ordered: readonly Entry[], object: number): number {
  let place = ordered.length;
  for (let index = ordered.length - 1; index >= 0; index--) {
    const entry = ordered[index];
    if (eventOf(entry) === EVENT_BLOCK_REQUEST || !("event" in (entry as Entry))) break;
    const isCount = eventOf(entry) === EVENT_COUNT_CHANGE;
    if (isCount && objectOf(entry) === object) place = index;
  }
  return place;
}

/** Before its block goes back, where that was told just now. */
function reclaimPlace(ordered: readonly Entry[]): number {
  const start = startOfRun(ordered, ordered.length, FOLLOWS_A_FREE);
  return eventOf(ordered[start - 1]) === EVENT_BLOCK_FREE ? start - 1 : ordered.length;
}

function isIdleSafepoint(entry: Entry, next: Entry | undefined): boolean {
  const isSafepoint = eventOf(entry) === EVENT_SAFEPOINT_PASS;
  return isSafepoint && !MAY_BEGIN_AT_A_SAFEPOINT.includes(eventOf(next));
}

/** Marks counts that go up and back with nothing but stores in between. */
function withDetails(entries: readonly Entry[]): Entry[] {
  const marked = [...entries];
  for (let index = 0; index < entries.length; index++) {
    const up = entries[index] as Entry;
    if (eventOf(up) !== EVENT_COUNT_CHANGE) continue;
    let next = index + 1;
    while (eventOf(entries[next]) === EVENT_SLOT_WRITE) next++;
    const down = entries[next] as Entry;
    if (eventOf(down) !== EVENT_COUNT_CHANGE || !isBackAgain(up as Heard, down as Heard)) continue;
    marked[index] = { ...(up as Heard), isDetail: true };
    marked[next] = { ...(down as Heard), isDetail: true };
    index = next;
  }
  return marked;
}

function isBackAgain({ numbers: up }: Heard, { numbers: down }: Heard): boolean {
  const [object, before = 0, after = 0] = up;
  return after > before && down[0] === object && down[1] === after && down[2] === before;
}

/** Leaves out that a root which held nothing holds nothing now. */
export interface RootWatch {
  isIdle(entry: Entry): boolean;
}

/** Knows each root that was ever written to. */
export function watchRoots(): RootWatch {
  const values = new Map<number, number>();
  return {
    isIdle(entry) {
      if (!("event" in entry) || entry.event !== EVENT_SLOT_WRITE) return false;
      const [slot = 0, holder = 0, value = 0] = entry.numbers;
      if (holder !== 0) return false;
      const before = values.get(slot) ?? 0;
      values.set(slot, value);
      return before === 0 && value === 0;
    },
  };
}
