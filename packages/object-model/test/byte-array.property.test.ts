import { type Reference, slotAt, UsageError } from "@ouro/interfaces";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createByteArrays } from "../src/index.js";
import { makeManager } from "./manager.js";

const anyCopy = fc.record({ from: fc.nat(), to: fc.nat(), count: fc.nat(), fill: fc.nat(255) });

it("a byte array is what a Uint8Array is, overlapping copies included", () => {
  const property = fc.property(
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
    fc.array(anyCopy, { maxLength: 10 }),
    (source, copies) => {
      const manager = makeManager({ checked: true });
      const { mutator } = manager;
      const arrays = createByteArrays(manager);
      const frame = mutator.enter(2);
      arrays.allocateFrom(source, frame);
      arrays.allocate(source.length, slotAt(frame, 1));
      const bytes = mutator.root(frame) as Reference;
      const other = mutator.root(slotAt(frame, 1)) as Reference;
      const model = source.slice();
      for (const { from, to, count, fill } of copies) {
        const start = from % model.length;
        const at = to % model.length;
        const length = count % (model.length - Math.max(start, at) + 1);
        arrays.copy(bytes, at, bytes, start, length);
        model.copyWithin(at, start, start + length);
        arrays.setByte(bytes, at, fill);
        model[at] = fill;
        expect(arrays.copyOut(bytes)).toEqual(model);
        arrays.validate(bytes);
      }
      arrays.copy(other, 0, bytes, 0, model.length);
      expect(arrays.equals(bytes, other)).toBe(true);
      expect(arrays.hash(bytes)).toBe(arrays.hash(other));
      const last = model.length - 1;
      arrays.setByte(other, last, (arrays.byteAt(other, last) + 1) & 0xff);
      expect(arrays.equals(bytes, other)).toBe(false);
      const sign = Math.sign((model[last] as number) - arrays.byteAt(other, last));
      expect(Math.sign(arrays.compare(bytes, other))).toBe(sign);
    },
  );
  fc.assert(property, { numRuns: 50 });
});

it("a byte array refuses what lies outside of it", () => {
  const manager = makeManager();
  const arrays = createByteArrays(manager);
  const bytes = arrays.allocate(5, manager.mutator.enter(1));
  expect(() => arrays.byteAt(bytes, 5)).toThrow(UsageError);
  expect(() => arrays.setByte(bytes, -1, 0)).toThrow(UsageError);
  expect(() => arrays.copy(bytes, 3, bytes, 0, 3)).toThrow(/targetIndex 3/);
});
