// What a subject holds beside the model of death: roots by the numbers that nodes carry, and what
// weak references give.

import { OBJECT_HEADER_SIZE_WORDS, type Reference } from "@ouro/interfaces";
import { type Node, reachableIn, type Weak } from "./death-graph.js";
import type { DeathCommand } from "./death-program.js";
import type { DeathStage } from "./death-stage.js";
import { ID_FIELD } from "./death-types.js";
import { expectPromise } from "./promise.js";

/** What is reachable is what the model says. O(reachable). */
export function compareRoots({ subject, graph, rootSlot, museumSlot }: DeathStage): void {
  const { mutator } = subject;
  const seen = new Map<Node, number>();
  const pending: [Node | undefined, number, string][] = graph.roots.map((node, index) => [
    node,
    mutator.root(rootSlot(index)),
    `root ${index}`,
  ]);
  pending.push([graph.museum, mutator.root(museumSlot), "the museum"]);
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const [node, value, where] = at;
    if (node === undefined) expectPromise(value === 0, `${where} holds ${value}, not none`);
    if (node === undefined || seen.has(node)) continue;
    expectPromise(value > 0, `${where} holds ${value}, not node ${node.id}`);
    seen.set(node, value);
    const id = mutator.word(value as Reference, ID_FIELD);
    expectPromise(id === node.id, `${where} holds node ${id}, not node ${node.id}`);
    for (const field of [0, 1] as const) {
      const held = mutator.get(value as Reference, field);
      pending.push([node.fields[field], held, `field ${field} of node ${id}`]);
    }
  }
}

/** Those of what is held, and never was anything else, give it; `command` was played last. */
export function compareWeaks(stage: DeathStage, command: DeathCommand["do"]): void {
  const { subject, graph, targetOf } = stage;
  const alive = reachableIn(graph);
  for (const [index, weak] of graph.weaks.entries()) {
    if (weak !== undefined) expectCalled(weak, targetOf(index), command);
    if (weak === undefined || !alive.has(weak.target) || weak.target.wasUnreachable) continue;
    const target = targetOf(index);
    const { id } = weak.target;
    expectPromise(target !== 0, `a weak reference to node ${id} is empty, and the node is held`);
    const found = subject.heap.words[target + OBJECT_HEADER_SIZE_WORDS + ID_FIELD];
    expectPromise(found === id, `a weak reference to node ${id} gives node ${found}`);
  }
}

/** Who emptied it has called back by the end of a call that is a safepoint and no more. */
function expectCalled(
  { act, callCount, target }: Weak,
  found: Reference | 0,
  command: DeathCommand["do"],
): void {
  const isDue = command === "poll" || command === "collect";
  if (act === "no callback" || callCount > 0 || !isDue) return;
  const text = `the weak reference to node ${target.id} is empty, and its callback did not run`;
  expectPromise(found !== 0, text);
}
