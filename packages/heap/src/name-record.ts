// Names of borrowers and regions are kept in the memory as up to 32 ASCII bytes, four a word, so
// that a second thread finds them. Names are looked up when parts are made, never on a hot path.

import { UsageError, type WordIndex } from "@ouro/interfaces";
import { NAME_SIZE_WORDS, RECORD_SIZE_WORDS } from "./heap-layout.js";

const NAME_LIMIT_BYTES = NAME_SIZE_WORDS * 4;

export function checkName(name: string, where: string): void {
  if (isName(name)) return;
  throw new UsageError({
    where,
    argument: `the name ${JSON.stringify(name)}`,
    problem: `is not 1 to ${NAME_LIMIT_BYTES} printable ASCII characters`,
    remedy: 'Choose a short name such as "pools"',
  });
}

export function isName(name: unknown): boolean {
  return typeof name === "string" && /^[\x21-\x7e]{1,32}$/.test(name);
}

export function writeName(words: Int32Array, record: WordIndex, name: string): void {
  for (let wordIndex = 0; wordIndex < NAME_SIZE_WORDS; wordIndex++) {
    let word = 0;
    for (let byteIndex = 3; byteIndex >= 0; byteIndex--) {
      const code = name.charCodeAt(wordIndex * 4 + byteIndex);
      word = (word << 8) | (Number.isNaN(code) ? 0 : code);
    }
    words[record + wordIndex] = word;
  }
}

export function readName(words: Int32Array, record: WordIndex): string {
  let name = "";
  for (let index = 0; index < NAME_LIMIT_BYTES; index++) {
    const code = (words[record + (index >> 2)]! >>> ((index & 3) * 8)) & 0xff;
    if (code === 0) break;
    name += String.fromCharCode(code);
  }
  return name;
}

/** Whether the record holds a name as `writeName` writes it. */
export function holdsName(words: Int32Array, record: WordIndex): boolean {
  const name = readName(words, record);
  if (!isName(name)) return false;
  for (let index = name.length; index < NAME_LIMIT_BYTES; index++) {
    if (((words[record + (index >> 2)]! >>> ((index & 3) * 8)) & 0xff) !== 0) return false;
  }
  return true;
}

/** The index of the record with this name among `count` records, or `count`. O(count). */
export function findRecord(
  words: Int32Array,
  records: WordIndex,
  count: number,
  name: string,
): number {
  for (let index = 0; index < count; index++) {
    if (readName(words, records + index * RECORD_SIZE_WORDS) === name) return index;
  }
  return count;
}
