// A program for an allocator as JavaScript: the calls that it makes, with blocks by name, as few as
// show what was found; and drawn, before the last call and after it.
//
//   commands ─► model ─► recording allocator ─► call log ─► script
//                                                       └─► the same calls again ─► drawing

import { type CallLog, callLines, fewestCalls } from "../calls/call-log.js";
import { createNotes, type Notes } from "../notes.js";
import { reasonLines, reasonOf } from "../record.js";
import { SETTLE_LINE } from "./allocator-acts.js";
import { createRecording, type RecordedSubject } from "./allocator-recorder.js";
import type { AllocatorMaker, AllocatorSubject } from "./allocator-subject.js";
import type { BlockBook } from "./block-book.js";
import { PATTERN_LINES } from "./block-pattern.js";

/** Of longer scripts the beginning is left out: what broke is at the end. */
const LINE_LIMIT = 2000;

/** Plays a program for its calls; what it throws is not of interest here. */
export type AllocatorPlay = (maker: AllocatorMaker, notes: Notes) => void;

export type AllocatorLog = CallLog<AllocatorSubject, BlockBook>;

/** What is done to the first allocator that a program asks for. */
export function recordAllocatorCalls(maker: AllocatorMaker, play: AllocatorPlay): AllocatorLog {
  let recorded: RecordedSubject | undefined;
  const recording: AllocatorMaker = {
    ...maker,
    make() {
      const subject = maker.make();
      if (recorded !== undefined) return subject;
      recorded = createRecording(subject);
      return recorded;
    },
  };
  const reason = reasonOf(() => play(recording, createNotes()));
  const { calls = [], looks = () => [] } = recorded?.recording.recorder ?? {};
  return { calls, looks: looks(), reason };
}

/**
 * The calls as lines, for an allocator called `allocator` over a heap called `heap`: how they are
 * made comes first, what was found last.
 */
export function printAllocatorCalls(maker: AllocatorMaker, log: AllocatorLog): string {
  const lines = callLines(
    fewestCalls(log, () => maker.make()),
    log,
  );
  const left = lines.length - LINE_LIMIT;
  const cut = `// ${left} lines before these are left out: the program itself is whole`;
  const shown = left <= 0 ? lines : [cut, ...lines.slice(left)];
  const hasPattern = lines.some((line) => line.startsWith("fill(") || line.includes("changedAt("));
  const helpers = hasPattern ? PATTERN_LINES : [];
  const hasSettle = lines.some((line) => line.includes(SETTLE_LINE));
  return [sourceOf(maker, hasSettle), ...helpers, ...shown, ...reasonLines(log.reason)].join("\n");
}

const PARTS = "{ heap, allocator }";

function sourceOf({ name, source }: AllocatorMaker, hasSettle: boolean): string {
  const made = source ?? `// maker: the allocator "${name}"\nconst ${PARTS} = maker.make();`;
  return hasSettle ? made.replace(`const ${PARTS}`, "const { heap, allocator, settle }") : made;
}
