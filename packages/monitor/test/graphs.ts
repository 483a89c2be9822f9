import type { HeapImage, TypeDescriptor } from "@ouro/interfaces";

/** Types of nodes with a variable part, of boxes with an owned slot, and of weak references. */
const base = {
  visitedSlotCount: 0,
  ownedSlotCount: 0,
  rawWordCount: 0,
  variablePart: "none",
  visitOrder: "forward",
  releaseOrder: "forward",
  untracking: "never",
  collected: true,
  acyclic: false,
  finalizer: false,
  weaklyReferable: false,
  clearable: true,
  weakReference: false,
} as const;

export const NODE: TypeDescriptor = { ...base, name: "node", variablePart: "visited" };
export const BOX: TypeDescriptor = { ...base, name: "box", ownedSlotCount: 1, rawWordCount: 3 };
export const WEAK: TypeDescriptor = {
  ...base,
  name: "weak",
  visitedSlotCount: 1,
  ownedSlotCount: 2,
  rawWordCount: 3,
  weakReference: true,
};

/** An image of nodes; `links[i]` are the objects that node i names, `undefined` an empty slot. */
export function imageOfNodes(
  links: readonly (readonly (number | undefined)[])[],
  roots: readonly number[],
  more: Partial<HeapImage> = {},
): HeapImage {
  return {
    version: 1,
    types: [NODE],
    objectTypes: new Int32Array(links.length),
    lengths: Int32Array.from(links, (each) => each.length),
    states: new Uint8Array(links.length),
    trackedOrder: new Int32Array(0),
    values: Int32Array.from(links.flat().map((target) => (target === undefined ? 0 : target + 1))),
    rawWords: new Int32Array(0),
    handles: new Int32Array(0),
    frames: Int32Array.from(roots, (root) => root + 1),
    weakReferences: new Int32Array(0),
    ...more,
  };
}
