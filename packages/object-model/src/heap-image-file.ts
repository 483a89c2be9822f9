// A heap image as bytes, and back. One image has exactly one file: what can be written in two ways
// is refused when read. All numbers are little-endian.
//
//   header      magic │ version │ section count │ table: tag, item size, count, CRC-32 │ CRC-32
//   TYPE        visited, owned, raw counts │ choices │ flags │ length of the name
//   NAME        the names, one behind the other, in UTF-16
//   GRUP        type, length, how many objects: this is the numbering
//   STAT ORDR VALU RAWW HAND FRAM WEAK      the fields of the image of the same order
//
// Nothing is believed: the sizes in the table must add up to the bytes that are there before
// anything of that size is made. docs/heap-image.md has it byte for byte.

import {
  describeValue,
  HEAP_IMAGE_VERSION,
  type HeapImage,
  InputFormatError,
  type TypeDescriptor,
  UsageError,
} from "@ouro/interfaces";
import { updateCrc32 } from "./crc32.js";
import {
  checkGroup,
  checkHeapImage,
  expectHeapImage,
  type Fail,
  NO_GROUP,
  type ObjectGroup,
} from "./heap-image-check.js";
import {
  alignedBytes,
  HEADER_SIZE_BYTES,
  itemOffset,
  MAGIC,
  SECTION_COUNT_OFFSET,
  SECTIONS,
  type SectionCounts,
  type SectionName,
  sectionStart,
  TABLE_CHECKSUM_OFFSET,
  TABLE_ENTRY_SIZE_BYTES,
  TABLE_OFFSET,
  VERSION_OFFSET,
} from "./heap-image-sections.js";
import { SLOT_ORDERS, UNTRACKING_RULES, VARIABLE_PARTS } from "./type-table.js";

const FLAG_COLLECTED = 1;
const FLAG_ACYCLIC = 2;
const FLAG_FINALIZER = 4;
const FLAG_WEAKLY_REFERABLE = 8;
const FLAG_CLEARABLE = 16;
const FLAG_WEAK_REFERENCE = 32;
const FLAGS = 63;

/** Words of a TYPE item. */
const TYPE_CHOICES = 3;
const TYPE_FLAGS = 4;
const TYPE_NAME_LENGTH = 5;
const TYPE_SIZE_WORDS = 6;

/**
 * The file of an image. Throws `InputFormatError` for an image that contradicts itself, so that
 * what was written can be read, and `UsageError` for what is no image. O(image).
 */
export function encodeHeapImage(image: HeapImage): Uint8Array {
  expectHeapImage("encodeHeapImage", image);
  const groups = checkHeapImage(image);
  const { types } = image;
  const names = types.map(({ name }) => name).join("");
  const contents: Record<SectionName, ArrayLike<number>> = {
    types: types.flatMap(encodeType),
    names: Uint16Array.from({ length: names.length }, (_, index) => names.charCodeAt(index)),
    groups: groups.flatMap(({ typeIndex, length, objectCount }) => [
      typeIndex,
      length,
      objectCount,
    ]),
    states: image.states,
    trackedOrder: image.trackedOrder,
    values: image.values,
    rawWords: image.rawWords,
    handles: image.handles,
    frames: image.frames,
    weakReferences: image.weakReferences,
  };
  const counts = Object.fromEntries(
    SECTIONS.map(({ name, itemSizeBytes }) => [
      name,
      (contents[name].length * numberSizeBytes(itemSizeBytes)) / itemSizeBytes,
    ]),
  ) as Record<SectionName, number>;
  const bytes = new Uint8Array(sectionStart(counts));
  for (const { name, itemSizeBytes } of SECTIONS) {
    const start = sectionStart(counts, name);
    writeNumbers(bytes, start, contents[name], numberSizeBytes(itemSizeBytes));
  }
  writeHeader(bytes, counts);
  return bytes;
}

