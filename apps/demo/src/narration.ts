// Turns what parts tell while a program runs into sentences. Events come as numbers; objects are
// named when they are told of, since an object that ends is forgotten, or, where it has no name
// yet, at the end of the step that made it.
//
//   event ─► order of the article ─► sentence of the table ─► names and derived numbers ─► text

import {
  ARENA_SIZE_WORDS,
  EVENTS,
  type EventCode,
  GRANULE_SIZE_BYTES,
  GRANULE_SIZE_WORDS,
  type Observer,
  POOL_SIZE_WORDS,
} from "@ouro/interfaces";
import { type Level, NOTES, type NoteCode, sentenceFor } from "./explain-sentences.js";
import { type Entry, type Heard, inArticleOrder, watchRoots } from "./narration-order.js";
import type { Told } from "./told.js";

export interface Narration {
  readonly observer: Observer;
  /** Tells something that no part told: an event by its code, and its words. */
  note(code: EventCode, words: Readonly<Record<string, string>>, level?: Level): void;
  /** Tells what no event stands for: a sentence of NOTES, with its words. */
  say(code: NoteCode, words: Readonly<Record<string, string>>): void;
  /** The sentences since the last call, of at most this level. */
  take(level: Level): Told[];
}

/** What an event's number is when it is an object. */
const OBJECTS = new Set<string>([
  "object",
  "holder",
  "value",
  "fromObject",
  "toObject",
  "weakReference",
]);

/** `nameOf` names the object at a word index; undefined: it has no name (yet). */
export function createNarration(nameOf: (object: number) => string | undefined): Narration {
  let entries: Entry[] = [];
  const roots = watchRoots();

  function event(code: EventCode, a: number, b: number, c: number): void {
    const numbers = [a, b, c];
    const kinds: readonly string[] = (EVENTS[code - 1] as (typeof EVENTS)[number]).numbers;
    const names = kinds.map((kind, index) =>
      OBJECTS.has(kind) ? nameOf(numbers[index] as number) : undefined,
    );
    entries.push({ event: code, numbers, names });
  }

  function note(code: EventCode, words: Readonly<Record<string, string>>, least: Level = 1): void {
    const sentence = sentenceFor(code, 0, 0, 0);
    if (sentence === undefined) return;
    const text = fill(sentence.text, words);
    const level = Math.max(least, sentence.level) as Level;
    entries.push({ code: sentence.code, level, text });
  }

  function say(code: NoteCode, words: Readonly<Record<string, string>>): void {
    const { level, text } = NOTES[code];
    entries.push({ code, level, text: fill(text, words) });
  }

  function take(level: Level): Told[] {
    const taken = entries;
    entries = [];
    const busy = taken.filter((entry) => !roots.isIdle(entry));
    return inArticleOrder(busy).flatMap((entry) => {
      const told = "event" in entry ? toldOf(entry) : entry;
      return told === undefined || told.level > level ? [] : [told];
    });
  }

  function toldOf({ event: code, numbers, names, ...how }: Heard): Told | undefined {
    const [a = 0, b = 0, c = 0] = numbers;
    const sentence = sentenceFor(code, a, b, c, how.isAnswer);
    if (sentence === undefined) return undefined;
    const words = wordsOf(code, numbers, names, nameOf);
    const text = sentence.text.replace(/\{(\w+)\}/g, (_, name: string) => words.get(name) ?? "");
    return { code: sentence.code, level: how.isDetail ? 3 : sentence.level, text };
  }

  return { observer: { event }, note, say, take };
}

function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? "");
}

/** How an arena is called: its place in the heap's memory. */
export function arenaNumber(word: number): string {
  return String(Math.floor(word / ARENA_SIZE_WORDS));
}

function wordsOf(
  code: EventCode,
  numbers: readonly number[],
  names: readonly (string | undefined)[],
  nameOf: (object: number) => string | undefined,
): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  const kinds: readonly string[] = (EVENTS[code - 1] as (typeof EVENTS)[number]).numbers;
  for (const [index, kind] of kinds.entries()) {
    const number = numbers[index] as number;
    if (OBJECTS.has(kind)) words.set(kind, names[index] ?? nameOf(number) ?? "an object");
    else words.set(kind, String(number));
    if (kind === "sizeWords") words.set("sizeBytes", String(4 * number));
    if (kind === "arena") words.set(kind, arenaNumber(number));
    if (kind === "pool") words.set(kind, poolInArena(number));
    if (kind === "sizeClass") words.set("classBytes", String((number + 1) * GRANULE_SIZE_BYTES));
    if (kind === "block") placeBlock(words, number);
  }
  const [request = 0, sizeClass = 0] = numbers;
  const granules = kinds[0] === "requestBytes" ? sizeClass + 1 : 0;
  words.set("roundingBytes", String(granules * GRANULE_SIZE_BYTES - request));
  setBlockNumber(words, kinds, numbers);
  return words;
}

function placeBlock(words: Map<string, string>, block: number): void {
  words.set("arenaOf", arenaNumber(block));
  words.set("poolOf", poolInArena(block));
}

/** Which block of its pool it is. */
function setBlockNumber(
  words: Map<string, string>,
  kinds: readonly string[],
  numbers: readonly number[],
): void {
  const [at, classAt] = [kinds.indexOf("block"), kinds.indexOf("sizeClass")];
  if (at < 0 || classAt < 0) return;
  const blockWords = ((numbers[classAt] as number) + 1) * GRANULE_SIZE_WORDS;
  const inPool = (numbers[at] as number) % POOL_SIZE_WORDS;
  words.set("blockInPool", String(Math.floor(inPool / blockWords)));
}

function poolInArena(word: number): string {
  return String(Math.floor((word % ARENA_SIZE_WORDS) / POOL_SIZE_WORDS));
}
