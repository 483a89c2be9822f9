// Counts how objects die on a memory manager: by counting, or in a collection of which generation.
// Listens to the manager's events; what moves or changes is of no interest here.
//
//   object-reclaim ──┬─ between collection-start and collection-end ──► that generation
//                    └─ elsewhere ──► counting, or a sweep that goes on between collections

import {
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type Observer,
} from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";

const WORD_SIZE_BYTES = 4;

/** Objects that went one way. */
export interface Freed {
  readonly objects: number;
  readonly bytes: number;
}

/** What collections of one generation did. */
export interface GenerationLife {
  readonly generation: number;
  readonly collections: number;
  readonly freed: Freed;
}

/** How the objects of a recording lived and died. Bytes are those of objects as placed. */
export interface LifeFigures {
  readonly made: Freed;
  readonly freedByCounting: Freed;
  readonly collected: readonly GenerationLife[];
  readonly alive: Freed;
}

export interface LifeTally {
  /** Hears what it needs and passes on what `other` wants. */
  observerBeside(other: Observer): Observer;
  /** Adds what is alive on a manager that is done with. */
  close(manager: MemoryManager): void;
  figures(): LifeFigures;
}

interface Count {
  objects: number;
  bytes: number;
}

const WANTED: readonly EventCode[] = [
  EVENT_OBJECT_RECLAIM,
  EVENT_COLLECTION_START,
  EVENT_COLLECTION_END,
];

/** Over any number of managers, one after the other; `isCounting` says how they reclaim. */
export function createLifeTally(isCounting: boolean): LifeTally {
  const freed: Count = { objects: 0, bytes: 0 };
  const alive: Count = { objects: 0, bytes: 0 };
  const generations: { collections: number; freed: Count }[] = [];
  let running = -1;

  function generationAt(index: number): { collections: number; freed: Count } {
    while (generations.length <= index) {
      generations.push({ collections: 0, freed: { objects: 0, bytes: 0 } });
    }
    return generations[index] as { collections: number; freed: Count };
  }

  function hear(code: EventCode, first: number, sizeWords: number): void {
    if (code === EVENT_COLLECTION_START) {
      running = first;
      generationAt(first).collections++;
    } else if (code === EVENT_COLLECTION_END) running = -1;
    else if (code === EVENT_OBJECT_RECLAIM) {
      const isByCount = isCounting && running < 0;
      const count = isByCount ? freed : generationAt(Math.max(running, 0)).freed;
      count.objects++;
      count.bytes += WORD_SIZE_BYTES * sizeWords;
    }
  }

  return {
    observerBeside(other) {
      const wants = [...new Set([...WANTED, ...(other.wants ?? [])])];
      return {
        ...(other.wants === undefined ? {} : { wants }),
        event(code, a, b, c) {
          hear(code, a, c);
          if (other.wants?.includes(code) ?? true) other.event(code, a, b, c);
        },
      };
    },
    close(manager) {
      const { liveCount, liveBytes } = manager.statistics();
      alive.objects += liveCount;
      alive.bytes += liveBytes;
      running = -1;
    },
    figures() {
      const made = { objects: alive.objects + freed.objects, bytes: alive.bytes + freed.bytes };
      for (const generation of generations) {
        made.objects += generation.freed.objects;
        made.bytes += generation.freed.bytes;
      }
      const collected = generations.map((row, generation) => ({
        generation,
        collections: row.collections,
        freed: { ...row.freed },
      }));
      return { made, freedByCounting: { ...freed }, collected, alive: { ...alive } };
    },
  };
}

/** The sum over several recordings. */
export function addLives(lives: readonly LifeFigures[]): LifeFigures {
  const add = (read: (life: LifeFigures) => Freed | undefined): Freed => {
    const parts = lives.map((life) => read(life) ?? { objects: 0, bytes: 0 });
    return {
      objects: parts.reduce((sum, { objects }) => sum + objects, 0),
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  };
  const generationCount = Math.max(0, ...lives.map(({ collected }) => collected.length));
  return {
    made: add(({ made }) => made),
    freedByCounting: add(({ freedByCounting }) => freedByCounting),
    collected: Array.from({ length: generationCount }, (_, generation) => ({
      generation,
      collections: lives.reduce(
        (sum, { collected }) => sum + (collected[generation]?.collections ?? 0),
        0,
      ),
      freed: add(({ collected }) => collected[generation]?.freed),
    })),
    alive: add(({ alive }) => alive),
  };
}
