// Who runs the workloads of collectors: presets by name, as soon as there is one of that name,
// V8's own objects, CPython's.

import { PRESET_NAMES } from "@ouro/memory-manager";
import type { CollectionName } from "./collection.js";

export interface CollectionPeer {
  readonly name: string;
  readonly title: string;
  readonly host: "ouro" | "v8" | "cpython";
  readonly workloads: readonly CollectionName[];
  /** Slow peers run in so many rounds only. */
  readonly roundLimit?: number;
}

const ALL_BUT_YOUNG: readonly CollectionName[] = [
  "collect-order",
  "collect-shuffled",
  "collect-cycles",
  "collect-finalized",
  "collect-trees",
  "collect-bytes",
  "collect-pause",
  "collect-graphs",
];
const EVERYTHING: readonly CollectionName[] = [...ALL_BUT_YOUNG, "collect-young"];
/** No finalizers, no weak references. */
const BARE: readonly CollectionName[] = ALL_BUT_YOUNG.filter(
  (name) => name !== "collect-finalized",
);

const PRESETS: readonly { name: string; workloads: readonly CollectionName[] }[] = [
  { name: "cpython-3.13", workloads: EVERYTHING },
  { name: "cpython-3.13-fast", workloads: EVERYTHING },
  { name: "refcount-trial-deletion", workloads: EVERYTHING },
  { name: "refcount-whole-heap", workloads: ALL_BUT_YOUNG },
  { name: "mark-sweep", workloads: BARE },
];

export const COLLECTION_PEERS: readonly CollectionPeer[] = [
  ...PRESETS.filter(({ name }) => (PRESET_NAMES as readonly string[]).includes(name)).map(
    ({ name, workloads }): CollectionPeer => ({
      name,
      title: `**${name}**`,
      host: "ouro",
      workloads,
    }),
  ),
  {
    name: "v8",
    title: "V8 objects",
    host: "v8",
    workloads: ["collect-trees", "collect-bytes", "collect-pause"],
  },
  {
    name: "v8-yielding",
    title: "V8 objects, yielding after each step",
    host: "v8",
    workloads: ["collect-pause"],
  },
  {
    name: "cpython",
    title: "CPython",
    host: "cpython",
    workloads: EVERYTHING.filter((name) => name !== "collect-trees"),
  },
  {
    name: "cpython-tuples",
    title: "CPython, tuples",
    host: "cpython",
    workloads: ["collect-trees"],
  },
  {
    name: "cpython-slots",
    title: "CPython, `__slots__`",
    host: "cpython",
    workloads: ["collect-trees"],
    roundLimit: 1,
  },
];
