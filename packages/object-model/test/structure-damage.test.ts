// What the validations of lists, maps and byte arrays find when their words were written past them,
// by a mutator without checks; and what such a mutator still refuses.

import { isOuroError, type Reference, type Slot, slotAt, type Value } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createByteArrays, createLists, createMaps } from "../src/index.js";
import { makeManager } from "./manager.js";

function makeScene() {
  const manager = makeManager();
  const { mutator } = manager;
  const [lists, maps, bytes] = [
    createLists(manager),
    createMaps(manager),
    createByteArrays(manager),
  ] as const;
  const frame = mutator.enter(8);
  const slot = (index: number): Slot => slotAt(frame, index);
  const at = (index: number): Reference => mutator.root(slot(index)) as Reference;
  lists.allocate(slot(0));
  maps.allocate(slot(1));
  maps.allocate(slot(2));
  for (const number of [-11, -12, -13]) {
    mutator.setRoot(slot(6), number);
    mutator.setRoot(slot(7), number);
    lists.append(slot(0), slot(7));
    mutator.setRoot(slot(7), number);
    maps.set(slot(1), slot(6), slot(7));
  }
  bytes.allocateFrom(Uint8Array.of(1, 2, 3, 4, 5), slot(3));
  const [map, list] = [at(1), at(0)];
  const [index, entries] = [mutator.get(map, 0), mutator.get(map, 1)] as Reference[];
  return {
    ...{ manager, mutator, lists, maps, bytes, slot, list, map, emptyMap: at(2), array: at(3) },
    ...{ index: index as Reference, entries: entries as Reference },
  };
}

type Scene = ReturnType<typeof makeScene>;

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.message;
    throw error;
  }
  return "";
}

/** Fields of a map; in its entries the key of entry n is field 1 + 2n, its value behind it. */
const [INDEX, ENTRIES, USED, FILLED, LOG2] = [0, 1, 2, 3, 4] as const;

const ofLists: readonly [string, (scene: Scene) => void][] = [
  ["its storage is no list's storage", ({ mutator, list }) => mutator.set(list, 0, list)],
  ["its storage is no list's storage", ({ mutator, list }) => mutator.set(list, 0, -5)],
  ["it has more elements than room", ({ mutator, list }) => mutator.setWord(list, 1, 99)],
  ["it has more elements than room", ({ mutator, list }) => mutator.setWord(list, 1, -1)],
  ["it has more elements than room", ({ mutator, list }) => mutator.set(list, 0, 0)],
  ["its room at 2 is not empty", ({ mutator, list }) => mutator.setWord(list, 1, 2)],
];

const ofMaps: readonly [string, (scene: Scene) => void][] = [
  ["its counts contradict one another", ({ mutator, map }) => mutator.setWord(map, USED, -1)],
  ["its counts contradict one another", ({ mutator, map }) => mutator.setWord(map, USED, 4)],
  ["its counts contradict one another", ({ mutator, map }) => mutator.setWord(map, FILLED, 6)],
  ["its index is none", ({ mutator, map, entries }) => mutator.set(map, INDEX, entries)],
  ["its entries are none", ({ mutator, map, index }) => mutator.set(map, ENTRIES, index)],
  ["its entries and its size differ", ({ mutator, map }) => mutator.setWord(map, LOG2, 4)],
  [
    "its table names more or fewer entries than are used",
    ({ mutator, index }) => {
      for (let at = 1; at <= 8; at++) mutator.setWord(index, at, 0);
    },
  ],
  ["entry 0 has a value and no key", ({ mutator, entries }) => mutator.set(entries, 1, 0)],
  ["entry 3 lies behind those filled", ({ mutator, entries }) => mutator.set(entries, 7, -40)],
  ["entry 1 is not found by its key", ({ mutator, entries }) => mutator.set(entries, 3, -40)],
  [
    "it has more or fewer entries than are used",
    ({ mutator, entries }) => {
      for (const field of [5, 6]) mutator.set(entries, field, 0);
    },
  ],
];

const ofEmptyMaps: readonly [string, (scene: Scene) => void][] = [
  [
    "it has arrays and no size",
    ({ mutator, emptyMap, index }) => mutator.set(emptyMap, INDEX, index),
  ],
  [
    "it has arrays and no size",
    ({ mutator, emptyMap, entries }) => mutator.set(emptyMap, ENTRIES, entries),
  ],
  [
    "its counts contradict one another",
    ({ mutator, emptyMap }) => mutator.setWord(emptyMap, FILLED, 1),
  ],
];

