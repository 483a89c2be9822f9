// What is told of a collection: callbacks of the program, hooks of a debugger, events of an
// observer. All of it is program code: it is called when the heap is consistent, and what it throws
// goes to the error reporter and changes nothing.

import {
  type CollectionCallback,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_UNREACHABLE,
  EVENT_THRESHOLD_EXCEED,
  EVENT_WEAK_REFERENCE_CLEAR,
  type EventCode,
  type GenerationsDebugging,
  type Handle,
  isObserved,
  type Observer,
  type Reference,
  TYPE_MASK,
  TYPE_WORD_OFFSET,
} from "@ouro/interfaces";

export interface CollectionReportsOptions {
  words: Int32Array;
  /** Calls program code; what it throws is reported. */
  call: (code: () => void, source: "collection callback" | "observer") => void;
  observer: Observer | undefined;
}

export interface CollectionReports {
  readonly callbacks: CollectionCallback[];
  readonly garbage: Handle[];
  setDebugging(debugging: GenerationsDebugging | undefined): void;
  debugging(): GenerationsDebugging | undefined;
  savesAll(): boolean;
  requested(count: number, threshold: number): void;
  started(generation: number): void;
  /** Before anything is gathered: whoever hears of it finds the lists as the program left them. */
  begun(generation: number, liveCount: (generation: number) => number): void;
  /** Whether anybody is told of objects found: then it may hold some of them. */
  wantsFound(): boolean;
  found(object: number): void;
  saved(object: number): void;
  stopped(collected: number, uncollectable: number): void;
  ended(generation: number, collected: number, uncollectable: number): void;
  /** Reports what observers of deaths threw, who could not be stopped in the middle. */
  failed(errors: readonly unknown[]): void;
}

export function createCollectionReports(options: CollectionReportsOptions): CollectionReports {
  const { words, call, observer } = options;
  const callbacks: CollectionCallback[] = [];
  let debugging: GenerationsDebugging | undefined;
  const isFoundObserved =
    isObserved(observer, EVENT_OBJECT_UNREACHABLE) ||
    isObserved(observer, EVENT_WEAK_REFERENCE_CLEAR);

  function emit(code: EventCode, a: number, b = 0, c = 0): void {
    if (isObserved(observer, code)) call(() => observer.event(code, a, b, c), "observer");
  }

  function debug(tell: (hooks: GenerationsDebugging) => void): void {
    const hooks = debugging;
    if (hooks !== undefined) call(() => tell(hooks), "collection callback");
  }

  /** Callbacks may change their own list: each is read when its turn comes. */
  function callBack(
    phase: "start" | "stop",
    generation: number,
    collected: number,
    uncollectable: number,
  ): void {
    const info = { generation, collected, uncollectable };
    for (let index = 0; index < callbacks.length; index++) {
      const callback = callbacks[index] as CollectionCallback;
      call(() => callback(phase, { ...info }), "collection callback");
    }
  }

  return {
    callbacks,
    garbage: [],
    debugging: () => debugging,
    setDebugging(given) {
      debugging = given;
    },
    savesAll: () => debugging?.savesAll === true,
    requested: (count, threshold) => emit(EVENT_THRESHOLD_EXCEED, 0, count, threshold),
    started(generation) {
      callBack("start", generation, 0, 0);
      debug((hooks) => hooks.onStart?.(generation));
    },
    begun(generation, liveCount) {
      if (!isObserved(observer, EVENT_COLLECTION_START)) return;
      let candidateCount = 0;
      for (let each = 0; each <= generation; each++) candidateCount += liveCount(each);
      emit(EVENT_COLLECTION_START, generation, candidateCount);
    },
    wantsFound: () => debugging?.onCollectable !== undefined || isFoundObserved,
    found(object) {
      debug((hooks) => hooks.onCollectable?.(object as Reference));
      const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
      emit(EVENT_OBJECT_UNREACHABLE, object, type);
    },
    saved: (object) => debug((hooks) => hooks.onSaved(object as Reference)),
    stopped: (collected, uncollectable) =>
      debug((hooks) => hooks.onStop?.(collected, uncollectable)),
    ended(generation, collected, uncollectable) {
      emit(EVENT_COLLECTION_END, generation, collected, uncollectable);
      callBack("stop", generation, collected, uncollectable);
    },
    failed(errors) {
      for (const error of errors) {
        call(() => {
          throw error;
        }, "observer");
      }
    },
  };
}
