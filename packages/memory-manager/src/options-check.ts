// What is refused of the options of a memory manager before anything is made of them: what is not
// known, what is not of the option's kind, and what would be lost without a word beside another.

import { checkOptions, describeValue, EVENTS, UsageError } from "@ouro/interfaces";

const where = "composeMemoryManager";

/** The strategy has an error of its own. */
const OPTIONS =
  "|strategy heap reservationBytes limitBytes name typeLimitCount handleLimitCount " +
  "frameSlotLimitCount checked collectEvery onHandleLeak observer memoryObserver tracemalloc " +
  "allocator";

/** Options of a heap of the manager's own. */
const OWN_HEAP_OPTIONS = ["reservationBytes", "limitBytes"] as const;

type Options = Readonly<Record<string, unknown>>;

/** Throws `UsageError` naming the first option that cannot be. O(options). */
export function checkManagerOptions(given: object | undefined): void {
  checkOptions(where, given, OPTIONS);
  const options = (given ?? {}) as Options;
  checkStrategy(options.strategy);
  checkHeap(options);
  checkChecked(options.checked);
  const { name, onHandleLeak, tracemalloc, allocator } = options;
  if (allocator !== undefined && typeof allocator !== "function") {
    refuse("allocator", allocator, "a function that makes an allocator of its heap and name");
  }
  if (name !== undefined && typeof name !== "string") refuse("name", name, "a text");
  if (onHandleLeak !== undefined && typeof onHandleLeak !== "function") {
    refuse("onHandleLeak", onHandleLeak, "a function");
  }
  for (const option of ["observer", "memoryObserver"]) {
    const observer = options[option];
    if (observer === undefined) continue;
    if (!isRecord(observer) || typeof observer.event !== "function") {
      refuse(option, observer, "an observer, which has a function event");
    }
    checkWants(option, observer.wants ?? []);
    const { isListening } = observer;
    if (isListening !== undefined && typeof isListening !== "function") {
      refuse(`${option}.isListening`, isListening, "a function, or leave it out");
    }
  }
  if (isChoice(tracemalloc)) return;
  if (!isRecord(tracemalloc)) refuse("tracemalloc", tracemalloc, "true, false or { sites }");
  checkOptions(`${where} (tracemalloc)`, tracemalloc, "|sites");
  const { sites } = tracemalloc;
  if (sites === undefined || (isRecord(sites) && typeof sites.current === "function")) return;
  refuse(
    "tracemalloc.sites",
    sites,
    "sites, as createAllocationSites of @ouro/allocator makes them",
  );
}

function checkStrategy(strategy: unknown): void {
  if (isRecord(strategy) && typeof strategy.create === "function") return;
  throw new UsageError({
    where,
    argument: typeof strategy === "string" ? `strategy ${JSON.stringify(strategy)}` : "strategy",
    problem: "is no strategy",
    remedy: "Pass one, as nullStrategy() makes it; createMemoryManager takes a preset's name",
  });
}

function checkHeap(options: Options): void {
  const { heap } = options;
  if (heap === undefined) return;
  if (!isRecord(heap) || typeof heap.registerBorrower !== "function") {
    refuse("heap", heap, "a private heap, as createPrivateHeap makes it");
  }
  for (const option of OWN_HEAP_OPTIONS) {
    if (options[option] === undefined) continue;
    throw new UsageError({
      where,
      argument: `option ${option}`,
      problem: "is of a heap of the manager's own, and option heap gives another",
      remedy: "Leave it out, and give it to createPrivateHeap",
    });
  }
}

function checkChecked(checked: unknown): void {
  if (isChoice(checked)) return;
  if (!isRecord(checked)) refuse("checked", checked, "true, false or { sites: true }");
  checkOptions(`${where} (checked)`, checked, "|sites");
  const { sites } = checked;
  if (typeof sites !== "boolean") refuse("checked.sites", sites, "true or false");
}

/** A name in place of a code would be an event that nobody ever tells of. */
function checkWants(option: string, wants: unknown): void {
  const wanted = "codes of events, as EVENT_OBJECT_RECLAIM of @ouro/interfaces";
  if (!Array.isArray(wants)) refuse(`${option}.wants`, wants, `a list of ${wanted}`);
  for (const code of wants) {
    if (!Number.isInteger(code) || EVENTS[code - 1] === undefined) {
      refuse(`${option}.wants`, code, wanted);
    }
  }
}

/** Whether an option that is on or off is so, or left out. */
function isChoice(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}

function isRecord(value: unknown): value is Options {
  return typeof value === "object" && value !== null;
}

function refuse(option: string, value: unknown, wanted: string): never {
  throw new UsageError({
    where,
    argument: `option ${option}`,
    problem: `is ${describeValue(value)}, which it cannot be`,
    remedy: `Give ${wanted}`,
  });
}
