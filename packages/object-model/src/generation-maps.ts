// Which objects are tracked, and how old they are, without a word an object: bits beside the heap,
// laid out as the allocated map. A new object has none of them set, so that a birth costs nothing
// but the note that its tract has young objects.
//
//   group of four words, for 32 granules    │ low │ high │ out │ candidate │
//                                             0     0      0                  generation 0: as born
//                                             1     0      0                  generation 1
//                                             0     1      0                  generation 2
//                                             1     1      0                  permanent
//                                             –     –      1                  not tracked
//   tract    │ … shape, the detector's │ permanent │ 2 │ 1 │ 0 │    may have objects of these
//   found    a word for 32 granules: bits of candidates found unreachable
//
// A collection is set algebra, 32 objects at a time: candidates are what is allocated and not
// older, promoted is what is candidate and not found. Tracts without the bit of a young enough
// generation are not looked at, and of those looked at no older object is.
//
// **Invariants:** a granule where no object begins has no bit; a tract has the bit of every
// generation that has objects in it, and may have more. The word of a header tells the barrier that
// an object is out, so that a store looks at no map.

import {
  ARENA_SHIFT,
  type CandidateMap,
  type Collector,
  expectSound,
  NOT_TRACKED,
  OLDEST_GENERATION,
  PERMANENT_GENERATION,
  type Region,
  TRACT_ENTRY_SHIFT,
  TRACT_HAS_FOUND,
  TRACT_MAP_WORDS,
  TRACT_OWNER_MASK,
  TRACT_SHIFT,
  type WordIndex,
} from "@ouro/interfaces";
import { bitCount, eachObject } from "./object-bits.js";

const LOW = 0;
const HIGH = 1;
const OUT = 2;
const CANDIDATE = 3;
const TRACTS_PER_ARENA = 1 << (ARENA_SHIFT - TRACT_SHIFT);
const NO_TRACT = -1;

/** What the maps take of a side table: five bits a granule. Unit: bytes a granule. */
export const GENERATION_MAPS_BYTES_PER_GRANULE = 5 / 8;

/** Words for the table of tracts and the list, for so many arenas. */
export function generationMapsStateWords(arenaCount: number): number {
  return 4 + arenaCount * TRACTS_PER_ARENA * 3;
}

export interface GenerationMapsOptions {
  words: Int32Array;
  /** `GENERATION_MAPS_BYTES_PER_GRANULE` for every granule that can be lent, zero-filled. */
  region: Region;
  /** `generationMapsStateWords` of it, zero-filled. */
  state: Region;
  firstArenaIndex: number;
  arenaCount: number;
  /**
   * Where the allocated map of an arena with tracked objects lies: the word of block b is at this
   * + (b >>> 7). 0 for an arena that has none.
   */
  mapOf: (arenaIndex: number) => WordIndex;
  /** A bit in word 1 of an object: it is out, and may come back. */
  outMask: number;
}

export interface GenerationMaps {
  /** An object is born, tracked in generation 0. O(1). */
  noteBirth(object: WordIndex): void;
  /** An object is born that is not tracked, or not yet. O(1). */
  noteUntrackedBirth(object: WordIndex): void;
  /**
   * The block of a collected object of a pool is about to be given back, in no collection. O(1).
   */
  noteDeath(object: WordIndex): void;
  /** The block of any object is about to be given back. O(1). */
  forget(object: WordIndex): void;
  track(object: WordIndex, generation: number): void;
  untrack(object: WordIndex): void;
  isTracked(object: WordIndex): boolean;
  /** 0 to 3, or `NOT_TRACKED`. O(1). */
  generationOf(object: WordIndex): number;
  /** O(objects of the generation). */
  liveCount(generation: number): number;
  /** In address order. The visitor must not allocate or store. O(tracts + those). */
  walk(generation: number, visit: (object: WordIndex) => void): void;
  /** All of a generation to another. O(tracts of it). */
  moveAll(from: number, to: number): void;
  /** No object is tracked any more. O(tracts). */
  clear(): void;
  /** The candidates of a collection of `generation` and the younger ones. O(tracts of those). */
  gather(generation: number): CandidateMap;
  /**
   * What is candidate and not found goes to a generation; the tracts have no more of those that
   * `emptied` has bits of. Answers how many. O(tracts).
   */
  promote(generation: number, emptied: number): number;
  /** The found are the candidates; with `knowsSpecial` nobody special is sought. O(tracts). */
  narrow(knowsSpecial: boolean): CandidateMap;
  isFound(object: WordIndex): boolean;
  /** Found, and not dead since, in address order. O(tracts + those). */
  walkFound(visit: (object: WordIndex) => void): void;
  /** The same, of those alone that finalization may look at. O(those). */
  walkSpecial(visit: (object: WordIndex) => void): void;
  /** Each tract's first word with its 32 words of the found map, if anything was found there. */
  eachFoundTract(visit: (start: WordIndex, bits: WordIndex) => void): void;
  /** Found, and not dead since. O(tracts). */
  foundCount(): number;
  /** The blocks of all found objects were given back: no map says anything of them. O(tracts). */
  forgetFound(): void;
  /** The word of object o in the map of found objects is at this + (o >>> 7). */
  readonly found: WordIndex;
  /** Ends what `gather` began. O(tracts). */
  release(): void;
  /** Throws `HeapCorruptionError` naming the first bit found wrong. O(heap). */
  validate(walk: Collector["walk"], isCollected: (object: WordIndex) => boolean): void;
}