/** Items of 1 and 2 bytes are numbers of so many; all others are made of words. */
function numberSizeBytes(itemSizeBytes: number): number {
  return Math.min(itemSizeBytes, 4);
}

function encodeType(type: TypeDescriptor): number[] {
  const choices =
    VARIABLE_PARTS.indexOf(type.variablePart) |
    (SLOT_ORDERS.indexOf(type.visitOrder) << 8) |
    (SLOT_ORDERS.indexOf(type.releaseOrder) << 16) |
    (UNTRACKING_RULES.indexOf(type.untracking) << 24);
  const flags =
    (type.collected ? FLAG_COLLECTED : 0) |
    (type.acyclic ? FLAG_ACYCLIC : 0) |
    (type.finalizer ? FLAG_FINALIZER : 0) |
    (type.weaklyReferable ? FLAG_WEAKLY_REFERABLE : 0) |
    (type.clearable ? FLAG_CLEARABLE : 0) |
    (type.weakReference ? FLAG_WEAK_REFERENCE : 0);
  const { visitedSlotCount, ownedSlotCount, rawWordCount, name } = type;
  return [visitedSlotCount, ownedSlotCount, rawWordCount, choices, flags, name.length];
}

function writeNumbers(
  bytes: Uint8Array,
  start: number,
  numbers: ArrayLike<number>,
  sizeBytes: number,
): void {
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index] as number;
    const offset = start + index * sizeBytes;
    if (sizeBytes === 4) view.setInt32(offset, number, true);
    else if (sizeBytes === 2) view.setUint16(offset, number, true);
    else view.setUint8(offset, number);
  }
}

function writeHeader(bytes: Uint8Array, counts: SectionCounts): void {
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(VERSION_OFFSET, HEAP_IMAGE_VERSION, true);
  view.setUint32(SECTION_COUNT_OFFSET, SECTIONS.length, true);
  for (const [index, { name, tag, itemSizeBytes }] of SECTIONS.entries()) {
    const entry = TABLE_OFFSET + index * TABLE_ENTRY_SIZE_BYTES;
    const start = sectionStart(counts, name);
    const end = start + alignedBytes(counts[name] * itemSizeBytes);
    view.setUint32(entry, tagNumber(tag), true);
    view.setUint32(entry + 4, itemSizeBytes, true);
    view.setUint32(entry + 8, counts[name], true);
    view.setUint32(entry + 12, updateCrc32(0, bytes, start, end), true);
  }
  const crc = updateCrc32(0, bytes, 0, TABLE_CHECKSUM_OFFSET);
  view.setUint32(TABLE_CHECKSUM_OFFSET, crc, true);
}

/** Four ASCII letters as they stand in the file. */
function tagNumber(tag: string): number {
  return (
    [0, 1, 2, 3].reduce((word, index) => word | (tag.charCodeAt(index) << (8 * index)), 0) >>> 0
  );
}

/** Refuses a file at a byte. */
type FailAt = (offsetBytes: number, problem: string) => never;

/**
 * The image in a file. Throws `InputFormatError` naming the first byte in which it is not whole,
 * not of this format, or contradicts itself. What a damaged file makes is in proportion to its
 * bytes, whatever sizes it names. Throws `UsageError` for what are no bytes. O(bytes).
 */
