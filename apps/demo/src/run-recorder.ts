// What the options of `ouro replay` ask to be written down while programs and graphs live on memory
// managers: the log of collections on standard error, and files for the tools that people have. It
// hears one manager after the other; without such an option there is no recorder, and the managers
// emit nothing for it.
//
//   manager ──events──► recorder ─┬─► collection log       --gc-log STYLE   standard error
//                                 ├─► collection track     --trace-events   Perfetto, speedscope
//                                 ├─► allocation sites     --speedscope, --pprof
//                                 └─► monitor              --prometheus

import { gzipSync } from "node:zlib";
import { type Observer, type TypeId, UsageError } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import {
  type AllocationSite,
  type CollectionLog,
  combineObservers,
  createAllocationSites,
  createCollectionLog,
  createCollectionTrack,
  createMonitor,
  createSnapshot,
  encodePprof,
  prometheusOf,
  type SourcePlace,
  speedscopeOf,
  traceEventsOf,
} from "@ouro/monitor";
import type { CommandLine } from "./arguments.js";
import { presetNamed } from "./preset-choice.js";
import type { Terminal } from "./terminal.js";

export interface RunRecorder {
  /** Hears what it needs; for what tells of memory alone. */
  readonly observer: Observer;
  /** For a manager that is about to be composed: hears what it needs, and passes the rest on. */
  observerBeside(other: Observer): Observer;
  /** The manager is there, with what it holds already. */
  begin(name: string, manager: MemoryManager): void;
  /** The program's next operation, and where in its file it stands. */
  enter(site: AllocationSite): void;
  endOperation(): void;
  end(): void;
  /** Writes all that was asked for. */
  write(): Promise<void>;
}

export type Outputs = Pick<
  CommandLine,
  | "preset"
  | "gcLogStyle"
  | "traceEventsPath"
  | "speedscopePath"
  | "pprofPath"
  | "prometheusPath"
  | "isTimed"
>;

/** Undefined where nothing is to be written down. */
export function createRunRecorder(line: Outputs, terminal: Terminal): RunRecorder | undefined {
  const { traceEventsPath, speedscopePath, pprofPath, prometheusPath, preset } = line;
  const wantsSites = speedscopePath !== undefined || pprofPath !== undefined;
  let typeNameOf = (type: number): string => `type ${type}`;
  let place: SourcePlace | undefined;
  const clock = line.isTimed ? { clock: { now: terminal.nowMs } } : {};
  const log = makeLog(line, terminal, () => place);
  const track = traceEventsPath === undefined ? undefined : createCollectionTrack();
  const sites = wantsSites
    ? createAllocationSites({ typeName: (type) => typeNameOf(type) })
    : undefined;
  const monitor = prometheusPath === undefined ? undefined : createMonitor(clock);
  const listeners = [log, track, sites, monitor].flatMap((each) => each?.observer ?? []);
  if (listeners.length === 0) return undefined;
  let isInStep = false;

  async function put(path: string, what: string, content: string | Uint8Array): Promise<void> {
    await terminal.writeFile(path, [content]);
    terminal.stderr.write(`ouro: wrote ${path}, ${what}.\n`);
  }

  return {
    observer: combineObservers(listeners),
    observerBeside: (other) => combineObservers([...listeners, other]),
    begin(name, manager) {
      typeNameOf = (type) => manager.types.descriptor(type as TypeId).name;
      place = undefined;
      const { liveCount } = manager.statistics();
      const liveBytes = liveCount === 0 ? 0 : objectBytes(manager);
      sites?.forgetLive();
      sites?.enter({ name });
      track?.begin(name, liveCount, liveBytes);
      monitor?.beginManager(liveCount, liveBytes);
      if (line.gcLogStyle === "cpython") log?.attach(manager.collector.generations);
    },
    enter(site) {
      isInStep = true;
      place = site.place;
      sites?.enter(site);
    },
    endOperation() {
      if (isInStep) sites?.leave();
      isInStep = false;
      track?.endOperation();
      monitor?.endOperation();
    },
    end() {
      if (isInStep) sites?.leave();
      isInStep = false;
      sites?.leave();
      track?.end();
    },
    async write() {
      const profile = sites?.profile(preset);
      if (traceEventsPath !== undefined && track !== undefined) {
        await put(
          traceEventsPath,
          "for ui.perfetto.dev",
          jsonOf(traceEventsOf([track.track(preset)], TIME)),
        );
      }
      if (speedscopePath !== undefined && profile !== undefined) {
        const what = "for www.speedscope.app: where memory came from";
        await put(speedscopePath, what, jsonOf(speedscopeOf([profile], "allocatedBytes")));
      }
      if (pprofPath !== undefined && profile !== undefined) {
        await put(pprofPath, "for pprof: where memory came from", gzipSync(encodePprof(profile)));
      }
      if (prometheusPath !== undefined && monitor !== undefined) {
        await put(prometheusPath, "for Prometheus", prometheusOf(monitor, preset));
      }
    },
  };
}

/** Bytes as the events of birth and death tell them: of objects, without the rounding of blocks. */
function objectBytes(manager: MemoryManager): number {
  return createSnapshot(manager.saveHeap()).sizesBytes.reduce((sum, size) => sum + size, 0);
}

/** What a trace event file says of its times. */
const TIME = { clock: "model: an operation, or an object looked at, is 1 us" };

function jsonOf(document: unknown): string {
  return `${JSON.stringify(document)}\n`;
}

/** CPython's log tells of a collection how long it took; the other styles do if asked. */
function makeLog(
  { gcLogStyle, isTimed, preset }: Outputs,
  terminal: Terminal,
  position: () => SourcePlace | undefined,
): CollectionLog | undefined {
  if (gcLogStyle === undefined) return undefined;
  if (gcLogStyle === "cpython") expectGenerations(preset);
  return createCollectionLog({
    style: gcLogStyle,
    write: (text) => terminal.stderr.write(`${text}\n`),
    position,
    ...(isTimed || gcLogStyle === "cpython" ? { clock: { now: terminal.nowMs } } : {}),
  });
}

/** Refused before anything is replayed, and not file by file. */
function expectGenerations(preset: string): void {
  const { generations } = presetNamed(preset)({ reservationBytes: 2 ** 26 }).collector;
  if (generations !== undefined) return;
  throw new UsageError({
    where: "ouro --gc-log",
    argument: "cpython",
    problem: `speaks of generations, and ${preset} has none`,
    remedy: "Choose the style line or json, or a preset with generations",
  });
}
