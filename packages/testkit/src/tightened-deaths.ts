// A counterexample about death made smaller once more: rings are taken apart into births and links,
// every command goes that the failure can do without, and finalizers and callbacks do nothing, or
// are none at all, where that shows it too.
//
//   watched ring of 2 that collects ─► ring of 2, weak, weak, drop ─► new, new, link, link, …
//     ─► new, link to itself, drop, collect

import { type DeathCommand, ROOT_COUNT, watchersOf } from "./death-program.js";
import { createSearch, type Fails, leaveOut, simplifyEach } from "./fewer.js";

/** As many plays as for mutator programs. */
const PLAY_LIMIT_COUNT = 500;

/** The smallest program found that still fails, or the one given. O(commands²) plays. */
export function tightenDeaths(
  commands: readonly DeathCommand[],
  fails: Fails<DeathCommand[]>,
): DeathCommand[] {
  const search = createSearch(fails, PLAY_LIMIT_COUNT);
  const isSmaller = (candidate: readonly DeathCommand[]): boolean =>
    search.isSmaller([...candidate]);
  let found = commands;
  for (let before = -1; before !== search.smallerCount; ) {
    before = search.smallerCount;
    found = simplifyEach(leaveOut(found, isSmaller), simplerThan, isSmaller);
    found = withoutRings(found, isSmaller);
  }
  const renamed = withFirstSlots(found);
  return [...(isSmaller(renamed) ? renamed : found)];
}

/** The same with roots and weak references numbered as they are met. */
function withFirstSlots(commands: readonly DeathCommand[]): DeathCommand[] {
  const roots = new Map<number, number>();
  const weaks = new Map<number, number>();
  const numberIn = (numbers: Map<number, number>, name: number): number => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name) as number;
  };
  return commands.map((command) => {
    const slots: Record<string, number> = {};
    for (const [key, value] of Object.entries(command)) {
      if (key === "slot" || key === "from" || key === "to") slots[key] = numberIn(roots, value);
      if (key === "weak") slots[key] = numberIn(weaks, value);
    }
    return { ...command, ...slots };
  });
}

/** The first ring that the failure shows without, taken apart. */
function withoutRings(
  commands: readonly DeathCommand[],
  fails: Fails<readonly DeathCommand[]>,
): readonly DeathCommand[] {
  for (const [index, command] of commands.entries()) {
    const parts = partsOf(command);
    const other = [...commands.slice(0, index), ...parts, ...commands.slice(index + 1)];
    if (parts.length > 0 && fails(other)) return other;
  }
  return commands;
}

/** The commands that a ring stands for; none for what is no ring, or too large for the roots. */
function partsOf(command: DeathCommand): DeathCommand[] {
  if (command.do === "watched ring") {
    const { slot, count, act } = command;
    const weaks = watchersOf(slot, count, act).map(
      (watcher) => ({ do: "weak", slot, ...watcher }) as const,
    );
    return [{ do: "ring", slot, count, act }, ...weaks, { do: "drop", slot }];
  }
  if (command.do !== "ring" || command.count > ROOT_COUNT) return [];
  return partsOfRing(command);
}

/** The last one born stays in the ring's root. */
function partsOfRing({ slot, count, act }: DeathCommand & { do: "ring" | "watched ring" }) {
  const slots = Array.from({ length: count }, (_, place) => (slot + 1 + place) % ROOT_COUNT);
  slots[count - 1] = slot;
  const parts: DeathCommand[] = [];
  for (const [place, at] of slots.entries()) {
    parts.push({ do: "new", slot: at, isFinalized: true, act });
    if (place > 0) parts.push({ do: "link", from: at, field: 0, to: slots[place - 1] as number });
  }
  parts.push({ do: "link", from: slots[0] as number, field: 0, to: slot });
  for (const at of slots.slice(0, -1)) parts.push({ do: "drop", slot: at });
  return parts;
}

/** The simplest first. */
function simplerThan(command: DeathCommand): DeathCommand[] {
  switch (command.do) {
    case "new": {
      const calm = { ...command, act: "nothing" } as const;
      return [
        ...(command.isFinalized ? [{ ...calm, isFinalized: false }] : []),
        ...(command.act === "nothing" ? [] : [calm]),
      ];
    }
    case "weak": {
      const { act } = command;
      const simpler = act === "no callback" ? [] : (["no callback"] as const);
      const calm = act === "no callback" || act === "nothing" ? [] : (["nothing"] as const);
      return [...simpler, ...calm].map((other) => ({ ...command, act: other }));
    }
    case "link":
    case "cut":
      return command.field === 0 ? [] : [{ ...command, field: 0 }];
    case "ring":
    case "watched ring": {
      const { count, act } = command;
      const calm = { ...command, act: "nothing" } as const;
      return [
        ...(count > 1 && act !== "nothing" ? [{ ...calm, count: 1 }] : []),
        ...(count > 1 ? [{ ...command, count: 1 }] : []),
        ...(act === "nothing" ? [] : [calm]),
      ];
    }
    default:
      return [];
  }
}
