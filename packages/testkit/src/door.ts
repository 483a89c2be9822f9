// The door of every suite: what is refused of makers and options before anything runs. A wrong
// maker would be told as a wrong subject, and a property whose name has a slip would not run at all
// and refute nothing.
//
//   options ─► known, and of their kinds ─┐
//   maker ───► has what the suite takes ──┼─► one subject is made, and looked at ─► the suite runs
//                                         └─► UsageError: suite, option, value, what to do

import { describeValue, isOuroError, UsageError } from "@ouro/interfaces";
import {
  dictionary,
  didYouMean,
  FLAG,
  type Flaw,
  type Form,
  FUNCTION,
  form,
  listOf,
  record,
  wholeNumber,
} from "./form.js";
import type { Suite, SuiteOptions } from "./property.js";

/** Throws `UsageError` naming the first thing that is wrong with a maker or with the options. */
export function enter<Maker>(suite: Suite<Maker>, maker: Maker, options: SuiteOptions): void {
  checkOptions(suite, options);
  checkMaker(suite, maker);
}

/**
 * Makes one subject. Throws `UsageError` unless the suite can take the maker, and what the maker
 * throws if it is a typed error of the house.
 */
export function checkMaker<Maker>(suite: Suite<Maker>, maker: Maker): void {
  checkDeclared(suite, maker);
  suite.entry.tryOut(maker, (call, make, made) => {
    const answer = called(suite, call, make);
    if (typeof (answer as { then?: unknown } | null | undefined)?.then === "function") {
      const remedy = "Await what it needs before, at the top of the module, and answer the thing";
      throw usage(suite, call, { at: "", problem: "answers a promise", remedy });
    }
    const flaw = made(answer);
    if (flaw !== undefined) throw usage(suite, `what ${call} answers`, flaw);
    return answer;
  });
}

/** What can be told of a maker without making anything of it. */
export function checkDeclared<Maker>(suite: Suite<Maker>, maker: Maker): void {
  const flaw = suite.entry.maker(maker);
  if (flaw !== undefined) throw usage(suite, "the maker", flaw);
}

export function checkOptions<Maker>(suite: Suite<Maker>, options: SuiteOptions): void {
  const flaw = optionsOf(suite.properties.map(({ name }) => name))(options);
  if (flaw === undefined) return;
  const { at, ...rest } = flaw;
  throw usage(suite, at === "" ? "the options" : `option ${at}`, { at: "", ...rest });
}

/** A subject that could be made, and is asked again; what it throws then is told as its own. */
export function asked<Maker, Answer>(
  suite: Pick<Suite<Maker>, "name">,
  about: string,
  ask: () => Answer,
): Answer {
  return called(suite, `the maker, asked about "${about}",`, ask);
}

function called<Answer>(suite: { name: string }, call: string, make: () => Answer): Answer {
  try {
    return make();
  } catch (error) {
    if (isOuroError(error)) throw error;
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const problem = `throws ${said.replace(/\.$/, "")}`;
    const remedy = "It is called again and again, and has to answer each time";
    throw Object.assign(usage(suite, call, { at: "", problem, remedy }), { cause: error });
  }
}

function usage({ name }: { name: string }, what: string, flaw: Flaw): UsageError {
  const { at, problem, remedy } = flaw;
  const argument = at === "" ? what : `${at} of ${what}`;
  return new UsageError({ where: `suite ${name}`, argument, problem, remedy });
}

const MOST = 2 ** 31 - 1;
const LARGEST = Number.MAX_SAFE_INTEGER;
/** Of small scopes it is empty. */
const PATH = form(
  "a path as a counterexample has it, such as 12:0:3",
  (value) => typeof value === "string" && /^(\d+(:\d+)*)?$/.test(value),
);
const MILLISECONDS = form(
  "a number of milliseconds above 0",
  (value) => typeof value === "number" && value > 0,
);
const PART = form("{ index, count }, the index below the count", (value) => {
  if (record({ index: wholeNumber(), count: wholeNumber(1) })(value) !== undefined) return false;
  const { index, count } = value as NonNullable<SuiteOptions["scopePart"]>;
  return index < count;
});

function optionsOf(names: readonly string[]): Form {
  const name = nameOf(names);
  const forms: Record<keyof SuiteOptions, Form> = {
    properties: listOf(name, 1),
    programCount: wholeNumber(0, MOST),
    programCounts: dictionary(name, wholeNumber(0, MOST)),
    seed: wholeNumber(-LARGEST, LARGEST),
    path: PATH,
    scopeStride: wholeNumber(1),
    scopePart: PART,
    onScopeProgress: FUNCTION,
    timeLimitMilliseconds: MILLISECONDS,
    shrinks: FLAG,
    commandLimitCount: wholeNumber(1, MOST),
    onVerdict: FUNCTION,
  };
  return record({}, forms);
}

/** Names are many and long: the near one is proposed, and where the others stand is said. */
function nameOf(names: readonly string[]): Form {
  const name = form("the name of a property of this suite", (value) =>
    names.includes(value as string),
  );
  return (value, at) => {
    const flaw = name(value, at);
    if (flaw === undefined) return undefined;
    const remedy = `${didYouMean(value, names)}${flaw.remedy}: its \`properties\` have them all`;
    return { ...flaw, problem: `is ${describeValue(value)}, which names none`, remedy };
  };
}
