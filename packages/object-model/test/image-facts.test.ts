// Images that are sound in a way that is seldom met: weak references to nobody, to the last object,
// the one without callback behind others, tracked objects beside untracked ones; and in which words
// an image is refused, or not restored.

import { WEAK_REFERENCE_TYPE } from "@ouro/finalization";
import {
  type HeapImage,
  IMAGE_TRACKED,
  IMAGE_UNTRACKED,
  isOuroError,
  slotAt,
} from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { describeType, restoreHeap, saveHeap } from "../src/index.js";
import { makeManager } from "./manager.js";

const NODE = describeType({ name: "node", visitedSlotCount: 2, weaklyReferable: true });

/** Two weak references, then a node, which is the last object; all three in frame slots. */
function makeImage(change: Partial<HeapImage> = {}): HeapImage {
  return {
    version: 1,
    types: [WEAK_REFERENCE_TYPE, NODE],
    objectTypes: Int32Array.of(0, 0, 1),
    lengths: new Int32Array(3),
    states: new Uint8Array(3),
    trackedOrder: Int32Array.of(),
    values: new Int32Array(8),
    rawWords: new Int32Array(6),
    handles: Int32Array.of(),
    frames: Int32Array.of(1, 2, 3),
    weakReferences: Int32Array.of(0, 0),
    ...change,
  };
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.message;
    throw error;
  }
  return "";
}

describe("an image is restored, and saved as it was,", () => {
  const callback = Int32Array.of(-1, 0, 0, 0, 0, 0, 0, 0);
  it.each<[string, Partial<HeapImage>]>([
    ["with two weak references to nobody", {}],
    ["with a weak reference to its last object", { weakReferences: Int32Array.of(3, 0) }],
    [
      "with a weak reference that has a callback before one that has none",
      { weakReferences: Int32Array.of(3, 3), values: callback },
    ],
  ])("%s", (_name, change) => {
    const manager = createMemoryManager("cpython-3.13");
    const image = makeImage(change);
    restoreHeap(manager, image);
    const saved = saveHeap(manager);
    expect([...saved.weakReferences]).toEqual([...image.weakReferences]);
    expect([...saved.values]).toEqual([...image.values]);
    manager.validate();
  });

  it("with objects that are tracked in an order beside one that is untracked", () => {
    const image = makeImage({
      types: [NODE],
      objectTypes: new Int32Array(3),
      values: new Int32Array(6),
      rawWords: new Int32Array(0),
      weakReferences: Int32Array.of(),
      states: Uint8Array.of(IMAGE_TRACKED, IMAGE_UNTRACKED, IMAGE_TRACKED),
      trackedOrder: Int32Array.of(2, 0),
    });
    const manager = makeManager();
    restoreHeap(manager, image);
    expect(manager.statistics().liveCount).toBe(3);
  });
});

describe("an image is not restored", () => {
  it("with weak references where nothing keeps them", () => {
    const manager = makeManager();
    const image = makeImage({ weakReferences: Int32Array.of(3, 0) });
    expect(messageOf(() => restoreHeap(manager, image))).toBe(
      "restoreHeap: the image has weak references, and no part here keeps them. " +
        "Restore it into a memory manager with finalization",
    );
  });

  it.each(["refcount-only", "mark-sweep", "semispace"] as const)(
    "without memory for it, and leaves nothing behind: %s",
    (preset) => {
      const large = makeManager({ isWide: true });
      const page = large.defineType({ name: "page", variablePart: "raw" });
      const frame = large.mutator.enter(9);
      for (let index = 0; index < 9; index++) {
        large.mutator.allocateArray(page, 200_000, slotAt(frame, index));
      }
      const small = createMemoryManager(preset, { limitBytes: 6 << 20 });
      expect(messageOf(() => restoreHeap(small, saveHeap(large)))).toContain("no room");
      expect(small.statistics().liveCount).toBe(0);
      small.validate();
      const top = small.heap.words[small.roots.topWord];
      expect(top).toBe(small.roots.framesStart);
    },
  );

  it("with more types than a heap can have", () => {
    const types = new Array(70_000).fill(NODE);
    const message = messageOf(() => restoreHeap(makeManager(), makeImage({ types })));
    expect(message).toMatch(/there are 70000 types, 65535 at most/);
    expect(message).toContain("byte 1573032: ");
  });
});

it("objects are saved in the order in which their detector will see them", () => {
  const manager = createMemoryManager("cpython-3.12");
  const { mutator } = manager;
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const frame = mutator.enter(3);
  for (const slot of [0, 1, 2]) mutator.allocate(node, (frame + slot) as never);
  const { trackedOrder } = saveHeap(manager);
  expect([...trackedOrder].sort()).toEqual([0, 1, 2]);
  const other = createMemoryManager("cpython-3.12");
  restoreHeap(other, saveHeap(manager));
  expect([...saveHeap(other).trackedOrder]).toEqual([...trackedOrder]);
});
