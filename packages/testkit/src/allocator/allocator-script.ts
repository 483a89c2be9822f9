// A program for an allocator as JavaScript: the calls that it makes, with blocks by name. They are
// written down as they are made, so the last line is where it broke.
//
//   commands ─► model ─► recording allocator ─► allocator
//                              └─► const b1 = allocator.allocate(24);

import type { Allocator } from "@ouro/interfaces";
import { createNotes } from "../notes.js";
import { reasonLines, reasonOf } from "../record.js";
import type { AllocatorMaker, AllocatorSubject } from "./allocator-subject.js";

const GIVING = new Set(["allocate", "tryAllocate", "allocateZeroed", "reallocate"]);
const RECORDED = new Set([...GIVING, "free", "trim", "beginSweep", "finishSweep"]);
/** Of longer scripts the beginning is left out: what broke is at the end. */
const LINE_LIMIT = 2000;

/** Plays a program for its calls; what it throws is not of interest here. */
export type AllocatorPlay = (maker: AllocatorMaker, notes: ReturnType<typeof createNotes>) => void;

/**
 * The calls as lines, for an allocator called `allocator` over a heap called `heap`: how they are
 * made comes first, what was found last.
 */
export function printAllocatorCalls(maker: AllocatorMaker, play: AllocatorPlay): string {
  const lines: string[] = [];
  let hasRecorder = false;
  const recording: AllocatorMaker = {
    ...maker,
    make() {
      const subject = maker.make();
      if (hasRecorder) return subject;
      hasRecorder = true;
      return recordCalls(subject, lines);
    },
  };
  const reason = reasonOf(() => play(recording, createNotes()));
  const left = lines.length - LINE_LIMIT;
  const shown = left <= 0 ? lines : [`// ${left} calls before these`, ...lines.slice(left)];
  return [sourceOf(maker), ...shown, ...reasonLines(reason)].join("\n");
}

function sourceOf({ name, source }: AllocatorMaker): string {
  const made = `// maker: the allocator "${name}"\nconst { heap, allocator } = maker.make();`;
  return source ?? made;
}

/** What is done beside calls of the allocator, as lines. */
export interface AllocatorLines {
  add(line: string): void;
  nameOf(block: number): string;
}

interface RecordedSubject extends AllocatorSubject {
  readonly script: AllocatorLines;
}

/** Where lines of a subject whose calls are written down go; undefined for any other. */
export function linesOf(subject: AllocatorSubject): AllocatorLines | undefined {
  return (subject as Partial<RecordedSubject>).script;
}

function recordCalls(subject: AllocatorSubject, lines: string[]): RecordedSubject {
  const names = new Map<number, string>();
  const sizes = new Map<number, number>();

  /** A block by its name, a place in one by name and distance. */
  function nameOf(value: number): string {
    const name = names.get(value);
    if (name !== undefined) return name;
    for (const [block, sizeBytes] of sizes) {
      const distance = value - block;
      if (distance > 0 && distance < sizeBytes / 4) return `${names.get(block)} + ${distance}`;
    }
    return String(value);
  }

  function call(name: string, args: readonly number[], made: () => number): number {
    const takesBlock = name === "free" || name === "reallocate";
    const texts = args
      .slice(0, name === "reallocate" ? 2 : 1)
      .map((value, index) => (takesBlock && index === 0 ? nameOf(value) : String(value)));
    if (name === "beginSweep") texts.splice(0, 1, "marks");
    const text = `allocator.${name}(${texts.join(", ")});`;
    const place = lines.push(text) - 1;
    const result = made();
    if (!GIVING.has(name) || !(result > 0)) return result;
    const block = `b${place + 1}`;
    lines[place] = `const ${block} = ${text}`;
    names.set(result, block);
    sizes.set(result, args.at(-1) ?? 0);
    return result;
  }

  const allocator = new Proxy(subject.allocator, {
    get(target, key) {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== "function") return value;
      const method = value.bind(target) as (...args: number[]) => number;
      if (typeof key !== "string" || !RECORDED.has(key)) return method;
      return (...args: number[]) => call(key, args, () => method(...args));
    },
  }) as Allocator;
  const heap = new Proxy(subject.heap, {
    get(target, key) {
      const value = Reflect.get(target, key, target) as unknown;
      if (key !== "setLimitBytes") return value;
      return (limitBytes: number) => {
        lines.push(`heap.setLimitBytes(${limitBytes});`);
        target.setLimitBytes(limitBytes);
      };
    },
  });
  return { ...subject, heap, allocator, script: { add: (line) => void lines.push(line), nameOf } };
}
