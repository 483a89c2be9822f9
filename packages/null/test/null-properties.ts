// The named properties of the null collector, on programs of allocations: what was placed stays
// there, whole and apart from all else, whatever is asked for afterwards.

import {
  ARENA_SIZE_BYTES,
  isOuroError,
  type Reference,
  slotAt,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import type * as nullExports from "../src/index.js";

export type Parts = typeof nullExports;

export const BIRTH = "gives objects whose words are zero but for their type and length";
export const FOREVER = "keeps every object where and as it is, reachable or not";
export const WALK = "knows exactly the objects it placed";
export const MEMORY = "answers 0 when nothing is left, and loses nothing";

const LEFT_BY_OTHERS = 0x1234_5678;

function expectThat(fact: boolean, problem: string): void {
  if (!fact) throw new Error(problem);
}

/** Lengths in words; -1 is a pair, -2 a collection, -3 a poll. */
const programs = fc.array(
  fc.oneof(fc.constantFrom(-1, -1, -2, -3), fc.nat({ max: 20 }), fc.nat({ max: 3000 })),
  { minLength: 1, maxLength: 60 },
);

class Rig {
  readonly manager;
  readonly #pair: TypeId;
  readonly #raw: TypeId;
  readonly #frame;
  /** Each object with the mark that its last word holds. */
  readonly placed = new Map<Reference, { type: TypeId; lastWord: number; mark: number }>();

  constructor(parts: Parts, limitBytes = 16 * ARENA_SIZE_BYTES) {
    this.manager = composeMemoryManager({
      strategy: parts.nullStrategy(),
      reservationBytes: 20 * ARENA_SIZE_BYTES,
      limitBytes,
    });
    const { words, firstArenaIndex } = this.manager.heap;
    const first = (firstArenaIndex * ARENA_SIZE_BYTES) / 4;
    words.fill(LEFT_BY_OTHERS, first, first + 2 ** 17);
    this.#pair = this.manager.defineType({ name: "pair", visitedSlotCount: 2 });
    this.#raw = this.manager.defineType({ name: "raw", variablePart: "raw" });
    this.#frame = this.manager.mutator.enter(1);
  }

  play(command: number, look: (object: Reference, sizeWords: number) => void): void {
    const { mutator } = this.manager;
    if (command === -3) mutator.poll();
    if (command === -2) {
      const { examinedCount, reclaimedCount } = mutator.collect();
      expectThat(examinedCount + reclaimedCount === 0, "it collected");
    }
    if (command < -1) return;
    const slot = slotAt(this.#frame, 0);
    const isPair = command === -1;
    const object = isPair
      ? mutator.allocate(this.#pair, slot)
      : mutator.allocateArray(this.#raw, command, slot);
    const sizeWords = isPair ? 4 : 3 + command;
    look(object, sizeWords);
    const lastWord = object + sizeWords - 1;
    const mark = isPair ? (0 as Value) : this.placed.size + 1;
    if (sizeWords > 3 && !isPair) mutator.setWord(object, sizeWords - 3, mark);
    const type = isPair ? this.#pair : this.#raw;
    this.placed.set(object, {
      type,
      lastWord,
      mark: sizeWords > 3 ? mark : (this.manager.heap.words[lastWord] as number),
    });
  }

  expectAllThere(): void {
    const { mutator, heap } = this.manager;
    for (const [object, { type, lastWord, mark }] of this.placed) {
      expectThat(mutator.typeOf(object) === type, `the type of ${object} changed`);
      expectThat(heap.words[lastWord] === mark, `the contents of ${object} changed`);
    }
  }
}

function birth(parts: Parts): fc.IProperty<unknown> {
  return fc.property(programs, (program) => {
    const rig = new Rig(parts);
    const { words } = rig.manager.heap;
    for (const command of program) {
      rig.play(command, (object, sizeWords) => {
        for (let word = object + 2; word < object + sizeWords; word++) {
          const isLength = word === object + 2 && command >= 0;
          const expected = isLength ? command : 0;
          expectThat(words[word] === expected, `word ${word - object} is ${words[word]}`);
        }
      });
    }
    rig.manager.validate();
  }) as fc.IProperty<unknown>;
}

function forever(parts: Parts): fc.IProperty<unknown> {
  return fc.property(programs, (program) => {
    const rig = new Rig(parts);
    for (const command of program) {
      rig.play(command, (object) => expectThat(!rig.placed.has(object), `${object} given twice`));
      rig.expectAllThere();
    }
  }) as fc.IProperty<unknown>;
}

function walk(parts: Parts): fc.IProperty<unknown> {
  return fc.property(programs, (program) => {
    const rig = new Rig(parts);
    const { collector } = rig.manager;
    for (const command of program) rig.play(command, () => {});
    const walked: number[] = [];
    collector.walk((object) => walked.push(object));
    const placed = [...rig.placed.keys()].sort((one, other) => one - other);
    expectThat(walked.join() === placed.join(), `walks ${walked} of ${placed}`);
    const { liveCount, reclaimedCount } = collector.statistics();
    expectThat(liveCount === placed.length && reclaimedCount === 0, `${liveCount} are counted`);
    for (const object of placed) {
      expectThat(collector.isObject(object), `${object} is no object`);
      expectThat(!collector.isObject(object + 1), `${object + 1} is an object`);
    }
    for (const word of [0, -1, 0.5, Number.NaN, 2 ** 40]) {
      expectThat(!collector.isObject(word), `${word} is an object`);
    }
  }) as fc.IProperty<unknown>;
}

function memory(parts: Parts): fc.IProperty<unknown> {
  return fc.property(programs, fc.integer({ min: 1, max: 4 }), (program, limitArenas) => {
    const rig = new Rig(parts, limitArenas * ARENA_SIZE_BYTES);
    let refusedCount = 0;
    for (let round = 0; round < 200 && refusedCount < 3; round++) {
      try {
        const isPair = round % 3 === 0 && program[round % program.length] === -2;
        rig.play(isPair ? -1 : 60_000 + round, () => {});
      } catch (error) {
        if (!isOuroError(error, "out-of-memory")) throw error;
        refusedCount++;
        rig.expectAllThere();
        rig.manager.validate();
      }
    }
    expectThat(refusedCount > 0, "it never said that nothing is left");
  }) as fc.IProperty<unknown>;
}

export const nullProperties: ReadonlyMap<string, (parts: Parts) => fc.IProperty<unknown>> = new Map(
  [
    [BIRTH, birth],
    [FOREVER, forever],
    [WALK, walk],
    [MEMORY, memory],
  ],
);
