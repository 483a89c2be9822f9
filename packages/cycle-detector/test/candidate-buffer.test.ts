// The candidate buffer by itself, over objects that are laid down by hand: who comes in and leaves,
// what a refused count leaves behind, and what a validation finds.

import { isOuroError, type Reference } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { BUFFERED, IMMORTAL, makeBufferRig } from "./buffer-rig.js";

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error, "heap-corruption")) return error.message;
    throw error;
  }
  return "";
}

describe("The candidate buffer", () => {
  it("takes each object once, and none of a type that cycles do not go through", () => {
    const { buffer, make, list, markOf, validate } = makeBufferRig();
    const [box, unwatched] = [make("box", 1), make("unwatched", 1)];
    const [one, other] = [make("node", 1), make("array", 1)];
    for (const object of [box, one, unwatched, one, other]) buffer.note(object);
    expect(list().slice(0, 3)).toEqual([one, other, 0]);
    expect([buffer.candidateCount(), markOf(one), markOf(other), markOf(box)]).toEqual([
      2, 1, 2, 0,
    ]);
    validate();
  });

  it("takes what is moved if it holds something, has room for much, or is moved into it", () => {
    const { buffer, make, validate, words } = makeBufferRig();
    const holder = make("node", 1);
    const taken = [
      make("node", 1, 0, holder),
      make("node", 1, holder, 0),
      make("array", 1),
      make("five", 1),
      make("four", 1, 0, 0, 0, holder),
      holder,
    ];
    const refused = [
      make("node", 1),
      make("node", 1, -8, 0),
      make("four", 1),
      make("owner", 1, 0, holder),
    ];
    for (const object of [...taken, ...refused, 0, -8]) buffer.noteMoved(object, holder);
    const isIn = (object: number): boolean => ((words[object + 1] as number) & BUFFERED) !== 0;
    expect(taken.map(isIn)).toEqual(taken.map(() => true));
    expect(refused.map(isIn)).toEqual(refused.map(() => false));
    validate();
  });

  it("gives the entry of who leaves to the last one", () => {
    const { buffer, make, list, markOf, validate } = makeBufferRig();
    const [a, b, c] = [make("node", 1), make("node", 1), make("node", 1)];
    for (const object of [a, b, c]) buffer.note(object);
    buffer.remove(a);
    buffer.remove(a);
    expect(list().slice(0, 2)).toEqual([c, b]);
    expect([buffer.candidateCount(), markOf(a), markOf(b), markOf(c)]).toEqual([2, 0, 2, 1]);
    validate();
    buffer.remove(b);
    buffer.remove(c);
    expect(buffer.candidateCount()).toBe(0);
    validate();
  });

  it("holds what is found apart from candidates, and closes up when it is released", () => {
    const { buffer, detector, make, list, validate, words, markOf } = makeBufferRig();
    const [a, b, kept] = [make("node", 1), make("node", 1), make("node", 2)];
    words[a + 2] = b;
    words[b + 2] = a;
    words[kept + 2] = kept;
    for (const object of [kept, a]) buffer.note(object);
    const examined = detector.find();
    expect(examined).toEqual({ examinedCount: 3, referenceCount: 6, foundCount: 2 });
    expect([buffer.foundCount(), buffer.foundAt(0), buffer.foundAt(1)]).toEqual([2, a, b]);
    expect([a, b, kept].map(detector.isFound)).toEqual([true, true, false]);
    validate();
    const young = make("node", 1);
    buffer.note(young);
    buffer.remove(a);
    expect([buffer.foundAt(0), buffer.candidateCount()]).toEqual([0, 1]);
    validate();
    buffer.release();
    expect(list().slice(0, 2)).toEqual([b, young]);
    expect([markOf(b), markOf(young), buffer.foundCount()]).toEqual([1, 2, 0]);
    validate();
  });

  it("that overran notes every object when it is asked, once", () => {
    const { buffer, make, walk, validate, words, state } = makeBufferRig(2);
    const [a, b, c] = [make("node", 1), make("node", 1), make("node", 1)];
    buffer.mendOverrun(walk);
    expect(buffer.candidateCount()).toBe(0);
    for (const object of [a, b, c]) buffer.note(object);
    expect(buffer.candidateCount()).toBe(2);
    expect([...words.subarray(state.start - 4, state.start)]).toEqual([0, 0, 0, 0]);
    validate();
    buffer.remove(a);
    buffer.remove(b);
    buffer.mendOverrun((visit) => visit(c as Reference));
    buffer.remove(c);
    buffer.mendOverrun(walk);
    expect(buffer.candidateCount()).toBe(0);
  });

  it.each<[string, (rig: ReturnType<typeof makeBufferRig>, a: number, b: number) => void, RegExp]>([
    [
      "more found than where candidates begin",
      ({ words, state }) => words.fill(1, state.start, state.start + 1),
      /^candidate buffer at word \d+ is broken: 1, 0, 2\./,
    ],
    [
      "candidates that begin behind their end",
      ({ words, state }) => words.fill(3, state.start + 1, state.start + 2),
      /^candidate buffer at word \d+ is broken: 0, 3, 2\./,
    ],
    [
      "more candidates than entries",
      ({ words, state }) => words.fill(17, state.start + 2, state.start + 3),
      /^candidate buffer at word \d+ is broken: 0, 0, 17\./,
    ],
    [
      "fewer than none found",
      ({ words, state }) => words.fill(-1, state.start, state.start + 1),
      /^candidate buffer at word \d+ is broken: -1, 0, 2\./,
    ],
    [
      "an entry that is no object",
      ({ words, entries }) => words.fill(8, entries.start, entries.start + 1),
      /^candidate at word \d+ is broken: it is 8, where no object is\./,
    ],
    [
      "an entry that is empty, of a candidate",
      ({ words, entries }) => words.fill(0, entries.start, entries.start + 1),
      /^candidate at word \d+ is broken: it is 0, where no object is\./,
    ],
    [
      "a mark of another entry",
      ({ words, marks }, a) => words.fill(2, marks + (a >> 2), marks + (a >> 2) + 1),
      /^candidate at word \d+ is broken: the mark of \d+ is 2\./,
    ],
    [
      "a candidate that is not said to be buffered",
      ({ words }, a) => words.fill((words[a + 1] as number) & ~BUFFERED, a + 1, a + 2),
      /^object at word \d+ is broken: its mark is 1, and it is not buffered\./,
    ],
    [
      "an object that is said to be buffered",
      ({ words, state, marks }, _a, b) => {
        words[state.start + 2] = 1;
        words[marks + (b >> 2)] = 0;
      },
      /^object at word \d+ is broken: its mark is 0, and it is buffered\./,
    ],
    [
      "an object without an entry",
      ({ words, state }) => words.fill(1, state.start + 2, state.start + 3),
      /^candidate buffer at word \d+ is broken: 1 entries, and 2 objects that are buffered\./,
    ],
  ])("is found broken that has %s", (_name, damage, problem) => {
    const rig = makeBufferRig();
    const [a, b] = [rig.make("node", 1), rig.make("node", 1)];
    for (const object of [a, b]) rig.buffer.note(object);
    rig.validate();
    damage(rig, a, b);
    expect(messageOf(rig.validate)).toMatch(problem);
  });

  it("is found broken at the very entry", () => {
    const { buffer, words, entries, make, validate } = makeBufferRig();
    for (const object of [make("node", 1), make("node", 1)]) buffer.note(object);
    words[entries.start + 1] = 8;
    expect(messageOf(validate)).toContain(`candidate at word ${entries.start + 1} is broken: it`);
  });
});

