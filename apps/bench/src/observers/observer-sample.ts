// The process of one listener on one preset: one line of JSON, nanoseconds of CPU time an object.
// usage: observer-sample.js PRESET LISTENER DEPTH REPEATS

import { writeSync } from "node:fs";
import { EVENT_COLLECTION_END, EVENT_COLLECTION_START, type Observer } from "@ouro/interfaces";
import type { PresetName } from "@ouro/memory-manager";
import { createManagerPrograms } from "../programs/manager-programs.js";
import { treeObjectCount } from "../programs/program.js";

const WARM_COUNT = 2;

export interface ObserverSample {
  /** Least of the runs that count. */
  readonly cpuNs: number;
  readonly eventCount: number;
}

export function takeObserverSample(
  preset: PresetName,
  listener: string,
  depth: number,
  repeatCount: number,
): ObserverSample {
  let eventCount = 0;
  const event = (): void => {
    eventCount++;
  };
  const observers: Readonly<Record<string, Observer>> = {
    "wants-nothing": { wants: [], event },
    "wants-collections": { wants: [EVENT_COLLECTION_START, EVENT_COLLECTION_END], event },
    "wants-everything": { event },
  };
  const observer = observers[listener];
  const subject = createManagerPrograms(preset, observer === undefined ? {} : { observer });
  const wanted = treeObjectCount(depth);
  let cpuNs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < repeatCount; run++) {
    const before = process.cpuUsage();
    const counted = subject.trees(depth);
    const { user, system } = process.cpuUsage(before);
    if (counted !== wanted) throw new Error(`counted ${counted} objects, not ${wanted}`);
    if (run >= WARM_COUNT) cpuNs = Math.min(cpuNs, ((user + system) * 1000) / wanted);
  }
  return { cpuNs, eventCount };
}

const [preset, listener = "", depth, repeatCount] = process.argv.slice(2);
if (preset !== undefined && process.env.OURO_BENCH_SAMPLE === "1") {
  const numbers = [Number(depth), Number(repeatCount)] as const;
  const sample = takeObserverSample(preset as PresetName, listener, ...numbers);
  writeSync(1, `${JSON.stringify(sample)}\n`);
}
