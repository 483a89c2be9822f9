// Mutator programs as data: what shrinks and prints well. A command that does not apply, for
// instance as its root slot holds no object, does nothing.

import fc from "fast-check";
import type { ModelObject, ModelValue } from "./count-model.js";
import { IMMEDIATE, type Rig, ROOT_COUNT } from "./rig.js";

export type Command =
  | readonly ["allocate", type: number, length: number, root: number]
  | readonly ["set root", into: number, from: number]
  | readonly ["clear root", root: number]
  | readonly ["immediate root", root: number]
  | readonly ["move root", into: number, from: number]
  | readonly ["set", root: number, field: number, from: number]
  | readonly ["set field", root: number, field: number, source: number, from: number]
  | readonly ["clear", root: number, field: number, isImmediate: boolean]
  | readonly ["give", root: number, field: number, from: number]
  | readonly ["fill", root: number, field: number, from: number]
  | readonly ["take", into: number, root: number, field: number]
  | readonly ["copy", root: number, at: number, source: number, start: number, count: number]
  | readonly ["copy child", root: number, at: number, child: number, start: number, count: number]
  | readonly ["frame", froms: readonly number[]]
  | readonly ["hold", from: number]
  | readonly ["immortal", root: number]
  | readonly ["collect"];

const root = fc.nat(ROOT_COUNT - 1);
const field = fc.nat(7);

const allocation = fc.tuple(fc.constant("allocate" as const), fc.nat(6), fc.nat(6), root);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: allocation },
  { weight: 2, arbitrary: fc.tuple(fc.constant("set root" as const), root, root) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("clear root" as const), root) },
  fc.tuple(fc.constant("immediate root" as const), root),
  { weight: 2, arbitrary: fc.tuple(fc.constant("move root" as const), root, root) },
  { weight: 5, arbitrary: fc.tuple(fc.constant("set" as const), root, field, root) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("set field" as const), root, field, root, field) },
  fc.tuple(fc.constant("clear" as const), root, field, fc.boolean()),
  { weight: 8, arbitrary: fc.tuple(fc.constant("give" as const), root, field, root) },
  fc.tuple(fc.constant("fill" as const), root, field, root),
  { weight: 2, arbitrary: fc.tuple(fc.constant("take" as const), root, root, field) },
  {
    weight: 2,
    arbitrary: fc.tuple(root, field).map(([own, at]) => ["take", own, own, at] as const),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant("copy" as const), root, field, root, field, field) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(root, field, field, field)
      .map(([own, at, start, count]) => ["copy", own, at, own, start, count] as const),
  },
  fc.tuple(fc.constant("copy child" as const), root, field, field, field, field),
  fc.tuple(fc.constant("frame" as const), fc.array(root, { maxLength: 4 })),
  fc.tuple(fc.constant("hold" as const), root),
  fc.tuple(fc.constant("collect" as const)),
);

/** An object all of whose slots hold a fresh object each. */
const bush: fc.Arbitrary<Command[]> = fc
  .record({ type: fc.nat(6), child: fc.nat(6), length: fc.integer({ min: 1, max: 6 }), root })
  .map(({ type, child, length, root: into }) => {
    const other = (into + 1) % ROOT_COUNT;
    const commands: Command[] = [["allocate", type, length, into]];
    for (let index = 0; index < length; index++) {
      commands.push(["allocate", child, 2, other], ["give", into, index, other]);
    }
    return commands;
  });

function programsOf(commands: fc.Arbitrary<Command>): fc.Arbitrary<Command[]> {
  const part = fc.oneof(
    { weight: 1, arbitrary: bush },
    { weight: 4, arbitrary: commands.map((each) => [each]) },
  );
  const parts = fc.array(part, { minLength: 12, maxLength: 36, size: "max" });
  return parts.map((each) => each.flat());
}

export const programs: fc.Arbitrary<Command[]> = programsOf(command);

/** Programs in which some objects become immortal. */
export const programsWithImmortals: fc.Arbitrary<Command[]> = programsOf(
  fc.oneof({ weight: 12, arbitrary: command }, fc.tuple(fc.constant("immortal" as const), root)),
);

type Place = [ModelObject, number] | undefined;

type Handler = (rig: Rig, ...numbers: never[]) => void;

/** An object in a root slot and an index among its slots; undefined where there is none. */
function place(rig: Rig, root: number, field: number): Place {
  const object = rig.at(root);
  if (object === undefined || object.slots.length === 0) return undefined;
  return [object, field % object.slots.length];
}

