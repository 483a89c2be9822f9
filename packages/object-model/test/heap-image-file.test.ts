import { crc32 } from "node:zlib";
import { isOuroError, UsageError } from "@ouro/interfaces";
import { decodeHeapImage, encodeHeapImage, restoreHeap, saveHeap } from "@ouro/object-model";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitrarySteps, buildHeap, type Step } from "./arbitrary-heap.js";
import { managers } from "./rigs.js";

const [, makeRig] = managers[0] as (typeof managers)[number];
const SECTION_COUNT = 10;
const TABLE_END = 16 + SECTION_COUNT * 16;

function fileOf(steps: readonly Step[]): Uint8Array {
  const rig = makeRig();
  buildHeap(rig, steps);
  return encodeHeapImage(saveHeap(rig));
}

const steps: Step[] = [
  [0, 0, 0, 1],
  [0, 1, 1, 1],
  [0, 2, 4, 3],
  [0, 3, 7, 6],
  [6, 0, 1, 0],
  [6, 1, 0, 0],
  [6, 2, 3, 2],
  [11, 0, 0, 0],
  [11, 2, 0, 0],
  [10, 5, 0, 77],
];

/** Makes every checksum right again, as who means harm would. */
function sealFile(bytes: Uint8Array): void {
  if (bytes.length < TABLE_END + 16) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let start = TABLE_END + 16;
  for (let entry = 16; entry < TABLE_END; entry += 16) {
    const sizeBytes = view.getUint32(entry + 4, true) * view.getUint32(entry + 8, true);
    const end = start + Math.ceil(sizeBytes / 16) * 16;
    if (end > bytes.length) break;
    view.setUint32(entry + 12, crc32(bytes.subarray(start, end)), true);
    start = end;
  }
  view.setUint32(TABLE_END, crc32(bytes.subarray(0, TABLE_END)), true);
}

describe("what is no image is refused with what to do", () => {
  const image = () => decodeHeapImage(fileOf(steps));
  const none: [string, () => unknown, RegExp][] = [
    [
      "nothing",
      () => undefined,
      /the image is undefined, not a heap image\. Pass what saveHeap or/,
    ],
    ["a text", () => "abc", /the image is the text "abc", not a heap image/],
    ["an empty object", () => ({}), /its types are undefined/],
    ["types that are none", () => ({ ...image(), types: [null] }), /null is among its types/],
    [
      "an image without frames",
      () => ({ ...image(), frames: undefined }),
      /its frames are undefined/,
    ],
    [
      "bytes that were not decoded",
      () => fileOf(steps),
      /the image is a Uint8Array: the bytes of an image, not one\. Decode them first with dec/,
    ],
  ];
  test.each(none)("%s", (_title, make, message) => {
    const value = make();
    for (const use of [
      () => restoreHeap(makeRig(), value as never),
      () => encodeHeapImage(value as never),
    ]) {
      expect(use).toThrow(UsageError);
      expect(use).toThrow(message);
    }
  });

  test.each([
    ["nothing", undefined, "decodeHeapImage: the file is undefined, not a Uint8Array"],
    ["a text", "abc", 'decodeHeapImage: the file is the text "abc", not a Uint8Array'],
    ["a buffer", new ArrayBuffer(8), "decodeHeapImage: the file is an ArrayBuffer, not a"],
    ["words", new Int32Array(4), "decodeHeapImage: the file is an Int32Array, not a Uint8Array"],
  ])("%s for a file", (_title, bytes, message) => {
    expect(() => decodeHeapImage(bytes as never)).toThrow(UsageError);
    expect(() => decodeHeapImage(bytes as never)).toThrow(message);
  });
});

/** Decodes or refuses, and says which. Whatever is decoded is written again as it was. */
function tryFile(bytes: Uint8Array): "decoded" | "refused" {
  try {
    const image = decodeHeapImage(bytes);
    expect(Buffer.compare(encodeHeapImage(image), bytes)).toBe(0);
    return "decoded";
  } catch (error) {
    if (!isOuroError(error, "input-format")) throw error;
    const { offsetBytes } = error as never as { offsetBytes: number };
    expect(offsetBytes).toBeGreaterThanOrEqual(0);
    expect(offsetBytes).toBeLessThanOrEqual(bytes.length);
    return "refused";
  }
}

