// Random histories: a small model heap lives and dies, and every event of it is told to a listener
// as a memory manager would tell it. What was told is kept, so that what a listener should know can
// be counted plainly.

import {
  EVENT_ARENA_RELEASE,
  EVENT_ARENA_RESERVE,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_COUNT_CHANGE,
  EVENT_FINALIZER_RUN,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_EXAMINE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  EVENT_SLOT_WRITE,
  type EventCode,
  type Observer,
} from "@ouro/interfaces";
import fc from "fast-check";

type Action =
  | { readonly do: "create" | "move"; readonly sizeWords: number; readonly type: number }
  | { readonly do: "die" | "write" | "enter" | "leave" | "reserve" | "release" | "end" }
  | {
      readonly do: "collect";
      readonly generation: number;
      readonly candidateCount: number;
      /** Told one by one; 0 where nobody tells. */
      readonly examinedCount: number;
      readonly deathCount: number;
      readonly uncollectableCount: number;
      readonly isFinalizing: boolean;
      readonly pauseMs: number;
    };

export const actions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom("create" as const, "create" as const, "move" as const),
        sizeWords: fc.integer({ min: 3, max: 40 }),
        type: fc.nat(2),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom(
          ...(["die", "die", "write", "enter", "enter", "leave"] as const),
          ...(["reserve", "release", "end", "end"] as const),
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("collect" as const),
        generation: fc.nat(2),
        candidateCount: fc.nat(50),
        examinedCount: fc.oneof(fc.constant(0), fc.nat(80)),
        deathCount: fc.nat(4),
        uncollectableCount: fc.nat(2),
        isFinalizing: fc.boolean(),
        pauseMs: fc.integer({ min: 0, max: 9 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 60, size: "max" },
);

export interface Born {
  readonly type: number;
  readonly sizeWords: number;
  readonly stack: string;
}

export interface LoggedFacts {
  readonly number: number;
  readonly generation: number;
  readonly examined: number;
  readonly reclaimed: number;
  readonly reclaimedBytes: number;
  readonly uncollectable: number;
  readonly finalizers: number;
  readonly startMs: number;
  readonly pauseMs: number;
  /** Objects of the three generations when it began, as told. */
  readonly populations: readonly number[];
}

/** Everything that was told, in the order in which it was. */
export type Told = readonly [code: EventCode, a: number, b: number, c: number];

export interface History {
  /** An operation each, and an empty one at the end. */
  readonly operations: Told[][];
  readonly collections: LoggedFacts[];
  readonly live: Map<number, Born>;
  /** All that was ever born. */
  readonly births: Born[];
}

interface Listener {
  readonly observer: Observer;
  endOperation?(): void;
  enter?(name: string): void;
  leave?(): void;
  beginCollection?(populations: readonly number[]): void;
}

/** A clock that stands still but for collections, which take as long as they say. */
export function createModelClock() {
  let nowMs = 100;
  return {
    now: () => nowMs,
    pass(ms: number): void {
      nowMs += ms;
    },
  };
}

/** Lives through the actions and tells them. */
export function live(
  given: readonly Action[],
  listener: Listener,
  clock = createModelClock(),
): History {
  const history: History = {
    ...{ operations: [[]], collections: [], live: new Map(), births: [] },
  };
  const stack: string[] = [];
  const startMs = clock.now();
  let nextObject = 16;
  let arenaCount = 0;
  let siteCount = 0;

  function tell(code: EventCode, a = 0, b = 0, c = 0): void {
    history.operations.at(-1)?.push([code, a, b, c]);
    const { wants } = listener.observer;
    if (wants === undefined || wants.includes(code)) listener.observer.event(code, a, b, c);
  }

  function die(): number {
    const [oldest] = history.live;
    if (oldest === undefined) return 0;
    const [object, { type, sizeWords }] = oldest;
    history.live.delete(object);
    tell(EVENT_OBJECT_RECLAIM, object, type, sizeWords);
    return 4 * sizeWords;
  }

  function create(sizeWords: number, type: number): void {
    const born = { type, sizeWords, stack: stack.join(";") };
    history.live.set(nextObject, born);
    history.births.push(born);
    tell(EVENT_OBJECT_CREATE, nextObject, type, sizeWords);
    nextObject += 16;
  }

  function move(): void {
    const [oldest] = history.live;
    if (oldest === undefined) return;
    const [object, born] = oldest;
    history.live.delete(object);
    history.live.set(nextObject, born);
    tell(EVENT_OBJECT_MOVE, object, nextObject, born.sizeWords);
    nextObject += 16;
  }

  function collect(action: Extract<Action, { do: "collect" }>): void {
    const { generation, candidateCount, deathCount, uncollectableCount } = action;
    const populations = [history.live.size, candidateCount, deathCount];
    const beganMs = clock.now() - startMs;
    listener.beginCollection?.(populations);
    tell(EVENT_COLLECTION_START, generation, candidateCount);
    for (let each = 0; each < action.examinedCount; each++) tell(EVENT_OBJECT_EXAMINE, 16);
    if (action.isFinalizing) tell(EVENT_FINALIZER_RUN, 16);
    let [reclaimed, reclaimedBytes] = [0, 0];
    for (let death = 0; death < deathCount && history.live.size > 0; death++) {
      tell(EVENT_OBJECT_CLEAR, 16);
      reclaimedBytes += die();
      reclaimed++;
    }
    clock.pass(action.pauseMs);
    tell(EVENT_COLLECTION_END, generation, reclaimed, uncollectableCount);
    history.collections.push({
      number: history.collections.length + 1,
      ...{ generation, examined: candidateCount, reclaimed, reclaimedBytes },
      uncollectable: uncollectableCount,
      finalizers: action.isFinalizing ? 1 : 0,
      startMs: beganMs,
      pauseMs: action.pauseMs,
      populations,
    });
  }

  function end(): void {
    listener.endOperation?.();
    history.operations.push([]);
  }

  function enter(): void {
    stack.push(`site ${siteCount % 2}`);
    listener.enter?.(`site ${siteCount++ % 2}`);
  }

  for (const action of given) {
    if (action.do === "create") create(action.sizeWords, action.type);
    else if (action.do === "move") move();
    else if (action.do === "die") die();
    else if (action.do === "write") {
      tell(EVENT_SLOT_WRITE, 4, 16, 0);
      tell(EVENT_COUNT_CHANGE, 16, 1, 2);
    } else if (action.do === "enter") enter();
    else if (action.do === "leave") {
      if (stack.pop() !== undefined) listener.leave?.();
    } else if (action.do === "reserve") tell(EVENT_ARENA_RESERVE, 0, 2 + (arenaCount++ % 2));
    else if (action.do === "release") tell(EVENT_ARENA_RELEASE, 0, 1);
    else if (action.do === "collect") collect(action);
    else end();
  }
  end();
  return history;
}
