import { WEAK_REFERENCE_TYPE } from "@ouro/finalization";
import {
  type HeapImage,
  IMAGE_IMMORTAL,
  IMAGE_TRACKED,
  immediateOf,
  type Slot,
  type TypeDescriptor,
} from "@ouro/interfaces";
import {
  createObjectLayout,
  describeType,
  encodeHeapImage,
  objectsInImageOrder,
  restoreHeap,
  saveHeap,
} from "@ouro/object-model";
import { describe, expect, test } from "vitest";
import { buildHeap, describeReachable } from "./arbitrary-heap.js";
import { managers, type Rig, rigs } from "./rigs.js";

const [, makeRig] = managers[0] as (typeof managers)[number];

/** Two nodes that hold one another, a leaf, three handles of which the second is free, a frame. */
function makeImage(change: Partial<HeapImage> = {}): HeapImage {
  return {
    version: 1,
    types: [
      describeType({ name: "leaf", rawWordCount: 1 }),
      describeType({ name: "node", visitedSlotCount: 2, weaklyReferable: true }),
      describeType({ name: "bytes", variablePart: "bytes" }),
    ],
    objectTypes: Int32Array.of(0, 1, 1, 2, 2),
    lengths: Int32Array.of(0, 0, 0, 3, 5),
    states: Uint8Array.of(0, 0, 0, 0, 0),
    trackedOrder: Int32Array.of(),
    values: Int32Array.of(3, 1, 2, immediateOf(-7)),
    rawWords: Int32Array.of(99, 0x636261, 0x64636261, 0x65),
    handles: Int32Array.of(0, 2, 2, 0),
    frames: Int32Array.of(4, immediateOf(5), 0),
    weakReferences: Int32Array.of(),
    ...change,
  };
}

/** A leaf, a node, and two weak references to it, of which one has a callback. */
function makeWeakImage(change: Partial<HeapImage> = {}): HeapImage {
  const [leaf, node] = makeImage().types as [TypeDescriptor, TypeDescriptor];
  return makeImage({
    types: [leaf, node, WEAK_REFERENCE_TYPE],
    objectTypes: Int32Array.of(0, 1, 2, 2),
    lengths: new Int32Array(4),
    states: new Uint8Array(4),
    values: Int32Array.of(0, 0, 0, 0, 0, immediateOf(0), 0, 0),
    rawWords: new Int32Array(7),
    handles: Int32Array.of(),
    frames: Int32Array.of(2, 3, 4),
    weakReferences: Int32Array.of(2, 2),
    ...change,
  });
}

describe("an image", () => {
  test("puts objects, roots and handles where it says", () => {
    const rig = makeRig();
    restoreHeap(rig, makeImage());
    expect(describeReachable(rig)).toEqual([
      "root 0: #1",
      "root 2: 0",
      "root 4096: #2",
      `root 4097: ${immediateOf(5)}`,
      "root 4098: 0",
      "node[0] #3 #4",
      `bytes[3] =${0x636261}`,
      `node[0] #1 ${immediateOf(-7)}`,
      "leaf[0] =99",
    ]);
    expect(saveHeap(rig)).toEqual(makeImage());
  });

  test("numbers the objects that a walk finds in whatever order", () => {
    const rig = makeRig();
    restoreHeap(rig, makeImage());
    const objects = objectsInImageOrder(rig);
    const { typeOf } = createObjectLayout(rig.heap.words, rig.types);
    expect(Array.from(objects, (object) => typeOf(object) - 1)).toEqual([0, 1, 1, 2, 2]);
    expect(objects[1]).toBeLessThan(objects[2] as number);
    const [leaf, first] = objects as unknown as [number, number];
    expect(rig.heap.words[createObjectLayout(rig.heap.words, rig.types).slotsStart(first)]).toBe(
      objects[2],
    );
    expect(rig.collector.isObject(leaf as never)).toBe(true);
  });

  test("of nothing fills nothing, and defines its types", () => {
    const rig = makeRig();
    const empty = saveHeap(makeRig());
    restoreHeap(rig, { ...empty, types: makeImage().types });
    expect(rig.types.count).toBe(3);
    expect(rig.collector.statistics().liveCount).toBe(0);
  });

  test("gives its handles to who adopts them, and those can be disposed of", () => {
    const rig = makeRig();
    restoreHeap(rig, makeImage());
    const handle = rig.handles.adopt(0);
    expect(rig.types.descriptor(rig.mutator.typeOf(handle.value as never)).name).toBe("node");
    handle.dispose();
    expect(rig.handles.liveCount).toBe(1);
    expect(() => rig.handles.adopt(0)).toThrow("0 is not the index of a handle in use");
    expect(() => rig.handles.adopt(1)).toThrow("1 is not the index of a handle in use");
    expect(() => rig.handles.adopt(4096)).toThrow("4096 is not the index of a handle in use");
    rig.handles.make();
    expect(rig.handles.liveCount).toBe(2);
    rig.validate();
  });

  test("of a hundred thousand objects is restored, deep as they hang", () => {
    const rig = makeRig();
    const node = rig.types.define(describeType({ name: "node", visitedSlotCount: 2 }));
    const frame = rig.mutator.enter(2);
    const next = (frame + 1) as Slot;
    for (let index = 0; index < 100_000; index++) {
      const object = rig.mutator.allocate(node, next);
      rig.mutator.give(object, 0, frame);
      rig.mutator.moveRoot(frame, next);
    }
    const other = makeRig();
    restoreHeap(other, saveHeap(rig));
    let depth = 0;
    let object = other.mutator.root(other.roots.framesStart);
    for (; object > 0; object = other.mutator.get(object as never, 0)) depth++;
    expect(depth).toBe(100_000);
  });
});

