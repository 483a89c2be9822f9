import {
  type Collector,
  HeapCorruptionError,
  immediateOf,
  type Reference,
  slotAt,
  TYPE_WORD_OFFSET,
} from "@ouro/interfaces";
import { describeType, validateObjects } from "@ouro/object-model";
import { describe, expect, test } from "vitest";
import { managers, type Rig } from "./rigs.js";

interface Scene {
  readonly rig: Rig;
  readonly words: Int32Array;
  /** Two visited slots: the list, an immediate. */
  readonly pair: Reference;
  /** A visited list of three: the owner, none, the pair. */
  readonly list: Reference;
  /** One owned-only slot that holds the pair, and a raw word. */
  readonly owner: Reference;
  /** No object holds it. */
  readonly lone: Reference;
}

/** Made so that nothing is moved: all four are in place when the scene is handed over. */
function makeScene(makeRig: (typeof managers)[number][1]): Scene {
  const rig = makeRig();
  const { mutator, types } = rig;
  const pairType = types.define(describeType({ name: "pair", visitedSlotCount: 2 }));
  const listType = types.define(describeType({ name: "list", variablePart: "visited" }));
  const ownerType = types.define(
    describeType({ name: "owner", ownedSlotCount: 1, rawWordCount: 1 }),
  );
  const frame = mutator.enter(5);
  mutator.allocate(pairType, frame);
  mutator.allocateArray(listType, 3, slotAt(frame, 1));
  mutator.allocate(ownerType, slotAt(frame, 2));
  mutator.allocate(pairType, slotAt(frame, 3));
  mutator.allocateArray(listType, 3, slotAt(frame, 4)); // lies behind the other list
  const [pair, list, owner, lone] = [0, 1, 2, 3].map((index) =>
    mutator.root(slotAt(frame, index)),
  ) as [Reference, Reference, Reference, Reference];
  mutator.set(pair, 0, list);
  mutator.set(pair, 1, immediateOf(-5));
  mutator.set(list, 1, owner);
  mutator.set(list, 3, pair);
  mutator.set(owner, 0, pair);
  mutator.setWord(owner, 1, lone + 1);
  return { rig, words: rig.heap.words, pair, list, owner, lone };
}

function check({ rig, words }: Scene, collector: Collector = rig.collector): void {
  validateObjects(words, rig.types, rig.roots, collector);
}

interface Fault {
  readonly what: string;
  /**
   * It breaks a size, by which a collector without an allocator of blocks finds the next object.
   */
  readonly breaksSize?: boolean;
  /** Breaks the scene and answers which word is named for it, and how. */
  readonly plant: (scene: Scene) => [word: number, message: RegExp];
}

const faults: readonly Fault[] = [
  {
    what: "a visited slot that names the inside of an object",
    plant: ({ words, pair, list }) => {
      words[pair + 2] = list + 1;
      return [pair + 2, /slot at word \d+ is broken: it holds \d+, where no object is/];
    },
  },
  {
    what: "a visited slot of the variable part that names nothing",
    plant: ({ words, list }) => {
      words[list + 5] = 0x7ffffff0;
      return [list + 5, /where no object is/];
    },
  },
  {
    what: "an owned-only slot that names free memory",
    plant: ({ words, rig, owner }) => {
      words[owner + 2] = rig.heap.words.length - 4;
      return [owner + 2, /where no object is/];
    },
  },
  {
    what: "a frame slot that names the inside of an object",
    plant: ({ words, rig, list }) => {
      words[rig.roots.framesStart + 1] = list + 2;
      return [rig.roots.framesStart + 1, /root slot at word \d+ is broken: it holds/];
    },
  },
  {
    what: "a handle that names nothing",
    plant: ({ words, rig }) => {
      const slot = rig.handles.make().slot;
      words[slot] = 0x7ffffff0;
      return [slot, /root slot at word \d+ is broken: it holds/];
    },
  },
  {
    what: "a type above the table",
    breaksSize: true,
    plant: ({ words, lone }) => {
      words[lone + TYPE_WORD_OFFSET] = 99;
      return [lone, /object at word \d+ is broken: its type 99 is none/];
    },
  },
  {
    what: "a length that reaches into the next object",
    breaksSize: true,
    plant: ({ words, list }) => {
      words[list + 2] = 1000;
      return [0, /overlaps the one before|where no object is/];
    },
  },
  {
    what: "a root stack whose top is outside of it",
    plant: ({ words, rig }) => {
      words[rig.roots.topWord] = rig.roots.end + 1;
      return [rig.roots.topWord, /its top is outside of it/];
    },
  },
];

describe.each(managers)("validating the objects of %s", (_name, makeRig) => {
  test("finds nothing where all is well, immediates and raw words included", () => {
    expect(() => check(makeScene(makeRig))).not.toThrow();
  });

  test.each(faults)("finds $what", ({ plant, breaksSize }) => {
    const scene = makeScene(makeRig);
    if (breaksSize === true && scene.rig.collector.traits.moves) return;
    const [word, message] = plant(scene);
    expect(() => check(scene)).toThrow(HeapCorruptionError);
    expect(() => check(scene)).toThrow(message);
    if (word !== 0) expect(() => check(scene)).toThrow(expect.objectContaining({ word }));
  });

  test("finds objects that overlap, and a type of none", () => {
    const scene = makeScene(makeRig);
    const { collector } = scene.rig;
    const walkTwice: Collector["walk"] = (visit) =>
      collector.walk((object) => {
        visit(object);
        visit(object);
      });
    expect(() => check(scene, { ...collector, walk: walkTwice })).toThrow(
      /overlaps the one before/,
    );
    const { words, lone } = scene;
    const onlyLone: Collector["walk"] = (visit) => visit(lone);
    words[lone + TYPE_WORD_OFFSET] = 0;
    expect(() => check(scene, { ...collector, walk: onlyLone })).toThrow(
      /its type 0 is none|where no object is/,
    );
  });
});
