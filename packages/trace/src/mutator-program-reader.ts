// Reads mutator programs as they arrive, a line at a time, and hands each on once it is proved to
// run on the machine. Errors name the line, the step, and the decoded byte where the line began.
//
//   gzip pieces ─► bytes ─► lines ─► JSON ─► fields ─► rules of the machine ─► program

import { InputFormatError, LimitReachedError } from "@ouro/interfaces";
import { strFromU8, strToU8 } from "fflate";
import { createGzipStream } from "./gzip-stream.js";
import type { MutatorProgram } from "./mutator-program.js";
import { checkMutatorProgram } from "./mutator-program-check.js";
import { parseMutatorProgram } from "./mutator-program-parse.js";
import { DEFAULT_PROGRAM_LIMITS, limitsWith, type ProgramLimits } from "./recording-limits.js";

const NEWLINE = 10;

/** A line of a program file is no program; the rest was not read. */
export class ProgramFormatError extends InputFormatError {
  /** From 1. */
  declare readonly lineNumber: number;

  constructor(facts: {
    source: string;
    lineNumber: number;
    offsetBytes: number;
    problem: string;
  }) {
    const { source, lineNumber, offsetBytes, problem } = facts;
    super({ source: `${source}, line ${lineNumber}`, offsetBytes, problem });
    Object.defineProperty(this, "lineNumber", { value: lineNumber, enumerable: true });
  }
}

/** What a reader of mutator programs can be told. */
export interface ProgramReadOptions {
  /** Names the file in messages. Default: "programs". */
  readonly sourceName?: string;
  readonly limits?: Partial<ProgramLimits>;
}

/** Takes a file of programs as it arrives, in pieces of any size. */
export interface ProgramReader {
  /**
   * Throws `ProgramFormatError` (an `InputFormatError`) with the line number, or
   * `LimitReachedError`; after that each call throws the same error.
   */
  push(compressed: Uint8Array): void;
  /** Says that the file is complete; answers how many programs it had. Throws as `push` does. */
  end(): number;
  /** Compressed bytes taken so far: what a progress bar needs. */
  takenBytes(): number;
}

/** Hands each program to `onProgram`. Throws `UsageError` for limits out of range. */
export function createProgramReader(
  onProgram: (program: MutatorProgram) => void,
  options: ProgramReadOptions = {},
): ProgramReader {
  const { sourceName = "programs" } = options;
  const limits = limitsWith(DEFAULT_PROGRAM_LIMITS, options.limits);
  const pieces: Uint8Array[] = [];
  let lineBytes = 0;
  let lineStart = 0;
  let programCount = 0;
  let failure: unknown;

  const fail = (problem: string): never => {
    throw new ProgramFormatError({
      source: sourceName,
      lineNumber: programCount + 1,
      offsetBytes: lineStart,
      problem,
    });
  };
  const exceed = (what: string, limit: number, actual: number): never => {
    const where = `${sourceName}, line ${programCount + 1}`;
    throw new LimitReachedError({ where, what, limit, actual });
  };

  function addPiece(piece: Uint8Array): void {
    lineBytes += piece.length;
    if (lineBytes > limits.lineBytes) {
      exceed("the length of a line in bytes", limits.lineBytes, lineBytes);
    }
    pieces.push(piece);
  }

  function takeLine(): void {
    const line = new Uint8Array(lineBytes);
    let at = 0;
    for (const piece of pieces.splice(0)) {
      line.set(piece, at);
      at += piece.length;
    }
    lineBytes = 0;
    if (programCount === limits.programCount) {
      exceed("the number of programs", limits.programCount, programCount + 1);
    }
    const text = strFromU8(line);
    const again = strToU8(text);
    if (again.length !== line.length || again.some((byte, index) => byte !== line[index])) {
      fail("the line is not UTF-8");
    }
    const program = parseMutatorProgram(text, fail);
    const { objectCount } = limits;
    checkMutatorProgram(program, objectCount, fail, (actual) =>
      exceed("the number of objects of a program", objectCount, actual),
    );
    onProgram(program);
    programCount++;
    lineStart += line.length + 1;
  }

  const gzip = createGzipStream({
    sourceName,
    limits,
    fail,
    onDecoded(bytes) {
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        addPiece(bytes.subarray(start, end));
        takeLine();
        start = end + 1;
      }
      addPiece(bytes.slice(start));
    },
  });

  /** Runs a step of the caller's; the first failure is the answer to every later call. */
  function guarded<Result>(step: () => Result): Result {
    if (failure !== undefined) throw failure;
    try {
      return step();
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  return {
    push: (compressed) => guarded(() => gzip.push(compressed)),
    end: () =>
      guarded(() => {
        gzip.end();
        if (lineBytes > 0) takeLine();
        return programCount;
      }),
    takenBytes: gzip.takenBytes,
  };
}

/** Reads all programs of a file in memory. Throws as `ProgramReader.push` does. O(file). */
export function decodePrograms(
  compressed: Uint8Array,
  options: ProgramReadOptions = {},
): MutatorProgram[] {
  const programs: MutatorProgram[] = [];
  const reader = createProgramReader((program) => programs.push(program), options);
  reader.push(compressed);
  reader.end();
  return programs;
}

/** Reads all programs from a stream of pieces. Throws as `ProgramReader.push` does. O(file). */
export async function readPrograms(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ProgramReadOptions = {},
): Promise<MutatorProgram[]> {
  const programs: MutatorProgram[] = [];
  const reader = createProgramReader((program) => programs.push(program), options);
  for await (const piece of pieces) reader.push(piece);
  reader.end();
  return programs;
}
