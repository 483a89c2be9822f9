// Each factory, called as nobody means it: a misspelt option, a missing one, a number that cannot
// be. What is taken without a word is found out much later.

import { isOuroError } from "@ouro/interfaces";
import { expectPromise } from "@ouro/testkit";
import { newHeap, type Parts } from "./rigs.js";

export const ODD_OPTIONS = "refuses options that there are not, and those that cannot be meant";

export interface FactoryCall {
  readonly name: string;
  readonly make: (options: never) => unknown;
  /** Options that are right; the first one is required, but for an observer. */
  readonly options: Record<string, unknown>;
}

/** Each factory with options that are right. */
export function factoryCalls(parts: Parts): FactoryCall[] {
  const source = newHeap();
  const allocator = parts.createPoolAllocator({ source });
  const large = parts.createLargeBlockAllocator({ source });
  const counts = parts.createAllocationCounts();
  const lists = parts.CPYTHON_FREE_LISTS;
  const other = parts.createPoolAllocator({ source, name: "other" });
  const domains = { raw: allocator, mem: allocator, obj: allocator };
  const observed = { observer: undefined };
  const parted = { source, watched: allocator, other, large };
  const over = <Options>(make: (below: typeof allocator, options: Options) => unknown) => {
    return (options: Options) => make(allocator, options);
  };
  const call = (name: string, make: (options: never) => unknown, options: object): FactoryCall => ({
    ...{ name, make, options: options as Record<string, unknown> },
  });
  return [
    call("createPoolAllocator", parts.createPoolAllocator, { source, name: "a" }),
    call("createLargeBlockAllocator", parts.createLargeBlockAllocator, { source, name: "b" }),
    call("createBumpAllocator", parts.createBumpAllocator, { source }),
    call("createSizeRouter", parts.createSizeRouter, { source, small: allocator, large }),
    call("createPartedAllocator", parts.createPartedAllocator, parted),
    call("createFreeListAllocator", parts.createFreeListAllocator, { source, allocator, lists }),
    call("createCountingAllocator", over(parts.createCountingAllocator), { counts }),
    call("createAllocationCounts", parts.createAllocationCounts, {}),
    call("createAllocationSites", parts.createAllocationSites, {}),
    call("createCheckedAllocator", over(parts.createCheckedAllocator), { source }),
    call("createMalloc", parts.createMalloc, { memory: source, allocator }),
    call("createAllocatorDomains", parts.createAllocatorDomains, domains),
    call("observedAllocator", over(parts.observedAllocator), observed),
  ];
}

type OddNumber = readonly [factory: string, option: string, value: unknown];

/** Numbers that an option cannot be, by factory and option. */
export function oddNumbers(): OddNumber[] {
  const odd = (factory: string, option: string, values: unknown[]): OddNumber[] =>
    values.map((value) => [factory, option, value]);
  const noWords = [-1, 0.5, Number.NaN, 2 ** 31, "4"];
  const noBytes = [-1, 1.5, Number.NaN, "64k", 2 ** 31];
  return [
    ...odd("createPoolAllocator", "budgetWord", noWords),
    ...odd("createLargeBlockAllocator", "budgetWord", noWords),
    ...odd("createCheckedAllocator", "holdBytes", noBytes),
    ...odd("createCheckedAllocator", "fillLimitBytes", noBytes),
  ];
}

/** How a call was refused; undefined when it was taken. */
export function refusalOf({ make }: FactoryCall, options: object): string | undefined {
  try {
    make(options as never);
    return undefined;
  } catch (error) {
    if (isOuroError(error, "usage")) return error.message;
    return `no usage error: ${error}`;
  }
}

/** Throws at the first odd option that is taken. */
export function playOddOptions(parts: Parts): void {
  const calls = factoryCalls(parts);
  for (const call of calls) {
    const { name, options } = call;
    expectPromise(refusalOf(call, options) === undefined, `${name}: right options are refused`);
    const misspelt = refusalOf(call, { ...options, sorce: 1 });
    const isNamed = misspelt?.startsWith(`${name}: option sorce is not known`);
    expectPromise(isNamed === true, `${name} with an option sorce: ${misspelt}`);
    const [required] = Object.keys(options);
    if (required === undefined || required === "observer") continue;
    const missing = refusalOf(call, {});
    const isTold = missing?.startsWith(`${name}: option ${required} is missing`);
    expectPromise(isTold === true, `${name} without ${required}: ${missing}`);
  }
  for (const [name, option, value] of oddNumbers()) {
    const call = calls.find((each) => each.name === name) as FactoryCall;
    const odd = refusalOf(call, { ...call.options, name: "odd", [option]: value });
    expectPromise(odd?.includes(option) === true, `${name} with ${option} ${value}: ${odd}`);
  }
}
