// A detector before a graph, and who writes down what is done to it.

import type { ReferenceList, TypeDescriptor } from "@ouro/interfaces";
import { letterOf } from "./detector-program.js";
import type { DetectorMaker, DetectorSubject } from "./detector-subject.js";

/** What a property looks at. */
export type DetectorCheck =
  | "sound"
  | "complete"
  | "list"
  | "unchanged"
  | "marks"
  | "again"
  | "refusal"
  | "order";

/** An object of the graph. */
export interface Node {
  readonly index: number;
  readonly type: TypeDescriptor;
  readonly slots: (Node | undefined)[];
  readonly isListed: boolean;
  /** References from roots, at first. */
  readonly outsideCount: number;
  address: number;
  count: number;
}

export interface Trial {
  readonly maker: DetectorMaker;
  readonly subject: DetectorSubject;
  readonly nodes: readonly Node[];
  /** Whom the question is about. */
  readonly listed: readonly Node[];
  readonly list: ReferenceList;
  readonly checks: ReadonlySet<DetectorCheck>;
  /** Told of what is done beside the first question. */
  readonly recorder: DetectorRecorder | undefined;
}

/** Written down as it is done: the last trial that a property opened. */
export interface DetectorRecorder {
  /** The detector is made with this observer, if one matters: an expression. */
  begin(trial: Trial, observer?: string): void;
  add(line: string): void;
  answer(answer: Answer): void;
}

/** What a question found, and what it should have found. */
export interface Answer {
  readonly call: string;
  readonly answered: readonly Node[];
  readonly expected: readonly Node[];
}

export interface RecordingDetectorMaker extends DetectorMaker {
  readonly recorder: DetectorRecorder;
}

export function recorderOf(maker: DetectorMaker): DetectorRecorder | undefined {
  return (maker as Partial<RecordingDetectorMaker>).recorder;
}

export const lettersOf = (nodes: readonly Node[]): string =>
  nodes.length === 0 ? "none" : nodes.map(({ index }) => letterOf(index)).join(" ");
