// What is known of a heap that somebody looks at, wherever it came from.

import type { HeapImage } from "@ouro/interfaces";
import type { Snapshot } from "@ouro/monitor";
import type { HeapGraph } from "@ouro/trace";

export interface InspectedHeap {
  readonly file: string;
  readonly kind: "heap-graph" | "heap-image" | "mutator-program";
  readonly name: string;
  readonly image: HeapImage;
  readonly snapshot: Snapshot;
  /** The recording, where the heap is one. */
  readonly graph: HeapGraph | undefined;
  /** Of a recording, for each of its objects the first of its frame slots. */
  readonly frameStarts: Int32Array | undefined;
  /** Of an object of the snapshot, the number by which people know it. */
  numberOf(object: number): number;
  /** The other way; undefined for a number that no object has. */
  objectOf(number: number): number | undefined;
}