function refuse(rig: Rig, image: HeapImage, message: string | RegExp): void {
  const before = describeReachable(rig);
  const { liveCount } = rig.collector.statistics();
  const typeCount = rig.types.count;
  expect(() => restoreHeap(rig, image)).toThrow(message);
  rig.validate();
  expect(describeReachable(rig)).toEqual(before);
  expect(rig.collector.statistics().liveCount).toBe(liveCount);
  expect(rig.types.count).toBe(typeCount);
}

/** One type more than a word of a header can name, each of its own name. */
function tooManyTypes(): TypeDescriptor[] {
  const { types } = makeImage();
  return Array.from({ length: 65536 }, (_, index) => ({
    ...(types[index] ?? (types[0] as TypeDescriptor)),
    name: types[index]?.name ?? `leaf ${index}`,
  }));
}

describe("a restore is refused and changes nothing", () => {
  test("where objects, handles or frames are", () => {
    const used = makeRig();
    buildHeap(used, [[0, 0, 0, 1]]);
    refuse(used, makeImage(), "is not empty: it has 1 objects, 0 handles, 6 frame slots");
    const withHandle = makeRig();
    withHandle.handles.make();
    refuse(withHandle, makeImage(), "it has 0 objects, 1 handles, 0 frame slots");
    const withFrame = makeRig();
    withFrame.mutator.enter(2);
    refuse(withFrame, makeImage(), "it has 0 objects, 0 handles, 2 frame slots");
  });

  test("where a type is missing or is another", () => {
    const [leaf, node] = makeImage().types as [TypeDescriptor, TypeDescriptor];
    const missing = makeRig();
    missing.types.define(leaf);
    refuse(missing, makeImage(), 'type "node" is not defined here');
    const other = makeRig();
    other.types.define(leaf);
    other.types.define({ ...node, visitOrder: "backward" });
    refuse(other, makeImage(), 'type "node" has visitOrder forward, and backward here');
  });

  test("where handles or frame slots do not suffice", () => {
    const fewHandles = makeRig({ handleLimitCount: 2 });
    refuse(fewHandles, makeImage(), "handleLimitCount sets the room");
    const fewSlots = makeRig({ frameSlotLimitCount: 2 });
    refuse(fewSlots, makeImage(), "frameSlotLimitCount sets the room");
    const enough = makeRig({ handleLimitCount: 3, frameSlotLimitCount: 3 });
    restoreHeap(enough, makeImage());
  });

  test("where nothing keeps the weak references of the image", () => {
    const parts = rigs.find(([name]) => name === "null on large blocks")?.[1]() as Rig;
    refuse(parts, makeWeakImage(), "has weak references, and no part here keeps them");
    restoreHeap(parts, makeWeakImage({ weakReferences: Int32Array.of(0, 0) }));
  });

  const one = (...numbers: number[]) => Int32Array.from(numbers);
  const types = makeImage().types as [TypeDescriptor, TypeDescriptor, TypeDescriptor];
  const tracked = Uint8Array.of(0, IMAGE_TRACKED + 16, IMAGE_TRACKED, 0, 0);
  const contradictions: [string, Partial<HeapImage>, RegExp][] = [
    ["another version", { version: 2 as never }, /byte 8: version 2 is not 1/],
    ["more types than there can be", { types: tooManyTypes() }, /there are 65536 types, 65535 at/],
    ["a type twice", { types: [types[0], types[0], types[2]] }, /two types are named "leaf"/],
    [
      "a type that breaks an invariant",
      { types: [types[0], { ...types[1], collected: false }, types[2]] },
      /is not collected and has visited slots/,
    ],
    [
      "a type with a choice that is none",
      { types: [types[0], { ...types[1], visitOrder: "sideways" as never }, types[2]] },
      /visitOrder "sideways"/,
    ],
    ["objects without lengths", { lengths: one(0, 0) }, /5 types, 2 lengths, 5 states/],
    ["an object of no type", { objectTypes: one(0, 1, 1, 2, 3) }, /there is no type 3/],
    ["an object of a negative type", { objectTypes: one(-1, 1, 1, 2, 2) }, /there is no type -1/],
    ["types out of order", { objectTypes: one(0, 1, 2, 1, 2) }, /not in the order of their types/],
    ["lengths out of order", { lengths: one(0, 0, 0, 5, 3) }, /not in the order of their types/],
    ["a length where none is", { lengths: one(0, 1, 1, 3, 5) }, /"node" has no length, and 1 is/],
    ["a negative length", { lengths: one(0, 0, 0, -1, 5) }, /length -1 is not from 0 to/],
    ["a length above the limit", { lengths: one(0, 0, 0, 3, 2 ** 30) }, /length 1073741824 is not/],
    ["more slots than values", { values: one(3, 1, 2) }, /more slots than there are values/],
    ["fewer slots than values", { values: one(3, 1, 2, 0, 0) }, /5 values for 4 slots/],
    ["more raw words than there are", { rawWords: one(1, 2, 3) }, /more raw words than there are/],
    ["fewer raw words than there are", { rawWords: one(1, 2, 3, 4, 5) }, /5 raw words for 4/],
    ["a value of no object", { values: one(3, 1, 2, 6) }, /6 names none of 5 objects/],
    ["a handle of no object", { handles: one(0, 2, 2, 6) }, /6 names none of 5 objects/],
    ["a frame slot of no object", { frames: one(0, 6) }, /6 names none of 5 objects/],
    ["half a handle", { handles: one(0, 2, 2) }, /the last handle has no value/],
    ["handles out of order", { handles: one(2, 2, 2, 0) }, /handle 2 comes after 2/],
    ["a negative handle", { handles: one(-1, 2) }, /handle -1 comes after -1/],
    ["a state of two minds", { states: Uint8Array.of(0, 9, 0, 0, 0) }, /state 9 is tracked and/],
    [
      "a tracked leaf",
      { states: Uint8Array.of(IMAGE_TRACKED, 0, 0, 0, 0) },
      /"leaf" is tracked and not collected/,
    ],
    ["an order of too few", { states: tracked, trackedOrder: one(1) }, /names 1 of 2 tracked/],
    ["an order twice", { states: tracked, trackedOrder: one(1, 1) }, /object 1 is named twice/],
    ["an order of others", { states: tracked, trackedOrder: one(1, 0) }, /0 is not tracked/],
    ["an order of none", { states: tracked, trackedOrder: one(1, 7) }, /7 is not tracked/],
    ["an order against age", { states: tracked, trackedOrder: one(2, 1) }, /older generation/],
  ];
  test.each(contradictions)("where the image has %s", (_what, change, message) => {
    refuse(makeRig(), makeImage(change), message);
    expect(() => encodeHeapImage(makeImage(change))).toThrow(message);
  });

  const weakContradictions: [string, Partial<HeapImage>, RegExp][] = [
    ["a weak reference of no object", { weakReferences: one(5, 0) }, /5 names none of 4 objects/],
    [
      "a weak reference of an immediate",
      { weakReferences: one(0, -1) },
      /-1 names none of 4 objects/,
    ],
    ["a weak reference of a leaf", { weakReferences: one(0, 1) }, /"leaf" is not weakly referable/],
    ["too few weak references", { weakReferences: one(2) }, /1 weak references for 2 objects/],
    ["too many weak references", { weakReferences: one(2, 2, 0) }, /3 weak references for 2 obj/],
    [
      "two weak references without callback to one object",
      { values: new Int32Array(8) },
      /object 1 has another weak reference without callback/,
    ],
    [
      "a weak reference that says where it lay",
      { rawWords: one(7, 0, 0, 0, 0, 0, 400) },
      /a weak reference says where it lay/,
    ],
  ];
  test.each(weakContradictions)("where the image has %s", (_what, change, message) => {
    refuse(makeRig(), makeWeakImage(change), message);
    expect(() => encodeHeapImage(makeWeakImage(change))).toThrow(message);
  });

  test("and the error says where in a file the image is wrong", () => {
    const change = { values: Int32Array.of(3, 1, 2, 6) };
    const header = 192;
    const [typeBytes, nameBytes, groupBytes, stateBytes] = [80, 32, 48, 16];
    const offsetBytes = header + typeBytes + nameBytes + groupBytes + stateBytes + 3 * 4;
    expect(() => restoreHeap(makeRig(), makeImage(change))).toThrow(
      expect.objectContaining({ kind: "input-format", offsetBytes }),
    );
  });
});