export function createGenerationMaps(options: GenerationMapsOptions): GenerationMaps {
  const { words, firstArenaIndex, arenaCount, mapOf, outMask } = options;
  const mapWords = (arenaCount - firstArenaIndex) * TRACTS_PER_ARENA * TRACT_MAP_WORDS;
  const firstWord = firstArenaIndex * TRACTS_PER_ARENA * TRACT_MAP_WORDS;
  // Of object o: its group at `groups + ((o >>> 7) << 2)`, its found word at `found + (o >>> 7)`.
  const groups = options.region.start - (firstWord << 2);
  const found = options.region.start + (mapWords << 2) - firstWord;
  const lastTract = options.state.start;
  const tracts = options.state.start + 4 - firstArenaIndex * TRACTS_PER_ARENA;
  const list = options.state.start + 4 + (arenaCount - firstArenaIndex) * TRACTS_PER_ARENA;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const SHIFT = TRACT_SHIFT;
  const OWNER = TRACT_OWNER_MASK;
  const special: WordIndex[] = [];
  let tractCount = 0;
  words[lastTract] = NO_TRACT;

  const get = (word: number): number => words[word] as number;
  const groupOf = (object: number): number => groups + ((object >>> 7) << 2);
  const bitOf = (object: number): number => 1 << (object >>> 2);

  // ── One object ────────────────────────────────────────────────────────────────────────────────

  function noteBirth(object: number): void {
    if (object >>> SHIFT !== words[lastTract]) noteTract(object >>> SHIFT);
  }

  /** The shape that a detector found is void: an object of another type may be there now. */
  function noteTract(tract: number): void {
    words[lastTract] = tract;
    words[tracts + tract] = (get(tracts + tract) & OWNER) | 1;
  }

  function noteUntrackedBirth(object: number): void {
    const group = groupOf(object);
    words[group + OUT] = get(group + OUT) | bitOf(object);
  }

  /** Written out: every object that dies by its count comes by here. */
  function noteDeath(object: number): void {
    const group = groups + ((object >>> 7) << 2);
    const bit = 1 << (object >>> 2);
    const low = words[group] as number;
    const high = words[group + 1] as number;
    if ((low & bit) !== 0) words[group] = low ^ bit;
    if ((high & bit) !== 0) words[group + 1] = high ^ bit;
    if (((words[object + 1] as number) & outMask) !== 0) clearBits(object, ~bit);
  }

  function clearBits(object: number, kept: number): void {
    const group = groupOf(object);
    for (let map = LOW; map <= CANDIDATE; map++) words[group + map] = get(group + map) & kept;
    words[found + (object >>> 7)] = get(found + (object >>> 7)) & kept;
  }

  function track(object: number, generation: number): void {
    const group = groupOf(object);
    const bit = bitOf(object);
    clearBits(object, ~bit);
    if ((generation & 1) !== 0) words[group + LOW] = get(group + LOW) | bit;
    if ((generation & 2) !== 0) words[group + HIGH] = get(group + HIGH) | bit;
    words[object + 1] = get(object + 1) & ~outMask;
    const tract = tracts + (object >>> SHIFT);
    words[tract] = (get(tract) & OWNER) | (1 << generation);
  }

  function untrack(object: number): void {
    clearBits(object, ~bitOf(object));
    const group = groupOf(object);
    words[group + OUT] = get(group + OUT) | bitOf(object);
    words[object + 1] = get(object + 1) | outMask;
  }

  function isTracked(object: number): boolean {
    const isCovered = mapOf(object >>> ARENA_SHIFT) !== 0;
    return isCovered && (get(groupOf(object) + OUT) & bitOf(object)) === 0;
  }

  function generationOf(object: number): number {
    if (!isTracked(object)) return NOT_TRACKED;
    const group = groupOf(object);
    const low = (get(group + LOW) & bitOf(object)) === 0 ? 0 : 1;
    const high = (get(group + HIGH) & bitOf(object)) === 0 ? 0 : 2;
    return low + high;
  }

  // ── All of a generation ───────────────────────────────────────────────────────────────────────

  /** Tracts with one of these bits, in address order, with the allocated map of their arena. */
  function eachTract(wanted: number, visit: (tract: number, map: number) => void): void {
    for (let arenaIndex = firstArenaIndex; arenaIndex < arenaCount; arenaIndex++) {
      const map = mapOf(arenaIndex);
      if (map === 0) continue;
      const end = (arenaIndex + 1) * TRACTS_PER_ARENA;
      for (let tract = arenaIndex * TRACTS_PER_ARENA; tract < end; tract++) {
        if (((words[tracts + tract] as number) & wanted) !== 0) visit(tract, map);
      }
    }
  }

  /** Bits of the tracked objects of a generation in one word of the maps. */
  function bitsOf(generation: number, mapWord: number, map: number): number {
    const group = groups + (mapWord << 2);
    const low = (generation & 1) !== 0 ? get(group + LOW) : ~get(group + LOW);
    const high = (generation & 2) !== 0 ? get(group + HIGH) : ~get(group + HIGH);
    return get(map + mapWord) & low & high & ~get(group + OUT) & ~get(found + mapWord);
  }

  /** Those that are being deallocated have left. */
  function walk(generation: number, visit: (object: number) => void): void {
    eachTract(1 << generation, (tract, map) => {
      const start = tract * TRACT_MAP_WORDS;
      for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
        eachObject(word, bitsOf(generation, word, map), (object) => {
          if (get(object) > 0) visit(object);
        });
      }
    });
  }

  function liveCount(generation: number): number {
    let count = 0;
    walk(generation, () => {
      count++;
    });
    return count;
  }

  function moveAll(from: number, to: number): void {
    eachTract(1 << from, (tract, map) => {
      const start = tract * TRACT_MAP_WORDS;
      for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
        setGeneration(word, bitsOf(from, word, map), to);
      }
      words[tracts + tract] = (get(tracts + tract) & OWNER & ~(1 << from)) | (1 << to);
    });
    words[lastTract] = NO_TRACT;
  }

  function setGeneration(mapWord: number, bits: number, generation: number): void {
    if (bits === 0) return;
    const group = groups + (mapWord << 2);
    const low = get(group + LOW);
    const high = get(group + HIGH);
    words[group + LOW] = (generation & 1) !== 0 ? low | bits : low & ~bits;
    words[group + HIGH] = (generation & 2) !== 0 ? high | bits : high & ~bits;
  }

  function clear(): void {
    for (let generation = 0; generation <= PERMANENT_GENERATION; generation++) {
      walk(generation, untrack);
    }
  }

  // ── A collection ──────────────────────────────────────────────────────────────────────────────

  function gather(generation: number): CandidateMap {
    const wanted = (2 << generation) - 1;
    let candidateCount = 0;
    tractCount = 0;
    eachTract(wanted, (tract, map) => {
      const count = gatherTract(tract * TRACT_MAP_WORDS, generation, map);
      candidateCount += count;
      if (count > 0) addTract(tract);
      else words[tracts + tract] = get(tracts + tract) & ~wanted;
    });
    words[lastTract] = NO_TRACT;
    special.length = 0;
    return candidatesNow(candidateCount, generation === OLDEST_GENERATION);
  }

  function addTract(tract: number): void {
    const entry = list + (tractCount << TRACT_ENTRY_SHIFT);
    words[entry] = tract;
    words[entry + 1] = 0;
    tractCount++;
  }

  function candidatesNow(candidateCount: number, isWhole: boolean): CandidateMap {
    const candidates = groups + CANDIDATE;
    return { candidates, found, tracts, list, tractCount, candidateCount, special, isWhole };
  }

  function gatherTract(start: number, generation: number, map: number): number {
    let count = 0;
    for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
      const allocated = words[map + word] as number;
      if (allocated === 0) continue;
      const group = groups + (word << 2);
      const low = words[group] as number;
      const high = words[group + 1] as number;
      const older = generation === 0 ? low | high : generation === 1 ? high : low & high;
      const bits = allocated & ~(older | (words[group + 2] as number));
      words[group + 3] = bits;
      if (bits !== 0) count += bitCount(bits);
    }
    return count;
  }

  /** Calls `visit` with each tract's first map word and its entry, if its summary has the bits. */
  function eachListed(summary: number, visit: (start: number, entry: number) => void): void {
    for (let index = 0; index < tractCount; index++) {
      const entry = list + (index << TRACT_ENTRY_SHIFT);
      if ((get(entry + 1) & summary) === summary) visit(get(entry) * TRACT_MAP_WORDS, entry);
    }
  }

  function promote(generation: number, emptied: number): number {
    let count = 0;
    eachListed(0, (start, entry) => {
      let promoted = 0;
      for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
        const candidates = words[groups + (word << 2) + CANDIDATE] as number;
        if (candidates === 0) continue;
        const reached = candidates & ~(words[found + word] as number);
        setGeneration(word, reached, generation);
        promoted += bitCount(reached);
      }
      const tract = tracts + get(entry);
      words[tract] = (get(tract) & ~emptied) | (promoted > 0 ? 1 << generation : 0);
      count += promoted;
    });
    return count;
  }

  function narrow(knowsSpecial: boolean): CandidateMap {
    eachListed(0, (start) => {
      for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
        words[groups + (word << 2) + CANDIDATE] = get(found + word);
      }
    });
    const map = candidatesNow(foundCount(), false);
    if (!knowsSpecial) special.length = 0;
    return knowsSpecial ? { ...map, special: undefined } : map;
  }

  function walkFound(visit: (object: number) => void): void {
    eachListed(TRACT_HAS_FOUND, (start) => {
      for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
        eachObject(word, get(found + word), (object) => {
          if (isFound(object) && get(object) > 0) visit(object);
        });
      }
    });
  }

  function walkSpecial(visit: (object: number) => void): void {
    for (const object of special) {
      if (isFound(object) && get(object) > 0) visit(object);
    }
  }

  function eachFoundTract(visit: (start: number, bits: number) => void): void {
    eachListed(TRACT_HAS_FOUND, (start) => visit(start << 7, found + start));
  }

  function forgetFound(): void {
    eachListed(TRACT_HAS_FOUND, (start) => {
      for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
        const kept = ~get(found + word);
        if (kept === -1) continue;
        const group = groups + (word << 2);
        for (let map = LOW; map <= CANDIDATE; map++) words[group + map] = get(group + map) & kept;
        words[found + word] = 0;
      }
    });
  }

  function isFound(object: number): boolean {
    return (get(found + (object >>> 7)) & bitOf(object)) !== 0;
  }

  function foundCount(): number {
    let count = 0;
    eachListed(TRACT_HAS_FOUND, (start) => {
      for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
        count += bitCount(get(found + word));
      }
    });
    return count;
  }

  function release(): void {
    eachListed(0, (start) => {
      for (let word = start; word < start + TRACT_MAP_WORDS; word++) {
        words[groups + (word << 2) + CANDIDATE] = 0;
      }
      words.fill(0, found + start, found + start + TRACT_MAP_WORDS);
    });
    tractCount = 0;
  }

  // ── Proof ─────────────────────────────────────────────────────────────────────────────────────

  function validate(walkHeap: Collector["walk"], isCollected: (object: number) => boolean): void {
    for (let index = firstArenaIndex; index < arenaCount; index++) validateArena(index);
    walkHeap((object) => {
      if (!isCollected(object)) {
        const problem = "it is tracked, and of a type that is not";
        expectSound(!isTracked(object), "object", object, problem);
        return;
      }
      const isCovered = mapOf(object >>> ARENA_SHIFT) !== 0;
      expectSound(isCovered, "object", object, "it is collected, and lies outside the maps");
      const isOut = (get(object + 1) & outMask) !== 0;
      const problem = "its header and the maps differ on whether it is tracked";
      expectSound(isOut !== isTracked(object), "object", object, problem);
      const generation = generationOf(object);
      if (generation === NOT_TRACKED || isFound(object)) return;
      const has = (get(tracts + (object >>> SHIFT)) & (1 << generation)) !== 0;
      expectSound(
        has,
        "object",
        object,
        () => `its tract does not say that it has generation ${generation}`,
      );
    });
  }

  function validateArena(arenaIndex: number): void {
    const map = mapOf(arenaIndex);
    if (map === 0) return;
    const start = arenaIndex * TRACTS_PER_ARENA * TRACT_MAP_WORDS;
    for (let word = start; word < start + TRACTS_PER_ARENA * TRACT_MAP_WORDS; word++) {
      const group = groups + (word << 2);
      const free = ~get(map + word);
      const bits = get(group + LOW) | get(group + HIGH) | get(group + OUT);
      expectSound(
        (bits & free) === 0,
        "generation maps",
        group,
        "a bit is set where no object begins",
      );
      const passing = get(group + CANDIDATE) | get(found + word);
      expectSound(tractCount > 0 || passing === 0, "generation maps", group, "candidates are left");
    }
  }

  return {
    noteBirth,
    noteUntrackedBirth,
    noteDeath,
    forget: (object) => clearBits(object, ~bitOf(object)),
    track,
    untrack,
    isTracked,
    generationOf,
    liveCount,
    walk,
    moveAll,
    clear,
    gather,
    promote,
    narrow,
    isFound,
    found,
    walkFound,
    walkSpecial,
    eachFoundTract,
    foundCount,
    forgetFound,
    release,
    validate,
  };
}