export function decodeHeapImage(bytes: Uint8Array): HeapImage {
  expectBytes(bytes);
  const failAt: FailAt = (offsetBytes, problem) => {
    throw new InputFormatError({ source: "heap image", offsetBytes, problem });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const counts = readHeader(bytes, view, failAt);
  const fail: Fail = (section, index, problem) =>
    failAt(itemOffset(counts, section, index), problem);

  const words = (name: SectionName, wordsPerItem = 1): Int32Array =>
    readWords(view, sectionStart(counts, name), counts[name] * wordsPerItem);
  const types = readTypes(view, counts, words("types", TYPE_SIZE_WORDS), fail);
  const groups = readGroups(types, words("groups", 3), counts.states, fail);
  const statesStart = sectionStart(counts, "states");
  const image: HeapImage = {
    version: HEAP_IMAGE_VERSION,
    types,
    objectTypes: expand(groups, counts.states, ({ typeIndex }) => typeIndex),
    lengths: expand(groups, counts.states, ({ length }) => length),
    states: bytes.slice(statesStart, statesStart + counts.states),
    trackedOrder: words("trackedOrder"),
    values: words("values"),
    rawWords: words("rawWords"),
    handles: words("handles", 2),
    frames: words("frames"),
    weakReferences: words("weakReferences"),
  };
  checkHeapImage(image);
  return image;
}

function expectBytes(bytes: Uint8Array): void {
  // By its tag, as it may be of another realm.
  if (Object.prototype.toString.call(bytes) === "[object Uint8Array]") return;
  throw new UsageError({
    where: "decodeHeapImage",
    argument: "the file",
    problem: `is ${describeValue(bytes)}, not a Uint8Array`,
    remedy: "Pass the file's bytes, as readFileSync without an encoding answers them",
  });
}

function readHeader(bytes: Uint8Array, view: DataView, failAt: FailAt): SectionCounts {
  for (const [offset, byte] of MAGIC.entries()) {
    if (bytes[offset] !== byte) failAt(offset, "the file does not begin as a heap image does");
  }
  if (bytes.length < HEADER_SIZE_BYTES) failAt(bytes.length, "the file ends in its header");
  const word = (offset: number): number => view.getUint32(offset, true);
  if (word(VERSION_OFFSET) !== HEAP_IMAGE_VERSION) {
    failAt(VERSION_OFFSET, `version ${word(VERSION_OFFSET)} is not ${HEAP_IMAGE_VERSION}`);
  }
  if (word(TABLE_CHECKSUM_OFFSET) !== updateCrc32(0, bytes, 0, TABLE_CHECKSUM_OFFSET)) {
    failAt(TABLE_CHECKSUM_OFFSET, "the checksum of the header differs");
  }
  if (word(SECTION_COUNT_OFFSET) !== SECTIONS.length) {
    failAt(SECTION_COUNT_OFFSET, `there are not ${SECTIONS.length} sections`);
  }
  const counts = Object.fromEntries(
    SECTIONS.map(({ name, tag, itemSizeBytes }, index) => {
      const entry = TABLE_OFFSET + index * TABLE_ENTRY_SIZE_BYTES;
      if (word(entry) !== tagNumber(tag)) failAt(entry, `section ${index} is not ${tag}`);
      if (word(entry + 4) !== itemSizeBytes) {
        failAt(entry + 4, `items of ${tag} are not of ${itemSizeBytes} bytes`);
      }
      return [name, word(entry + 8)];
    }),
  ) as Record<SectionName, number>;
  const sizeBytes = sectionStart(counts);
  if (sizeBytes !== bytes.length) {
    const problem = `the sections take ${sizeBytes} bytes and the file has ${bytes.length}`;
    failAt(Math.min(sizeBytes, bytes.length), problem);
  }
  checkSections(bytes, view, counts, failAt);
  return counts;
}

function checkSections(
  bytes: Uint8Array,
  view: DataView,
  counts: SectionCounts,
  failAt: FailAt,
): void {
  const checkZeros = (from: number, to: number): void => {
    for (let offset = from; offset < to; offset++) {
      if (bytes[offset] !== 0) failAt(offset, "padding is not zero");
    }
  };
  checkZeros(TABLE_CHECKSUM_OFFSET + 4, HEADER_SIZE_BYTES);
  for (const [index, { name, tag, itemSizeBytes }] of SECTIONS.entries()) {
    const crcOffset = TABLE_OFFSET + index * TABLE_ENTRY_SIZE_BYTES + 12;
    const start = sectionStart(counts, name);
    const sizeBytes = counts[name] * itemSizeBytes;
    const end = start + alignedBytes(sizeBytes);
    if (view.getUint32(crcOffset, true) !== updateCrc32(0, bytes, start, end)) {
      failAt(start, `the checksum of section ${tag} differs`);
    }
    checkZeros(start + sizeBytes, end);
  }
}

function readWords(view: DataView, start: number, wordCount: number): Int32Array {
  const words = new Int32Array(wordCount);
  for (let index = 0; index < wordCount; index++) {
    words[index] = view.getInt32(start + index * 4, true);
  }
  return words;
}

function readTypes(
  view: DataView,
  counts: SectionCounts,
  words: Int32Array,
  fail: Fail,
): TypeDescriptor[] {
  const types: TypeDescriptor[] = [];
  const names = sectionStart(counts, "names");
  let nameStart = 0;
  for (let index = 0; index < counts.types; index++) {
    const at = (field: number): number => words[index * TYPE_SIZE_WORDS + field] as number;
    const nameLength = at(TYPE_NAME_LENGTH);
    if (nameLength < 1 || nameStart + nameLength > counts.names) {
      fail("types", index, `a name of ${nameLength} letters is not there`);
    }
    let name = "";
    for (let letter = 0; letter < nameLength; letter++, nameStart++) {
      name += String.fromCharCode(view.getUint16(names + nameStart * 2, true));
    }
    const flags = at(TYPE_FLAGS);
    if ((flags & ~FLAGS) !== 0) fail("types", index, `flags ${flags} have a bit without meaning`);
    const choice = <Choice>(choices: readonly Choice[], shift: number): Choice => {
      const number = (at(TYPE_CHOICES) >>> shift) & 255;
      return choices[number] ?? fail("types", index, `choice ${number} is none of ${choices}`);
    };
    types.push({
      name,
      visitedSlotCount: at(0),
      ownedSlotCount: at(1),
      rawWordCount: at(2),
      variablePart: choice(VARIABLE_PARTS, 0),
      visitOrder: choice(SLOT_ORDERS, 8),
      releaseOrder: choice(SLOT_ORDERS, 16),
      untracking: choice(UNTRACKING_RULES, 24),
      collected: (flags & FLAG_COLLECTED) !== 0,
      acyclic: (flags & FLAG_ACYCLIC) !== 0,
      finalizer: (flags & FLAG_FINALIZER) !== 0,
      weaklyReferable: (flags & FLAG_WEAKLY_REFERABLE) !== 0,
      clearable: (flags & FLAG_CLEARABLE) !== 0,
      weakReference: (flags & FLAG_WEAK_REFERENCE) !== 0,
    });
  }
  if (nameStart !== counts.names)
    fail("names", nameStart, "there are letters behind the last name");
  return types;
}

/** The groups must name as many objects as there are states, before either is expanded. */
function readGroups(
  types: readonly TypeDescriptor[],
  words: Int32Array,
  stateCount: number,
  fail: Fail,
): ObjectGroup[] {
  const groups: ObjectGroup[] = [];
  let previous = NO_GROUP;
  let total = 0;
  for (let index = 0; index * 3 < words.length; index++) {
    const [typeIndex, length, objectCount] = words.subarray(index * 3, index * 3 + 3);
    const group = { typeIndex, length, objectCount } as ObjectGroup;
    checkGroup(types, previous, group, index, fail);
    if (group.objectCount < 1) fail("groups", index, `a group of ${objectCount} objects`);
    total += group.objectCount;
    if (total > stateCount) fail("groups", index, `more objects than the ${stateCount} states`);
    groups.push(group);
    previous = group;
  }
  if (total !== stateCount) fail("states", total, `${stateCount} states for ${total} objects`);
  return groups;
}

function expand(
  groups: readonly ObjectGroup[],
  objectCount: number,
  numberOf: (group: ObjectGroup) => number,
): Int32Array {
  const numbers = new Int32Array(objectCount);
  let end = 0;
  for (const group of groups) {
    numbers.fill(numberOf(group), end, end + group.objectCount);
    end += group.objectCount;
  }
  return numbers;
}
