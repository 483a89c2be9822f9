// Files and images at their limits: the shortest file, sections without padding, names of one
// letter, the largest length and the last type; and what is refused one step further.

import { crc32 } from "node:zlib";
import { type HeapImage, slotAt } from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { decodeHeapImage, describeType, encodeHeapImage, saveHeap } from "../src/index.js";

/** An image of nothing, with some fields. */
function makeImage(change: Partial<HeapImage> = {}): HeapImage {
  const none = Int32Array.of();
  return {
    ...{ version: 1, types: [], objectTypes: none, lengths: none, states: new Uint8Array(0) },
    ...{ trackedOrder: none, values: none, rawWords: none, handles: none, frames: none },
    ...{ weakReferences: none, ...change },
  };
}

describe("a file", () => {
  it("of nothing is a header, and is decoded", () => {
    const file = encodeHeapImage(makeImage());
    expect(file.length).toBe(192);
    expect(decodeHeapImage(file)).toEqual(makeImage());
  });

  it("ends where names or states fill it to the last byte", () => {
    const named = makeImage({ types: [describeType({ name: "eightest" })] });
    const objects = {
      ...{ objectTypes: new Int32Array(16), lengths: new Int32Array(16) },
      states: new Uint8Array(16),
    };
    for (const image of [named, makeImage({ types: named.types, ...objects })]) {
      expect(decodeHeapImage(encodeHeapImage(image))).toEqual(image);
    }
  });

  it("names its sections by four letters each", () => {
    const file = encodeHeapImage(makeImage());
    const tags = Array.from({ length: 10 }, (_, index) =>
      String.fromCharCode(...file.subarray(16 + 16 * index, 20 + 16 * index)),
    );
    expect(tags.join(" ")).toBe("TYPE NAME GRUP STAT ORDR VALU RAWW HAND FRAM WEAK");
  });

  it("keeps a name of one letter, an acyclic type and the order of tracked objects", () => {
    const manager = createMemoryManager("cpython-3.12");
    const node = manager.defineType({ name: "n", visitedSlotCount: 1, acyclic: true });
    const frame = manager.mutator.enter(3);
    for (const index of [0, 1, 2]) manager.mutator.allocate(node, slotAt(frame, index));
    const image = saveHeap(manager);
    expect(image.trackedOrder.length).toBe(3);
    const decoded = decodeHeapImage(encodeHeapImage(image));
    expect(decoded).toEqual(image);
    expect(decoded.types).toMatchObject([{ name: "n", acyclic: true }]);
  });
});

describe("an image is refused", () => {
  const types = [describeType({ name: "bytes", variablePart: "bytes" })];
  const one = { types, objectTypes: Int32Array.of(0), lengths: Int32Array.of(0) };

  it("in the name of the call", () => {
    expect(() => encodeHeapImage(undefined as never)).toThrow(/^encodeHeapImage: the image is/);
  });

  it("with fewer states than objects", () => {
    expect(() => encodeHeapImage(makeImage(one))).toThrow(
      "the objects have 1 types, 1 lengths, 0 states",
    );
  });

  it("with letters behind the last name, at the first of them", () => {
    const file = encodeHeapImage(makeImage({ types: [describeType({ name: "abcd" })] }));
    const view = new DataView(file.buffer);
    view.setUint32(192 + 20, 3, true);
    view.setUint32(16 + 12, crc32(file.subarray(192, 224)), true);
    view.setUint32(176, crc32(file.subarray(0, 176)), true);
    expect(() => decodeHeapImage(file)).toThrow("byte 230: there are letters behind the last name");
  });

  it("with a length that no object can have, and not for the largest one that it can", () => {
    const states = new Uint8Array(1);
    const encode = (length: number) => () =>
      encodeHeapImage(makeImage({ ...one, states, lengths: Int32Array.of(length) }));
    expect(encode(2 ** 30 - 1)).toThrow("it has more raw words than there are");
    expect(encode(2 ** 30)).toThrow("length 1073741824 is not from 0 to 1073741823");
  });

  it("with a type more than there can be, and not for the last one", () => {
    const type = describeType({ name: "type", rawWordCount: 1 });
    const image = (count: number) =>
      makeImage({
        types: Array.from({ length: count }, (_, index) => ({ ...type, name: `type ${index}` })),
      });
    expect(() => encodeHeapImage(image(65536))).toThrow("there are 65536 types, 65535 at most");
    expect(encodeHeapImage(image(65535)).length).toBeGreaterThan(65535 * 24);
  });
});
