// Tuples that change after they left the lists, as no Python program can change one: cycles that
// close through them, and through what holds them and left for that reason, go all the same.

import assert from "node:assert/strict";
import { NOT_TRACKED, type Reference, slotAt, type Value } from "@ouro/interfaces";
import type { Compose } from "./contract-traps.js";

export const CHANGED_TUPLES = "collects cycles through tuples that changed out of the lists";

/** A manager with tuples, dicts and nodes of two slots, and four root slots for them. */
function open(compose: Compose) {
  const manager = compose({ reservationBytes: 2 ** 25 });
  const { mutator, defineType } = manager;
  manager.collector.generations?.setEnabled(false);
  const kinds = {
    tuple: defineType({ name: "tuple", visitedSlotCount: 2, untracking: "tuple" }),
    dict: defineType({ name: "dict", visitedSlotCount: 2, untracking: "dict" }),
    other: defineType({ name: "other tuple", visitedSlotCount: 2, untracking: "tuple" }),
    node: defineType({ name: "node", visitedSlotCount: 2 }),
  };
  const frame = mutator.enter(4);
  const held = (index: number) => mutator.root(slotAt(frame, index)) as Reference;
  return {
    ...manager,
    make: (index: number, kind: keyof typeof kinds) =>
      mutator.allocate(kinds[kind], slotAt(frame, index)),
    link: (from: number, field: number, to: number) =>
      mutator.set(held(from), field, held(to) as Value),
    dropAll() {
      for (let index = 0; index < 4; index++) mutator.setRoot(slotAt(frame, index), 0 as Value);
    },
  };
}

type Scene = ReturnType<typeof open>;

const CLOSINGS: Readonly<Record<string, (scene: Scene) => void>> = {
  "a tuple holds itself"({ make, link, mutator }) {
    make(0, "tuple");
    mutator.collect();
    link(0, 0, 0);
  },
  "two tuples hold each other"({ make, link, mutator }) {
    for (const index of [0, 1]) make(index, "tuple");
    mutator.collect();
    link(0, 1, 1);
    mutator.collect();
    link(1, 1, 0);
  },
  "the last of three holds the first"({ make, link, mutator }) {
    for (const index of [0, 1, 2]) make(index, index === 1 ? "other" : "tuple");
    link(0, 1, 1);
    link(1, 1, 2);
    for (let turn = 0; turn < 3; turn++) mutator.collect();
    link(2, 0, 0);
  },
  "a node that a tuple came to hold holds what holds the tuple"({ make, link, mutator }) {
    for (const index of [0, 1]) make(index, "tuple");
    link(0, 1, 1);
    for (let turn = 0; turn < 2; turn++) mutator.collect();
    make(2, "node");
    link(1, 0, 2);
    mutator.collect();
    link(2, 1, 0);
  },
  "a dict held a tuple that came to hold the dict"({ make, link, mutator }) {
    make(0, "tuple");
    mutator.collect();
    make(1, "dict");
    link(1, 0, 0);
    mutator.collect();
    link(0, 1, 1);
  },
};

/** So that there is one walk over the heap, however often tuples of the type change. */
function leavesNoMore(compose: Compose): void {
  const { make, link, mutator, collector } = open(compose);
  make(0, "tuple");
  mutator.collect();
  link(0, 0, 0);
  const fresh = make(1, "tuple");
  const left = make(2, "other");
  mutator.collect();
  const { generations } = collector;
  if (generations === undefined) return;
  assert.notEqual(generations.generationOf(fresh), NOT_TRACKED, "of the type that changed");
  assert.equal(generations.generationOf(left), NOT_TRACKED, "of another type");
}

export function collectsChangedTuples(compose: Compose): void {
  for (const [how, close] of Object.entries(CLOSINGS)) {
    const scene = open(compose);
    close(scene);
    scene.validate();
    scene.dropAll();
    scene.mutator.collect();
    assert.equal(scene.statistics().liveCount, 0, how);
    scene.validate();
  }
  leavesNoMore(compose);
}
