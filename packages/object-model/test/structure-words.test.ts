// In which words lists, maps, strings, byte arrays, typed objects and handles refuse in checked
// mode, and definitions of types: each sentence once, with "#" for numbers, and the calls that say
// it.

import { isOuroError } from "@ouro/interfaces";
import { expect, it } from "vitest";
import * as parts from "../src/index.js";
import { facadeRefusals } from "./facade-refusals.js";
import { makeScene, ODD_STRUCTURES, type StructureScene } from "./odd-structures.js";

type Words = readonly (readonly [sentence: string, calls: string])[];

/** Numbers that are outside, where a list of odd things has nothing. */
const OUTSIDE: readonly ((scene: StructureScene) => unknown)[] = [
  ({ lists, at }) => lists.get(at(0), 1),
  ({ lists, at }) => lists.set(at(0), 1, 0),
  ({ lists, at, frame }) => lists.give(at(0), 1, frame),
  ({ lists, slot }) => lists.insert(slot(0), 2, slot(7)),
  ({ lists, slot }) => lists.removeAt(slot(0), 1, slot(7)),
  ({ lists, slot }) => {
    lists.pop(slot(0), slot(7));
    lists.pop(slot(0), slot(7));
  },
  ({ maps, slot }) => maps.set(slot(1), slot(6), slot(6)),
  ({ maps, at }) => maps.next(at(1), -1),
  ({ maps, at }) => maps.keyAt(at(1), 0),
  ({ maps, at }) => maps.valueAt(at(1), 0),
  (scene) => parts.createMaps({ ...scene, strings: {} as never }),
  ({ strings, at }) => strings.unitAt(at(2), 3),
  ({ strings, slot }) => strings.slice(slot(2), 2, 1, slot(7)),
  ({ strings, slot }) => strings.slice(slot(2), 0, 4, slot(7)),
  ({ strings, slot }) => strings.allocateUnits([1, 2], 0, 3, slot(7)),
  ({ strings, slot }) => strings.allocateUnits([1, 2], 2, 1, slot(7)),
  ({ strings, slot }) => strings.allocate(3 as never, slot(7)),
  (scene) => parts.createStrings({ ...scene, hashSeed: 0.5 }),
  ({ bytes, at }) => bytes.byteAt(at(3), 4),
  ({ bytes, at }) => bytes.setByte(at(3), 4, 0),
  ({ bytes, slot }) => bytes.allocate(-1, slot(7)),
  ({ bytes, at }) => bytes.copy(at(3), 0, at(3), 0, -1),
  ({ bytes, at }) => bytes.copy(at(3), 3, at(3), 0, 2),
  ({ bytes, at }) => bytes.copy(at(3), 0, at(3), 3, 2),
  ({ bytes, at, slot }) => bytes.allocateFrom({ length: 1, 0: "1" } as never, slot(7)) ?? at(3),
  ({ node, at }) => node.next(at(0) as never),
  ({ node, at, slot }) => node.setNext(node.at(slot(4)), at(0) as never),
  ({ node, slot }) => node.giveNext(node.at(slot(4)), slot(0)),
  ({ node, slot }) => node.fillNext(node.at(slot(4)), slot(0)),
  ({ node, slot }) => node.at(slot(0)),
  ({ node }) => parts.refTo(node as never),
  ({ row, slot }) => row.items(row.at(slot(5)), 2),
  ({ row, slot }) => row.setItems(row.at(slot(5)), 2, 0),
  ({ row, slot }) => row.giveItems(row.at(slot(5)), 2, slot(7)),
  ({ row, slot }) => row.fillItems(row.at(slot(5)), 2, slot(7)),
  ({ row, slot }) => row.takeItems(slot(7), row.at(slot(5)), 2),
  ({ row, slot }) => row.allocate(2 ** 29, slot(7)),
  ({ handles }) => handles.adopt(63),
  ({ roots }) => roots.giveHandle(roots.start),
  (scene) => parts.createHandleSet(scene).make() && fillHandles(scene),
  ({ types }) => types.descriptor(99 as never),
  ({ types }) => types.define({ ...types.descriptor(1 as never), rawWordCount: 2 }),
  ({ types }) => types.define({ ...types.descriptor(1 as never), name: "" }),
  ({ types }) => types.define(parts.describeType({ name: "large", rawWordCount: 2 ** 16 })),
  ({ types }) => types.define(parts.describeType({ name: "part", variablePart: "all" as never })),
  ({ types }) => types.define(parts.describeType({ name: "back", releaseOrder: "up" as never })),
  ({ types }) => types.define(parts.describeType({ name: "rule", untracking: "list" as never })),
  ({ types }) =>
    types.define(parts.describeType({ name: "mix", variablePart: "visited", ownedSlotCount: 1 })),
  ({ types }) =>
    types.define(parts.describeType({ name: "raw", variablePart: "owned", rawWordCount: 1 })),
  ({ types }) =>
    types.define(parts.describeType({ name: "loose", visitedSlotCount: 1, collected: false })),
  ({ types }) => types.define(parts.describeType({ name: "weak", weakReference: true })),
  ({ types }) => parts.findOrDefineType(types, { name: "list", rawWordCount: 9 }),
  (scene) => parts.createLists({ mutator: scene.mutator } as never),
];

