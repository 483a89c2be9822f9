// What the suites for memory managers and for collectors take: makers of fresh managers.

import type { Strategy, Traits } from "@ouro/interfaces";
import { type Form, FUNCTION, record, TEXT } from "./form.js";
import type { Entry } from "./property.js";
import { printSource, SCRIPT_SOURCE, type ScriptSource } from "./script-source.js";
import type { Subject, SubjectMaker, SubjectOptions } from "./subject.js";
import { MANAGER, STRATEGY } from "./subject-forms.js";

export interface ManagerMaker {
  /** Says how the manager is composed: it is printed, and stands in counterexamples. */
  readonly name: string;
  readonly make: SubjectMaker;
  /**
   * JavaScript that ends in `const manager = …`: scripts of counterexamples begin with it. Default:
   * a comment with the name, and a call of `make` of the `maker` that the suite was given.
   */
  readonly source?: ScriptSource;
}

/** What the suite for a collector alone takes. */
export interface CollectorMaker {
  /** Made anew for each program. */
  readonly strategy: () => Strategy;
  /** Composes a memory manager of it; its heap is small, 64 MiB or less. */
  readonly compose: (strategy: Strategy, options: SubjectOptions) => Subject;
  /** As that of a manager's maker. */
  readonly source?: ScriptSource;
}

/** As it stands in scripts. */
const UNOBSERVED_TEXT = "{ wants: [], event() {} }";

/** How `manager` is made, for the beginning of a script: with an observer, if one matters. */
export function sourceOf({ name, source }: ManagerMaker, observer?: string): string {
  if (source !== undefined) return printSource(source, observer);
  const made = `maker.make({ observer: ${observer ?? UNOBSERVED_TEXT} })`;
  return `// maker: the memory manager "${name}"\nconst manager = ${made};`;
}

/** The same where `maker` is that of a collector. */
export function collectorSource(name: string): ScriptSource {
  return (observer = UNOBSERVED_TEXT) => {
    const made = `maker.compose(maker.strategy(), { observer: ${observer} })`;
    return `// maker: the strategy "${name}" and how it is composed\nconst manager = ${made};`;
  };
}

const UNOBSERVED: SubjectOptions = { observer: { wants: [], event() {} } };

type Forms<Maker> = { readonly [Key in Exclude<keyof Maker, "source">]: Form };

const SOURCE = { source: SCRIPT_SOURCE };

export const managerEntry: Entry<ManagerMaker> = {
  maker: record({ name: TEXT, make: FUNCTION } satisfies Forms<ManagerMaker>, SOURCE),
  tryOut(maker, tryOut) {
    tryOut("make()", () => makeUnobserved(maker), MANAGER);
  },
};

export const collectorEntry: Entry<CollectorMaker> = {
  maker: record({ strategy: FUNCTION, compose: FUNCTION } satisfies Forms<CollectorMaker>, SOURCE),
  tryOut({ strategy, compose }, tryOut) {
    const made = tryOut("strategy()", strategy, STRATEGY);
    tryOut("compose()", () => compose(made, UNOBSERVED), MANAGER);
  },
};

/** A manager that tells nobody. */
export function makeUnobserved({ make }: ManagerMaker): Subject {
  return make(UNOBSERVED);
}

export function traitsOf(maker: ManagerMaker): Traits {
  return makeUnobserved(maker).collector.traits;
}

/** Whether garbage ever goes, by the traits. */
export function isReclaiming({ collectsAt, death }: Traits): boolean {
  return collectsAt.length > 0 || death !== "collection";
}
