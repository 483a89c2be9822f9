// The detector under test: a maker of fresh ones over memory of their own.

import type { Detector, Observer, PrivateHeap, TypeTable, WordIndex } from "@ouro/interfaces";
import { FLAG, type Form, FUNCTION, oneOf, parts, record, TEXT } from "../form.js";
import type { Entry } from "../property.js";
import { SCRIPT_SOURCE, type ScriptSource } from "../script-source.js";
import { DETECTOR, HEAP, TYPE_TABLE } from "../subject-forms.js";

export interface DetectorSubject {
  /** Two arenas of it are borrowed for objects and lists. */
  readonly heap: PrivateHeap;
  readonly types: TypeTable;
  readonly detector: Detector;
  /** Where the mark of object o is word `marks + (o >> 2)`, if the detector keeps marks so. */
  readonly marks?: WordIndex;
}

export interface DetectorMakeOptions {
  readonly observer?: Observer;
}

export interface DetectorMaker {
  readonly name: string;
  /**
   * JavaScript that ends in `const { heap, types, detector } = …`: scripts of counterexamples begin
   * with it. Default: a comment with the name, and a call of `make` of the suite's `maker`.
   */
  readonly source?: ScriptSource;
  /** Whether it finds all garbage of a list; else what it finds is garbage, and no more is said. */
  readonly complete: boolean;
  /** `cpython`: reached and found ones come in the order of CPython's `move_unreachable`. */
  readonly order: "any" | "cpython";
  /**
   * Whether it tells the observer that it is made with of what it does. Then that one may throw,
   * and may ask the detector in the middle of a question. Default: no.
   */
  readonly observed?: boolean;
  make(options?: DetectorMakeOptions): DetectorSubject;
}

type Forms = { readonly [Key in keyof Required<DetectorMaker>]: Form };

const REQUIRED = {
  name: TEXT,
  complete: FLAG,
  order: oneOf("any", "cpython"),
  make: FUNCTION,
} satisfies Partial<Forms>;
const OPTIONAL = { source: SCRIPT_SOURCE, observed: FLAG } satisfies Omit<
  Forms,
  keyof typeof REQUIRED
>;

export const detectorEntry: Entry<DetectorMaker> = {
  maker: record(REQUIRED, OPTIONAL),
  tryOut(maker, tryOut) {
    const subject = parts({ heap: HEAP, types: TYPE_TABLE, detector: DETECTOR });
    tryOut("make()", () => maker.make(), subject);
  },
};
