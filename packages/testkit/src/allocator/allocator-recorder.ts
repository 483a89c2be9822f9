// An allocator and its heap, of which every call is written down, with blocks by name.
//
//   commands ─► model ─► recording allocator ─► allocator
//                 │            └─► const b1 = allocator.allocate(24);
//                 └─► what it does beside calls: fill(b1, 1); heap.words[b1 - 1] += 1;

import type { Allocator, PrivateHeap } from "@ouro/interfaces";
import { type CallRecorder, createCallRecorder } from "../calls/call-log.js";
import { type AllocatorActs, createActs } from "./allocator-acts.js";
import type { AllocatorSubject } from "./allocator-subject.js";
import { type BlockBook, type BookBlock, freeBlock, liveBlock, sweepBlocks } from "./block-book.js";

export interface RecordedSubject extends AllocatorSubject {
  readonly recording: AllocatorActs;
}

export function recorderOf(subject: AllocatorSubject): AllocatorActs | undefined {
  return (subject as Partial<RecordedSubject>).recording;
}

const GIVING = new Set(["allocate", "tryAllocate", "allocateZeroed", "reallocate"]);
const CALLS = new Set([...GIVING, "free", "trim", "beginSweep", "finishSweep"]);
const LOOKS = new Set(["usableSizeBytes", "owns", "statistics", "validate", "isSweeping"]);
const TAKING = new Set(["free", "reallocate", "usableSizeBytes", "owns"]);

/** The same call on another subject. */
function runOf(name: string, args: readonly number[]): (subject: AllocatorSubject) => unknown {
  type Calls = Readonly<Record<string, (...all: readonly number[]) => unknown>>;
  return ({ allocator }) => (allocator as unknown as Calls)[name]?.(...args);
}

