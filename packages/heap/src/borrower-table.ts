// Who borrows arenas. A borrower is a name and a number; the number stands in the arena table for
// each of its arenas. The same name opens the same borrower, in this thread or another.
//
//   record  │ name, 8 words │ lent arenas │ unused, 3 words │     borrower n has record n − 1

import { type Borrower, InvalidAddressError, UsageError } from "@ouro/interfaces";
import { checkAttached, type HeapContext } from "./heap-context.js";
import * as layout from "./heap-layout.js";
import { checkName, findRecord, readName, writeName } from "./name-record.js";

export interface BorrowerTable {
  register(name: string): Borrower;
  check(borrower: Borrower, where: string): void;
  addLent(borrower: Borrower, arenaCount: number): void;
  count(): number;
  nameOf(borrower: Borrower): string;
  lentArenaCount(borrower: Borrower): number;
}

export function createBorrowerTable({ words, base }: HeapContext): BorrowerTable {
  const records = base + layout.BORROWERS;
  const recordOf = (borrower: Borrower): number =>
    records + (borrower - 1) * layout.RECORD_SIZE_WORDS;
  const count = (): number => words[base + layout.BORROWER_COUNT]!;

  function register(name: string): Borrower {
    checkAttached(words, "registerBorrower");
    checkName(name, "registerBorrower");
    const index = findRecord(words, records, count(), name);
    if (index < count()) return index + 1;
    if (index === layout.BORROWER_LIMIT) {
      throw new UsageError({
        where: "registerBorrower",
        argument: `borrower "${name}"`,
        problem: `is one more than the ${layout.BORROWER_LIMIT} that a heap has room for`,
        remedy: "Make a second heap, or use a borrower again by its name",
      });
    }
    writeName(words, recordOf(index + 1), name);
    words[recordOf(index + 1) + layout.BORROWER_LENT_ARENAS] = 0;
    words[base + layout.BORROWER_COUNT] = index + 1;
    return index + 1;
  }

  function check(borrower: Borrower, where: string): void {
    checkAttached(words, where);
    if (Number.isInteger(borrower) && borrower >= 1 && borrower <= count()) return;
    throw new InvalidAddressError({
      where,
      address: borrower,
      expected: "a borrower's number from registerBorrower",
    });
  }

  return {
    register,
    check,
    count,
    addLent(borrower, arenaCount) {
      const word = recordOf(borrower) + layout.BORROWER_LENT_ARENAS;
      words[word] = words[word]! + arenaCount;
    },
    nameOf: (borrower) => readName(words, recordOf(borrower)),
    lentArenaCount: (borrower) => words[recordOf(borrower) + layout.BORROWER_LENT_ARENAS]!,
  };
}
