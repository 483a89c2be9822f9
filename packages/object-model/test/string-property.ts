// Strings against JavaScript's: contents, order, equality, hash, parts and wholes.

import { type Reference, slotAt } from "@ouro/interfaces";
import fc from "fast-check";
import type { Composition } from "./compositions.js";
import { expectEqual } from "./list-property.js";

export type StringParts = Pick<typeof import("../src/index.js"), "createStrings">;

const anyText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", "b", "ÿ", "Ā", "\u{1f40d}", "\0"), maxLength: 12 }),
);

export function stringProperty(parts: StringParts, make: () => Composition) {
  return fc.property(anyText, anyText, fc.nat(), fc.nat(), (one, other, from, to) => {
    const composition = make();
    const { mutator } = composition;
    const strings = parts.createStrings(composition);
    const frame = mutator.enter(3);
    const second = slotAt(frame, 1);
    const third = slotAt(frame, 2);
    const at = (index: number) => mutator.root(slotAt(frame, index)) as Reference;
    strings.allocate(one, frame);
    const around = `x${other}yz`;
    const units = Array.from({ length: around.length }, (_, index) => around.charCodeAt(index));
    strings.allocateUnits(units, 1, 1 + other.length, second);
    strings.validate(at(1));
    expectEqual(strings.text(at(0)), one);
    expectEqual(strings.text(at(1)), other);
    expectEqual(strings.lengthOf(at(1)), other.length);
    for (let index = 0; index < one.length; index++) {
      expectEqual(strings.unitAt(at(0), index), one.charCodeAt(index));
    }
    expectEqual(Math.sign(strings.compare(at(0), at(1))), one < other ? -1 : one > other ? 1 : 0);
    expectEqual(strings.equals(at(0), at(1)), one === other);
    expectEqual(strings.hash(at(0)), strings.hash(at(0)));
    strings.concatenate(frame, second, third);
    expectEqual(strings.text(at(2)), one + other);
    const start = from % (one.length + 1);
    const end = start + (to % (one.length + other.length - start + 1));
    strings.slice(third, start, end, third);
    const part = (one + other).slice(start, end);
    expectEqual(strings.text(at(2)), part);
    const hash = strings.hash(at(2));
    strings.allocate(part, second);
    expectEqual(strings.equals(at(1), at(2)), true);
    expectEqual(strings.hash(at(1)), hash);
    for (let index = 0; index < 3; index++) strings.validate(at(index));
    composition.validate();
  });
}
