// A route is how a program finds an object: a root and the fields to follow from there, packed into
// a number, as there is one for every operand of every command of every case.
//
//   … │ field + 1 : 2 │ field + 1 : 2 │ root + 1 : 3 │        0: the value none
//
// The fields are followed from the low end; two bits of 0 end them. So there are 7 roots at most,
// and 14 fields.

import type { SmallHeap } from "./small-heap.js";

export type Route = number;

const ROOT_BITS = 3;
const ROOT_MASK = (1 << ROOT_BITS) - 1;
const FIELD_BITS = 2;
const FIELD_MASK = (1 << FIELD_BITS) - 1;

export const routeOfRoot = (root: number): Route => root + 1;

export const rootOf = (route: Route): number => (route & ROOT_MASK) - 1;

/** What is left to be followed from the root on, for `fieldOf` and `withoutField`. */
export const fieldsOf = (route: Route): number => route >> ROOT_BITS;

/** The next field to follow; there is one while `fields` is not 0. */
export const fieldOf = (fields: number): number => (fields & FIELD_MASK) - 1;

export const withoutField = (fields: number): number => fields >> FIELD_BITS;

/**
 * By object, the shortest route from the lowest root on; 0 for what no root reaches, and for none.
 * O(objects).
 */
export function routesIn({ slots, roots }: SmallHeap): Route[] {
  const routes = new Array<Route>(slots.length / 2 + 1).fill(0);
  const found: number[] = [];
  const reach = (object: number, route: Route): void => {
    if (object === 0 || routes[object] !== 0) return;
    routes[object] = route;
    found.push(object);
  };
  for (let root = 0; root < roots.length; root++) reach(roots[root] as number, routeOfRoot(root));
  for (let index = 0, shift = ROOT_BITS, end = found.length; index < found.length; index++) {
    if (index === end) {
      shift += FIELD_BITS;
      end = found.length;
    }
    const object = found[index] as number;
    const route = routes[object] as Route;
    reach(slots[2 * object - 2] as number, route | (1 << shift));
    reach(slots[2 * object - 1] as number, route | (2 << shift));
  }
  return routes;
}
