// Worker of verify-apart.ts: plays a program on the allocator of a module, and answers what failed.

import { parentPort, workerData } from "node:worker_threads";
import type { Allocator } from "@ouro/interfaces";
import { type AllocatorMaker, allocatorSuite, createNotes } from "@ouro/testkit";
import { type Answer, HANGS, type Question, REFUSED } from "./verify-apart.js";

const { module } = workerData as { module: string };
const { allocator } = (await import(new URL(module, import.meta.url).href)) as {
  allocator: AllocatorMaker;
};
const TOLD = ["allocate", "tryAllocate", "allocateZeroed", "reallocate", "free"];

const answer = (message: Answer): void => parentPort?.postMessage(message);

/** Tells each call before it is made. */
function told(target: Allocator): Allocator {
  return new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(target, key) as unknown;
      if (typeof value !== "function" || !TOLD.includes(String(key))) return value;
      return (...values: number[]) => {
        answer({ line: `${String(key)}(${values.join(", ")})` });
        try {
          const result = value.apply(target, values) as number | undefined;
          if (result !== undefined) answer({ line: `  → ${result}` });
          return result;
        } catch (error) {
          answer({ line: REFUSED });
          throw error;
        }
      };
    },
  });
}

/** Throws where it would not return. */
function stopping(target: Allocator, hangsAt: number): Allocator {
  let takenCount = 0;
  return new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(target, key) as unknown;
      if (typeof value !== "function" || !TOLD.includes(String(key))) return value;
      return (...values: number[]) => {
        if (takenCount + 1 === hangsAt) throw new Error(HANGS);
        const result: unknown = value.apply(target, values);
        takenCount++;
        return result;
      };
    },
  });
}

/** The allocator of which another one is made. */
function changed(change: (target: Allocator) => Allocator): AllocatorMaker {
  return {
    ...allocator,
    make() {
      const subject = allocator.make();
      return { ...subject, allocator: change(subject.allocator) };
    },
  };
}

parentPort?.on("message", ({ property, commands, task, hangsAt = 0 }: Question) => {
  const found = allocatorSuite.properties.find(({ name }) => name === property);
  if (task === "draw") {
    const maker = changed((target) => stopping(target, hangsAt));
    answer({ reason: undefined, drawing: found?.drawing?.(commands, maker)?.text });
    return;
  }
  try {
    found?.check(commands, task === "trace" ? changed(told) : allocator, createNotes());
    answer({ reason: undefined });
  } catch (error) {
    answer({ reason: error instanceof Error ? error.message : String(error) });
  }
});
answer({ line: "ready" });
