// Words of a memory that count who looks at them: how much a detector works, without a clock. Who
// looks at more of them than there is reason to is stopped, so that a test sees an endless loop.

export interface Work {
  /** Words that were read or written one by one. */
  readonly accessCount: number;
  /** Words that were filled or copied by one call. */
  readonly filledCount: number;
  /** Which were read, in this order. */
  readonly reads: readonly number[];
}

export interface WatchedWords {
  readonly words: Int32Array;
  /** What was done since the last call. */
  take(): Work;
}

export function watchWords(words: Int32Array, accessLimit: number): WatchedWords {
  let [accessCount, filledCount] = [0, 0];
  let reads: number[] = [];

  function note(): void {
    accessCount++;
    if (accessCount > accessLimit) throw new Error(`more than ${accessLimit} words are looked at`);
  }

  function methodOf(name: string | symbol): unknown {
    const value = Reflect.get(words, name, words) as unknown;
    if (typeof value !== "function") return value;
    return (...given: number[]) => {
      // The last two say where a range begins and ends: of `fill` and of `copyWithin`.
      const [start, end] = given.slice(-2) as [number, number];
      filledCount += end - start;
      return value.apply(words, given) as unknown;
    };
  }

  const watched = new Proxy(words, {
    get(_, key) {
      const index = Number(String(key));
      if (Number.isNaN(index)) return methodOf(key);
      note();
      reads.push(index);
      return words[index];
    },
    set(_, key, value: number) {
      note();
      words[Number(String(key))] = value;
      return true;
    },
  });
  return {
    words: watched,
    take() {
      const taken = { accessCount, filledCount, reads };
      [accessCount, filledCount] = [0, 0];
      reads = [];
      return taken;
    },
  };
}
