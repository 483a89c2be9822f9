// Calls made once more on a fresh subject, with pictures around the last one, and around the one
// after which something is wrong first, if that was before.

import { drawMemory, type TitledPicture } from "../memory/memory-drawing.js";
import type { MemoryPicture } from "../memory/memory-picture.js";
import { messageOf } from "../record.js";
import type { Drawing } from "../report.js";
import { type CallLog, fewestCalls, type LoggedCall } from "./call-log.js";

export interface Scene<Parts, Book> {
  make(): Parts;
  createBook(): Book;
  /** Whether a picture of it has something that must not be. */
  isWrong(book: Book, parts: Parts): boolean;
  pictureOf(book: Book, parts: Parts, about: readonly string[]): MemoryPicture;
}

/** Of longer scripts only the last call is drawn: whether it is wrong is asked after each call. */
const ASKED_LIMIT_COUNT = 500;

/**
 * The subject before and after the last call of the script; who throws is drawn up to there.
 * Undefined when nothing is called. O(calls), and what pictures cost.
 */
export function drawCalls<Parts, Book>(
  log: CallLog<Parts, Book>,
  scene: Scene<Parts, Book>,
): Drawing | undefined {
  const calls = fewestCalls(log, scene.make);
  const last = calls.findLast(({ isCall }) => isCall === true);
  if (last === undefined) return undefined;
  const guilty = calls.length > ASKED_LIMIT_COUNT ? last : (firstWrong(calls, scene) ?? last);
  const parts = scene.make();
  const book = scene.createBook();
  const pictures: TitledPicture[] = [];
  const look = (title: string, { about = [] }: LoggedCall<Parts, Book>): void =>
    void pictures.push({ title, picture: scene.pictureOf(book, parts, about) });
  let current = calls[0] as LoggedCall<Parts, Book>;
  let title = "";
  // What is done beside calls belongs to the call before it.
  const close = (): void => {
    if (current === guilty || current === last) look(title, current);
  };
  for (const call of calls) {
    if (call.isCall === true) {
      close();
      current = call;
      title = `after ${call.text}`;
      const name = call === last ? "the last call" : call.text;
      if (call === guilty) look(`before ${name}`, call);
    }
    const thrown = playCall(call, book, parts);
    if (thrown !== undefined) title = `then ${call.text} threw: ${thrown.replace(/\.$/, "")}`;
  }
  close();
  return drawMemory(pictures);
}

/** The call behind which something is wrong that was right before. */
function firstWrong<Parts, Book>(
  calls: readonly LoggedCall<Parts, Book>[],
  { make, createBook, isWrong }: Scene<Parts, Book>,
): LoggedCall<Parts, Book> | undefined {
  const parts = make();
  const book = createBook();
  let current: LoggedCall<Parts, Book> | undefined;
  for (const call of calls) {
    if (call.isCall === true) current = call;
    playCall(call, book, parts);
    if (isWrong(book, parts)) return current;
  }
  return undefined;
}

/** The message of what it throws. */
function playCall<Parts, Book>(
  call: LoggedCall<Parts, Book>,
  book: Book,
  parts: Parts,
): string | undefined {
  try {
    const answer = call.run(parts);
    call.enter?.(book, answer, parts);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
