// A program about death at one moment, as a snapshot: who is there by the walk of the subject, who
// should be by the model, what was called, and what weak references give.
//
//   root 0 → #1                      weak 1 ⇢ ·    of #2, empty, callback called once
//   #1 node [#1 ·]  finalizer not run               #2 node [· ·]  finalizer run twice, not once

import {
  OBJECT_HEADER_SIZE_WORDS,
  type Reference,
  type Slot,
  TYPE_MASK,
  TYPE_WORD_OFFSET,
} from "@ouro/interfaces";
import { type Node, reachableIn, type Weak } from "./death-graph.js";
import { ROOT_COUNT, WEAK_COUNT } from "./death-program.js";
import type { DeathStage } from "./death-stage.js";
import { ID_FIELD } from "./death-types.js";
import { type Fate, fateOf, type Snapshot, type SnapshotRoot } from "./snapshot.js";

const MUSEUM = ROOT_COUNT + WEAK_COUNT;

/** Of which nodes a snapshot says something: those that were not freed before it. */
export interface KnownNodes {
  readonly nodes: Set<Node>;
  /** Births that the snapshot before it knew. */
  bornCount: number;
}

/** Of known nodes and of those born since; who is freed is known no more. O(heap). */
export function takeDeathSnapshot(stage: DeathStage, known: KnownNodes): Snapshot {
  const { graph, rootSlot, museumSlot } = stage;
  const alive = reachableIn(graph);
  const there = numbersThere(stage);
  for (const node of graph.nodes.slice(known.bornCount)) known.nodes.add(node);
  known.bornCount = graph.nodes.length;
  const shown = [...known.nodes].sort((one, other) => one.id - other.id);
  const held = (node: Node | undefined): number => node?.id ?? 0;
  return {
    roots: [
      ...graph.roots.map((node, index) => strongRoot(stage, node, index, rootSlot(index))),
      strongRoot(stage, graph.museum, MUSEUM, museumSlot),
      ...graph.weaks.flatMap((weak, index) =>
        weak === undefined ? [] : [weakRoot(stage, weak, index, alive, there)],
      ),
    ],
    rootText: ({ name }) => rootText(name),
    objects: shown.map((node) => {
      const { id, hasFinalizer, fields } = node;
      const fate = fateOf(alive.has(node), there.has(id));
      if (fate === "freed") known.nodes.delete(node);
      const type = hasFinalizer ? "node" : "plain node";
      return { serial: id, type, slots: fields.map(held), fate, ...finalizerNote(node, fate) };
    }),
  };
}

function rootText(name: number): string {
  if (name === MUSEUM) return "museum";
  return name < ROOT_COUNT ? `root ${name}` : `weak ${name - ROOT_COUNT}`;
}

/** What should be in the slot, and what is. */
function strongRoot(
  { subject }: DeathStage,
  node: Node | undefined,
  name: number,
  slot: Slot,
): SnapshotRoot {
  const value = node?.id ?? 0;
  const isHeld = subject.mutator.root(slot) !== 0;
  if (isHeld === value > 0) return { name, value };
  return { name, value, note: isHeld ? "holds one, not none" : "holds none", isWrong: true };
}

/** The numbers in the nodes that the subject walks; what program code allocates has none. */
function numbersThere({ subject, plainType, finalizedType }: DeathStage): Set<number> {
  const { words } = subject.heap;
  const found = new Set<number>();
  subject.collector.walk((object) => {
    const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
    if (type !== plainType && type !== finalizedType) return;
    found.add(words[object + OBJECT_HEADER_SIZE_WORDS + ID_FIELD] as number);
  });
  found.delete(0);
  return found;
}

const TIMES = ["not", "once", "twice"];
const timesOf = (count: number): string => TIMES[count] ?? `${count} times`;

interface Note {
  readonly note?: string;
  readonly isWrong?: boolean;
}

function finalizerNote(node: Node, fate: Fate): Note {
  const { hasFinalizer, finalizedCount, wasFinalizedHeld } = node;
  if (!hasFinalizer) return {};
  const run =
    finalizedCount === 0 ? "finalizer not run" : `finalizer run ${timesOf(finalizedCount)}`;
  if (finalizedCount > 1) return { note: `${run}, not once`, isWrong: true };
  if (wasFinalizedHeld) return { note: `${run}, and it was held`, isWrong: true };
  const isMissed = finalizedCount === 0 && fate === "freed";
  return { note: run, isWrong: isMissed };
}

/** What it gives beside what it should give, and its callback. */
function weakRoot(
  stage: DeathStage,
  weak: Weak,
  index: number,
  alive: ReadonlySet<Node>,
  there: ReadonlySet<number>,
): SnapshotRoot {
  const { target, act, callCount } = weak;
  const given = numberOf(stage, stage.targetOf(index));
  const isHeld = alive.has(target) && !target.wasUnreachable;
  const said = [targetNote(target.id, given, isHeld, there.has(target.id))];
  if (act !== "no callback") {
    said.push(callCount === 0 ? "callback not called" : `callback called ${timesOf(callCount)}`);
    if (callCount > 1) said.push("not once");
  }
  const isRight = given === 0 ? !isHeld : given === target.id && there.has(given);
  const isWrong = !isRight || callCount > 1;
  return { name: ROOT_COUNT + index, value: given, isWeak: true, note: said.join(", "), isWrong };
}

function targetNote(id: number, given: number, isHeld: boolean, isThere: boolean): string {
  if (given === 0) return isHeld ? `empty, and #${id} is held` : `empty, was of #${id}`;
  if (given !== id) return `gives another, not #${id}`;
  return isThere ? "live" : `gives #${id}, which is gone`;
}

/** The node's number where a weak reference leads. */
function numberOf({ subject }: DeathStage, target: Reference | 0): number {
  if (target === 0) return 0;
  return subject.heap.words[target + OBJECT_HEADER_SIZE_WORDS + ID_FIELD] as number;
}
