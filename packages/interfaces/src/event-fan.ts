// One observer for many: parts take one, and several listeners may want to hear.

import { EVENTS, type EventCode, type Observer } from "./event.js";

/**
 * An observer that tells each of `observers` what it wants, in their order. It wants what any of
 * them wants, so that a part emits nothing that nobody hears. O(1) to hear of an event.
 */
export function combineObservers(observers: readonly Observer[]): Observer {
  const listeners = EVENTS.map(({ code }) => observers.filter((each) => isWanted(each, code)));
  return {
    wants: EVENTS.map(({ code }) => code).filter((code) => listenersOf(listeners, code).length > 0),
    event(code, a, b, c) {
      for (const observer of listenersOf(listeners, code)) observer.event(code, a, b, c);
    },
  };
}

function isWanted({ wants }: Observer, code: EventCode): boolean {
  return wants?.includes(code) ?? true;
}

function listenersOf(listeners: readonly Observer[][], code: EventCode): readonly Observer[] {
  return listeners[code - 1] as Observer[];
}
