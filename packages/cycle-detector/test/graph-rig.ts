// A heap that is a graph and nothing else: objects laid down one behind the other, with counts as
// the test says. There is no mutator and no collector: a detector needs neither.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_WORDS,
  LIST_PIECE_SHIFT,
  type Reference,
  type ReferenceList,
  type TypeDescriptor,
  type TypeId,
} from "@ouro/interfaces";
import { createObjectLayout, createTypeTable, describeType } from "@ouro/object-model";
import fc from "fast-check";
import type * as detector from "../src/index.js";

/** The package's exports: of the sources, or of a copy in which a fault stands. */
export type Parts = typeof detector;

export interface GraphNode {
  /** Nodes by number; −1 is none, −2 an immediate. */
  readonly references: readonly number[];
  /** How many of the references, from the last, are owned-only. */
  readonly ownedCount: number;
  /** References from elsewhere. */
  readonly outsideCount: number;
  readonly isBackward: boolean;
}

const IMMEDIATE = -7;
export const IMMORTAL = 0x3fffffff;
const LENGTH_LIMIT = 6;
const PIECE_SIZE = 1 << LIST_PIECE_SHIFT;
const PIECE_COUNT = 4;

export function makeGraphRig(nodes: readonly GraphNode[], reservationBytes = 1 << 22) {
  const heap = createPrivateHeap({ reservationBytes, regionBytes: reservationBytes / 2 });
  const borrower = heap.registerBorrower("test");
  const types = createTypeTable({ heap, borrower, typeLimitCount: 64 });
  const layout = createObjectLayout(heap.words, types);
  const { words } = heap;
  const untracked: number[] = [];
  let listCount = 0;
  const typeIds = new Map<string, TypeId>();

  function typeOf({ references, ownedCount, isBackward }: GraphNode): TypeId {
    const visitedSlotCount = references.length - ownedCount;
    const name = `${visitedSlotCount} ${ownedCount} ${isBackward}`;
    const given: Partial<TypeDescriptor> = { visitedSlotCount, ownedSlotCount: ownedCount };
    const visitOrder = isBackward ? "backward" : "forward";
    const known = typeIds.get(name) ?? types.define(describeType({ ...given, name, visitOrder }));
    typeIds.set(name, known);
    return known;
  }

  const sizes = nodes.map((node) => (layout.sizeFor(typeOf(node), 0) + 3) & ~3);
  const granules = sizes.reduce((sum, size) => sum + size / 4, 0);
  const arenaCount = Math.ceil((granules * 4 + 4) / ARENA_SIZE_WORDS);
  const arena = heap.reserveArenas(borrower, arenaCount) as number;
  const objects: Reference[] = [];
  for (let index = 0, at = arena + 4; index < nodes.length; index++) {
    objects.push(at as Reference);
    at += sizes[index] as number;
  }
  for (const [index, node] of nodes.entries()) {
    const object = objects[index] as number;
    words[object] = node.outsideCount;
    words[object + 1] = typeOf(node);
    for (const [at, reference] of node.references.entries()) {
      words[object + 2 + at] =
        reference >= 0 ? (objects[reference] as number) : reference === -2 ? IMMEDIATE : 0;
    }
  }
  for (const { references } of nodes) {
    for (const reference of references) {
      const target = objects[reference];
      if (target !== undefined) words[target] = (words[target] as number) + 1;
    }
  }
  const marksRegion = heap.reserveRegion(borrower, "marks", arenaCount * (ARENA_SIZE_WORDS / 4));
  const marks = marksRegion.start - arena / 4;

  /** The place of an entry: the pieces lie in the heap the last one first. */
  function placeOf(directory: number, index: number): number {
    const piece = words[directory + (index >> LIST_PIECE_SHIFT)] as number;
    return piece + (index & (PIECE_SIZE - 1));
  }

  /** A list of the nodes, in this order, from an entry on; a node below 0 stands for a gap. */
  function makeList(order: readonly number[], start = 0): ReferenceList {
    const sizeWords = PIECE_COUNT + PIECE_COUNT * PIECE_SIZE;
    const { start: directory } = heap.reserveRegion(borrower, `list-${listCount++}`, sizeWords);
    const behind = directory + PIECE_COUNT + PIECE_COUNT * PIECE_SIZE;
    for (let piece = 0; piece < PIECE_COUNT; piece++) {
      words[directory + piece] = behind - (piece + 1) * PIECE_SIZE;
    }
    for (const [at, node] of order.entries()) {
      words[placeOf(directory, start + at)] = node < 0 ? 0 : (objects[node] as number);
    }
    return { directory, start, end: start + order.length };
  }

  function entries({ directory }: ReferenceList, start: number, end: number): number[] {
    return Array.from({ length: end - start }, (_, at) => {
      const object = words[placeOf(directory, start + at)] as number;
      return object === 0 ? -1 : objects.indexOf(object as Reference);
    });
  }

  function makeDetector(parts: Parts, itsWords = words) {
    return parts.createSubtractDetector({
      words: itsWords,
      types,
      marks,
      immortalCount: IMMORTAL,
      untrack: (object) => untracked.push(objects.indexOf(object as Reference)),
    });
  }

  const areMarksClear = (): boolean =>
    objects.every((object) => words[marks + (object >> 2)] === 0);
  const collector = { walk: (visit: (object: Reference) => void) => objects.forEach(visit) };
  return {
    ...{ heap, types, words, objects, marks, collector, untracked },
    ...{ makeList, entries, makeDetector, areMarksClear },
  };
}

/** Graphs of up to so many nodes; references are to any of them, none or immediates. */
export function graphs(nodeLimit: number, referenceLimit = LENGTH_LIMIT) {
  return fc.integer({ min: 1, max: nodeLimit }).chain((count) => {
    const reference = fc.oneof(
      { weight: 6, arbitrary: fc.nat({ max: count - 1 }) },
      { weight: 1, arbitrary: fc.constantFrom(-1, -2) },
    );
    const node = fc
      .record({
        references: fc.array(reference, { maxLength: referenceLimit }),
        owned: fc.nat({ max: 9 }),
        outsideCount: fc.oneof(
          { weight: 4, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
        ),
        isBackward: fc.boolean(),
      })
      .map(({ owned, ...rest }) => ({
        ...rest,
        ownedCount: owned > 6 ? Math.min(1, rest.references.length) : 0,
      }));
    return fc.array(node, { minLength: count, maxLength: count });
  });
}

/** A node with these references and nothing else of note. */
export function plain(...references: number[]): GraphNode {
  return { references, ownedCount: 0, outsideCount: 0, isBackward: false };
}
