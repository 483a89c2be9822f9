// Where a broken image is broken, as the place in a file of it; what is no image at all; and what
// becomes of weak references, of too many types, and of a file that counts wrong.

import { WEAK_REFERENCE_TYPE } from "@ouro/finalization";
import {
  type Finalization,
  type HeapImage,
  IMAGE_TRACKED,
  immediateOf,
  isOuroError,
  type Reference,
  slotAt,
  type TypeDescriptor,
} from "@ouro/interfaces";
import { composeMemoryManager, createMemoryManager } from "@ouro/memory-manager";
import {
  decodeHeapImage,
  describeType,
  encodeHeapImage,
  expectHeapImage,
  objectsInImageOrder,
} from "@ouro/object-model";
import { refcountStrategy } from "@ouro/refcount";
import { describe, expect, it } from "vitest";

/** A leaf, two nodes, two texts, and two weak references to the first node, one with a callback. */
function makeImage(change: Partial<HeapImage> = {}): HeapImage {
  return {
    version: 1,
    types: [
      describeType({ name: "leaf", rawWordCount: 1 }),
      describeType({ name: "node", visitedSlotCount: 2, weaklyReferable: true }),
      describeType({ name: "bytes", variablePart: "bytes" }),
      WEAK_REFERENCE_TYPE,
    ],
    objectTypes: Int32Array.of(0, 1, 1, 2, 2, 3, 3),
    lengths: Int32Array.of(0, 0, 0, 3, 5, 0, 0),
    states: new Uint8Array(7),
    trackedOrder: Int32Array.of(),
    values: Int32Array.of(3, 1, 2, immediateOf(-7), 0, 0, 0, immediateOf(0), 0, 0),
    rawWords: Int32Array.of(99, 0x636261, 0x64636261, 0x65, 0, 0, 0, 0, 0, 0),
    handles: Int32Array.of(0, 2, 2, 6),
    frames: Int32Array.of(4, immediateOf(5), 7, 5),
    weakReferences: Int32Array.of(2, 2),
    ...change,
  };
}

const all = (...numbers: number[]): Int32Array => Int32Array.from(numbers);
const types = makeImage().types as readonly TypeDescriptor[];
const typed = (index: number, change: Partial<TypeDescriptor>): TypeDescriptor[] =>
  types.map((type, at) => (at === index ? { ...type, ...change } : type));
const { values, rawWords } = makeImage();
const tracked = Uint8Array.of(0, IMAGE_TRACKED, IMAGE_TRACKED + 16, 0, 0, 0, 0);

const BROKEN: readonly Partial<HeapImage>[] = [
  { version: 2 as never },
  { types: typed(1, { name: "leaf" }) },
  { types: typed(1, { collected: false }) },
  { lengths: all(0, 0) },
  { objectTypes: all(0, 1, 1, 2, 2, 3, 4) },
  { objectTypes: all(0, 1, 2, 1, 2, 3, 3) },
  { lengths: all(0, 0, 0, 5, 3, 0, 0) },
  { lengths: all(0, 0, 1, 3, 5, 0, 0) },
  { lengths: all(0, 0, 0, -1, 5, 0, 0) },
  { values: values.slice(1) },
  { values: all(...values, 0) },
  { rawWords: rawWords.slice(1) },
  { rawWords: all(...rawWords, 0) },
  { values: all(...values.slice(0, 9), 8) },
  { handles: all(0, 2, 2) },
  { handles: all(0, 2, 0, 2) },
  { handles: all(0, 2, 2, 8) },
  { frames: all(0, 8) },
  { states: Uint8Array.of(0, 0, 9, 0, 0, 0, 0) },
  { states: Uint8Array.of(0, 0, 0, IMAGE_TRACKED, 0, 0, 0) },
  { states: tracked, trackedOrder: all(1) },
  { states: tracked, trackedOrder: all(2, 2) },
  { states: tracked, trackedOrder: all(2, 3) },
  { states: tracked, trackedOrder: all(1, 2) },
  { weakReferences: all(2, 8) },
  { weakReferences: all(2, -1) },
  { weakReferences: all(2, 1) },
  { weakReferences: all(2) },
  { weakReferences: all(2, 2, 0) },
  { values: all(...values.slice(0, 7), 0, 0, 0) },
  { rawWords: all(...rawWords.slice(0, 8), 4, 0) },
];

