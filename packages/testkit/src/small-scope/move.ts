// A move is one call of a small case with its operands found: by a route from a root, as a program
// finds them. The start heap and each letter are moves; who plays a case plays these, and so does
// the script that is printed.

import { programTypes } from "../program-types.js";
import type { Path } from "../shadow-heap.js";
import type { Step } from "../step.js";
import type { Letter } from "./letter.js";
import { fieldOf, fieldsOf, type Route, rootOf, routeOfRoot, withoutField } from "./route.js";
import { ageOf, agesOf, type StartHeap } from "./start-heap.js";

export type Move =
  /** The object's number goes into its raw word; 0 for one that is garbage at once. */
  | { readonly do: "allocate"; readonly root: number; readonly number: number }
  | { readonly do: "root"; readonly root: number; readonly value: Route }
  | {
      readonly do: "write";
      readonly object: Route;
      readonly field: number;
      readonly value: Route;
    }
  | { readonly do: "collect"; readonly generation: number | undefined };

/** Two slots of it are used, and the raw word that carries the object's number. */
export const SMALL_TYPE = programTypes.findIndex(({ name }) => name === "record");
export const NUMBER_FIELD = 3;

/** A letter where `routes` are those of its heap. */
export function moveOf(letter: Letter, routes: readonly Route[]): Move {
  switch (letter.do) {
    case "allocate":
      return { do: "allocate", root: letter.root, number: routes.length };
    case "root":
      return { do: "root", root: letter.root, value: routes[letter.value] as Route };
    case "write": {
      const { object, field, value } = letter;
      return {
        do: "write",
        object: routes[object] as Route,
        field,
        value: routes[value] as Route,
      };
    }
    case "collect":
      return letter.isYoungOnly ? COLLECT_YOUNG : COLLECT;
  }
}

export const COLLECT: Move = { do: "collect", generation: undefined };
const COLLECT_YOUNG: Move = { do: "collect", generation: 0 };

/**
 * Makes the start heap, each object in the root of its index:
 *
 *   births, oldest first, a collection after each age ─► references ─► candidates ─► roots dropped
 */
export function movesOfStart(start: StartHeap, spare: number, hasGenerations: boolean): Move[] {
  const { slots, isRooted, histories } = start;
  const moves: Move[] = [];
  for (const age of agesOf(start)) {
    for (const [root, history] of histories.entries()) {
      if (ageOf(history) === age) moves.push({ do: "allocate", root, number: root + 1 });
    }
    if (age === 0) continue;
    // Garbage beside them: a sweep has something to do, or to leave undone.
    moves.push({ do: "allocate", root: spare, number: 0 });
    moves.push({ do: "root", root: spare, value: 0 });
    moves.push({ do: "collect", generation: hasGenerations ? age - 1 : undefined });
  }
  for (const [root, pair] of slots.entries()) {
    for (const [field, value] of pair.entries()) {
      if (value === 0) continue;
      moves.push({ do: "write", object: routeOfRoot(root), field, value: routeOfRoot(value - 1) });
    }
  }
  for (const [root, history] of histories.entries()) {
    if (history !== "touched") continue;
    moves.push({ do: "root", root: spare, value: routeOfRoot(root) });
    moves.push({ do: "root", root: spare, value: 0 });
  }
  for (const [root, isKept] of isRooted.entries()) {
    if (!isKept) moves.push({ do: "root", root, value: 0 });
  }
  return moves;
}

/** A move as calls of the API. */
export function* stepsOfMove(move: Move): Generator<Step> {
  switch (move.do) {
    case "allocate": {
      const { root, number } = move;
      yield { call: "allocate", type: SMALL_TYPE, length: 0, into: root };
      if (number === 0) break;
      const object = pathOf(routeOfRoot(root));
      yield { call: "setWord", object, field: NUMBER_FIELD, word: number };
      break;
    }
    case "root":
      yield { call: "setRoot", slot: move.root, value: operandOf(move.value) };
      break;
    case "write": {
      const { object, field, value } = move;
      yield { call: "set", object: pathOf(object), field, value: operandOf(value) };
      break;
    }
    case "collect": {
      const { generation } = move;
      yield generation === undefined ? { call: "collect" } : { call: "collect", generation };
    }
  }
}

const operandOf = (route: Route): Path | 0 => (route === 0 ? 0 : pathOf(route));

function pathOf(route: Route): Path {
  const fields: number[] = [];
  for (let left = fieldsOf(route); left !== 0; left = withoutField(left))
    fields.push(fieldOf(left));
  return { slot: rootOf(route), fields };
}
