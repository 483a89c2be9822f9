// A heap of which every call is written down, with regions by name.

import { ARENA_SIZE_WORDS, type PrivateHeap, type Region } from "@ouro/interfaces";
import { createCallRecorder } from "../calls/call-log.js";
import { type ArenaBook, enterRegion, lendArenas, releaseArenas } from "./arena-book.js";
import { createHeapActs, type HeapActs, type HeapRecorder, type HeardHeap } from "./heap-acts.js";
import { BORROWER_NAMES } from "./heap-commands.js";
import type { HeapMaker } from "./heap-subject.js";

export interface RecordingHeapMaker extends HeapMaker {
  /** Of the heap that was made last. */
  readonly acts: () => HeapActs | undefined;
}

export function recorderOf(maker: HeapMaker): HeapActs | undefined {
  return (maker as Partial<RecordingHeapMaker>).acts?.();
}

type Enter = (book: ArenaBook, answer: unknown) => void;

const CALLS = new Set([
  "registerBorrower",
  "reserveArenas",
  "reserveArenasAt",
  "releaseArenas",
  "setLimitBytes",
  "reserveRegion",
]);

const LOOK_TEXTS: Readonly<Record<string, string>> = {
  statistics: "console.log(heap.statistics());",
  validate: "heap.validate();",
  walkArenas: "heap.walkArenas((arena, borrower) => console.log(arena, borrower));",
};

/** What a call means for the book. */
function entering(name: string, args: readonly unknown[]): Enter {
  const [borrower, second, third] = args as number[];
  const indexOf = (arena: unknown): number => (arena as number) / ARENA_SIZE_WORDS;
  switch (name) {
    case "reserveArenas":
      return (book, answer) => {
        if (answer !== 0) lendArenas(book, borrower as number, indexOf(answer), second as number);
      };
    case "reserveArenasAt":
      return (book, answer) => {
        if (answer === true) lendArenas(book, borrower as number, indexOf(second), third as number);
      };
    case "releaseArenas":
      return (book) => releaseArenas(book, borrower as number, indexOf(second), third as number);
    case "setLimitBytes":
      return (book) => {
        book.limitBytes = borrower as number;
      };
    default:
      return () => {};
  }
}

/** The arenas that a call is about, by number. */
function arenasOf(name: string, args: readonly unknown[], answer: unknown): string[] {
  const isRun = name === "reserveArenas";
  const isPlaced = name === "reserveArenasAt" || name === "releaseArenas";
  if (!isRun && !isPlaced) return [];
  const first = (isRun ? (answer as number) : (args[1] as number)) / ARENA_SIZE_WORDS;
  const count = (isRun ? args[1] : args[2]) as number;
  if (!(first > 0)) return [];
  return Array.from({ length: Math.min(count, 64) }, (_, index) => String(first + index));
}

export function createHeapRecording(subject: HeardHeap): {
  readonly heap: PrivateHeap;
  readonly recorder: HeapRecorder;
  readonly acts: HeapActs;
} {
  const recorder: HeapRecorder = createCallRecorder();
  /** The latest name for the region that begins there. */
  const regionNames = new Map<number, string>();
  let regionCount = 0;
  const target = subject.heap;

  function call(name: string, args: readonly unknown[], make: () => unknown): unknown {
    type Calls = Readonly<Record<string, (...all: readonly unknown[]) => unknown>>;
    const run = ({ heap }: HeardHeap) => (heap as unknown as Calls)[name]?.(...args);
    const text = `heap.${name}(${args.map((each) => JSON.stringify(each)).join(", ")});`;
    const about = arenasOf(name, args, 0);
    return recorder.call({ text, run, about, enter: entering(name, args) }, make, (answer) => {
      if (name !== "reserveRegion") return { about: arenasOf(name, args, answer) };
      const region = answer as Region;
      const made = `r${++regionCount}`;
      regionNames.set(region.start, made);
      const key = `${BORROWER_NAMES[(args[0] as number) - 1]}/${args[1]}`;
      return {
        text: `const ${made} = ${text}`,
        about: [made],
        enter(book: ArenaBook, found: unknown) {
          const { start, sizeWords } = found as Region;
          enterRegion(book, { name: made, key, start, sizeWords, fill: undefined });
        },
      };
    });
  }

  function look(name: keyof PrivateHeap, args: readonly unknown[]): unknown {
    const text = LOOK_TEXTS[name] as string;
    if (name !== "walkArenas") {
      const key = name as "statistics" | "validate";
      return recorder.look("heap", { text, run: ({ heap }) => heap[key]() }, () => target[key]());
    }
    const visit = args[0] as Parameters<PrivateHeap["walkArenas"]>[0];
    let thrown: { readonly error: unknown } | undefined;
    let visitCount = Number.POSITIVE_INFINITY;
    const walk = (heap: PrivateHeap, see: typeof visit) => {
      const found: unknown[] = [];
      try {
        heap.walkArenas((arena, borrower) => {
          if (found.length >= visitCount) throw new Error("seen enough");
          found.push([arena, borrower]);
          see(arena, borrower);
        });
      } catch (error) {
        thrown = { error };
      }
      return found;
    };
    const run = ({ heap }: HeardHeap) => walk(heap, () => {});
    // Up to where the property had seen enough.
    recorder.look("heap", { text, run }, () => {
      const found = walk(target, visit);
      visitCount = found.length;
      return found;
    });
    if (thrown !== undefined) throw thrown.error;
    return undefined;
  }

  const heap = new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== "function" || typeof key !== "string") return value;
      const method = value.bind(target) as (...args: unknown[]) => unknown;
      if (CALLS.has(key)) return (...args: unknown[]) => call(key, args, () => method(...args));
      if (!(key in LOOK_TEXTS)) return method;
      return (...args: unknown[]) => look(key as keyof PrivateHeap, args);
    },
  }) as PrivateHeap;

  const nameOf = (start: number): string => regionNames.get(start) ?? "region";
  return { heap, recorder, acts: createHeapActs(recorder, subject, nameOf) };
}