const NO_IMAGES: readonly unknown[] = [
  undefined,
  null,
  3,
  new Uint8Array(4),
  new ArrayBuffer(4),
  {},
  { types: 3 },
  { types: [null] },
  { types: ["leaf"] },
  ...Object.keys(makeImage())
    .filter((key) => key !== "version" && key !== "types")
    .map((key) => ({ ...makeImage(), [key]: "none" })),
];

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.message;
    throw error;
  }
  return "";
}

const OF_BROKEN: readonly string[] = [
  "heap image, decoded byte 8: version 2 is not 1. The file is damaged or not of this " +
    "format; record or copy it again.",
  'heap image, decoded byte 216: two types are named "leaf". The file is damaged or not of ' +
    "this format; record or copy it again.",
  'heap image, decoded byte 216: defineType: type "node" is not collected and has visited ' +
    "slots. Make the slots owned-only. The file is damaged or not of this format; record or " +
    "copy it again.",
  "heap image, decoded byte 416: the objects have 7 types, 2 lengths, 7 states. The file is " +
    "damaged or not of this format; record or copy it again.",
  "heap image, decoded byte 412: there is no type 4. The file is damaged or not of this " +
    "format; record or copy it again.",
  "heap image, decoded byte 388: objects are not in the order of their types and lengths. " +
    "The file is damaged or not of this format; record or copy it again.",
  "heap image, decoded byte 388: objects are not in the order of their types and lengths. " +
    "The file is damaged or not of this format; record or copy it again.",
  'heap image, decoded byte 376: "node" has no length, and 1 is given. The file is damaged ' +
    "or not of this format; record or copy it again.",
  "heap image, decoded byte 376: length -1 is not from 0 to 1073741823. The file is damaged " +
    "or not of this format; record or copy it again.",
  "heap image, decoded byte 400: it has more slots than there are values. The file is " +
    "damaged or not of this format; record or copy it again.",
  "heap image, decoded byte 472: there are 11 values for 10 slots. The file is damaged or " +
    "not of this format; record or copy it again.",
  "heap image, decoded byte 400: it has more raw words than there are. The file is damaged " +
    "or not of this format; record or copy it again.",
  "heap image, decoded byte 520: there are 11 raw words for 10. The file is damaged or not " +
    "of this format; record or copy it again.",
  "heap image, decoded byte 468: 8 names none of 7 objects. The file is damaged or not of " +
    "this format; record or copy it again.",
  "heap image, decoded byte 528: the last handle has no value. The file is damaged or not " +
    "of this format; record or copy it again.",
  "heap image, decoded byte 536: handle 0 comes after 0. The file is damaged or not of this " +
    "format; record or copy it again.",
  "heap image, decoded byte 536: 8 names none of 7 objects. The file is damaged or not of " +
    "this format; record or copy it again.",
  "heap image, decoded byte 548: 8 names none of 7 objects. The file is damaged or not of " +
    "this format; record or copy it again.",
  "heap image, decoded byte 418: state 9 is tracked and untracked. The file is damaged or " +
    "not of this format; record or copy it again.",
  'heap image, decoded byte 419: "bytes" is tracked and not collected. The file is damaged ' +
    "or not of this format; record or copy it again.",
  "heap image, decoded byte 432: it names 1 of 2 tracked objects. The file is damaged or " +
    "not of this format; record or copy it again.",
  "heap image, decoded byte 436: object 2 is named twice. The file is damaged or not of " +
    "this format; record or copy it again.",
  "heap image, decoded byte 436: 3 is not tracked. The file is damaged or not of this " +
    "format; record or copy it again.",
  "heap image, decoded byte 436: an older generation comes later. The file is damaged or " +
    "not of this format; record or copy it again.",
  "heap image, decoded byte 564: 8 names none of 7 objects. The file is damaged or not of " +
    "this format; record or copy it again.",
  "heap image, decoded byte 564: -1 names none of 7 objects. The file is damaged or not of " +
    "this format; record or copy it again.",
  'heap image, decoded byte 564: "leaf" is not weakly referable. The file is damaged or not ' +
    "of this format; record or copy it again.",
  "heap image, decoded byte 568: there are 1 weak references for 2 objects. The file is " +
    "damaged or not of this format; record or copy it again.",
  "heap image, decoded byte 568: there are 3 weak references for 2 objects. The file is " +
    "damaged or not of this format; record or copy it again.",
  "heap image, decoded byte 564: object 1 has another weak reference without callback. The " +
    "file is damaged or not of this format; record or copy it again.",
  "heap image, decoded byte 512: a weak reference says where it lay. The file is damaged or " +
    "not of this format; record or copy it again.",
];

