import type { Reference } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { findLeaks, formatLeaks } from "../src/index.js";
import { compose } from "./compose.js";

describe("leaks", () => {
  it("names the cycle, and what it keeps, by type", () => {
    const { manager, mutator, pair, list, slot } = compose();
    const a = mutator.allocate(pair, slot(0));
    const b = mutator.allocate(pair, slot(1));
    mutator.set(a, 0, b);
    mutator.set(b, 0, a);
    mutator.allocateArray(list, 5, slot(2));
    mutator.give(a, 1, slot(2));
    expect(findLeaks(manager).count).toBe(0);
    expect(formatLeaks(findLeaks(manager))).toBe("no leaks\n");
    mutator.leave(slot(0));
    const report = findLeaks(manager);
    expect(report).toMatchObject({
      count: 3,
      bytes: 64,
      types: [
        { name: "pair", count: 2, bytes: 32 },
        { name: "list", count: 1, bytes: 32 },
      ],
      cycles: [{ members: [a, b], typeNames: ["pair", "pair"] }],
    });
    expect(formatLeaks(report)).toBe(
      `3 objects leaked, 64 bytes\n  2 × pair, 32 bytes\n  1 × list, 32 bytes\n` +
        `  cycle of 2: pair @${a}, pair @${b}\n`,
    );
    manager.validate();
  });

  it("names an object that holds itself, and cuts long cycles short in print", () => {
    const { manager, mutator, pair, slot } = compose();
    const self = mutator.allocate(pair, slot(0));
    mutator.set(self, 1, self);
    const first = mutator.allocate(pair, slot(1));
    mutator.setRoot(slot(2), first);
    for (let index = 0; index < 99; index++) {
      const object = mutator.allocate(pair, slot(3));
      mutator.set(object, 0, mutator.root(slot(2)));
      mutator.moveRoot(slot(2), slot(3));
    }
    mutator.set(first, 0, mutator.root(slot(2)));
    mutator.leave(slot(0));
    const report = findLeaks(manager);
    expect(report.cycles.map(({ members }) => members.length)).toEqual([100, 1]);
    expect(report.cycles[1]?.members).toEqual([self]);
    expect(formatLeaks(report)).toContain("cycle of 100: ");
    expect(formatLeaks(report)).toContain(", and 92 more\n");
  });

  it("follows each field, also behind one that leads to no cycle", () => {
    const { manager, mutator, pair, slot } = compose();
    const a = mutator.allocate(pair, slot(0));
    const leaf = mutator.allocate(pair, slot(1));
    const b = mutator.allocate(pair, slot(2));
    mutator.set(a, 0, leaf);
    mutator.set(a, 1, b);
    mutator.set(b, 1, a);
    mutator.leave(slot(0));
    expect(findLeaks(manager).cycles.map(({ members }) => members)).toEqual([[a, b]]);
  });

  it("names the members of a cycle by address, however they lead to one another", () => {
    const { manager, mutator, pair, slot } = compose();
    const objects = [0, 1, 2, 3].map((each) => mutator.allocate(pair, slot(each)));
    const order = [0, 3, 1, 2].map((each) => objects[each] as Reference);
    for (const [at, object] of order.entries()) {
      mutator.set(object, at % 2, order[(at + 1) % 4] as Reference);
    }
    mutator.leave(slot(0));
    expect(findLeaks(manager).cycles.map(({ members }) => members)).toEqual([objects]);
  });

  it("takes no raw word behind the fields for a reference", () => {
    const { manager, mutator, slot } = compose();
    const mixed = manager.defineType({ name: "mixed", visitedSlotCount: 2, rawWordCount: 1 });
    const rooted = mutator.allocate(mixed, slot(0));
    const cycle = mutator.allocate(mixed, slot(1));
    const upwards = mutator.allocate(mixed, slot(2));
    const itself = mutator.allocate(mixed, slot(3));
    mutator.set(cycle, 0, cycle);
    mutator.set(cycle, 1, upwards);
    mutator.set(upwards, 0, itself);
    mutator.setWord(rooted, 2, cycle);
    mutator.setWord(upwards, 2, cycle);
    mutator.setWord(itself, 2, itself);
    for (const each of [1, 2, 3]) mutator.setRoot(slot(each), 0);
    const { count, cycles } = findLeaks(manager);
    expect([count, cycles.map(({ members }) => members)]).toEqual([3, [[cycle]]]);
  });

  it("counts one object as one", () => {
    const { manager, mutator, pair, slot } = compose();
    const self = mutator.allocate(pair, slot(0));
    mutator.set(self, 0, self);
    mutator.leave(slot(0));
    expect(formatLeaks(findLeaks(manager))).toMatch(/^1 object leaked, 16 bytes\n/);
  });

  it("finds a cycle of a hundred thousand objects without recursion", () => {
    const { manager, mutator, pair, slot } = compose();
    const first = mutator.allocate(pair, slot(0));
    mutator.setRoot(slot(1), first);
    for (let index = 1; index < 100_000; index++) {
      mutator.fill(mutator.allocate(pair, slot(2)), 0, slot(1));
      mutator.moveRoot(slot(1), slot(2));
    }
    mutator.set(first, 0, mutator.root(slot(1)));
    mutator.leave(slot(0));
    expect(findLeaks(manager).cycles[0]?.members.length).toBe(100_000);
  });
});