function store(rig: Rig, root: number, field: number, value: ModelValue): void {
  const found = place(rig, root, field);
  if (found === undefined) return;
  const [object, index] = found;
  const { mutator } = rig.manager;
  mutator.set(rig.reference(object), rig.field(object, index), rig.real(value));
  rig.model.write(object.slots, index, value);
}

function setRoot(rig: Rig, into: number, value: ModelValue): void {
  rig.manager.mutator.setRoot(rig.slot(into), rig.real(value));
  rig.model.write(rig.model.roots, into, value);
}

function move(rig: Rig, root: number, field: number, from: number, isFill: boolean): void {
  const found = place(rig, root, field);
  if (found === undefined) return;
  const [object, index] = found;
  if (isFill && object.slots[index] !== 0) return;
  const { mutator } = rig.manager;
  const call = isFill ? mutator.fill : mutator.give;
  call(rig.reference(object), rig.field(object, index), rig.slot(from));
  rig.model.move(object.slots, index, rig.model.roots, from);
}

function copy(rig: Rig, into: Place, from: Place, count: number): void {
  if (into === undefined || from === undefined) return;
  const [target, at] = into;
  const [source, start] = from;
  const length = Math.min(count, target.slots.length - at, source.slots.length - start);
  rig.manager.mutator.copy(
    rig.reference(target),
    rig.field(target, at),
    rig.reference(source),
    rig.field(source, start),
    length,
  );
  rig.model.copy(target, at, source, start, length);
}

const handlers: { readonly [Name in Command[0]]: Handler } = {
  allocate: (rig, type: number, length: number, into: number) => rig.allocate(type, length, into),
  "set root": (rig, into: number, from: number) =>
    setRoot(rig, into, rig.model.roots[from] as ModelValue),
  "clear root": (rig, into: number) => setRoot(rig, into, 0),
  "immediate root": (rig, into: number) => setRoot(rig, into, IMMEDIATE),
  "move root": (rig, into: number, from: number) => {
    if (into === from) return;
    rig.manager.mutator.moveRoot(rig.slot(into), rig.slot(from));
    rig.model.move(rig.model.roots, into, rig.model.roots, from);
  },
  set: (rig, root: number, field: number, from: number) =>
    store(rig, root, field, rig.model.roots[from] as ModelValue),
  "set field": (rig, root: number, field: number, source: number, from: number) => {
    const found = place(rig, source, from);
    if (found !== undefined) store(rig, root, field, found[0].slots[found[1]] as ModelValue);
  },
  clear: (rig, root: number, field: number, isImmediate: boolean) =>
    store(rig, root, field, isImmediate ? IMMEDIATE : 0),
  give: (rig, root: number, field: number, from: number) => move(rig, root, field, from, false),
  fill: (rig, root: number, field: number, from: number) => move(rig, root, field, from, true),
  take: (rig, into: number, root: number, field: number) => {
    const found = place(rig, root, field);
    if (found === undefined) return;
    const [object, index] = found;
    rig.manager.mutator.take(rig.slot(into), rig.reference(object), rig.field(object, index));
    rig.model.move(rig.model.roots, into, object.slots, index);
  },
  copy: (rig, root: number, at: number, source: number, start: number, count: number) =>
    copy(rig, place(rig, root, at), place(rig, source, start), count),
  "copy child": (rig, root: number, at: number, child: number, start: number, count: number) => {
    const found = place(rig, root, child);
    const source = found?.[0].slots[found[1]];
    if (typeof source !== "object" || source.slots.length === 0) return;
    copy(rig, place(rig, root, at), [source, start % source.slots.length], count);
  },
  frame: (rig, froms: readonly number[]) => {
    const { mutator } = rig.manager;
    const frame = mutator.enter(froms.length);
    const values = froms.map((from) => rig.model.roots[from] as ModelValue);
    for (const [index, value] of values.entries()) {
      mutator.setRoot((frame + index) as never, rig.real(value));
      rig.model.increment(value);
      setRoot(rig, froms[index] as number, 0);
    }
    mutator.leave(frame);
    for (const value of values) rig.model.release(value);
  },
  hold: (rig, from: number) => {
    using handle = rig.manager.handles.hold(rig.slot(from));
    const value = rig.model.roots[from] as ModelValue;
    if (handle.value !== rig.real(value)) throw new Error("a handle holds something else");
  },
  immortal: (rig, root: number) => {
    const object = rig.at(root);
    if (object === undefined) return;
    rig.parts.makeImmortal(rig.manager, rig.reference(object));
    object.isImmortal = true;
  },
  collect: (rig) => {
    rig.manager.mutator.collect();
  },
};

export function play(rig: Rig, [name, ...numbers]: Command): void {
  (handlers[name] as (rig: Rig, ...numbers: unknown[]) => void)(rig, ...numbers);
}