const OF_NONE: readonly string[] = [
  "load: the image is undefined, not a heap image. Pass what saveHeap or decodeHeapImage " +
    "answers",
  "load: the image is null, not a heap image. Pass what saveHeap or decodeHeapImage answers",
  "load: the image is 3, not a heap image. Pass what saveHeap or decodeHeapImage answers",
  "load: the image is a Uint8Array: the bytes of an image, not one. Decode them first with " +
    "decodeHeapImage",
  "load: the image is an ArrayBuffer: the bytes of an image, not one. Decode them first " +
    "with decodeHeapImage",
  "load: the image is no heap image: its types are undefined. Pass what saveHeap or " +
    "decodeHeapImage answers",
  "load: the image is no heap image: its types are 3. Pass what saveHeap or decodeHeapImage " +
    "answers",
  "load: the image is no heap image: null is among its types. Pass what saveHeap or " +
    "decodeHeapImage answers",
  'load: the image is no heap image: the text "leaf" is among its types. Pass what saveHeap ' +
    "or decodeHeapImage answers",
  'load: the image is no heap image: its objectTypes are the text "none". Pass what ' +
    "saveHeap or decodeHeapImage answers",
  'load: the image is no heap image: its lengths are the text "none". Pass what saveHeap or ' +
    "decodeHeapImage answers",
  'load: the image is no heap image: its states are the text "none". Pass what saveHeap or ' +
    "decodeHeapImage answers",
  'load: the image is no heap image: its trackedOrder are the text "none". Pass what ' +
    "saveHeap or decodeHeapImage answers",
  'load: the image is no heap image: its values are the text "none". Pass what saveHeap or ' +
    "decodeHeapImage answers",
  'load: the image is no heap image: its rawWords are the text "none". Pass what saveHeap ' +
    "or decodeHeapImage answers",
  'load: the image is no heap image: its handles are the text "none". Pass what saveHeap or ' +
    "decodeHeapImage answers",
  'load: the image is no heap image: its frames are the text "none". Pass what saveHeap or ' +
    "decodeHeapImage answers",
  'load: the image is no heap image: its weakReferences are the text "none". Pass what ' +
    "saveHeap or decodeHeapImage answers",
];

describe("a broken image", () => {
  it("is refused with the place in a file where it is broken", () => {
    expect(BROKEN.map((change) => messageOf(() => encodeHeapImage(makeImage(change))))).toEqual(
      OF_BROKEN,
    );
  });

  it("is told from what is none", () => {
    const messages = NO_IMAGES.map((none) =>
      messageOf(() => expectHeapImage("load", none as never)),
    );
    expect(messages).toEqual(OF_NONE);
  });

  it("has no more types than the manager has room for", () => {
    const options = { reservationBytes: 2 ** 24, typeLimitCount: 3 };
    const manager = composeMemoryManager({ strategy: refcountStrategy(), ...options });
    const image = {
      ...manager.saveHeap(),
      types: typed(3, { name: "one more", weakReference: false }),
    };
    expect(messageOf(() => manager.restoreHeap(image))).toBe(
      "restoreHeap: the image has 4 types, and there is room for 3. Raise typeLimitCount of the " +
        "memory manager",
    );
    expect(manager.types.count).toBe(0);
  });
});

describe("the weak references of an image", () => {
  it.each(["cpython-3.13", "cpython-3.13-fast"] as const)("refer on under %s", (preset) => {
    const manager = createMemoryManager(preset, { reservationBytes: 2 ** 24 });
    manager.restoreHeap(decodeHeapImage(encodeHeapImage(makeImage())));
    const objects = objectsInImageOrder(manager);
    const { targetOf } = manager.finalization as Finalization;
    const targets = [5, 6].map((index) => targetOf(objects[index] as Reference));
    expect(targets).toEqual([objects[1], objects[1]]);
    const { weakReferences, rawWords: saved } = manager.saveHeap();
    expect([...weakReferences]).toEqual([2, 2]);
    expect([...saved]).toEqual([...rawWords]);
    manager.validate();
  });

  it("refer to nobody that the image does not say", () => {
    const manager = createMemoryManager("cpython-3.13", { reservationBytes: 2 ** 24 });
    manager.restoreHeap(makeImage({ weakReferences: all(0, 2) }));
    const { mutator, roots } = manager;
    const { targetOf } = manager.finalization as Finalization;
    const [none, node] = [roots.start, roots.framesStart].map((slot) => slotAt(slot, 2));
    expect(targetOf(mutator.root(none as never) as Reference)).toBe(0);
    expect(targetOf(mutator.root(node as never) as Reference)).toBe(
      objectsInImageOrder(manager)[1],
    );
    manager.validate();
  });
});
