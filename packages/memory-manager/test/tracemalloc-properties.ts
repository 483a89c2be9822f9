// What a tracing of allocations says, against plain objects that count along: each is known by a
// number in a raw word, by which the live ones are found in the heap itself.

import type { Reference, Slot, Strategy, TypeId } from "@ouro/interfaces";
import type * as managerPackage from "@ouro/memory-manager";
import fc from "fast-check";

/** The package's exports: of the sources, or of a copy in which a fault stands. */
export type Parts = Pick<typeof managerPackage, "composeMemoryManager">;

export const LIVE = "traces exactly what was born since it started and is alive";
export const PEAK = "has as peak the most that was current after any birth since the last reset";
export const DIFFERENCE = "differences add up to the later snapshot, group by group";

const SLOT_COUNT = 4;
const SITES = ["parser", "cache", "main"];

type Command =
  | { do: "make"; slot: number; site: number; length: number }
  | { do: "link"; from: number; to: number }
  | { do: "drop"; slot: number }
  | { do: "collect" | "reset" | "snapshot" | "start" | "stop" | "clear" };

const slot = fc.nat(SLOT_COUNT - 1);
const rare = fc.constantFrom("reset", "snapshot", "start", "stop", "clear");
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ do: fc.constant("make"), slot, site: fc.nat(SITES.length - 1) },
      length: fc.constantFrom(0, 1, 5, 200),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("link"), from: slot, to: slot }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("drop"), slot }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("collect") }) },
  { weight: 3, arbitrary: fc.record({ do: rare }) },
) as fc.Arbitrary<Command>;
const programs = fc.array(command, { minLength: 8, maxLength: 60 });

interface Model {
  isTracing: boolean;
  /** Objects traced, by their number: site and size. */
  readonly traced: Map<number, { site: string; sizeBytes: number }>;
  peakBytes: number;
}

function makeRig(parts: Parts, strategy: Strategy) {
  const manager = parts.composeMemoryManager({
    ...{ strategy, reservationBytes: 2 ** 23, tracemalloc: true },
  });
  const { mutator, tracemalloc } = manager;
  if (tracemalloc === undefined) throw new Error("no tracing");
  const row: TypeId = manager.defineType({
    ...{ name: "row", visitedSlotCount: 1, rawWordCount: 1, variablePart: "bytes" },
  });
  const sites = SITES.map((name) => tracemalloc.sites.numberOf(name));
  const frame = mutator.enter(SLOT_COUNT);
  const at = (index: number): Slot => (frame + index) as Slot;
  const fields = { slot: 0, number: 0 };
  const first = manager.types.descriptor(row);
  fields.slot = first.variablePart === "none" ? 0 : 1;
  fields.number = fields.slot + first.visitedSlotCount;
  let madeCount = 0;
  return {
    ...{ manager, mutator, tracemalloc, at },
    held: (index: number) => mutator.root(at(index)) as Reference | 0,
    make(index: number, site: number, length: number): { number: number; sizeBytes: number } {
      tracemalloc.sites.enter(sites[site] as number);
      const object = mutator.allocateArray(row, length, at(index));
      mutator.setWord(object, fields.number, ++madeCount);
      return { number: madeCount, sizeBytes: (2 + fields.number + 1) * 4 + ((length + 3) & ~3) };
    },
    link(from: number, to: number): void {
      const holder = mutator.root(at(from)) as Reference | 0;
      if (holder !== 0) mutator.set(holder, fields.slot, mutator.root(at(to)));
    },
    liveNumbers(): Set<number> {
      const numbers = new Set<number>();
      manager.collector.walk((object) => numbers.add(mutator.word(object, fields.number)));
      return numbers;
    },
  };
}

type Rig = ReturnType<typeof makeRig>;

function makeObject(rig: Rig, model: Model, { slot, site, length }: Command & { do: "make" }) {
  const made = rig.make(slot, site, length);
  forgetDead(rig, model);
  if (!model.isTracing) return;
  model.traced.set(made.number, { site: SITES[site] as string, sizeBytes: made.sizeBytes });
  model.peakBytes = Math.max(model.peakBytes, bytesOf(model));
}

