// The model of death: nodes and weak references as plain objects, reachability by walking, and for
// each what was called. The play keeps it beside the subject, and so nobody else changes it.
//
//   roots ─┐
//   museum ┴─► node ─► node          weak ⇢ node            reached from roots and museum: held

import { type Act, ROOT_COUNT, WEAK_COUNT } from "./death-program.js";

export interface Node {
  /** Births are counted from 1; it is in the node's word. */
  readonly id: number;
  readonly hasFinalizer: boolean;
  readonly act: Act;
  readonly fields: [Node | undefined, Node | undefined];
  /** How many times its finalizer ran. */
  finalizedCount: number;
  /** Its finalizer ran while something reached it. */
  wasFinalizedHeld: boolean;
  /** Nothing reached it, once: its weak references may be empty for good. */
  wasUnreachable: boolean;
}

export interface Weak {
  readonly target: Node;
  readonly act: Act | "no callback";
  callCount: number;
}

export interface DeathGraph {
  /** In the order of birth. */
  readonly nodes: Node[];
  readonly roots: (Node | undefined)[];
  readonly weaks: (Weak | undefined)[];
  /** What was resurrected last. */
  museum: Node | undefined;
}

export function createDeathGraph(): DeathGraph {
  return {
    nodes: [],
    roots: new Array<Node | undefined>(ROOT_COUNT).fill(undefined),
    weaks: new Array<Weak | undefined>(WEAK_COUNT).fill(undefined),
    museum: undefined,
  };
}

/** A node that no slot holds yet. */
export function bear(graph: DeathGraph, hasFinalizer: boolean, act: Act): Node {
  const node: Node = {
    id: graph.nodes.length + 1,
    hasFinalizer,
    act,
    fields: [undefined, undefined],
    finalizedCount: 0,
    wasFinalizedHeld: false,
    wasUnreachable: false,
  };
  graph.nodes.push(node);
  return node;
}

/** O(nodes). */
export function reachableIn({ roots, museum }: DeathGraph): Set<Node> {
  const found = new Set<Node>();
  const pending = [...roots, museum];
  while (pending.length > 0) {
    const node = pending.pop();
    if (node === undefined || found.has(node)) continue;
    found.add(node);
    pending.push(...node.fields);
  }
  return found;
}
