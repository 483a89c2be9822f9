// Stands in for vitest's `describe` and `it` while mutants are tried: test files register here what
// they declare, and one thread runs single tests of them over and over. Expectations are vitest's
// own, which need no runner.

export * from "vitest";

type Row = readonly unknown[] | unknown;
type Body = (...row: never[]) => void | Promise<void>;
type TestBody = (...row: never[]) => unknown;

export interface RegisteredTest {
  /** File and title, as in "packages/heap/test/x.test.ts#a heap gives back what it took". */
  readonly id: string;
  readonly title: string;
  readonly file: string;
  /** Throws what a failed expectation throws; answers "skipped" if the test skips itself. */
  run(): Promise<"passed" | "skipped">;
  /** What `run` does at its end, for one that was stopped. */
  cleanUp(): Promise<void>;
}

class Skipped extends Error {}

let file = "";
let titles: readonly string[] = [];
let tests: RegisteredTest[] = [];
let cleanUps: (() => unknown)[] = [];
const idCounts = new Map<string, number>();

/** Tests of the file that is imported next are registered under its name. */
export function beginFile(name: string): void {
  [file, titles, cleanUps] = [name, [], []];
}

/** All tests since the last call. */
export function takeTests(): RegisteredTest[] {
  const taken = tests;
  tests = [];
  idCounts.clear();
  return taken;
}

function uniqueId(title: string): string {
  const id = `${file}#${title}`;
  const count = (idCounts.get(id) ?? 0) + 1;
  idCounts.set(id, count);
  return count === 1 ? id : `${id} (${count})`;
}

function register(name: string, body: (context: object) => unknown): void {
  const title = [...titles, name].join(" ");
  const ownCleanUps = cleanUps;
  const context = {
    skip(why?: string): never {
      throw new Skipped(why);
    },
  };
  async function cleanUp(): Promise<void> {
    for (const each of ownCleanUps) await each();
  }
  async function run(): Promise<"passed" | "skipped"> {
    try {
      await body(context);
      return "passed";
    } catch (error) {
      if (error instanceof Skipped) return "skipped";
      throw error;
    } finally {
      await cleanUp();
    }
  }
  tests.push({ id: uniqueId(title), title, file, run, cleanUp });
}

function group(name: string, body: () => void): void {
  const outer = titles;
  const outerCleanUps = cleanUps;
  titles = [...outer, name];
  cleanUps = [...outerCleanUps];
  body();
  titles = outer;
  cleanUps = outerCleanUps;
}

/** `%s` and its kin take the row's values in turn, `$key` a property of its first. */
function titleOf(name: string, row: readonly unknown[], index: number): string {
  let next = 0;
  const withValues = name.replace(/%[sdifjop#%]/g, (mark) => {
    if (mark === "%%") return "%";
    return mark === "%#" ? String(index) : String(row[next++]);
  });
  const first = row[0] as Record<string, unknown> | undefined;
  return withValues.replace(/\$([a-zA-Z]\w*)/g, (mark, key: string) =>
    typeof first === "object" && first !== null && key in first ? String(first[key]) : mark,
  );
}

function eachOf(declare: (name: string, body: () => unknown) => void) {
  return (rows: readonly Row[]) =>
    (name: string, ...rest: unknown[]): void => {
      const body = rest.find((part) => typeof part === "function") as (
        ...row: unknown[]
      ) => unknown;
      rows.forEach((row, index) => {
        const values = Array.isArray(row) ? row : [row];
        declare(titleOf(name, values, index), () => body(...values));
      });
    };
}

function bodyOf(parts: readonly unknown[]): TestBody {
  return parts.find((part) => typeof part === "function") as TestBody;
}

type Declare = ((name: string, ...rest: unknown[]) => void) & {
  each: ReturnType<typeof eachOf>;
  runIf(condition: unknown): Declare;
  skipIf(condition: unknown): Declare;
};

function declared(declare: (name: string, body: (context?: object) => unknown) => void): Declare {
  const one = (name: string, ...rest: unknown[]): void =>
    declare(name, bodyOf(rest) as (context?: object) => unknown);
  const none = (): Declare => declared(() => {});
  return Object.assign(one, {
    each: eachOf(declare),
    runIf: (condition: unknown) => (condition ? declared(declare) : none()),
    skipIf: (condition: unknown) => (condition ? none() : declared(declare)),
  });
}

export const it = declared((name, body) => register(name, body));
export const test = it;
export const describe = declared((name, body) => group(name, body as () => void));
export const afterEach = (cleanUp: Body): void => void cleanUps.push(cleanUp as () => unknown);