describe("a validation", () => {
  it.each(ofLists)("of a list finds: %s", (problem, damage) => {
    const scene = makeScene();
    const validate = () => scene.lists.validate(scene.list);
    expect(messageOf(validate)).toBe("");
    damage(scene);
    expect(messageOf(validate)).toMatch(new RegExp(`^list at word \\d+ is broken: ${problem}\\.`));
  });

  it.each(ofMaps)("of a map finds: %s", (problem, damage) => {
    const scene = makeScene();
    const validate = () => scene.maps.validate(scene.map);
    expect(messageOf(validate)).toBe("");
    damage(scene);
    expect(messageOf(validate)).toMatch(new RegExp(`^map at word \\d+ is broken: ${problem}\\.`));
  });

  it.each(ofEmptyMaps)("of an empty map finds: %s", (problem, damage) => {
    const scene = makeScene();
    const validate = () => scene.maps.validate(scene.emptyMap);
    expect(messageOf(validate)).toBe("");
    damage(scene);
    expect(messageOf(validate)).toMatch(new RegExp(`^map at word \\d+ is broken: ${problem}\\.`));
  });

  it("finds an object of another type, and padding that is not zero", () => {
    const { lists, maps, bytes, mutator, list, map, array } = makeScene();
    expect(messageOf(() => lists.validate(map))).toMatch(
      /^list at word \d+ is broken: its type is not a list's\./,
    );
    expect(messageOf(() => maps.validate(list))).toMatch(
      /^map at word \d+ is broken: its type is not a map's\./,
    );
    expect(messageOf(() => bytes.validate(array))).toBe("");
    mutator.setWord(array, 2, 0x105);
    expect(messageOf(() => bytes.validate(array))).toMatch(
      /^byte array or string at word \d+ is broken: its padding is not zero\./,
    );
  });
});

describe("byte arrays", () => {
  it("copy whole words and parts of them, within one and between two", () => {
    const { manager, bytes, slot } = makeScene();
    const contents = Uint8Array.from({ length: 23 }, (_, index) => 7 * index + 1);
    for (let from = 0; from < 9; from++) {
      for (let into = 0; into < 9; into++) {
        for (const count of [0, 3, 4, 5, 8, 14]) {
          const [one, other] = [4, 5].map((each) => bytes.allocateFrom(contents, slot(each)));
          const model = contents.slice();
          model.copyWithin(into, from, from + count);
          bytes.copy(one as Reference, into, one as Reference, from, count);
          expect(bytes.copyOut(manager.mutator.root(slot(4)) as Reference)).toEqual(model);
          const target = contents.slice().reverse();
          const expected = target.slice();
          expected.set(contents.subarray(from, from + count), into);
          const third = bytes.allocateFrom(target, slot(6));
          bytes.copy(third, into, other as Reference, from, count);
          expect(bytes.copyOut(third)).toEqual(expected);
        }
      }
    }
  });

  it("hash as MurmurHash3 does", () => {
    const { bytes, slot } = makeScene();
    const hashOf = (text: string): number =>
      bytes.hash(bytes.allocateFrom(new TextEncoder().encode(text), slot(4)));
    expect(hashOf("")).toBe(0);
    expect(hashOf("test")).toBe(0xba6bd213);
    const hashes = Array.from({ length: 300 }, (_, index) => hashOf(`${index} bytes`));
    expect(new Set(hashes).size).toBe(300);
  });
});

describe("a mutator without checks", () => {
  it("refuses what would be no object", () => {
    const { mutator, manager, lists, slot } = makeScene();
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    const refused: [string, () => unknown][] = [
      [
        'allocate: type "list-storage" is of variable length. Use allocateArray and say the length',
        () => mutator.allocate(lists.storageType, slot(4)),
      ],
      [
        'allocateArray: type "pair" is of fixed length. Use allocate',
        () => mutator.allocateArray(pair, 1, slot(4)),
      ],
      ...[-1, 0.5, 2 ** 30, "3"].map((length): [string, () => unknown] => [
        `allocateArray: length ${length} is not a whole number from 0 to 1073741823. Give one`,
        () => mutator.allocateArray(lists.storageType, length as number, slot(4)),
      ]),
    ];
    for (const [message, call] of refused) expect(messageOf(call)).toBe(message);
    expect(mutator.root(slot(4))).toBe(0 as Value);
  });
});