describe("states", () => {
  test("go to the collector before it is told of the restore, tracked ones in list order", () => {
    const rig = makeRig();
    const calls: [number, number][] = [];
    const numbers = new Map<number, number>();
    const collector: Rig["collector"] = {
      ...rig.collector,
      setState: (object, state) => void calls.push([object, state]),
      restored: () => void calls.push([0, 0]),
      stateOf: (object) => calls.find(([one]) => one === object)?.[1] ?? 0,
    };
    const states = Uint8Array.of(
      IMAGE_IMMORTAL,
      IMAGE_TRACKED,
      IMAGE_TRACKED + 16,
      0,
      IMAGE_IMMORTAL,
    );
    const image = makeImage({ states, trackedOrder: Int32Array.of(2, 1) });
    restoreHeap({ ...rig, collector }, image);
    rig.collector.walk((object) => numbers.set(object, numbers.size));
    expect(calls.map(([object, state]) => [numbers.get(object), state])).toEqual([
      [2, IMAGE_TRACKED + 16],
      [1, IMAGE_TRACKED],
      [0, IMAGE_IMMORTAL],
      [4, IMAGE_IMMORTAL],
      [undefined, 0],
    ]);
    expect(saveHeap({ ...rig, collector }).states).toEqual(states);
  });

  test.each(managers)(
    "of immortal objects outlive a restore where %s knows them",
    (_name, make) => {
      const rig = make();
      const states = Uint8Array.of(0, 0, IMAGE_IMMORTAL + IMAGE_TRACKED, IMAGE_IMMORTAL, 0);
      const image = makeImage({ states, handles: Int32Array.of(), frames: Int32Array.of() });
      restoreHeap(rig, image);
      rig.mutator.collect();
      rig.validate();
      if (rig.collector.stateOf === undefined) return;
      const immortal = saveHeap(rig).states.map((state) => state & IMAGE_IMMORTAL);
      const kept = Uint8Array.of(0, 0, IMAGE_IMMORTAL, IMAGE_IMMORTAL);
      expect(immortal).toEqual(kept); // the mortal text, which nothing held, is gone
      const again = make();
      restoreHeap(again, saveHeap(rig));
      expect(saveHeap(again)).toEqual(saveHeap(rig));
    },
  );

  test("mean nothing to a collector that knows none, and are left out", () => {
    const rig = makeRig();
    restoreHeap(rig, makeImage({ states: Uint8Array.of(0, IMAGE_TRACKED, 0, 0, 0) }));
    if (rig.collector.stateOf === undefined) {
      expect(saveHeap(rig).states).toEqual(new Uint8Array(5));
    }
  });
});