describe("the file of an image", () => {
  test("gives the image back, wherever in a buffer it lies", () => {
    const rig = makeRig();
    buildHeap(rig, steps);
    const image = saveHeap(rig);
    const bytes = encodeHeapImage(image);
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(decodeHeapImage(bytes)).toEqual(image);
    expect(decodeHeapImage(moved.subarray(3))).toEqual(image);
  });

  test("is refused at every length short of its own", () => {
    const bytes = fileOf(steps);
    for (let length = 0; length < bytes.length; length++) {
      expect(tryFile(bytes.slice(0, length))).toBe("refused");
    }
    expect(tryFile(Uint8Array.of(...bytes, 0))).toBe("refused");
    expect(tryFile(bytes)).toBe("decoded");
  });

  test("is refused with any one bit changed", () => {
    const bytes = fileOf(steps);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(tryFile(damaged)).toBe("refused");
    }
  });

  test("leads, forged in 2000 ways with good checksums, to an image or a typed error", () => {
    const files = [fileOf(steps), fileOf([]), fileOf(steps.slice(0, 5))];
    const outcomes = { decoded: 0, refused: 0 };
    const interesting = [0, 1, 2, 255, 0x7fffffff, 0x80000000, 0xffffffff, 0x40000000, 0x20000000];
    const arbitraryWord = fc.oneof(fc.constantFrom(...interesting), fc.nat(0xffffffff), fc.nat(20));
    const arbitraryChange = fc.record({
      at: fc.nat(100_000),
      word: arbitraryWord,
      size: fc.constantFrom(1, 4),
      isHeader: fc.nat(5).map((number) => number === 0),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(arbitraryChange, { minLength: 1, maxLength: 2 }),
        fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, 4, 16, 40),
        (file, changes, cut) => {
          const bytes = file.slice(0, file.length - cut);
          const view = new DataView(bytes.buffer);
          for (const { at, word, size, isHeader } of changes) {
            const limit = isHeader ? Math.min(TABLE_END, bytes.length) : bytes.length;
            if (size === 1) bytes[at % limit] = word;
            else view.setUint32((at % (limit >> 2)) * 4, word, true);
          }
          sealFile(bytes);
          outcomes[tryFile(bytes)]++;
        },
      ),
      { numRuns: 2000 },
    );
    expect(outcomes.decoded).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(1000);
  });

  test("that claims four thousand million objects is refused before room is made for them", () => {
    for (let entry = 16; entry < TABLE_END; entry += 16) {
      const bytes = fileOf(steps);
      new DataView(bytes.buffer).setUint32(entry + 8, 0xffffffff, true);
      new DataView(bytes.buffer).setUint32(TABLE_END, crc32(bytes.subarray(0, TABLE_END)), true);
      expect(() => decodeHeapImage(bytes)).toThrow(/the sections take \d+ bytes and the file has/);
    }
  });

  test("is the same whatever was decoded and encoded in between", () => {
    fc.assert(
      fc.property(arbitrarySteps, (some) => {
        const bytes = fileOf(some);
        expect(Buffer.compare(encodeHeapImage(decodeHeapImage(bytes)), bytes)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  const seals: [string, (view: DataView) => void, RegExp][] = [
    ["another magic", (view) => view.setUint8(1, 80), /byte 1: the file does not begin/],
    ["another version", (view) => view.setUint32(8, 2, true), /byte 8: version 2 is not 1/],
    ["another number of sections", (view) => view.setUint32(12, 9, true), /byte 12: .*not 10/],
    ["another section", (view) => view.setUint8(16, 80), /byte 16: section 0 is not TYPE/],
    ["items of another size", (view) => view.setUint32(20, 32, true), /byte 20: items of TYPE/],
    ["padding in its header", (view) => view.setUint8(TABLE_END + 4, 1), /padding is not zero/],
    ["a flag without meaning", (view) => view.setUint32(192 + 16, 64, true), /flags 64 have a bit/],
    ["a choice that is none", (view) => view.setUint8(192 + 12, 5), /choice 5 is none of none,/],
    ["a name of no letters", (view) => view.setUint32(192 + 20, 0, true), /a name of 0 letters/],
    ["a name without end", (view) => view.setUint32(192 + 20, 4000, true), /4000 letters/],
    ["letters left over", (view) => view.setUint32(192 + 20, 3, true), /letters behind the last/],
  ];
  test.each(seals)("is refused for %s", (_what, forge, message) => {
    const bytes = fileOf(steps);
    forge(new DataView(bytes.buffer));
    sealFile(bytes);
    expect(() => decodeHeapImage(bytes)).toThrow(message);
  });
});
