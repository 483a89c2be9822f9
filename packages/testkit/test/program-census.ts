// What programs are made of, seen on the shadow heap alone: of each shape that collectors stumble
// over, whether it stood at some time, however it came about.

import {
  createShadowHeap,
  type Program,
  type ShadowHeap,
  type ShadowObject,
  type Step,
  scriptOf,
} from "../src/index.js";
import { playOnShadow } from "../src/program.js";

export const SIGHTS = [
  "a chain of ten",
  "a loop",
  "a ring of three",
  "cycles that share an object",
  "cycles that share a tail",
  "an acyclic tail on a cycle",
  "an array of a hundred slots",
  "an owned-only reference",
  "a cycle through an owned-only slot",
  "an edge from an old object to a young one",
  "births where others died",
  "a copy that moves an object's slots along it",
  "a copy in which several objects die",
  "a collection before an allocation",
  "a collection behind a store",
  "a collection of the young alone",
  "a reference behind the fifth slot of a frame",
] as const;
export type Sight = (typeof SIGHTS)[number];

/** Plays a program on a shadow heap; O(steps · objects). */
export function sightsOf(program: Program): Set<Sight> {
  const shadow = createShadowHeap();
  const sights = new Set<Sight>();
  const old = new Set<ShadowObject>();
  const script = scriptOf(program);
  for (const [index, step] of script.entries()) {
    const before = step.call === "allocate" ? shadow.reachable().size : 0;
    const overwritten = step.call === "copy" ? lookAtCopy(step, shadow, sights) : [];
    const holder =
      step.call === "set" || step.call === "give" ? shadow.follow(step.object) : undefined;
    playOnShadow(step, shadow);
    if (overwritten.length > 1) {
      const reached = shadow.reachable();
      const dead = overwritten.filter((object) => !reached.has(object));
      if (dead.length > 1) sights.add("a copy in which several objects die");
    }
    if (step.call === "allocate") {
      if (shadow.reachable().size < before + 1 && before > 0)
        sights.add("births where others died");
      if (script[index - 1]?.call === "collect") sights.add("a collection before an allocation");
    }
    if (step.call === "collect") {
      if (step.generation === undefined) for (const each of shadow.reachable()) old.add(each);
      else sights.add("a collection of the young alone");
      const last = script[index - 1]?.call ?? "";
      if (last.startsWith("set") || last === "give") sights.add("a collection behind a store");
    }
    if (holdsFar(shadow)) sights.add("a reference behind the fifth slot of a frame");
    if (holder !== undefined && old.has(holder)) {
      const isYoung = holder.slots.some((value) => typeof value !== "number" && !old.has(value));
      if (isYoung) sights.add("an edge from an old object to a young one");
    }
    if (index % 7 === 0 || index === script.length - 1) look(shadow.reachable(), sights);
  }
  return sights;
}

/** Before the copy; answers the objects that it writes over. */
function lookAtCopy(
  { target, targetField, source, sourceField, count }: Step & { call: "copy" },
  shadow: ShadowHeap,
  sights: Set<Sight>,
): ShadowObject[] {
  const holder = shadow.follow(target);
  const distance = Math.abs(targetField - sourceField);
  const isAlong = holder === shadow.follow(source) && distance > 0 && distance < count;
  if (isAlong) sights.add("a copy that moves an object's slots along it");
  const values = Array.from({ length: count }, (_, index) =>
    shadow.get(holder, targetField + index),
  );
  return [...new Set(values.filter((value) => typeof value !== "number"))];
}

function holdsFar(shadow: ShadowHeap): boolean {
  for (let slot = shadow.frameStart + 5; slot < shadow.top; slot++) {
    if (typeof shadow.root(slot) !== "number") return true;
  }
  return false;
}

const held = ({ slots }: ShadowObject): ShadowObject[] =>
  slots.filter((value): value is ShadowObject => typeof value !== "number");

function look(objects: ReadonlySet<ShadowObject>, sights: Set<Sight>): void {
  const component = componentsOf(objects);
  const sizes = new Map<number, number>();
  for (const object of objects) {
    const number = component.get(object) as number;
    sizes.set(number, (sizes.get(number) ?? 0) + 1);
  }
  const isCyclic = (object: ShadowObject): boolean =>
    (sizes.get(component.get(object) as number) as number) > 1 || held(object).includes(object);
  const tails = new Map<ShadowObject, Set<ShadowObject>>();
  for (const object of objects) {
    const { type, slots } = object;
    if (held(object).includes(object)) sights.add("a loop");
    if ((sizes.get(component.get(object) as number) as number) >= 3) sights.add("a ring of three");
    if (slots.length >= 100) sights.add("an array of a hundred slots");
    const visitedCount = type.descriptor.collected ? type.descriptor.visitedSlotCount : 0;
    const owned = type.descriptor.variablePart === "visited" ? [] : slots.slice(visitedCount);
    const inside = held(object).filter((other) => component.get(other) === component.get(object));
    if (owned.some((value) => typeof value !== "number")) sights.add("an owned-only reference");
    if (owned.some((value) => inside.includes(value as ShadowObject)))
      sights.add("a cycle through an owned-only slot");
    if (new Set(inside).size > 1) sights.add("cycles that share an object");
    if (!isCyclic(object)) continue;
    for (const other of held(object)) {
      if (isCyclic(other)) continue;
      if (other.type.descriptor.acyclic) sights.add("an acyclic tail on a cycle");
      const holders = tails.get(other) ?? new Set();
      tails.set(other, holders.add(object));
      if (holders.size > 1) sights.add("cycles that share a tail");
    }
  }
  if (longestChain(objects) >= 10) sights.add("a chain of ten");
}

/** Objects that reach each other have the same number: Kosaraju, without recursion. */
function componentsOf(objects: ReadonlySet<ShadowObject>): Map<ShadowObject, number> {
  const order: ShadowObject[] = [];
  const seen = new Set<ShadowObject>();
  for (const start of objects) {
    const pending: { readonly object: ShadowObject; readonly isDone: boolean }[] = [
      { object: start, isDone: false },
    ];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { object, isDone } = next;
      if (isDone) order.push(object);
      else if (!seen.has(object)) {
        seen.add(object);
        pending.push({ object, isDone: true });
        for (const other of held(object)) pending.push({ object: other, isDone: false });
      }
    }
  }
  const holders = new Map<ShadowObject, ShadowObject[]>();
  for (const object of objects) {
    for (const other of held(object)) holders.set(other, [...(holders.get(other) ?? []), object]);
  }
  const numbers = new Map<ShadowObject, number>();
  for (const [number, start] of order.reverse().entries()) {
    const pending = [start];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (numbers.has(next)) continue;
      numbers.set(next, number);
      pending.push(...(holders.get(next) ?? []));
    }
  }
  return numbers;
}

/** Objects of one type that each hold the next, from one that none of its type holds. */
function longestChain(objects: ReadonlySet<ShadowObject>): number {
  let longest = 0;
  for (const start of objects) {
    let length = 1;
    const seen = new Set([start]);
    for (let at: ShadowObject | undefined = start; at !== undefined; length++) {
      const { type }: ShadowObject = at;
      at = held(at).find((other) => other.type === type && !seen.has(other));
      if (at === undefined) break;
      seen.add(at);
    }
    longest = Math.max(longest, length);
    if (longest >= 10) break;
  }
  return longest;
}
