// In which words a file is refused that somebody forged, with the byte where it is wrong: checksums
// are right again in all but those that say otherwise.

import { crc32 } from "node:zlib";
import { type HeapImage, isOuroError } from "@ouro/interfaces";
import { decodeHeapImage, describeType, encodeHeapImage } from "@ouro/object-model";
import { expect, it } from "vitest";

const TABLE = 16;
const ENTRY_SIZE_BYTES = 16;
const TABLE_CHECKSUM = TABLE + 10 * ENTRY_SIZE_BYTES;
const HEADER_SIZE_BYTES = TABLE_CHECKSUM + 16;

const image: HeapImage = {
  version: 1,
  types: [
    describeType({ name: "leaf", rawWordCount: 1 }),
    describeType({ name: "pair", visitedSlotCount: 2 }),
  ],
  objectTypes: Int32Array.of(0, 0, 1),
  lengths: new Int32Array(3),
  states: new Uint8Array(3),
  trackedOrder: Int32Array.of(),
  values: Int32Array.of(1, 2),
  rawWords: Int32Array.of(7, 8),
  handles: Int32Array.of(),
  frames: Int32Array.of(3),
  weakReferences: Int32Array.of(),
};

interface Open {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where section `index` begins. */
  start(index: number): number;
}

function open(bytes: Uint8Array): Open {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sizeOf = (index: number): number => {
    const entry = TABLE + index * ENTRY_SIZE_BYTES;
    return view.getUint32(entry + 4, true) * view.getUint32(entry + 8, true);
  };
  const start = (index: number): number => {
    let place = HEADER_SIZE_BYTES;
    for (let each = 0; each < index; each++) place += Math.ceil(sizeOf(each) / 16) * 16;
    return place;
  };
  return { bytes, view, start };
}

function seal({ bytes, view, start }: Open): void {
  for (let index = 0; index < 10; index++) {
    const checksum = crc32(bytes.subarray(start(index), start(index + 1)));
    view.setUint32(TABLE + index * ENTRY_SIZE_BYTES + 12, checksum, true);
  }
  view.setUint32(TABLE_CHECKSUM, crc32(bytes.subarray(0, TABLE_CHECKSUM)), true);
}

const [TYPES, NAMES, GROUPS, STATES, VALUES] = [0, 1, 2, 3, 5] as const;

/** A word of a section is another. */
const word =
  (section: number, index: number, value: number) =>
  ({ view, start }: Open): void =>
    view.setInt32(start(section) + 4 * index, value, true);

type Forge = readonly [isSealed: boolean, edit: (open: Open) => unknown];

const FORGERIES: readonly Forge[] = [
  [false, ({ bytes }) => bytes.fill(0, 3, 4)],
  [false, ({ bytes }) => bytes.slice(0, 100)],
  [false, ({ view }) => view.setUint32(8, 2, true)],
  [false, ({ view }) => view.setUint32(TABLE + 8, 5, true)],
  [true, ({ view }) => view.setUint32(12, 9, true)],
  [true, ({ view }) => view.setUint8(TABLE + ENTRY_SIZE_BYTES, 65)],
  [false, ({ bytes }) => Uint8Array.from([...bytes, ...new Uint8Array(16)])],
  [true, ({ bytes }) => bytes.slice(0, -16)],
  [true, ({ bytes }) => bytes.fill(1, TABLE_CHECKSUM + 5, TABLE_CHECKSUM + 6)],
  [false, word(VALUES, 0, 2)],
  [true, ({ bytes, start }) => bytes.fill(1, start(STATES) + 3, start(STATES) + 4)],
  ...[3, 4, 5].flatMap((place): Forge[] => [
    [true, word(TYPES, place, 0x7f7f7f7f)],
    [true, word(TYPES, place, -1)],
    [true, word(TYPES, place, 0)],
  ]),
  [true, word(TYPES, 1, -1)],
  [true, word(NAMES, 0, 0x0065006c)],
  [true, word(GROUPS, 0, 2)],
  [true, word(GROUPS, 1, 1)],
  [true, word(GROUPS, 2, 0)],
  [true, word(GROUPS, 2, 4)],
  [true, word(GROUPS, 2, 1)],
  [true, word(GROUPS, 3, 0)],
  [true, word(VALUES, 1, 4)],
];

function messageOf([isSealed, edit]: Forge): string {
  const file = open(encodeHeapImage(image).slice());
  const given = edit(file);
  const edited = open(given instanceof Uint8Array ? given : file.bytes);
  if (isSealed && edited.bytes.length === file.bytes.length) seal(edited);
  try {
    decodeHeapImage(edited.bytes);
    return "it is decoded";
  } catch (error) {
    if (!isOuroError(error, "input-format")) throw error;
    return error.message.replace(/^heap image, decoded |\. The file is damaged or not .*$/g, "");
  }
}

const OF_FORGERIES: readonly string[] = [
  "byte 3: the file does not begin as a heap image does",
  "byte 100: the file ends in its header",
  "byte 8: version 2 is not 1",
  "byte 176: the checksum of the header differs",
  "byte 12: there are not 10 sections",
  "byte 32: section 1 is not NAME",
  "byte 352: the sections take 352 bytes and the file has 368",
  "byte 336: the sections take 352 bytes and the file has 336",
  "byte 181: padding is not zero",
  "byte 304: the checksum of section VALU differs",
  "byte 291: padding is not zero",
  "byte 192: choice 127 is none of none,visited,owned,raw,bytes",
  "byte 192: choice 255 is none of none,visited,owned,raw,bytes",
  "it is decoded",
  "byte 192: flags 2139062143 have a bit without meaning",
  "byte 192: flags -1 have a bit without meaning",
  "it is decoded",
  "byte 192: a name of 2139062143 letters is not there",
  "byte 192: a name of -1 letters is not there",
  "byte 192: a name of 0 letters is not there",
  'byte 192: defineType: ownedSlotCount of "leaf" -1 is not a whole number from 0 to 65535. ' +
    "Give one",
  "it is decoded",
  "byte 256: there is no type 2",
  'byte 256: "leaf" has no length, and 1 is given',
  "byte 256: a group of 0 objects",
  "byte 256: more objects than the 3 states",
  "byte 290: 3 states for 2 objects",
  "byte 268: objects are not in the order of their types and lengths",
  "byte 308: 4 names none of 3 objects",
];

it("a forged file is refused with what is wrong in it, and where", () => {
  expect(FORGERIES.map(messageOf)).toEqual(OF_FORGERIES);
});

it("the encoder's own file is decoded, and no other thing is taken for a file", () => {
  const file = encodeHeapImage(image);
  expect(decodeHeapImage(file)).toEqual(image);
  expect(messageOf([true, () => {}])).toBe("it is decoded");
  expect(() => decodeHeapImage("abc" as never)).toThrow(
    'decodeHeapImage: the file is the text "abc", not a Uint8Array. Pass the file\'s bytes, as ' +
      "readFileSync without an encoding answers them",
  );
});
