// The named properties of the collector. Each looks at one promise, so that a planted fault is
// killed by a name that says what it broke (test/faults).

import {
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type Reference,
} from "@ouro/interfaces";
import fc from "fast-check";
import { difference } from "./graph-model.js";
import {
  NEIGHBOURS,
  neighbourProperty,
  ROOM,
  roomProperty,
  TOUCHED,
  touchedProperty,
} from "./memory-properties.js";
import { type Command, type Parts, programs, Rig } from "./program.js";
import * as names from "./property-names.js";

type Property = (parts: Parts) => fc.IProperty<unknown>;

/** 0: collections only where the program says so; n: at every nth safepoint. */
const interval = fc.constantFrom(0, 0, 1, 2, 7);

function expectThat(fact: boolean, problem: string): void {
  if (!fact) throw new Error(problem);
}

/** A property that looks at the rig after each command. */
function afterEachCommand(look: (rig: Rig, command: Command) => void): Property {
  return (parts) =>
    fc.property(programs, interval, (commands, collectionIntervalCount) => {
      const rig = new Rig(parts, { collectionIntervalCount });
      for (const command of commands) {
        rig.play(command);
        look(rig, command);
      }
      rig.manager.mutator.collect();
      look(rig, { kind: "collect" });
    }) as fc.IProperty<unknown>;
}

function expectGraph(rig: Rig): void {
  const problem = difference(rig.manager, rig.types, rig.pairs);
  expectThat(problem === undefined, problem ?? "");
}

const graph = afterEachCommand(expectGraph);

const exact = afterEachCommand((rig, command) => {
  if (command.kind !== "collect") return;
  const { liveCount } = rig.manager.collector.statistics();
  expectThat(liveCount === rig.reachableCount, `${liveCount} of ${rig.reachableCount} are left`);
  let walkedCount = 0;
  rig.manager.collector.walk(() => {
    walkedCount++;
  });
  expectThat(walkedCount === liveCount, `a walk meets ${walkedCount} of ${liveCount}`);
});

const sound = afterEachCommand((rig) => rig.manager.validate());

const moves: Property = (parts) =>
  fc.property(programs, (commands) => {
    const rig = new Rig(parts);
    const { manager } = rig;
    for (const command of commands) rig.play(command);
    for (let round = 0; round < 3; round++) {
      const before = new Set<number>();
      manager.collector.walk((object) => before.add(object));
      manager.mutator.collect();
      manager.collector.walk((object) => expectThat(!before.has(object), `${object} stayed`));
      const { lentArenaCount } = manager.heap.statistics();
      expectThat(lentArenaCount <= 1, `${lentArenaCount} arenas are lent for so little`);
    }
    rig.dropAll();
    manager.mutator.collect();
    const { liveCount } = manager.collector.statistics();
    expectThat(liveCount === 0, `${liveCount} objects are left`);
    const { lentArenaCount } = manager.heap.statistics();
    expectThat(lentArenaCount === 0, `${lentArenaCount} arenas are lent for nothing`);
  }) as fc.IProperty<unknown>;

const starts = afterEachCommand(({ manager: { collector, heap } }) => {
  const objects = new Set<number>();
  collector.walk((object) => objects.add(object));
  const first = Math.min(...objects);
  const end = Math.max(...objects) + 300;
  for (let word = first - 4; word < end; word++) {
    const isObject = collector.isObject(word);
    expectThat(isObject === objects.has(word), `isObject(${word}) is ${isObject}`);
  }
  for (const word of [first + 0.5, Number.NaN, -first, 0, heap.words.length, 2 ** 40, Infinity]) {
    expectThat(!collector.isObject(word), `${word} is taken for an object`);
  }
});

