// A small change of the sources, and the property that must fail on it.

export interface PlantedFault {
  readonly name: string;
  /** Source file under src/. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly on: "pool allocator" | "large block allocator" | "size router";
  readonly killedBy: string;
}
