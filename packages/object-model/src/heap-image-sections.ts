// The sections of a heap image file: what follows what, and where. The position of everything is
// a function of how many items each section has, so a file stores counts and no offsets, and an
// image in memory has positions too: those it would have in its file. Errors name them.
//
//   │ magic, version │ section table │ checksum │ TYPE … │ NAME … │ GRUP … │ … │ WEAK … │
//   0                16              176        192      each begins at a multiple of 16
//
// docs/heap-image.md describes the format byte for byte.

import type { HeapImage, TypeDescriptor } from "@ouro/interfaces";

/** In the order in which they follow one another. The sizes are of one item. Unit: bytes. */
export const SECTIONS = [
  { name: "types", tag: "TYPE", itemSizeBytes: 24 },
  { name: "names", tag: "NAME", itemSizeBytes: 2 },
  { name: "groups", tag: "GRUP", itemSizeBytes: 12 },
  { name: "states", tag: "STAT", itemSizeBytes: 1 },
  { name: "trackedOrder", tag: "ORDR", itemSizeBytes: 4 },
  { name: "values", tag: "VALU", itemSizeBytes: 4 },
  { name: "rawWords", tag: "RAWW", itemSizeBytes: 4 },
  { name: "handles", tag: "HAND", itemSizeBytes: 8 },
  { name: "frames", tag: "FRAM", itemSizeBytes: 4 },
  { name: "weakReferences", tag: "WEAK", itemSizeBytes: 4 },
] as const;

export type SectionName = (typeof SECTIONS)[number]["name"];

/** How many items each section has. */
export type SectionCounts = Readonly<Record<SectionName, number>>;

export const MAGIC = [0x89, 0x4f, 0x48, 0x49, 0x0d, 0x0a, 0x1a, 0x0a] as const;
export const VERSION_OFFSET = 8;
export const SECTION_COUNT_OFFSET = 12;
export const TABLE_OFFSET = 16;
export const TABLE_ENTRY_SIZE_BYTES = 16;
export const TABLE_CHECKSUM_OFFSET = TABLE_OFFSET + SECTIONS.length * TABLE_ENTRY_SIZE_BYTES;
const SECTION_ALIGNMENT_BYTES = 16;
export const HEADER_SIZE_BYTES = alignedBytes(TABLE_CHECKSUM_OFFSET + 4);

/** Raw words of a weak reference that say what it refers to, and its neighbours: 0 in an image. */
export const WEAK_PLACE_COUNT = 3;
/** The length of a variable-length object is at most this. */
export const LENGTH_LIMIT = 0x3fffffff;

/** Where a section begins; for the last one's end pass no name. Unit: bytes of the file. */
export function sectionStart(counts: SectionCounts, name?: SectionName): number {
  let offset = HEADER_SIZE_BYTES;
  for (const section of SECTIONS) {
    if (section.name === name) break;
    offset += alignedBytes(counts[section.name] * section.itemSizeBytes);
  }
  return offset;
}

/** Where an item is. Unit: bytes of the file. */
export function itemOffset(counts: SectionCounts, name: SectionName, index: number): number {
  const itemSizeBytes = SECTIONS.find((section) => section.name === name)?.itemSizeBytes ?? 0;
  return sectionStart(counts, name) + index * itemSizeBytes;
}

/** What a section takes, its padding included. Unit: bytes. */
export function alignedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / SECTION_ALIGNMENT_BYTES) * SECTION_ALIGNMENT_BYTES;
}

/** How many items each section of an image's file has. O(objects). */
export function countSections(image: HeapImage): SectionCounts {
  const { objectTypes, lengths } = image;
  let groupCount = 0;
  for (let object = 0; object < objectTypes.length; object++) {
    const isNew =
      object === 0 ||
      objectTypes[object] !== objectTypes[object - 1] ||
      lengths[object] !== lengths[object - 1];
    if (isNew) groupCount++;
  }
  return {
    types: image.types.length,
    names: image.types.reduce((total, { name }) => total + name.length, 0),
    groups: groupCount,
    states: image.states.length,
    trackedOrder: image.trackedOrder.length,
    values: image.values.length,
    rawWords: image.rawWords.length,
    handles: image.handles.length / 2,
    frames: image.frames.length,
    weakReferences: image.weakReferences.length,
  };
}

/** How many slots an object of a type and length has, visited and owned-only ones. */
export function slotCountOf(type: TypeDescriptor, length: number): number {
  const { visitedSlotCount, ownedSlotCount, variablePart } = type;
  const repeatsSlots = variablePart === "visited" || variablePart === "owned";
  return visitedSlotCount + ownedSlotCount + (repeatsSlots ? length : 0);
}

/** How many raw words an object of a type and length has, its length word aside. */
export function rawWordCountOf(type: TypeDescriptor, length: number): number {
  const { rawWordCount, variablePart } = type;
  if (variablePart === "raw") return rawWordCount + length;
  if (variablePart === "bytes") return rawWordCount + Math.ceil(length / 4);
  return rawWordCount;
}
