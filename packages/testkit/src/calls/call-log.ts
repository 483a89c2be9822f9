// Calls on a subject, written down as a property makes them: each as JavaScript, and so that it can
// be made again on another subject. Scripts print them, drawings make them again.
//
//   property ─► recording subject ─► subject       call      const b1 = allocator.allocate(24);
//                     │                            refused   try { allocator.free(0); } catch {}
//                     └─► call log ─► fewest calls contents  fill(b1, 1);
//                                     that show it look      console.log(allocator.statistics());
//
// A look is what the property asked last, behind its last call: where the promise broke.

import { createSearch, leaveOut } from "../fewer.js";
import { messageOf } from "../record.js";

/** What is none of "call" may well change nothing: a script is tried without it first. */
export type CallRole = "call" | "refused" | "contents" | "limit";

export interface Asked<Parts> {
  /** As JavaScript. */
  text: string;
  /** What it answered, or threw, as text. */
  outcome: string;
  run(parts: Parts): unknown;
}

export interface LoggedCall<Parts, Book> extends Asked<Parts> {
  role: CallRole;
  /** Absent for what was done beside calls. */
  readonly isCall?: boolean;
  /** What it is about, by the names in the book. */
  about?: readonly string[];
  /** Whether the looks mean nothing without it. */
  isKept?: boolean;
  /** Writes down what it was answered, for a drawing. */
  enter?(book: Book, answer: unknown, parts: Parts): void;
}

export interface CallLog<Parts, Book> {
  readonly calls: readonly LoggedCall<Parts, Book>[];
  readonly looks: readonly Asked<Parts>[];
  /** Undefined when nothing broke this time. */
  readonly reason: string | undefined;
}

const THREW = "threw ";

export const hasThrown = ({ outcome }: Pick<Asked<never>, "outcome">): boolean =>
  outcome.startsWith(THREW);

/** What a call answers or throws, as text. */
export function outcomeOf(call: () => unknown): string {
  try {
    return textOf(call());
  } catch (error) {
    return threwText(error);
  }
}

const threwText = (error: unknown): string => THREW + messageOf(error);

const textOf = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

export interface CallRecorder<Parts, Book> {
  readonly calls: LoggedCall<Parts, Book>[];
  looks(): readonly Asked<Parts>[];
  /** Makes a call and writes it down, before it is made; `named` says more once it is answered. */
  call<Answer>(
    call: Pick<LoggedCall<Parts, Book>, "text" | "run" | "about" | "enter"> & { role?: CallRole },
    make: () => Answer,
    named?: (answer: Answer) => Partial<LoggedCall<Parts, Book>>,
  ): Answer;
  /** Something done beside calls, which is done already. */
  done(
    call: Pick<LoggedCall<Parts, Book>, "text" | "run" | "enter"> & { role?: CallRole },
  ): LoggedCall<Parts, Book>;
  /** Makes a look and writes it down; of each target the last one is kept, or this one alone. */
  look<Answer>(
    target: string | undefined,
    look: Pick<Asked<Parts>, "text" | "run">,
    make: () => Answer,
  ): Answer;
}

export function createCallRecorder<Parts, Book>(): CallRecorder<Parts, Book> {
  const calls: LoggedCall<Parts, Book>[] = [];
  let looks = new Map<string, Asked<Parts>>();

  return {
    calls,
    looks: () => [...looks.values()],
    call(call, make, named) {
      looks = new Map();
      const logged: LoggedCall<Parts, Book> = {
        ...{ role: "call", isCall: true, outcome: "no answer" },
        ...call,
      };
      calls.push(logged);
      try {
        const answer = make();
        logged.outcome = textOf(answer);
        Object.assign(logged, named?.(answer));
        return answer;
      } catch (error) {
        logged.role = "refused";
        logged.outcome = threwText(error);
        throw error;
      }
    },
    done(call) {
      looks = new Map();
      const logged = { role: "call", outcome: textOf(undefined), ...call } as const;
      calls.push(logged);
      return logged;
    },
    look(target, look, make) {
      // A look that was refused, and after which the property went on, is not where it broke.
      for (const [name, before] of looks) if (hasThrown(before)) looks.delete(name);
      if (target === undefined) looks.clear();
      else looks.delete(target);
      const asked = { ...look, outcome: "no answer" };
      looks.set(target ?? "", asked);
      try {
        const answer = make();
        asked.outcome = textOf(answer);
        return answer;
      } catch (error) {
        asked.outcome = threwText(error);
        throw error;
      }
    },
  };
}

/** So many times calls are made again, to find those that can go. */
const REPLAY_LIMIT_COUNT = 300;

/**
 * The calls without contents, refused calls and limits, as far as a fresh subject answers all that
 * is left as it did before, and the looks behind it too. All of them if it answers otherwise each
 * time. O(calls), for each time that they are made again.
 */
export function fewestCalls<Parts, Book>(
  { calls, looks }: CallLog<Parts, Book>,
  make: () => Parts,
): readonly LoggedCall<Parts, Book>[] {
  const end = looks.length === 0 ? calls.at(-1) : undefined;
  const isNeeded = (call: LoggedCall<Parts, Book>): boolean =>
    call.role === "call" || call.isKept === true || call === end;
  const withOnly = (some: ReadonlySet<LoggedCall<Parts, Book>>) =>
    calls.filter((call) => isNeeded(call) || some.has(call));
  const { isSmaller } = createSearch<readonly LoggedCall<Parts, Book>[]>(
    (some) => isAnsweredAlike(withOnly(new Set(some)), looks, make),
    REPLAY_LIMIT_COUNT,
  );
  const others = calls.filter((call) => !isNeeded(call));
  return withOnly(new Set(isSmaller([]) ? [] : leaveOut(others, isSmaller)));
}

function isAnsweredAlike<Parts, Book>(
  calls: readonly LoggedCall<Parts, Book>[],
  looks: readonly Asked<Parts>[],
  make: () => Parts,
): boolean {
  const parts = make();
  return [...calls, ...looks].every(({ run, outcome }) => outcomeOf(() => run(parts)) === outcome);
}

/** The calls as lines, and what was looked at in the end. */
export function callLines<Parts, Book>(
  calls: readonly LoggedCall<Parts, Book>[],
  { looks, reason }: CallLog<Parts, Book>,
): string[] {
  const shown = reason === undefined ? [] : looks;
  // Whoever broke in the last call did not go on.
  const end = shown.length === 0 && reason !== undefined ? calls.at(-1) : undefined;
  return [
    ...calls.map((call) => {
      if (call === end) return endLine(call);
      return hasThrown(call) ? `try { ${call.text} } catch {}` : call.text;
    }),
    ...shown.map(({ text }) => text),
  ];
}

/** Where it broke, the answer is what broke. */
function endLine({ text, outcome }: Asked<never>): string {
  const isShown = outcome === "undefined" || hasThrown({ outcome }) || !/^\w+\.(?!log)/.test(text);
  return isShown ? text : `console.log(${text.replace(/;$/, "")});`;
}
