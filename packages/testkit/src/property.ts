// What suites consist of: properties, what a maker must have, and the options of a run.

import type fc from "fast-check";
import type { Form } from "./form.js";
import type { Notes } from "./notes.js";
import type { Drawing, Verdict } from "./report.js";
import type { ScopePart, ScopeProgress } from "./scope-part.js";

/** One fact about subjects that `Maker` makes. A program is data: JSON leaves it unchanged. */
export interface Property<Maker, Program = unknown> {
  /** A sentence whose subject is the thing under test. */
  readonly name: string;
  /** Where the property is from: a paper, a manual, another project's checker. */
  readonly source?: string;
  /** Why the subject does not promise it; undefined when it does. */
  whyNot(maker: Maker): string | undefined;
  /** Arbitrary programs; a property has these or `sweep`. */
  programs?(maker: Maker, options: SuiteOptions): fc.Arbitrary<Program>;
  /** Plays every program of a small scope, or a share of them; stops at the first that fails. */
  sweep?(maker: Maker, options: SuiteOptions): Sweep<Program>;
  /** Throws, with the reason as message, when the property does not hold. */
  check(program: Program, maker: Maker, notes: Notes): void;
  /** What a program in a file must look like to be played. Default: anything. */
  readonly form?: Form;
  commandCount(program: Program): number;
  /** A smaller program for which `fails` holds too, beyond what shrinking finds. */
  tightened?(program: Program, fails: (program: Program) => boolean): Program;
  /** What a person runs to see it again. */
  script(program: Program, maker: Maker): string;
  /** The subject's state before and after, for people. */
  drawing?(program: Program, maker: Maker): Drawing | undefined;
}

/** What became of a small scope. */
export interface Sweep<Program> {
  readonly programCount: number;
  readonly commandCount: number;
  /** About one program in so many was played; 1: all of them. */
  readonly stride: number;
  /** What the numbers are of, if it is not the whole scope. */
  readonly part?: ScopePart | undefined;
  readonly failure?: { readonly program: Program; readonly reason: string };
}

/**
 * Calls what a maker has and looks at what it answers. `call` is the call, for the error's message.
 */
export type TryOut = <Made>(call: string, make: () => Made, made: Form) => Made;

/** What a suite takes. */
export interface Entry<Maker> {
  /** What makers have, declarations among them; fields that are not known are refused. */
  readonly maker: Form;
  /** Makes one subject. */
  tryOut(maker: Maker, tryOut: TryOut): void;
}

export interface Suite<Maker> {
  /** Also in files of counterexamples. */
  readonly name: string;
  readonly properties: readonly Property<Maker>[];
  /** What it takes: anything else is refused before it runs. */
  readonly entry: Entry<Maker>;
  subjectName(maker: Maker): string;
  traitsOf(maker: Maker): object;
  /** What the notes of all programs say about the declared traits. */
  warnings(maker: Maker, notes: Notes): string[];
}

export interface SuiteOptions {
  /** Names of the properties to run. Default: all. */
  readonly properties?: readonly string[];
  /** Programs for each property. Default 100. */
  readonly programCount?: number;
  /** For these properties other numbers of programs; 0 switches one off. */
  readonly programCounts?: Readonly<Record<string, number>>;
  /** Default 1: the same programs each time. */
  readonly seed?: number;
  /** From a verdict, to go straight to its program. */
  readonly path?: string;
  /**
   * Of properties that enumerate a small scope, about one program in so many is played: 1 plays all
   * of them, which takes minutes to hours. By default some thousands are.
   */
  readonly scopeStride?: number;
  /** Of every small scope one part alone, so that the whole can be several runs. */
  readonly scopePart?: ScopePart;
  /** Told of a small scope's progress before each of its branches. */
  readonly onScopeProgress?: (progress: ScopeProgress) => void;
  /**
   * Each property of arbitrary programs ends after so long, with what it ran. Unit: milliseconds.
   * Default: never.
   */
  readonly timeLimitMilliseconds?: number;
  /** Whether a counterexample is made smaller. Default true. */
  readonly shrinks?: boolean;
  /** Most commands of one program; each suite has its own default. */
  readonly commandLimitCount?: number;
  /** Told of each verdict as soon as there is one: a run can take hours. */
  readonly onVerdict?: (verdict: Verdict) => void;
}