function perform(rig: Rig, model: Model, each: Command): void {
  const { tracemalloc, mutator } = rig;
  if (each.do === "make") makeObject(rig, model, each);
  else if (each.do === "link") rig.link(each.from, each.to);
  else if (each.do === "drop") mutator.setRoot(rig.at(each.slot), 0);
  else if (each.do === "collect") mutator.collect();
  else if (each.do === "reset") {
    tracemalloc.resetPeak();
    model.peakBytes = bytesOf(model);
  } else if (each.do === "start") {
    tracemalloc.start();
    model.isTracing = true;
  } else if (each.do === "stop" || each.do === "clear") {
    if (each.do === "stop") tracemalloc.stop();
    else tracemalloc.clearTraces();
    if (each.do === "stop") model.isTracing = false;
    model.traced.clear();
    model.peakBytes = 0;
  }
  forgetDead(rig, model);
}

function bytesOf({ traced }: Model): number {
  return [...traced.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function forgetDead(rig: Rig, { traced }: Model): void {
  const live = rig.liveNumbers();
  for (const number of traced.keys()) if (!live.has(number)) traced.delete(number);
}

function expectSame(what: string, seen: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`${what}: ${one}, and should be ${other}`);
}

/** Calls `look` after each command of a program. */
function play(
  parts: Parts,
  strategy: () => Strategy,
  look: (rig: Rig, model: Model, each: Command) => void,
): fc.IProperty<[Command[]]> {
  return fc.property(programs, (program) => {
    const rig = makeRig(parts, strategy());
    const model: Model = { isTracing: true, traced: new Map(), peakBytes: 0 };
    rig.tracemalloc.start();
    for (const each of program) {
      perform(rig, model, each);
      look(rig, model, each);
    }
    rig.manager.validate();
  });
}

function expectTraces({ tracemalloc }: Rig, model: Model): void {
  const { currentBytes, currentCount } = tracemalloc.getTracedMemory();
  expectSame("current", [currentCount, currentBytes], [model.traced.size, bytesOf(model)]);
  if (!tracemalloc.isTracing()) return;
  const seen = tracemalloc.takeSnapshot().traces.map(({ site, sizeBytes }) => [site, sizeBytes]);
  const wanted = [...model.traced.values()].map(({ site, sizeBytes }) => [site, sizeBytes]);
  expectSame("traces", seen.map(String).sort(), wanted.map(String).sort());
}

/** Sums by hand of what `compareTo` says in groups. */
function expectDifferences(rig: Rig, olds: ReturnType<Rig["tracemalloc"]["takeSnapshot"]>[]): void {
  const now = rig.tracemalloc.takeSnapshot();
  for (const key of ["site", "type", "trace"] as const) {
    for (const old of olds) {
      const before = new Map(old.statistics(key).map((each) => [nameOf(each), each]));
      const after = new Map(now.statistics(key).map((each) => [nameOf(each), each]));
      const differences = now.compareTo(old, key);
      const names = new Set([...before.keys(), ...after.keys()]);
      expectSame("groups", differences.map(nameOf).sort(), [...names].sort());
      for (const each of differences) {
        const { sizeBytes = 0, count = 0 } = after.get(nameOf(each)) ?? {};
        const { sizeBytes: sizeBefore = 0, count: countBefore = 0 } =
          before.get(nameOf(each)) ?? {};
        const { sizeDifferenceBytes, countDifference } = each;
        expectSame("now", [each.sizeBytes, each.count], [sizeBytes, count]);
        const wanted = [sizeBytes - sizeBefore, count - countBefore];
        expectSame("difference", [sizeDifferenceBytes, countDifference], wanted);
      }
    }
  }
  olds.push(now);
}

function nameOf({ site, typeName }: { site: string | undefined; typeName: string | undefined }) {
  return `${site} ${typeName}`;
}

export function traceProperty(
  name: string,
  parts: Parts,
  strategy: () => Strategy,
): fc.IProperty<[Command[]]> {
  if (name === LIVE) return play(parts, strategy, expectTraces);
  if (name === PEAK) {
    return play(parts, strategy, ({ tracemalloc }, model) => {
      expectSame("peak", tracemalloc.getTracedMemory().peakBytes, model.peakBytes);
    });
  }
  const olds = new WeakMap<Rig, ReturnType<Rig["tracemalloc"]["takeSnapshot"]>[]>();
  return play(parts, strategy, (rig, _model, each) => {
    if (!olds.has(rig)) olds.set(rig, []);
    if (each.do === "snapshot" && rig.tracemalloc.isTracing()) {
      expectDifferences(rig, olds.get(rig) as never);
    }
  });
}
