// Program code is called with root slots: a frame of its own, whose slots count like any other, so
// that every count is what the slots say also while it runs. Whatever it throws, and frames that it
// forgets, end here.
//
//   root stack   … │ current frame │ slots of the call │ what the program enters … │
//                                  base                                            top

import type { ProgramErrorReporter, RootStack, Slot } from "@ouro/interfaces";
import { OutOfMemoryError } from "@ouro/interfaces";

const KEPT_ERRORS = 16;

export interface ProgramCodeOptions {
  words: Int32Array;
  roots: RootStack;
  /** Takes one reference away, and deallocates at zero. */
  release: (value: number) => void;
}

export interface ProgramCode {
  /**
   * Slots for a call, all none, for as long as `leave` is not called; 0 when the root stack is
   * full, which is reported.
   */
  enter(slotCount: number, source: Parameters<ProgramErrorReporter>[1]): number;
  /** Releases whatever is left in the slots, and in frames forgotten above them. */
  leave(base: number): void;
  /** Calls; what is thrown is reported. */
  run(code: () => void, source: Parameters<ProgramErrorReporter>[1]): void;
  setErrorReporter(reporter: ProgramErrorReporter): void;
  readonly errors: readonly unknown[];
  errorCount(): number;
  /** How many calls of program code are under way. */
  depth(): number;
}

export function createProgramCode(options: ProgramCodeOptions): ProgramCode {
  const { words, roots, release } = options;
  const { topWord } = roots;
  const errors: unknown[] = [];
  let errorCount = 0;
  let depth = 0;
  let reporter: ProgramErrorReporter = (error) => {
    if (errors.length < KEPT_ERRORS) errors.push(error);
  };

  function report(error: unknown, source: Parameters<ProgramErrorReporter>[1]): void {
    errorCount++;
    try {
      reporter(error, source);
    } catch {
      // There is nobody left to tell.
    }
  }

  function enter(slotCount: number, source: Parameters<ProgramErrorReporter>[1]): number {
    const base = words[topWord] as number;
    const top = base + slotCount;
    if (top > roots.end) {
      const usedBytes = (base - roots.framesStart) * 4;
      const where = `call of a ${source} (frameSlotLimitCount sets the room for frames)`;
      const limitBytes = (roots.end - roots.framesStart) * 4;
      const requestBytes = slotCount * 4;
      report(
        new OutOfMemoryError({ where, requestBytes, lentBytes: usedBytes, limitBytes }),
        source,
      );
      return 0;
    }
    // They are a few at most: a call of `fill` costs more.
    for (let slot = base; slot < top; slot++) words[slot] = 0;
    words[topWord] = top;
    return base;
  }

  function leave(base: number): void {
    for (let slot = base; slot < (words[topWord] as number); slot++) {
      const value = words[slot] as number;
      words[slot] = 0;
      release(value);
    }
    words[topWord] = base;
  }

  function run(code: () => void, source: Parameters<ProgramErrorReporter>[1]): void {
    depth++;
    try {
      code();
    } catch (error) {
      report(error, source);
    } finally {
      depth--;
    }
  }

  return {
    enter,
    leave,
    run,
    setErrorReporter(given) {
      reporter = given;
    },
    errors,
    errorCount: () => errorCount,
    depth: () => depth,
  };
}

/** A root slot by its number. */
export function slotOf(word: number): Slot {
  return word as Slot;
}