function fillHandles({ handles }: StructureScene): void {
  for (let count = 0; count < 65; count++) handles.make();
}

/** Where undefined is given. */
const OF_NOTHING: Words = [
  [
    "the slot is undefined, which is no number. References, slots, types and fields are " +
      "plain numbers: pass it as it was given out",
    "Node.allocate, Row.allocate, handles.hold, lists.allocate, lists.append, " +
      "lists.extend, maps.set, strings.slice",
  ],
  [
    "the list is undefined, which is no number. References, slots, types and fields are " +
      "plain numbers: pass it as it was given out",
    "lists.clear, lists.get, lists.give, lists.lengthOf, lists.set",
  ],
  ["index undefined is not a whole number from # to #. Give one", "Row.items, lists.get"],
  [
    "value undefined is neither a reference, none nor an immediate. Make an immediate " +
      "with immediateOf, or keep the number in a raw word",
    "Node.is, Node.setAny, Node.setNext, Row.setItems, lists.set, maps.has",
  ],
  [
    "the reference is undefined, which is no number. References, slots, types and " +
      "fields are plain numbers: pass it as it was given out",
    "Node.validate, lists.validate",
  ],
  [
    "the map is undefined, which is no number. References, slots, types and fields are " +
      "plain numbers: pass it as it was given out",
    "maps.clear, maps.delete, maps.get, maps.has, maps.keyAt, maps.sizeOf",
  ],
  ["cursor undefined is not a whole number from # to #. Give one", "maps.next"],
  [
    "index undefined names nothing: there are no elements. Ask for the length first",
    "maps.keyAt, maps.valueAt",
  ],
  [
    "the string is undefined, which is no number. References, slots, types and fields " +
      "are plain numbers: pass it as it was given out",
    "strings.equals, strings.hash, strings.lengthOf, strings.text",
  ],
  [
    "undefined is no code unit, nor a list of those. Pass an array of numbers, as a " +
      "Uint#Array",
    "strings.allocateUnits",
  ],
  [
    "undefined, at #, is no code unit, nor a list of those. Pass an array of numbers, " +
      "as a Uint#Array",
    "strings.allocateUnits",
  ],
  ["undefined is no list of bytes. Pass a Uint#Array", "bytes.allocateFrom"],
  ["an Array is no list of bytes. Pass a Uint#Array", "bytes.allocateFrom"],
  [
    "the byte array is undefined, which is no number. References, slots, types and " +
      "fields are plain numbers: pass it as it was given out",
    "bytes.copyOut, bytes.setByte",
  ],
  ["the byte is undefined, which is no number. Give a number", "bytes.setByte"],
  [
    "the object is undefined, which is no number. References, slots, types and fields " +
      "are plain numbers: pass it as it was given out",
    "Node.next, Node.setNext",
  ],
  ["value undefined is not a whole number from # to #. Give one", "Node.setWhole"],
  ["value undefined is no number that f# holds. Give one", "Node.setLong, Node.setShort"],
  ["value undefined is neither true nor false. Give one", "Node.setFlag"],
  ["length undefined is not a whole number from # to #. Give one", "Row.allocate"],
  [
    "the index is undefined, which is no number. References, slots, types and fields " +
      "are plain numbers: pass it as it was given out",
    "handles.adopt",
  ],
];