const events: Property = (parts) =>
  fc.property(programs, interval, (commands, collectionIntervalCount) => {
    const moved = new Map<number, number>();
    const dead = new Map<number, number>();
    const observer = {
      wants: [EVENT_OBJECT_MOVE, EVENT_OBJECT_RECLAIM] as EventCode[],
      event(code: EventCode, a: number, b: number): void {
        const told = code === EVENT_OBJECT_MOVE ? moved : dead;
        expectThat(!moved.has(a) && !dead.has(a), `${a} is told of twice`);
        told.set(a, b);
      },
    };
    const rig = new Rig(parts, { collectionIntervalCount }, observer);
    const { collector, mutator } = rig.manager;
    for (const command of commands) {
      rig.play(command);
      moved.clear();
      dead.clear();
      const types = new Map<number, number>();
      collector.walk((object) => types.set(object, mutator.typeOf(object)));
      const { reclaimedCount } = mutator.collect();
      expectThat(dead.size === reclaimedCount, `${dead.size} of ${reclaimedCount} deaths told`);
      expectThat(moved.size + dead.size === types.size, "somebody went without a word");
      for (const [object, type] of dead) expectThat(types.get(object) === type, "a wrong type");
      for (const [from, to] of moved) {
        const type = mutator.typeOf(to as Reference);
        expectThat(collector.isObject(to) && types.get(from) === type, `${from} is not at ${to}`);
      }
      moved.clear();
      dead.clear();
    }
  }) as fc.IProperty<unknown>;

const poisoned: Property = (parts) =>
  fc.property(programs, (commands) => {
    const rig = new Rig(parts, { poisonFromSpace: true });
    const { collector, heap, mutator } = rig.manager;
    for (const command of commands) rig.play(command);
    const before: number[] = [];
    collector.walk((object) => before.push(object));
    mutator.collect();
    for (const object of before) {
      for (let word = object; word < object + 4; word++) {
        expectThat(heap.words[word] === parts.POISON, `word ${word} is ${heap.words[word]}`);
      }
    }
  }) as fc.IProperty<unknown>;

const memory: Property = (parts) =>
  fc.property(programs, fc.boolean(), (commands, isWithoutLimit) => {
    const rig = new Rig(parts);
    const { collector, heap, mutator } = rig.manager;
    const { limitBytes } = heap;
    for (const command of commands) {
      if (command.kind === "allocate") {
        const { liveCount } = collector.statistics();
        if (!isWithoutLimit) heap.setLimitBytes(0);
        expectThat(rig.refusesTooMuch(), "a request of half the heap was served");
        if (!isWithoutLimit && liveCount > 0) {
          const { examinedCount } = mutator.collect();
          expectThat(examinedCount === 0, "it collected without room for the copies");
          const now = collector.statistics().liveCount;
          expectThat(now === liveCount, `${now} of ${liveCount} objects are left`);
        }
        rig.manager.validate();
        expectGraph(rig);
        heap.setLimitBytes(limitBytes);
      }
      rig.play(command);
      rig.manager.validate();
      expectGraph(rig);
    }
  }) as fc.IProperty<unknown>;

/** What the collector itself tells: births, writes and safepoints are no part of collections. */
const TOLD_IN_COLLECTIONS: EventCode[] = [
  EVENT_COLLECTION_START,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  EVENT_COLLECTION_END,
];

const refusal: Property = (parts) =>
  fc.property(programs, (commands) => {
    let innerCount = 0;
    const observer = {
      wants: TOLD_IN_COLLECTIONS,
      event(): void {
        innerCount += rig.manager.mutator.collect().examinedCount;
        rig.manager.validate();
      },
    };
    const rig: Rig = new Rig(parts, {}, observer);
    for (const command of commands) rig.play(command);
    rig.manager.mutator.collect();
    expectThat(innerCount === 0, `it examined ${innerCount}`);
  }) as fc.IProperty<unknown>;

export const semispaceProperties: ReadonlyMap<string, Property> = new Map([
  [names.GRAPH, graph],
  [names.EXACT, exact],
  [names.MOVES, moves],
  [names.STARTS, starts],
  [names.EVENTS, events],
  [names.SOUND, sound],
  [names.POISONED, poisoned],
  [names.MEMORY, memory],
  [names.REFUSAL, refusal],
  [ROOM, roomProperty],
  [NEIGHBOURS, neighbourProperty],
  [TOUCHED, touchedProperty],
]);
