// Worker of verify-apart.ts: plays a program on the allocator of a module, and answers what failed.

import { parentPort, workerData } from "node:worker_threads";
import type { Allocator } from "@ouro/interfaces";
import { type AllocatorMaker, allocatorSuite, createNotes } from "@ouro/testkit";
import type { Answer, Question } from "./verify-apart.js";

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
        const result = value.apply(target, values) as number | undefined;
        if (result !== undefined) answer({ line: `  → ${result}` });
        return result;
      };
    },
  });
}

const traced: AllocatorMaker = {
  ...allocator,
  make() {
    const subject = allocator.make();
    return { ...subject, allocator: told(subject.allocator) };
  },
};

parentPort?.on("message", ({ property, commands, isTraced }: Question) => {
  const found = allocatorSuite.properties.find(({ name }) => name === property);
  try {
    found?.check(commands, isTraced ? traced : allocator, createNotes());
    answer({ reason: undefined });
  } catch (error) {
    answer({ reason: error instanceof Error ? error.message : String(error) });
  }
});
answer({ line: "ready" });