describe.each(rigs)("out of memory half way, %s", { timeout: 60_000 }, (_name, makeSmallRig) => {
  test("leaves an empty heap, into which the image goes when the limit is raised", () => {
    const large = makeSmallRig();
    const numbers = large.types.define(
      describeType({ name: "numbers", visitedSlotCount: 2, variablePart: "visited" }),
    );
    const frame = large.mutator.enter(2);
    const next = (frame + 1) as Slot;
    for (let index = 0; index < 400; index++) {
      const length = index % 37 === 0 ? 20_000 : index * 11;
      const object = large.mutator.allocateArray(numbers, length, next);
      large.mutator.give(object, 1, frame);
      large.mutator.moveRoot(frame, next);
    }
    const image = saveHeap(large);

    const small = makeSmallRig();
    const fullLimitBytes = small.heap.limitBytes;
    let refusalCount = 0;
    for (let limit = 1; ; limit += Math.ceil(limit / 3)) {
      small.heap.setLimitBytes(limit << 20);
      try {
        restoreHeap(small, image);
        break;
      } catch (error) {
        expect(error).toMatchObject({ kind: "out-of-memory", limitBytes: limit << 20 });
        refusalCount++;
      }
      small.validate();
      expect(small.collector.statistics().liveCount).toBe(0);
      expect(describeReachable(small)).toEqual([]);
    }
    expect(refusalCount).toBeGreaterThan(3);
    small.heap.setLimitBytes(fullLimitBytes);
    expect(Buffer.compare(encodeHeapImage(saveHeap(small)), encodeHeapImage(image))).toBe(0);
  });
});

test("saving names a slot that holds no object", () => {
  const rig = makeRig();
  restoreHeap(rig, makeImage());
  const object = rig.mutator.root(rig.roots.start);
  rig.heap.words[object + 2] = object + 1;
  expect(() => saveHeap(rig)).toThrow(`it holds ${object + 1}, where no object is`);
  rig.heap.words[object + 2] = 0x7ffffff0;
  expect(() => saveHeap(rig)).toThrow("where no object is");
  rig.heap.words[object + 2] = 0;
  rig.heap.words[object + 1] = 9;
  expect(() => saveHeap(rig)).toThrow("its type is none");
});
