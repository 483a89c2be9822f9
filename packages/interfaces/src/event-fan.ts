// One observer for many: parts take one, and several listeners may want to hear.

import { EVENTS, type EventCode, isHeard, isObserved, type Observer } from "./event.js";

/**
 * An observer that tells each of `observers` what it wants, in their order. It wants what any of
 * them wants, so that a part emits nothing that nobody hears. O(1) to hear of an event.
 */
export function combineObservers(observers: readonly Observer[]): Observer {
  const listeners = EVENTS.map(({ code }) => observers.filter((each) => isObserved(each, code)));
  return {
    wants: EVENTS.map(({ code }) => code).filter((code) => listenersOf(listeners, code).length > 0),
    isListening: (code) => listenersOf(listeners, code).some((each) => isHeard(each, code)),
    event(code, a, b, c) {
      for (const observer of listenersOf(listeners, code)) observer.event(code, a, b, c);
    },
  };
}

function listenersOf(listeners: readonly Observer[][], code: EventCode): readonly Observer[] {
  return listeners[code - 1] as Observer[];
}
