// The named properties of reference counting. Each looks at one promise, so that a planted fault is
// killed by a name that says what it broke (test/faults).

import { type Reference, slotAt } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import { type Command, play, programs, programsWithImmortals } from "./count-commands.js";
import type { ModelObject } from "./count-model.js";
import * as names from "./property-names.js";
import { type Parts, Rig, type RigOptions } from "./rig.js";

type Check = (rig: Rig) => void;

const FREE_LIST_MAXIMA = { pair: 3, box: 1, triple: 0 };

function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, expected ${other}`);
}

function liveReferences(rig: Rig): number[] {
  return [...rig.model.live].map((object) => rig.reference(object)).sort((a, b) => a - b);
}

function walked(rig: Rig): number[] {
  const found: number[] = [];
  rig.manager.collector.walk((object) => found.push(object));
  return found;
}

const checkCounts: Check = (rig) => {
  for (const object of rig.model.live) {
    if (!object.isImmortal) expectEqual(rig.countOf(object), object.count, object.type.name);
  }
};

const checkLiveness: Check = (rig) => {
  expectEqual(walked(rig), liveReferences(rig), "objects");
  const { liveCount, reclaimedCount } = rig.manager.collector.statistics();
  expectEqual(liveCount, rig.model.live.size, "live count");
  expectEqual(reclaimedCount, rig.model.dead.length, "reclaimed count");
  for (const object of rig.model.live) {
    expectEqual(rig.manager.collector.isObject(rig.reference(object)), true, "an object is one");
  }
};

const checkOrder: Check = (rig) => {
  const heard = rig.heardDeaths;
  const expected = rig.model.dead.slice(-heard.length || rig.model.dead.length);
  expectEqual(heard.length, rig.model.dead.length, "deaths heard");
  expectEqual(
    heard,
    expected.map((object) => rig.reference(object)),
    "order of deaths",
  );
};

const checkContents: Check = (rig) => {
  const { mutator } = rig.manager;
  for (const [index, value] of rig.model.roots.entries()) {
    expectEqual(mutator.root(rig.slot(index)), rig.real(value), `root ${index}`);
  }
  for (const object of rig.model.live) {
    const reference = rig.reference(object);
    for (const [index, value] of object.slots.entries()) {
      const actual = mutator.get(reference, rig.field(object, index));
      expectEqual(actual, rig.real(value), `${object.type.name}.${index}`);
    }
  }
};

const checkSound: Check = (rig) => rig.manager.validate();

const checkImmortals: Check = (rig) => {
  for (const object of rig.model.live) {
    if (!object.isImmortal) continue;
    expectEqual(rig.parts.isImmortal(rig.manager, rig.reference(object)), true, "immortal");
  }
  checkLiveness(rig);
};

function programProperty(
  makeRig: () => Rig,
  check: Check,
  commands: fc.Arbitrary<Command[]> = programs,
): fc.IProperty<[Command[]]> {
  return fc.property(commands, (program) => {
    const rig = makeRig();
    for (const command of program) {
      play(rig, command);
      check(rig);
    }
    // Whatever is left of the program dies with its roots, but for cycles and immortal objects.
    for (let root = 0; root < rig.model.roots.length; root++) play(rig, ["clear root", root]);
    check(rig);
  });
}

const variants: readonly RigOptions[] = [{}, { freeListMaxima: FREE_LIST_MAXIMA }];

function memoryProperty(parts: Parts): fc.IProperty<[Command[]]> {
  // One arena: the larger tuples of a program fill it, and births are refused from there on.
  const limitBytes = 1 << 20;
  return fc.property(programs, (program) => {
    const rig = new Rig(parts, { limitBytes, freeListMaxima: FREE_LIST_MAXIMA });
    for (const command of program) {
      const isBig = command[0] === "allocate" && command[1] === 4;
      if (isBig) rig.allocate(4, 60_000, command[3]);
      else play(rig, command);
    }
    checkCounts(rig);
    checkLiveness(rig);
    checkContents(rig);
    rig.manager.validate();
  });
}

function freeListProperty(parts: Parts): fc.IProperty<[number, number]> {
  return fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(9), (maximum, count) => {
    const rig = new Rig(parts, { freeListMaxima: { pair: maximum } });
    const { mutator, collector, validate } = rig.manager;
    const pair = rig.typeId("pair");
    const frame = mutator.enter(count);
    const born: number[] = [];
    for (let at = 0; at < count; at++) {
      const object = mutator.allocate(pair, slotAt(frame, at));
      mutator.set(object, 1, -5);
      born.push(object);
    }
    mutator.leave(frame);
    validate();
    // The first to die are listed, until the list is full; births take the newest first.
    const listed = born.slice(0, maximum).reverse();
    mutator.enter(count);
    expectEqual(collector.statistics().liveCount, 0, "listed objects live");
    for (const [at, expected] of listed.entries()) {
      const object = mutator.allocate(pair, slotAt(frame, at));
      expectEqual(object, expected, "a birth from the list");
      expectEqual([mutator.get(object, 0), mutator.get(object, 1)], [0, 0], "its slots");
    }
    validate();
    for (let at = count - 1; at >= 0; at--) mutator.setRoot(slotAt(frame, at), 0);
    mutator.collect();
    expectEqual(collector.statistics().liveCount, 0, "live after a collection");
    const lowest = Math.min(...born);
    const fresh = mutator.allocate(pair, rig.slot(0));
    expectEqual(count === 0 || fresh === lowest, true, "a birth is the allocator's again");
    validate();
  });
}

/** A count set to just below its limit stands for the 2^30 references that no test makes. */
function saturationProperty(parts: Parts): fc.IProperty<[number, number]> {
  return fc.property(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 12 }),
    (below, added) => {
      const rig = new Rig(parts);
      const { mutator, heap, collector } = rig.manager;
      rig.allocate(0, 0, 0);
      const object = rig.reference(rig.at(0) as ModelObject);
      heap.words[object] = parts.IMMORTAL_COUNT - below;
      const frame = mutator.enter(added);
      for (let at = 0; at < added; at++) mutator.setRoot(slotAt(frame, at), object);
      const expected = Math.min(parts.IMMORTAL_COUNT, parts.IMMORTAL_COUNT - below + added);
      expectEqual(heap.words[object], expected, "count");
      mutator.leave(frame);
      const isStuck = expected === parts.IMMORTAL_COUNT;
      const after = isStuck ? expected : parts.IMMORTAL_COUNT - below;
      expectEqual(heap.words[object], after, "count after the frame");
      if (isStuck) {
        mutator.setRoot(rig.slot(0), 0);
        expectEqual(collector.isObject(object), true, "a stuck object stays");
        rig.manager.validate();
      }
    },
  );
}

/** Chains through every slot, with siblings that die after the descent. */
function depthProperty(parts: Parts): fc.IProperty<[number, number]> {
  return fc.property(fc.nat(2), fc.nat(6), (slot, typeIndex) => {
    const manager = composeMemoryManager({
      strategy: parts.refcountStrategy(),
      reservationBytes: 16 << 20,
    });
    const { mutator, collector } = manager;
    const type = manager.defineType({
      name: "link",
      visitedSlotCount: 3,
      releaseOrder: typeIndex % 2 === 0 ? "forward" : "backward",
    });
    const leaf = manager.defineType({ name: "leaf", rawWordCount: 2 });
    const frame = mutator.enter(3);
    const [head, next, extra] = [frame, slotAt(frame, 1), slotAt(frame, 2)];
    for (let depth = 0; depth < 30_000; depth++) {
      const object = mutator.allocate(type, next);
      for (let field = 0; field < 3; field++) {
        if (field !== slot) {
          mutator.allocate(leaf, extra);
          mutator.fill(object, field, extra);
        } else mutator.fill(object, field, head);
      }
      mutator.moveRoot(head, next);
    }
    mutator.setRoot(head, 0);
    expectEqual(collector.statistics().liveCount, 0, "live objects");
    expectEqual(collector.statistics().reclaimedCount, 90_000, "reclaimed objects");
    manager.validate();
  });
}

function dropOrderProperty(parts: Parts): fc.IProperty<[number]> {
  return fc.property(fc.integer({ min: 1, max: 8 }), (count) => {
    const seen: number[] = [];
    const rig = new Rig(parts, {
      isObserved: true,
      onEvent: ({ manager: { roots, heap } }) =>
        seen.push((heap.words[roots.topWord] as number) - roots.framesStart),
    });
    const { mutator } = rig.manager;
    const frame = mutator.enter(count);
    const pair = rig.typeId("pair");
    for (let at = 0; at < count; at++) mutator.allocate(pair, slotAt(frame, at));
    seen.length = 0;
    mutator.leave(frame);
    const end = (frame as number) + count - rig.manager.roots.framesStart;
    expectEqual(
      seen.every((top) => top === end),
      true,
      "the top covers the frame",
    );
    expectEqual(rig.manager.heap.words[rig.manager.roots.topWord], frame, "the top after it");
  });
}

/** The source itself hangs on a slot that is overwritten. */
function copyProperty(parts: Parts): fc.IProperty<[number, number]> {
  return fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(7), (length, hangsOn) => {
    let target = 0;
    let isCopying = false;
    const expected: number[] = [];
    const rig = new Rig(parts, {
      isObserved: true,
      onEvent: ({ heardDeaths, manager }) => {
        if (heardDeaths.length === 0 || !isCopying) return;
        const first = target + 3;
        expectEqual([...manager.heap.words.slice(first, first + length)], expected, "the run");
      },
    });
    const { mutator } = rig.manager;
    const pair = rig.typeId("pair");
    const tuple = rig.typeId("tuple");
    const source = mutator.allocateArray(tuple, length, rig.slot(1));
    target = mutator.allocateArray(tuple, length, rig.slot(0));
    for (let field = 1; field <= length; field++) {
      expected.push(mutator.allocate(pair, rig.slot(2)));
      mutator.give(source, field, rig.slot(2));
      mutator.allocate(pair, rig.slot(2));
      mutator.give(target as Reference, field, rig.slot(2));
    }
    mutator.give(target as Reference, 1 + (hangsOn % length), rig.slot(1));
    rig.heardDeaths.length = 0;
    isCopying = true;
    mutator.copy(target as Reference, 1, source, 1, length);
    expectEqual(rig.heardDeaths.length, length, "deaths");
    expectEqual(rig.manager.collector.statistics().liveCount, 1 + length, "live objects");
    rig.manager.validate();
  });
}

function auditProperty(parts: Parts): fc.IProperty<[Command[], number, number]> {
  return fc.property(programs, fc.nat(), fc.integer({ min: -1, max: 3 }), (program, pick, by) => {
    const rig = new Rig(parts);
    for (const command of program) play(rig, command);
    const live = [...rig.model.live];
    const victim = live[pick % Math.max(live.length, 1)];
    if (victim === undefined || by === 0) return;
    const { words } = rig.manager.heap;
    const object = rig.reference(victim);
    words[object] = (words[object] as number) + by;
    const before = rig.snapshot();
    let message = "";
    try {
      rig.manager.collector.validate();
    } catch (error) {
      message = String(error);
    }
    expectEqual(message.includes(`at word ${object} is broken: its count is`), true, message);
    expectEqual(rig.snapshot(), before, "the heap after the audit");
  });
}

/** Leaked is what lives in the model and no root of it reaches. */
function leakProperty(parts: Parts): fc.IProperty<[Command[]]> {
  return fc.property(programs, (program) => {
    const rig = new Rig(parts);
    for (const command of program) play(rig, command);
    for (let root = 1; root < rig.model.roots.length; root++) play(rig, ["clear root", root]);
    const reached = reachedFrom(rig.model.roots);
    const leaked = [...rig.model.live].filter((object) => !reached.has(object));
    const report = parts.findLeaks(rig.manager);
    expectEqual(report.count, leaked.length, "leaked objects");
    expectEqual(
      report.types.reduce((sum, { count }) => sum + count, 0),
      leaked.length,
      "objects by type",
    );
    const inCycles = leaked.filter((object) => reachedFrom(object.slots).has(object));
    const expected = inCycles.map((object) => rig.reference(object)).sort((a, b) => a - b);
    const members = report.cycles.flatMap((cycle) => cycle.members).sort((a, b) => a - b);
    expectEqual(members, expected, "members of cycles");
    for (const {
      members: [first, ...rest],
    } of report.cycles) {
      const around = reachedFrom([rig.objectAt(first as Reference) as ModelObject]);
      for (const member of rest) {
        expectEqual(around.has(rig.objectAt(member) as ModelObject), true, "one cycle");
      }
    }
  });
}

function reachedFrom(values: readonly (ModelObject | number)[]): Set<ModelObject> {
  const reached = new Set<ModelObject>();
  const pending = [...values];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value === "number" || reached.has(value)) continue;
    reached.add(value);
    pending.push(...value.slots);
  }
  return reached;
}

/** Counts are garbled, as after bare stores; what nothing refers to is an image's garbage. */
function restoredProperty(parts: Parts): fc.IProperty<[Command[]]> {
  return fc.property(programs, (program) => {
    const rig = new Rig(parts);
    for (const command of program) play(rig, command);
    const { heap, collector, mutator } = rig.manager;
    rig.allocate(0, 0, 0);
    const garbage = rig.at(0) as ModelObject;
    mutator.set(rig.reference(garbage), 0, mutator.root(rig.slot(1)));
    rig.model.write(garbage.slots, 0, rig.model.roots[1] as ModelObject);
    for (const object of rig.model.live) heap.words[rig.reference(object)] = 1;
    heap.words[rig.slot(0)] = 0;
    rig.model.write(rig.model.roots, 0, 0);
    collector.restored();
    checkCounts(rig);
    expectEqual(walked(rig), liveReferences(rig), "objects");
    rig.manager.validate();
  });
}

type PropertyMaker = (parts: Parts) => fc.IProperty<never>;

const onPrograms =
  (check: Check, options: readonly RigOptions[] = variants) =>
  (parts: Parts) =>
    fc.property(fc.constantFrom(...options), programs, (option, program) => {
      const inner = programProperty(() => new Rig(parts, option), check, fc.constant(program));
      const result = fc.check(inner, { numRuns: 1, endOnFailure: true });
      if (result.failed) throw result.errorInstance;
    });

const makers: ReadonlyMap<string, (parts: Parts) => unknown> = new Map<
  string,
  (parts: Parts) => unknown
>([
  [names.COUNTS, onPrograms(checkCounts)],
  [names.LIVENESS, onPrograms(checkLiveness)],
  [names.ORDER, onPrograms(checkOrder, [{ isObserved: true }])],
  [names.CONTENTS, onPrograms(checkContents)],
  [names.SOUND, onPrograms(checkSound)],
  [
    names.EVENTS,
    (parts: Parts) =>
      programProperty(
        () =>
          new Rig(parts, {
            isObserved: true,
            onEvent: ({ manager }) => manager.validate(),
            freeListMaxima: FREE_LIST_MAXIMA,
          }),
        () => {},
      ),
  ],
  [names.MEMORY, memoryProperty],
  [names.FREE_LISTS, freeListProperty],
  [
    names.IMMORTAL,
    (parts: Parts) => programProperty(() => new Rig(parts), checkImmortals, programsWithImmortals),
  ],
  [names.SATURATION, saturationProperty],
  [names.DEPTH, depthProperty],
  [names.DROP_ORDER, dropOrderProperty],
  [names.COPY, copyProperty],
  [names.AUDIT, auditProperty],
  [names.LEAKS, leakProperty],
  [names.RESTORED, restoredProperty],
]);

export const countProperties: readonly string[] = [...makers.keys()];

/** The property of that name on those parts: hand it to fast-check. */
export function countProperty(name: string, parts: Parts): fc.IProperty<unknown> {
  const maker = makers.get(name) as PropertyMaker | undefined;
  if (maker === undefined) throw new Error(`no property is named "${name}"`);
  return maker(parts) as unknown as fc.IProperty<unknown>;
}
