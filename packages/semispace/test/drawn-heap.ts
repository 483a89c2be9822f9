// A small heap as a drawing of its arenas, and a collector in it that is told what to do in steps:
//
//   "..ssss..xx"    s: the space in use, x: somebody else's, . : free
//
//   "+3" an object that fills three arenas, "-" the oldest goes, "c" a collection, "t" a trim,
//   "?3" garbage of three arenas, by `tryAllocate`, which may refuse, "x5" somebody else takes
//   arena 5, "l9" the heap may lend nine arenas

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  isOuroError,
  LENGTH_WORD_OFFSET,
  type Slot,
} from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { semispaceStrategy } from "../src/index.js";

export interface DrawnOptions {
  readonly growthFactor?: number;
  readonly minimumArenas?: number;
  readonly backing?: "fixed" | "resizable";
}

const ROOT_COUNT = 16;

/** The drawing after each step; "!" behind it where memory was out. */
export function drawSteps(map: string, steps: string, options: DrawnOptions = {}): string[] {
  const { heap, other, arenaOf } = makeHeap(map, options.backing ?? "fixed");
  const { growthFactor = 2, minimumArenas = 0 } = options;
  const minimumBytes = minimumArenas * ARENA_SIZE_BYTES;
  const manager = composeMemoryManager({
    strategy: semispaceStrategy({ growthFactor, minimumBytes }),
    ...{ heap, handleLimitCount: 16, frameSlotLimitCount: 64 },
  });
  const { mutator, collector } = manager;
  const raw = manager.defineType({ name: "raw", variablePart: "raw" });
  const frame = mutator.enter(ROOT_COUNT);
  let [oldest, next] = [0, 0];
  const slot = (index: number): Slot => (frame + (index % ROOT_COUNT)) as Slot;
  const wordsFor = (arenaCount: number): number => arenaCount * ARENA_SIZE_WORDS;
  const actions: Readonly<Record<string, (count: number) => void>> = {
    "+": (count) => void mutator.allocateArray(raw, wordsFor(count) - 3, slot(next++)),
    "-": () => mutator.setRoot(slot(oldest++), 0),
    "?": (count) => {
      const object = collector.tryAllocate(raw, wordsFor(count));
      if (object !== 0) heap.words[object + LENGTH_WORD_OFFSET] = wordsFor(count) - 3;
    },
    c: () => void mutator.collect(),
    t: () => void manager.trim(),
    x: (index) => void heap.reserveArenasAt(other, arenaOf(index), 1),
    l: (count) => heap.setLimitBytes(count * ARENA_SIZE_BYTES),
  };
  const draw = (): string =>
    Array.from(map, (_, index) => {
      const holder = heap.words[heap.arenaTable + heap.firstArenaIndex + index];
      if (holder === 0) return ".";
      return holder === other ? "x" : "s";
    }).join("");
  const drawings = steps.split(" ").map((step) => {
    let end = "";
    try {
      actions[step.charAt(0)]?.(Number(step.slice(1) || 1));
    } catch (error) {
      if (!isOuroError(error, "out-of-memory")) throw error;
      end = "!";
    }
    return draw() + end;
  });
  manager.validate();
  return drawings;
}

/** What lies behind the drawing is somebody else's, too. */
function makeHeap(map: string, backing: "fixed" | "resizable") {
  const reservationBytes = (map.length + 2) * ARENA_SIZE_BYTES;
  const heap = createPrivateHeap({ backing, reservationBytes, regionBytes: 2 ** 20 });
  const other = heap.registerBorrower("other");
  const arenaOf = (index: number): Arena =>
    ((heap.firstArenaIndex + index) * ARENA_SIZE_WORDS) as Arena;
  for (let index = 0; index < heap.arenaCount - heap.firstArenaIndex; index++) {
    if (map[index] !== ".") heap.reserveArenasAt(other, arenaOf(index), 1);
  }
  return { heap, other, arenaOf };
}
