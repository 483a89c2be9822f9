// A program for a heap as JavaScript: the calls that it makes, written down as they are made.

import type { PrivateHeap } from "@ouro/interfaces";
import { reasonLines, reasonOf } from "../record.js";
import type { HeapMaker } from "./heap-subject.js";

const RECORDED = new Set([
  "registerBorrower",
  "reserveArenas",
  "reserveArenasAt",
  "releaseArenas",
  "setLimitBytes",
  "reserveRegion",
]);

/** The calls as lines: how the heap is made comes first, what was found last. */
export function printHeapCalls(maker: HeapMaker, play: (maker: HeapMaker) => void): string {
  const lines: string[] = [];
  const recording: HeapMaker = {
    ...maker,
    make(options) {
      const heap = maker.make(options);
      const { softLimitBytes } = options;
      lines.push(
        `// maker: the heap "${maker.name}"`,
        `const heap = maker.make({ softLimitBytes: ${softLimitBytes}, onSoftLimit() {} });`,
      );
      return new Proxy(heap, {
        get(target, key) {
          const value = Reflect.get(target, key, target) as unknown;
          if (typeof value !== "function" || typeof key !== "string") return value;
          const method = value.bind(target) as (...args: unknown[]) => unknown;
          if (!RECORDED.has(key)) return method;
          return (...args: unknown[]) => {
            lines.push(`heap.${key}(${args.map((each) => JSON.stringify(each)).join(", ")});`);
            return method(...args);
          };
        },
      }) as PrivateHeap;
    },
  };
  const reason = reasonOf(() => play(recording));
  return [...lines, ...reasonLines(reason)].join("\n");
}
