// A program for a heap as JavaScript: the calls that it makes, as few as show what was found; and
// drawn, before the last call and after it.

import { type CallLog, callLines, fewestCalls } from "../calls/call-log.js";
import { reasonLines, reasonOf } from "../record.js";
import type { ArenaBook } from "./arena-book.js";
import type { HeardHeap } from "./heap-acts.js";
import { createHeapRecording, type RecordingHeapMaker } from "./heap-recorder.js";
import { type HeapMaker, type HeapMakerOptions, SOFT_LIMIT_BYTES } from "./heap-subject.js";

export interface HeapLog extends CallLog<HeardHeap, ArenaBook> {
  /** The heap is asked whether it is sound when it tells of its soft limit. */
  readonly isHeard: boolean;
}

/** What is done to the heap that a program asks for last. */
export function recordHeapCalls(
  maker: HeapMaker,
  isHeard: boolean,
  play: (maker: HeapMaker) => void,
): HeapLog {
  let recording: ReturnType<typeof createHeapRecording> | undefined;
  const recordingMaker: RecordingHeapMaker = {
    ...maker,
    acts: () => recording?.acts,
    make(options) {
      recording = createHeapRecording(hear(maker, options.onSoftLimit));
      return recording.heap;
    },
  };
  const reason = reasonOf(() => play(recordingMaker));
  const { calls = [], looks = () => [] } = recording?.recorder ?? {};
  return { calls, looks: looks(), reason, isHeard };
}

/** A heap that is made as the script makes it. */
export function makeHeard(maker: HeapMaker, { isHeard }: HeapLog): HeardHeap {
  const heard = hear(maker, () => {
    if (isHeard) heard.heap.validate();
  });
  return heard;
}

function hear(maker: HeapMaker, onSoftLimit: HeapMakerOptions["onSoftLimit"]): HeardHeap {
  let count = 0;
  const heap = maker.make({
    softLimitBytes: SOFT_LIMIT_BYTES,
    onSoftLimit() {
      onSoftLimit();
      count++;
    },
  });
  return { heap, reportCount: () => count };
}

/** The calls as lines: how the heap is made comes first, what was found last. */
export function printHeapCalls(maker: HeapMaker, log: HeapLog): string {
  const calls = fewestCalls(log, () => makeHeard(maker, log));
  return [
    maker.source ?? `// maker: the heap "${maker.name}"`,
    ...makingLines(log),
    ...callLines(calls, log),
    ...reasonLines(log.reason),
  ].join("\n");
}

function makingLines({ isHeard }: HeapLog): string[] {
  const made = (onSoftLimit: string): string =>
    `const heap = maker.make({ softLimitBytes: ${SOFT_LIMIT_BYTES}, ${onSoftLimit} });`;
  if (!isHeard) return [made("onSoftLimit() {}")];
  return [
    "let reportCount = 0;",
    "const onSoftLimit = () => {",
    "  heap.validate();",
    "  reportCount++;",
    "};",
    made("onSoftLimit"),
  ];
}
