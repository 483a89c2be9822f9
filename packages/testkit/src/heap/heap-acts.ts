// What the model of a heap does beside calls, as a script has it: regions that it fills; words,
// tables and reports that it looks at.

import type { PrivateHeap, Region } from "@ouro/interfaces";
import type { CallRecorder, LoggedCall } from "../calls/call-log.js";
import type { ArenaBook } from "./arena-book.js";

/** A heap, and how often it told of its soft limit. */
export interface HeardHeap {
  readonly heap: PrivateHeap;
  readonly reportCount: () => number;
}

export type HeapRecorder = CallRecorder<HeardHeap, ArenaBook>;

type Extent = Pick<Region, "start" | "sizeWords">;

/** What the model tells of what it does beside calls. */
export interface HeapActs {
  /** The tables are kept, to be compared behind the call that comes. */
  remember(): void;
  /** This word is another than it was. */
  lookAtWord(word: number, before: number): void;
  lookAtTable(): void;
  lookAtReports(): void;
  /** What was answered for a region. */
  lookAtRegion(region: Region): void;
  /** Whether all its words are this one. */
  lookAtWords(region: Extent, fill: number): void;
  /** All its words were made this one. */
  fill(region: Extent, fill: number): void;
}

export function createHeapActs(
  recorder: HeapRecorder,
  subject: HeardHeap,
  nameOf: (start: number) => string,
): HeapActs {
  const fills = new Map<number, LoggedCall<HeardHeap, ArenaBook>>();
  let rememberedAt = 0;
  const look = (text: string, run: (made: HeardHeap) => unknown): void =>
    void recorder.look(undefined, { text: `console.log(${text});`, run }, () => run(subject));

  return {
    remember() {
      rememberedAt = recorder.calls.length;
    },
    lookAtWord(word, remembered) {
      let before = remembered;
      recorder.calls.splice(rememberedAt, 0, {
        ...{ role: "call", outcome: "undefined", isKept: true },
        text: `const before = heap.words[${word}];`,
        run({ heap }) {
          before = heap.words[word] as number;
        },
      });
      look(`before, heap.words[${word}]`, ({ heap }) => [before, heap.words[word]]);
    },
    lookAtTable() {
      const text = "heap.words.slice(heap.arenaTable, heap.arenaTable + heap.arenaCount).join()";
      look(text, ({ heap: { words, arenaTable, arenaCount } }) =>
        words.slice(arenaTable, arenaTable + arenaCount).join(),
      );
    },
    lookAtReports: () => look("reportCount", ({ reportCount }) => reportCount()),
    lookAtRegion: (region) => look(nameOf(region.start), () => region),
    lookAtWords({ start, sizeWords }, fill) {
      const name = nameOf(start);
      const words = `heap.words.subarray(${name}.start, ${name}.start + ${sizeWords})`;
      look(`${words}.every((word) => word === ${fill})`, ({ heap }) =>
        heap.words.subarray(start, start + sizeWords).every((word) => word === fill),
      );
      const filled = fills.get(fill);
      if (filled !== undefined) filled.isKept = true;
    },
    fill({ start, sizeWords }, fill) {
      const name = nameOf(start);
      const filled = recorder.done({
        role: "contents",
        text: `heap.words.fill(${fill}, ${name}.start, ${name}.start + ${sizeWords});`,
        run: ({ heap }) => void heap.words.fill(fill, start, start + sizeWords),
        enter(book) {
          const found = book.regions.findLast((region) => region.start === start);
          if (found !== undefined) found.fill = fill;
        },
      });
      fills.set(fill, filled);
    },
  };
}