const OF_OUTSIDE: Words = [
  [
    "index # is not a whole number from # to #. Give one",
    "Row.fillItems, Row.giveItems, Row.items, Row.setItems, Row.takeItems, " +
      "bytes.byteAt, bytes.setByte, lists.get, lists.give, lists.insert, lists.removeAt, " +
      "lists.set, strings.unitAt",
  ],
  ["the list has no element. Ask lengthOf first", "lists.pop"],
  ["key none cannot be told from no key. Use an immediate, a string or an object", "maps.set"],
  ["cursor # is not a whole number from # to #. Give one", "maps.next"],
  [
    "index # names nothing: there are no elements. Ask for the length first",
    "maps.keyAt, maps.valueAt",
  ],
  [
    "option strings, an Object, is none. Pass what createStrings made of the same mutator",
    "createMaps",
  ],
  ["start # is not a whole number from # to #. Give one", "strings.allocateUnits, strings.slice"],
  ["end # is not a whole number from # to #. Give one", "strings.allocateUnits, strings.slice"],
  ["# is no text. Pass a JavaScript string, or its units to allocateUnits", "strings.allocate"],
  ["hashSeed # is not a whole number from # to #. Give one", "createStrings"],
  ["length # is not a whole number from # to #. Give one", "Row.allocate, bytes.allocate"],
  ["count # is not a whole number from # to #. Give one", "bytes.copy"],
  ["targetIndex # is not a whole number from # to #. Give one", "bytes.copy"],
  ["sourceIndex # is not a whole number from # to #. Give one", "bytes.copy"],
  ["an Object is no list of bytes. Pass a Uint#Array", "bytes.allocateFrom"],
  ['an object of type "list" is no "Node". Ask `is` first', "Node.at, Node.next"],
  [
    'value # is neither none nor a "Node". Store one of those',
    "Node.fillNext, Node.giveNext, Node.setNext",
  ],
  [
    "type an Object is no defined type. Define it first, with defineType; a type refers " +
      "to itself by self",
    "refTo",
  ],
  [
    "# is not the index of a handle in use. Pass a number that this part returned and " +
      "that is still in use.",
    "handles.adopt",
  ],
  [
    "# is not a handle slot in use that holds none. Pass a number that this part " +
      "returned and that is still in use.",
    "giveHandle",
  ],
  [
    "no room for a request of # bytes; # of # bytes are lent. Free blocks or raise the " +
      "heap's limit.",
    "handles.hold (handleLimitCount sets the room for handles)",
  ],
  ["type # is not a whole number from # to #. Give one", "descriptor"],
  ['type "Node" repeats the name of another type. Choose another name', "defineType"],
  ['type "" has no name. Give a type a name that says what it is', "defineType"],
  ['rawWordCount of "large" # is not a whole number from # to #. Give one', "defineType"],
  [
    'type "part" has the variablePart "all". Choose from none, visited, owned, raw, ' + "bytes",
    "defineType",
  ],
  ['type "back" has the releaseOrder "up". Choose from forward, backward, insertion', "defineType"],
  ['type "rule" has the untracking "list". Choose from never, tuple, dict', "defineType"],
  [
    'type "mix" has fixed parts behind its variable part. Make the last part variable',
    "defineType",
  ],
  ['type "raw" has raw words behind its variable part. Make the last part variable', "defineType"],
  ['type "loose" is not collected and has visited slots. Make the slots owned-only', "defineType"],
  [
    "it is of weak references, and this memory manager has no part that empties them. " +
      "Leave it out, or compose a strategy with finalization",
    'type "weak" and finalization do not fit',
  ],
  ['type "list" is there already with rawWordCount #, not #. Choose another name', "defineType"],
  ["an Object has no types. Pass a memory manager, or its parts: mutator, types", "createLists"],
];

