// Words of a memory that count who looks at them: how much a detector works, without a clock.

export interface WatchedWords {
  readonly words: Int32Array;
  /** Words that were read, written, filled or copied since the last call, and which were read. */
  take(): { accessCount: number; reads: readonly number[] };
}

export function watchWords(words: Int32Array): WatchedWords {
  let accessCount = 0;
  let reads: number[] = [];

  function methodOf(name: string | symbol): unknown {
    const value = Reflect.get(words, name, words) as unknown;
    if (typeof value !== "function") return value;
    return (...given: number[]) => {
      // The last two say where a range begins and ends: of `fill`, `copyWithin` and `subarray`.
      const [start, end] = given.slice(-2) as [number, number];
      accessCount += end - start;
      return value.apply(words, given) as unknown;
    };
  }

  const watched = new Proxy(words, {
    get(_, key) {
      const index = Number(String(key));
      if (Number.isNaN(index)) return methodOf(key);
      accessCount++;
      reads.push(index);
      return words[index];
    },
    set(_, key, value: number) {
      accessCount++;
      words[Number(String(key))] = value;
      return true;
    },
  });
  return {
    words: watched,
    take() {
      const taken = { accessCount, reads };
      accessCount = 0;
      reads = [];
      return taken;
    },
  };
}
