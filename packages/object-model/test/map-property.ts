// Maps against JavaScript's maps, order included: after each command the map is sound and iterates
// as the model does. Keys are integers, texts and boxes, told apart as the map must.

import { type Reference, slotAt } from "@ouro/interfaces";
import fc from "fast-check";
import type { Composition } from "./compositions.js";
import { expectEqual, expectRefused } from "./list-property.js";
import { anySaid, expectNothingLeft, makeValues, nameOf, type Said } from "./values.js";

export type MapParts = Pick<
  typeof import("../src/index.js"),
  "createMaps" | "createStrings" | "findOrDefineType"
>;

interface Command {
  readonly do: "set" | "get" | "delete" | "take" | "clear" | "rehash" | "collect" | "refuse";
  readonly key: Said;
  readonly said: Said;
}

const anyKey: fc.Arbitrary<Said> = fc.oneof(
  anySaid,
  fc.integer({ min: -12, max: 12 }).map((integer) => ({ integer })),
);

const anyCommand: fc.Arbitrary<Command> = fc.record({
  do: fc.oneof(
    { weight: 24, arbitrary: fc.constant("set" as const) },
    { weight: 18, arbitrary: fc.constantFrom("get" as const, "delete", "take") },
    { weight: 4, arbitrary: fc.constantFrom("rehash" as const, "collect", "refuse") },
    { weight: 1, arbitrary: fc.constant("clear" as const) },
  ),
  key: anyKey,
  said: anySaid,
});

export function mapProperty(parts: MapParts, make: () => Composition) {
  return fc.property(fc.array(anyCommand, { maxLength: 80, size: "max" }), (commands) => {
    const composition = make();
    const { mutator } = composition;
    const maps = parts.createMaps(composition);
    const values = makeValues(composition, parts);
    const frame = mutator.enter(3);
    const keySlot = slotAt(frame, 1);
    const valueSlot = slotAt(frame, 2);
    maps.allocate(frame);
    const model = new Map<string, string>();
    const map = () => mutator.root(frame) as Reference;
    const key = () => mutator.root(keySlot);

    function run(command: Command): void {
      const name = nameOf(command.key);
      values.put(command.key, keySlot);
      switch (command.do) {
        case "set":
          values.put(command.said, valueSlot);
          maps.set(frame, keySlot, valueSlot);
          model.set(name, nameOf(command.said));
          expectEqual(mutator.root(valueSlot), 0);
          expectEqual(values.nameOf(key()), name);
          return;
        case "get":
          expectEqual(maps.has(map(), key()), model.has(name));
          expectEqual(values.nameOf(maps.get(map(), key())), model.get(name) ?? "none");
          return;
        case "delete":
          expectEqual(maps.delete(map(), key()), model.delete(name));
          return;
        case "take": {
          mutator.setRoot(valueSlot, 0);
          const value = model.get(name) ?? "none";
          expectEqual(maps.take(valueSlot, map(), key()), model.delete(name));
          expectEqual(values.nameOf(mutator.root(valueSlot)), value);
          return;
        }
        case "clear":
          maps.clear(map());
          model.clear();
          return;
        case "rehash":
          maps.rehash(map());
          return;
        case "collect":
          mutator.collect();
          return;
        case "refuse":
          expectRefused(() => maps.get(map(), 0));
      }
    }

    for (const command of commands) {
      run(command);
      maps.validate(map());
      expectEqual(maps.sizeOf(map()), model.size);
      let entry = maps.next(map(), 0);
      for (const [name, value] of model) {
        expectEqual(values.nameOf(maps.keyAt(map(), entry)), name);
        expectEqual(values.nameOf(maps.valueAt(map(), entry)), value);
        entry = maps.next(map(), entry + 1);
      }
      expectEqual(entry, -1);
    }
    composition.validate();
    mutator.leave(frame);
    expectNothingLeft(composition, values);
  });
}
