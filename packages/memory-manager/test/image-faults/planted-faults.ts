// Faults of saving a heap and of restoring one, each a small change of the sources, and the
// property that kills it. A fault that no longer applies fails loudly: the sources moved on.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { HOST, ROOM, SAME_BYTES, SAME_HEAP, UNTRACKED } from "../heap-image-properties.js";

const [PLAIN, CPYTHON, FAST] = ["mark-sweep", "cpython-3.13", "cpython-3.13-fast"] as const;
const SAVE = { file: "object-model/src/heap-image.ts" } as const;
const RESTORE = { file: "object-model/src/heap-image-restore.ts" } as const;
const STATE = { file: "memory-manager/src/tracked-state.ts", on: CPYTHON } as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...SAVE,
    name: "owned-only slots are left out",
    on: PLAIN,
    find: "encode(words[slot] as number, slot);",
    replace: "encode(slot < layout.visitedEnd(object) ? (words[slot] as number) : 0, slot);",
    killedBy: SAME_HEAP,
  },
  {
    ...SAVE,
    name: "raw words are left out",
    on: PLAIN,
    find: "rawWords[rawWordCount++] = words[word] as number;",
    replace: "rawWords[rawWordCount++] = 0;",
    killedBy: SAME_HEAP,
  },
  {
    ...RESTORE,
    name: "handles come back at other places",
    on: PLAIN,
    find: "(roots.start + (handles[index] as number)) as Slot;",
    replace: "(roots.start + (handles[index] as number) + 1) as Slot;",
    killedBy: SAME_BYTES,
  },
  {
    ...SAVE,
    name: "an image says where weak references lay",
    on: CPYTHON,
    find: "isWeakReference(object) ? slotsEnd + WEAK_PLACE_COUNT : slotsEnd;",
    replace: "slotsEnd;",
    killedBy: SAME_BYTES,
  },
  {
    ...SAVE,
    name: "what weak references refer to is left out",
    on: CPYTHON,
    find: "encode(finalization?.targetOf(weak as Reference) ?? 0, weak)",
    replace: "encode(finalization === undefined ? 1 : 0, weak)",
    killedBy: SAME_HEAP,
  },
  {
    ...RESTORE,
    name: "weak references come back empty",
    on: FAST,
    find: "  restoreWeakReferences(parts, image, objects);\n",
    replace: "",
    killedBy: SAME_BYTES,
  },
  {
    ...RESTORE,
    name: "lists come back the other way round",
    on: CPYTHON,
    find: "for (const index of trackedOrder) {",
    replace: "for (const index of trackedOrder.toReversed()) {",
    killedBy: SAME_BYTES,
  },
  {
    ...SAVE,
    name: "an order of addresses is saved as one of lists",
    on: FAST,
    find: 'if (traits.collectionOrder === "any") return',
    replace: 'if (traits.collectionOrder === "age") return',
    killedBy: SAME_BYTES,
  },
  {
    ...STATE,
    name: "all that is tracked comes back young",
    find: "sets.track(object, isPermanent ? generation : Math.min(generation, oldestGeneration));",
    replace: "sets.track(object, isPermanent ? generation : 0);",
    killedBy: SAME_BYTES,
  },
  {
    ...STATE,
    name: "it is forgotten who was finalized",
    find: "| watch | finalized;",
    replace: "| watch;",
    killedBy: SAME_HEAP,
  },
  {
    ...STATE,
    name: "nobody says that an object is untracked",
    find: "isCollected(object) ? IMAGE_UNTRACKED : 0;",
    replace: "isCollected(object) ? 0 : 0;",
    killedBy: UNTRACKED,
  },
  {
    ...RESTORE,
    name: "types are defined until there is no more room",
    on: PLAIN,
    find: "if (wanted.length > limitCount) {",
    replace: "if (wanted.length > limitCount * 1e9) {",
    killedBy: ROOM,
  },
  {
    name: "an image may have more types than a header can name",
    on: PLAIN,
    file: "object-model/src/heap-image-check.ts",
    find: "if (types.length > TYPE_LIMIT_COUNT) {",
    replace: "if (types.length > 2 * TYPE_LIMIT_COUNT) {",
    killedBy: ROOM,
  },
  {
    name: "the number of a callback that is not there is given to another",
    on: CPYTHON,
    file: "finalization/src/finalization.ts",
    find: "if (callback < 0) words[reference + CALLBACK] = weak.missHostCallback(callback);",
    replace: "if (callback > 0) words[reference + CALLBACK] = 0;",
    killedBy: HOST,
  },
];
