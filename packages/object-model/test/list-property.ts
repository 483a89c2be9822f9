// Lists against JavaScript's arrays: after each command the list is sound and holds what the array
// holds. The tests run it on the sources, the planted faults on a copy.

import { type Reference, slotAt } from "@ouro/interfaces";
import fc from "fast-check";
import type { Composition } from "./compositions.js";
import { anySaid, expectNothingLeft, makeValues, nameOf, type Said } from "./values.js";

export type ListParts = Pick<
  typeof import("../src/index.js"),
  "createLists" | "createStrings" | "findOrDefineType"
>;

type Command =
  | {
      readonly do: "append" | "pop" | "clear" | "extend" | "collect" | "refuse";
      readonly said: Said;
    }
  | {
      readonly do: "insert" | "set" | "give" | "removeAt";
      readonly said: Said;
      readonly at: number;
    };

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("append" as const), said: anySaid }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("insert" as const, "set", "give", "removeAt"),
      said: anySaid,
      at: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("pop" as const, "clear", "extend", "collect", "refuse"),
      said: anySaid,
    }),
  },
);

export function listProperty(parts: ListParts, make: () => Composition) {
  return fc.property(fc.array(anyCommand, { maxLength: 60, size: "max" }), (commands) => {
    const composition = make();
    const { mutator } = composition;
    const lists = parts.createLists(composition);
    const values = makeValues(composition, parts);
    const frame = mutator.enter(2);
    const scratch = slotAt(frame, 1);
    lists.allocate(frame);
    const model: string[] = [];
    const list = () => mutator.root(frame) as Reference;

    function run(command: Command): void {
      const name = nameOf(command.said);
      const length = model.length;
      switch (command.do) {
        case "append":
          values.put(command.said, scratch);
          lists.append(frame, scratch);
          model.push(name);
          expectEqual(mutator.root(scratch), 0);
          return;
        case "insert":
          values.put(command.said, scratch);
          lists.insert(frame, command.at % (length + 1), scratch);
          model.splice(command.at % (length + 1), 0, name);
          return;
        case "set":
        case "give": {
          if (length === 0) return;
          values.put(command.said, scratch);
          const at = command.at % length;
          if (command.do === "give") lists.give(list(), at, scratch);
          else lists.set(list(), at, mutator.root(scratch));
          model[at] = name;
          return;
        }
        case "removeAt":
        case "pop": {
          if (length === 0) return;
          const at = "at" in command ? command.at % length : length - 1;
          if (command.do === "pop") lists.pop(frame, scratch);
          else lists.removeAt(frame, at, scratch);
          expectEqual(values.nameOf(mutator.root(scratch)), model.splice(at, 1)[0]);
          return;
        }
        case "clear":
          lists.clear(list());
          model.length = 0;
          return;
        case "extend":
          if (length > 40) return;
          lists.extend(frame, frame);
          model.push(...model);
          return;
        case "collect":
          mutator.collect();
          return;
        case "refuse":
          expectRefused(() => lists.get(list(), length));
          expectRefused(() => lists.insert(frame, length + 1, scratch));
          expectRefused(() => lists.set(list(), -1, 0));
      }
    }

    for (const command of commands) {
      run(command);
      lists.validate(list());
      expectEqual(lists.lengthOf(list()), model.length);
      model.forEach((name, at) => {
        expectEqual(values.nameOf(lists.get(list(), at)), name);
      });
    }
    composition.validate();
    mutator.leave(frame);
    expectNothingLeft(composition, values);
  });
}

export function expectEqual(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`found ${found}, expected ${expected}`);
}

export function expectRefused(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (error instanceof Error && error.name === "UsageError") return;
    throw error;
  }
  throw new Error("it was not refused");
}