describe("Trial deletion over it", () => {
  it("leaves out who is immortal, on its way to its end, or of a type without cycles", () => {
    const { buffer, detector, make, words, validate, list } = makeBufferRig();
    const [immortal, dying, box] = [make("node", 1), make("node", 1), make("box", 1)];
    const a = make("node", 2, immortal, box);
    words[box + 2] = a;
    for (const object of [immortal, dying, a]) buffer.note(object);
    words[immortal] = IMMORTAL;
    words[dying] = ~0;
    expect(detector.find()).toEqual({ examinedCount: 1, referenceCount: 2, foundCount: 0 });
    expect(list()[0]).toBe(a);
    expect(buffer.candidateCount()).toBe(0);
    validate();
  });

  it("names an object of too small a count, and has its candidates as before", () => {
    const { buffer, detector, make, words, validate, markOf, list } = makeBufferRig();
    const a = make("node", 1);
    const b = make("node", 1, a, a);
    words[a + 2] = b;
    buffer.note(b);
    expect(messageOf(() => detector.find())).toContain(
      `object at word ${a} is broken: its count is 1, and 2 examined references hold it. `,
    );
    expect([list()[0], buffer.candidateCount(), markOf(a), markOf(b)]).toEqual([b, 1, 0, 1]);
    validate();
    words[a] = 2;
    expect(detector.find().foundCount).toBe(2);
  });

  it("leaves those alone that stand behind its candidates still, when it refuses", () => {
    const { buffer, detector, make, validate, markOf, words } = makeBufferRig();
    const [gone, broken] = [make("node", 1), make("node", 1)];
    const last = make("node", 1, broken, broken);
    words[broken + 2] = last;
    for (const object of [gone, broken, last]) buffer.note(object);
    buffer.remove(gone); // the last one takes its entry, and is in its own one too
    expect(messageOf(() => detector.find())).toContain("its count is 1, and 2 examined");
    expect([markOf(last), markOf(broken), detector.name]).toEqual([1, 2, "trial-deletion"]);
    validate();
  });

  it("asked again, has what is reached now as candidates, and what is not as found", () => {
    const { buffer, detector, make, words, validate } = makeBufferRig();
    const [a, b, c] = [make("node", 1), make("node", 1), make("node", 2)];
    words[a + 2] = a;
    words[b + 2] = b;
    words[b + 3] = c;
    words[c + 2] = c;
    for (const object of [a, b, c]) buffer.note(object);
    expect(detector.find().foundCount).toBe(3);
    // Somebody stored `b`, and `c` with it.
    words[b] = 2;
    expect(detector.findAgain()).toEqual({ examinedCount: 3, referenceCount: 6, foundCount: 1 });
    expect([a, b, c].map(detector.isFound)).toEqual([true, false, false]);
    expect([buffer.foundCount(), buffer.foundAt(0), buffer.candidateCount()]).toEqual([1, a, 2]);
    validate();
    words[a] = 0;
    expect(messageOf(() => detector.findAgain())).toMatch(/its count is 0, and 1 examined/);
    expect(detector.isFound(a)).toBe(true);
    validate();
  });

  it("closes up over entries of nobody between the found and the candidates", () => {
    const { buffer, detector, make, words, validate, list } = makeBufferRig();
    const all = [make("node", 1), make("node", 1), make("node", 1), make("node", 1)];
    for (const object of all) words[object + 2] = object;
    for (const object of all) buffer.note(object);
    expect(detector.find().foundCount).toBe(4);
    const [dead, held, first, last] = all as [number, number, number, number];
    buffer.remove(dead);
    words[held] = 2;
    const again = detector.findAgain();
    expect(again).toEqual({ examinedCount: 3, referenceCount: 6, foundCount: 2 });
    expect([buffer.foundCount(), buffer.foundAt(0), buffer.foundAt(1)]).toEqual([2, first, last]);
    expect([buffer.candidateCount(), list()[3]]).toEqual([1, held]);
    validate();
    buffer.remove(first);
    buffer.release();
    expect([buffer.candidateCount(), ...list().slice(0, 2)]).toEqual([2, last, held]);
    validate();
  });
});
