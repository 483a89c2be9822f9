// What an option means for one command, where that is not what it means for all: `--limit` of a
// replay is a size and of a comparison a metric. Help and completion say what is true there.

import { COMMANDS, OPTIONS, type OptionRow } from "./command-table.js";

type Meaning = Pick<OptionRow, "meaning" | "value">;

const OF_PROGRAMS = "what programs run on (default cpython-3.13; ouro help presets)";

const MEANINGS: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  replay: {
    limit: { value: "SIZE", meaning: "most memory that the heap may lend: 64MiB, 512KiB, 1GiB" },
    wall: { meaning: "with --gc-log: also real times, which differ from run to run" },
    speedscope: { value: "OUT", meaning: "write where memory came from, for speedscope" },
    pprof: { value: "OUT", meaning: "write where memory came from, for pprof (.pb.gz)" },
  },
  compare: {
    limit: {
      value: "METRIC=VALUE",
      meaning:
        "code 3 if a strategy is worse; NAME:METRIC=VALUE for one of them; may be given several " +
        "times (ouro help metrics)",
    },
    program: { value: "NAME", meaning: "one program of the file, by name or place (default all)" },
    "fail-on": {
      value: "METRIC",
      meaning:
        "code 3 if it is worse than the baseline; METRIC+5% allows as much; several with commas",
    },
    json: { meaning: "the same as --format json" },
  },
  why: {
    type: { value: "NAME", meaning: "the object of this type with which most would go" },
    preset: {
      value: "NAME",
      meaning: "what programs run on, and graphs after --step (default cpython-3.13)",
    },
  },
  cycles: {
    type: { value: "NAME", meaning: "only cycles with an object of this type" },
    preset: {
      value: "NAME",
      meaning: "what programs run on, and graphs after --step (default cpython-3.13)",
    },
    top: { value: "N", meaning: "how many kinds of cycles are shown (default 12)" },
    "fail-on": { value: "cycles", meaning: "code 3 if there is a cycle (of --type, if given)" },
  },
  heap: {
    preset: {
      value: "NAME",
      meaning: "where it is restored: one that does not move objects (default cpython-3.13)",
    },
    speedscope: { value: "OUT", meaning: "also write who keeps how much alive, for speedscope" },
    pprof: { value: "OUT", meaning: "also write who keeps how much alive, for pprof (.pb.gz)" },
    svg: { value: "OUT", meaning: "also write a picture of the arenas and their pools" },
    top: { value: "N", meaning: "how many types are shown (default 12)" },
  },
  diff: {
    "fail-on": { value: "increase", meaning: "code 3 if AFTER has more bytes" },
    top: { value: "N", meaning: "how many types are shown (default 12)" },
  },
  leaks: {
    "fail-on": { value: "leaks", meaning: "code 3 if a type grows" },
    survived: {
      value: "N",
      meaning: "count objects that survived N collections or more (default 2); of one INPUT only",
    },
    preset: { value: "NAME", meaning: "what programs and plans run on (default cpython-3.13)" },
    top: { value: "N", meaning: "how many types are shown (default 12)" },
  },
  explain: {
    preset: { value: "NAME", meaning: OF_PROGRAMS },
    svg: { value: "OUT", meaning: "also write a picture of what is told" },
  },
};

/** The options of a command, each with what it means there. */
export function optionsOf(command: string): OptionRow[] {
  const row = COMMANDS.find(({ name }) => name === command);
  return OPTIONS.filter(({ name }) => row?.options.includes(name)).map((option) => ({
    ...option,
    ...MEANINGS[command]?.[option.name],
  }));
}