const OF_DEFINITIONS: Words = [
  ['undefined is no definition. Say it as { name: "Node", fields: { next: self } }', "defineType"],
  [
    'name undefined is no name of a type. Say it as { name: "Node", fields: { next: ' + "self } }",
    "defineType",
  ],
  [
    'name "" is no name of a type. Say it as { name: "Node", fields: { next: self } }',
    "defineType",
  ],
  [
    "option fields is missing. Options: name, fields, visitOrder, releaseOrder, " +
      "untracking, acyclic, finalizer, weaklyReferable, clearable",
    'defineType "Node"',
  ],
  [
    "fields # is no object. Give each field its kind: ref, self, refTo(Type), owned, " +
      "i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    "fields of another kind is no object. Give each field its kind: ref, self, " +
      "refTo(Type), owned, i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    'field "left" is "ref", which is no kind of field. Kinds: ref, self, refTo(Type), ' +
      "owned, i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    'field "left" is undefined, which is no kind of field. Kinds: ref, self, ' +
      "refTo(Type), owned, i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    'field "left" is the function refTo, which is no kind of field. Kinds: ref, self, ' +
      "refTo(Type), owned, i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    'field "left" is an object, which is no kind of field. Kinds: ref, self, ' +
      "refTo(Type), owned, i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    'field "left" is "slot", which is no kind of field. Kinds: ref, self, refTo(Type), ' +
      "owned, i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    'field "value" is "raw", which is no kind of field. Kinds: ref, self, refTo(Type), ' +
      "owned, i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    'field "left" is "visited", which is no kind of field. Kinds: ref, self, ' +
      "refTo(Type), owned, i#, u#, f#, f#, bool, arrayOf(kind), bytes",
    'defineType "Node"',
  ],
  [
    'field "items" is an array of "ref", which is no kind of element. Kinds of ' +
      "elements: ref, self, refTo(Type), owned, i#, u#, f#, f#, bool",
    'defineType "Node"',
  ],
  [
    'field "items" is an array of "bytes", which is no kind of element. Kinds of ' +
      "elements: ref, self, refTo(Type), owned, i#, u#, f#, f#, bool",
    'defineType "Node"',
  ],
  [
    "option rawWordCount is not known. Options: name, fields, visitOrder, releaseOrder, " +
      "untracking, acyclic, finalizer, weaklyReferable, clearable",
    'defineType "Node"',
  ],
  [
    "option collected is not known. Options: name, fields, visitOrder, releaseOrder, " +
      "untracking, acyclic, finalizer, weaklyReferable, clearable",
    'defineType "Node"',
  ],
  [
    "option visitorder is not known. Options: name, fields, visitOrder, releaseOrder, " +
      "untracking, acyclic, finalizer, weaklyReferable, clearable",
    'defineType "Node"',
  ],
  [
    'type "Node" has the visitOrder "sideways". Choose from forward, backward, ' + "insertion",
    "defineType",
  ],
  ['type "Node" has the acyclic "yes". Say true or false', "defineType"],
  [
    "type undefined is no defined type. Define it first, with defineType; a type refers " +
      "to itself by self",
    "refTo",
  ],
  [
    'field "Left" does not begin with a lower-case letter, or goes on with none of A-Z ' +
      "a-z ## _. Rename it",
    'defineType "Node"',
  ],
  [
    'field "a-b" does not begin with a lower-case letter, or goes on with none of A-Z ' +
      "a-z ## _. Rename it",
    'defineType "Node"',
  ],
  ['field "type" needs the name type, which is taken. Rename it', 'defineType "Node"'],
  ['field "setLeft" needs the name setLeft, which is taken. Rename it', 'defineType "Node"'],
  ['field "other" is variable, as "one" is. Keep one of them', 'defineType "Node"'],
  [
    'field "items" is an array of slots, and other fields would lie behind it. Put ' +
      "those fields, or the array, in an object of its own",
    'defineType "Node"',
  ],
  ["value # is not a whole number from # to #. Give one", "Many.setItems"],
  ["value NaN is not a whole number from # to #. Give one", "Many.setItems"],
  ["value Infinity is not a whole number from # to #. Give one", "Many.setItems"],
  ["value undefined is not a whole number from # to #. Give one", "Many.setItems"],
  ["value true is not a whole number from # to #. Give one", "Many.setItems"],
  ["value # is no number that f# holds. Give one", "Many.setItems"],
  ["value undefined is no number that f# holds. Give one", "Many.setItems"],
  ["value true is no number that f# holds. Give one", "Many.setItems"],
  ["value # is neither true nor false. Give one", "Many.setItems"],
  ["value undefined is neither true nor false. Give one", "Many.setItems"],
  ["value true is neither true nor false. Give one", "Many.setItems"],
];

function wordsOf(attempts: readonly (() => unknown)[]): Words {
  const callsOf = new Map<string, Set<string>>();
  for (const attempt of attempts) {
    try {
      attempt();
    } catch (error) {
      if (!isOuroError(error)) throw error;
      const message = error.message.replace(/-?\d+(\.\d+)?(e[+]\d+)?/g, "#");
      const end = message.indexOf(": ");
      const sentence = message.slice(end + 2);
      const calls = callsOf.get(sentence) ?? new Set();
      callsOf.set(sentence, calls.add(message.slice(0, end)));
    }
  }
  return [...callsOf].map(([sentence, calls]) => [sentence, [...calls].sort().join(", ")]);
}

it("a structure says what is no list, no slot or no number, and in which call", () => {
  const scene = makeScene(parts);
  const attempts = ODD_STRUCTURES.map(
    ({ call }) =>
      () =>
        call(scene, undefined as never),
  );
  expect(wordsOf(attempts)).toEqual(OF_NOTHING);
});

it("a structure says which number is outside of what, and which value is another's", () => {
  const attempts = OUTSIDE.map((attempt) => () => attempt(makeScene(parts)));
  expect(wordsOf(attempts)).toEqual(OF_OUTSIDE);
});

it("a definition of a type says what is none, and what would be one", () => {
  const attempts = facadeRefusals.map((refusal) => () => refusal.attempt(parts));
  expect(wordsOf(attempts)).toEqual(OF_DEFINITIONS);
});
