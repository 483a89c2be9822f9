// Where in a program something happened: for front ends that run programs with lines. A memory
// manager knows nothing of lines, so whoever runs the program tells where it is, and who listens
// asks; without it nothing is said of places.

export interface SourcePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of the function, or whatever encloses the line. */
  readonly functionName?: string;
}

/** "leak.py:14 in load" */
export function formatPlace({ file, line, functionName }: SourcePlace): string {
  return `${file}:${line}${functionName === undefined ? "" : ` in ${functionName}`}`;
}
