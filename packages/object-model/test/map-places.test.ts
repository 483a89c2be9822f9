// A place of a map's table whose entry was deleted names nobody, whatever hash is looked for.

import { type Reference, slotAt } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createMaps } from "../src/index.js";
import { makeManager } from "./manager.js";

/** The word that MurmurHash3's last step makes `hash` of. */
function unmix(hash: number): number {
  let word = hash ^ (hash >>> 16);
  word = Math.imul(word, 0x7ed1b41d);
  word ^= (word >>> 13) ^ (word >>> 26);
  word = Math.imul(word, 0xa5cb9243);
  return word ^ (word >>> 16);
}

/** An immediate whose hash ends in three bits. */
function keyOf(bits: number): number {
  for (let hash = 8 + bits; ; hash += 8) if (unmix(hash) < 0) return unmix(hash);
}

it("a key whose hash is a table's word is not looked for before the entries", () => {
  const manager = makeManager({ checked: true });
  const { mutator } = manager;
  const maps = createMaps(manager);
  const frame = mutator.enter(3);
  maps.allocate(frame);
  const map = (): Reference => mutator.root(frame) as Reference;
  // The table has eight words; the last but one names as many entries as the hash says.
  for (let entryCount = 2; entryCount <= 5; entryCount++) {
    const key = unmix(entryCount);
    if (key >= 0) continue;
    const place = entryCount & 7;
    const fillers = [0, 1, 3, 4, 5, 7].filter((bits) => bits !== place).map(keyOf);
    const keys = [keyOf(place), ...fillers.slice(0, entryCount - 2), keyOf(6)];
    for (const each of keys) {
      mutator.setRoot(slotAt(frame, 1), each);
      mutator.setRoot(slotAt(frame, 2), -1);
      maps.set(frame, slotAt(frame, 1), slotAt(frame, 2));
    }
    expect(maps.sizeOf(map())).toBe(entryCount);
    maps.delete(map(), keys[0] as number);
    expect([key, maps.has(map(), key)]).toEqual([key, false]);
    maps.clear(map());
  }
});
