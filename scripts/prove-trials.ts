// What `npm run prove` puts on trial: every composition of this repository, each with the suite
// that is for it.

import { createPrivateHeap } from "@ouro/heap";
import { createMemoryManager, PRESET_NAMES } from "@ouro/memory-manager";
import {
  allocatorSuite,
  detectorSuite,
  heapSuite,
  type ManagerMaker,
  memoryManagerSuite,
  type Report,
  reportOf,
  runSuite,
  type Suite,
  type SuiteOptions,
} from "@ouro/testkit";
import * as allocatorParts from "../packages/allocator/src/index.ts";
import { makeRigs } from "../packages/allocator/test/rigs.ts";
import { makeDetectors } from "../packages/cycle-detector/test/detectors.ts";

/** One composition and what is asked of it. */
export interface Trial {
  readonly name: string;
  readonly kind: "manager" | "allocator" | "detector" | "heap";
  run(options: SuiteOptions): Report;
  /**
   * Each property plays programs of its own, at a seed made of this one, the property and the name:
   * with one seed all of them play the same ones (docs/decisions/0013).
   */
  runApart(options: SuiteOptions & { readonly seed: number }): Report;
}

const RESERVATION_BYTES = 2 ** 26;
/** For a handful of objects; what goes over all arenas in each collection is short. */
export const SMALL_RESERVATION_BYTES = 2 ** 22;

function trial<Maker>(kind: Trial["kind"], name: string, suite: Suite<Maker>, maker: Maker): Trial {
  const run = (options: SuiteOptions): Report => runSuite(suite, maker, options);
  return {
    kind,
    name,
    run,
    runApart(options) {
      const verdicts = suite.properties.flatMap(({ name: property }) => {
        const seed = seedOf(options.seed, `${name}: ${property}`);
        return run({ ...options, properties: [property], seed }).verdicts;
      });
      return reportOf(suite, maker, { seed: options.seed, verdicts, warnings: [] });
    },
  };
}

/** Differs with the text, and stays what it is when properties are added: FNV-1a. */
function seedOf(seed: number, text: string): number {
  let hash = Math.imul(seed, 0x9e3779b1) ^ 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 1;
}

const MODES = [
  { mode: "fast", options: {} },
  { mode: "checked", options: { checked: true } },
] as const;

export function managerTrials(reservationBytes = RESERVATION_BYTES): Trial[] {
  return PRESET_NAMES.flatMap((preset) =>
    MODES.map(({ mode, options }) => {
      const name = `${preset}, ${mode}`;
      const make: ManagerMaker["make"] = ({ observer }) =>
        createMemoryManager(preset, { ...options, observer, reservationBytes });
      return trial("manager", name, memoryManagerSuite, { name, make });
    }),
  );
}

function heapTrials(): Trial[] {
  return (["fixed", "shared", "resizable"] as const).map((backing) =>
    trial("heap", `heap, ${backing}`, heapSuite, {
      name: `heap, ${backing}`,
      returnsMemory: backing === "resizable",
      make: (options) => createPrivateHeap({ ...options, backing, reservationBytes: 2 ** 23 }),
    }),
  );
}

export function allTrials(): Trial[] {
  return [
    ...managerTrials(),
    ...makeDetectors().map((maker) => trial("detector", maker.name, detectorSuite, maker)),
    ...makeRigs(allocatorParts).map((maker) =>
      trial("allocator", maker.name, allocatorSuite, maker),
    ),
    ...heapTrials(),
  ];
}
