// Several who listen to one manager.

import type { Observer } from "@ouro/interfaces";

/** Tells both, the first one only what it wants; the other one hears of everything. */
export function both(one: Observer, other: Observer): Observer {
  return {
    event(code, a, b, c) {
      if (one.wants?.includes(code) ?? true) one.event(code, a, b, c);
      other.event(code, a, b, c);
    },
  };
}
