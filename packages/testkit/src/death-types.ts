// Types of the objects in programs about death.

import type { TypeDescriptor } from "@ouro/interfaces";

/** The word of a node that has its number. */
export const ID_FIELD = 2;

/** Of nodes: two slots, and a word that names the node. */
export function nodeType(name: string, finalizer: boolean): TypeDescriptor {
  return {
    name,
    visitedSlotCount: 2,
    ownedSlotCount: 0,
    rawWordCount: 1,
    variablePart: "none",
    visitOrder: "forward",
    releaseOrder: "forward",
    untracking: "never",
    collected: true,
    acyclic: false,
    finalizer,
    weaklyReferable: true,
    clearable: true,
    weakReference: false,
  };
}

/** Fills a large block, and nothing refers to it. */
export const LARGE: TypeDescriptor = {
  ...nodeType("large", false),
  visitedSlotCount: 0,
  rawWordCount: 0,
  variablePart: "raw",
  collected: false,
  weaklyReferable: false,
  clearable: false,
};
export const LARGE_LENGTH = 300_000;
