// The heap of a mutator program after some of its steps: it is run on a preset, and the objects
// that are there then are looked at, garbage that no collection has found included.
//
//   program ─► run N steps ─► save ─► snapshot: node #7, slot 2, list [3], dict key 1, root 5

import { UsageError } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import { createSnapshot, holderOf, type Snapshot, type SnapshotNames } from "@ouro/monitor";
import { objectsInImageOrder } from "@ouro/object-model";
import {
  behavesAsCPython,
  createProgramSubject,
  createReachSubject,
  type ManagedSubject,
  type MutatorProgram,
  runProgram,
  runReachProgram,
} from "@ouro/trace";
import type { InspectedHeap } from "./inspection.js";
import { presetNamed } from "./preset-choice.js";

/** Throws `UsageError` for a preset that is none. O(steps × live objects). */
export function heapOfProgram(
  file: string,
  whole: MutatorProgram,
  preset: string,
  stepCount = whole.steps.length,
): InspectedHeap {
  if (stepCount > whole.steps.length) refuseSteps(whole, stepCount);
  const program = { ...whole, steps: whole.steps.slice(0, stepCount) };
  const { manager, subject } = runSteps(program, preset);
  const image = manager.saveHeap();
  const ids = Int32Array.from(objectsInImageOrder(manager), (object) => subject.idOf(object));
  const snapshot = snapshotOfProgram(createSnapshot(image, namesOf(ids)));
  const objects = new Map(Array.from(ids, (id, object) => [id, object] as const));
  return {
    file,
    kind: "mutator-program",
    name: whole.name,
    image,
    snapshot,
    graph: undefined,
    frameStarts: undefined,
    numberOf: (object) => ids[object] as number,
    objectOf: (id) => objects.get(id),
  };
}

function refuseSteps({ name, steps }: MutatorProgram, stepCount: number): never {
  throw new UsageError({
    where: "ouro --step",
    argument: String(stepCount),
    problem: `is more than the program "${name}" has`,
    remedy: `Write a number from 0 to ${steps.length}.`,
  });
}

interface Ran {
  readonly manager: MemoryManager;
  readonly subject: ManagedSubject;
}

function runSteps(program: MutatorProgram, preset: string): Ran {
  const makeManager = presetNamed(preset);
  let manager = makeManager({ reservationBytes: 2 ** 26 });
  const isWhole = behavesAsCPython(manager);
  const make = (needs: Parameters<typeof makeManager>[0]): MemoryManager => {
    manager = makeManager(needs);
    return manager;
  };
  if (isWhole) {
    const subject = createProgramSubject(make, program);
    runProgram(subject, program, { differenceLimitCount: Number.POSITIVE_INFINITY });
    return { manager, subject };
  }
  const subject = createReachSubject(make, program);
  runReachProgram(subject, program);
  return { manager, subject };
}

function namesOf(ids: Int32Array): SnapshotNames {
  return {
    // A type of node says how many slots it has, and whether it has a finalizer.
    typeName: ({ name }) => name.split("-", 1)[0] as string,
    slotName: ({ variablePart }, slot) => (variablePart === "none" ? `slot ${slot}` : `[${slot}]`),
    rootName: (_kind, index) => `root ${index}`,
    label: (object) => `#${ids[object]}`,
  };
}

/** The value of a dict's key lies behind the key, which is an immediate. */
function snapshotOfProgram(snapshot: Snapshot): Snapshot {
  const { edgeStarts, edgeSlots, edgeName } = snapshot;
  return {
    ...snapshot,
    edgeName(edge) {
      const isDict = snapshot.typeNameOf(holderOf(edgeStarts, edge)).endsWith("dict");
      return isDict ? `pair ${(edgeSlots[edge] as number) >> 1}` : edgeName(edge);
    },
  };
}