/** Everything that is done to the subject is written down. */
export function createRecording(subject: AllocatorSubject): RecordedSubject {
  const recorder = createCallRecorder<AllocatorSubject, BlockBook>();
  const given = new Map<number, { -readonly [Key in keyof BookBlock]: BookBlock[Key] }>();
  let givenCount = 0;
  let isWalking = false;

  /** The youngest block in whose words it is. */
  function holderOf(value: number): BookBlock | undefined {
    const exact = given.get(value);
    if (exact !== undefined) return exact;
    return [...given.values()].findLast(({ block, requestBytes, usableBytes = requestBytes }) => {
      return value > block && value < block + usableBytes / 4;
    });
  }

  function nameOf(value: number): string {
    const holder = holderOf(value);
    if (holder === undefined) return String(value);
    return value === holder.block ? holder.name : `${holder.name} + ${value - holder.block}`;
  }

  function textOf(name: string, args: readonly number[]): string {
    const texts = args.map((value, index) =>
      TAKING.has(name) && index === 0 ? nameOf(value) : String(value),
    );
    return `allocator.${name}(${name === "beginSweep" ? "marks" : texts.join(", ")})`;
  }

  function give(block: number, requestBytes: number) {
    const name = `b${++givenCount}`;
    const made: BookBlock = {
      ...{ name, block, requestBytes, usableBytes: undefined, fill: undefined },
      ...{ isLive: true, isFreedAgain: false, changeBefore: 0 },
    };
    given.delete(block);
    given.set(block, made);
    return made;
  }

  /** What was written into a block that moves goes with it, as far as there is room. */
  function enterGiven(made: BookBlock, from: number | undefined) {
    return (book: BlockBook, answer: unknown): void => {
      const old = from === undefined ? undefined : liveBlock(book, from);
      if (from !== undefined) freeBlock(book, from);
      const most = made.requestBytes >> 2;
      const wordCount = Math.min(most, old?.fill?.wordCount ?? 0);
      const fill = old?.fill === undefined ? undefined : { ...old.fill, wordCount };
      book.blocks.push({ ...made, block: answer as number, fill });
    };
  }

  function call(name: string, args: readonly number[], make: () => number): number {
    const text = textOf(name, args);
    const [first] = args as [number];
    const run = runOf(name, args);
    const holder = TAKING.has(name) ? holderOf(first) : undefined;
    const about = holder === undefined ? [] : [holder.name];
    const enter = (book: BlockBook, _: unknown, { heap }: AllocatorSubject): void => {
      if (name === "free") freeBlock(book, first);
      if (name === "beginSweep") sweepBlocks(book, heap.words, first);
    };
    const line = name === "beginSweep" ? `console.log(${text});` : `${text};`;
    return recorder.call({ text: line, run, about, enter }, make, (answer) => {
      if (!GIVING.has(name)) return {};
      if (!(answer > 0)) return { role: "refused" };
      const made = give(answer, args.at(-1) ?? 0);
      return {
        text: `const ${made.name} = ${text};`,
        about: [...about, made.name],
        enter: enterGiven(made, name === "reallocate" ? first : undefined),
      };
    });
  }

  function look(name: string, args: readonly number[], make: () => unknown): unknown {
    const asked = textOf(name, args);
    const run = runOf(name, args);
    const block = name === "usableSizeBytes" ? `${nameOf(args[0] as number)}, ` : "";
    const text = name === "validate" ? `${asked};` : `console.log(${block}${asked});`;
    const answer = recorder.look("allocator", { text, run }, make);
    const known = given.get(args[0] as number);
    if (name === "usableSizeBytes" && known !== undefined) known.usableBytes = answer as number;
    return answer;
  }

  /** Up to where the property had seen enough. */
  function walk(target: Allocator, visit: Parameters<Allocator["walk"]>[0]): void {
    let visitCount = Number.POSITIVE_INFINITY;
    let thrown: { readonly error: unknown } | undefined;
    const collect = (allocator: Allocator, see: typeof visit) => {
      const found: [number, number][] = [];
      try {
        allocator.walk((block, usableBytes) => {
          if (found.length >= visitCount) throw new Error("seen enough");
          found.push([block, usableBytes]);
          see(block, usableBytes);
        });
      } catch (error) {
        thrown = { error };
      }
      return found;
    };
    isWalking = true;
    recorder.look(
      "allocator",
      {
        text: "allocator.walk((block, usableBytes) => console.log(block, usableBytes));",
        run: ({ allocator }) => collect(allocator, () => {}),
      },
      () => {
        const found = collect(target, visit);
        visitCount = found.length;
        return found;
      },
    );
    isWalking = false;
    if (thrown !== undefined) throw thrown.error;
  }

  const allocator = new Proxy(subject.allocator, {
    get(target, key) {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== "function" || typeof key !== "string") return value;
      const method = value.bind(target) as (...args: number[]) => number;
      if (key === "walk") return (visit: Parameters<Allocator["walk"]>[0]) => walk(target, visit);
      if (!CALLS.has(key) && !LOOKS.has(key)) return method;
      return (...args: number[]) => {
        const used = args.slice(0, key === "reallocate" ? 2 : 1);
        const make = () => method(...args);
        if (CALLS.has(key)) return call(key, used, make);
        return isWalking ? make() : look(key, used, make);
      };
    },
  }) as Allocator;

  return {
    ...subject,
    heap: recordedHeap(subject.heap, recorder),
    allocator,
    recording: createActs(recorder, subject, nameOf),
  };
}

/** Limits are set on the heap, and its books are looked at. */
function recordedHeap(
  heap: PrivateHeap,
  recorder: CallRecorder<AllocatorSubject, BlockBook>,
): PrivateHeap {
  return new Proxy(heap, {
    get(target, key) {
      const value = Reflect.get(target, key, target) as unknown;
      if (key === "setLimitBytes") {
        return (limitBytes: number) => {
          const run = (parts: AllocatorSubject) => parts.heap.setLimitBytes(limitBytes);
          const text = `heap.setLimitBytes(${limitBytes});`;
          recorder.call({ role: "limit", text, run }, () => target.setLimitBytes(limitBytes));
        };
      }
      if (key !== "statistics" && key !== "validate") return value;
      return () => {
        const run = (parts: AllocatorSubject): unknown => parts.heap[key]();
        const text = key === "validate" ? "heap.validate();" : "console.log(heap.statistics());";
        return recorder.look("heap", { text, run }, () => target[key]());
      };
    },
  }) as PrivateHeap;
}
