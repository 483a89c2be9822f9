// Side memory held to its trait: the collector is composed with more of it than it declares, and is
// handed as much as it declares.
//
//   side table │ declared: the collector's │ 4 bytes a granule more: nobody writes there │

import type { Region, Strategy, StrategyParts } from "@ouro/interfaces";
import { createScene, playStep } from "./check-program.js";
import { type CollectorMaker, collectorSource } from "./manager-subject.js";
import { type MutatorProgramsOptions, mutatorPrograms } from "./mutator-programs.js";
import { type Program, stepsOfProgram } from "./program.js";
import { PROGRAM } from "./program-forms.js";
import { expectPromise } from "./promise.js";
import { printRecording, record } from "./record.js";
import type { SubjectMaker } from "./subject.js";
import type { Property, SuiteOptions } from "./suite.js";

export const SIDE_AS_SAID = "writes no side memory that its traits do not ask for";

const SPARE_BYTES_PER_GRANULE = 4;

export const sideMemoryProperty: Property<CollectorMaker, Program> = {
  name: SIDE_AS_SAID,
  source: "trait sideBytesPerGranule",
  whyNot: () => undefined,
  programs: (_, { commandLimitCount }: SuiteOptions) => {
    const options: MutatorProgramsOptions =
      commandLimitCount === undefined ? {} : { commandLimitCount };
    return mutatorPrograms(options);
  },
  check: (program, maker) => {
    const { make, spare } = makerWithSpare(maker);
    checkSideMemory(program, make, spare);
  },
  form: PROGRAM,
  commandCount: ({ commands }) => commands.length,
  script(program, maker) {
    const { make, spare } = makerWithSpare(maker);
    const recording = record(make, (recorded) => checkSideMemory(program, recorded, spare));
    const { name } = maker.strategy();
    const source = maker.source ?? collectorSource(name);
    return printRecording({ name, make, source }, recording);
  },
};

interface Spare {
  region?: Region;
}

/** Of subjects with more side memory than is declared, and where the newest one's spare lies. */
function makerWithSpare({ strategy, compose }: CollectorMaker) {
  const spare: Spare = {};
  const tell = (region: Region): void => {
    spare.region = region;
  };
  const make: SubjectMaker = (options) => compose(withSpare(strategy(), tell), options);
  return { make, spare };
}

function checkSideMemory(program: Program, make: SubjectMaker, spare: Spare): void {
  const scene = createScene(make);
  for (const step of stepsOfProgram(program, scene.shadow)) {
    if (step !== undefined) playStep(step, scene);
  }
  playStep({ call: "collect" }, scene);
  const { start, sizeWords } = spare.region as Region;
  const place = scene.subject.heap.words
    .subarray(start, start + sizeWords)
    .findIndex((word) => word !== 0);
  expectPromise(place < 0, `word ${place} behind the side memory that is declared is written`);
}

function withSpare(made: Strategy, tell: (spare: Region) => void): Strategy {
  const { sideBytesPerGranule } = made.traits;
  const wholeBytes = sideBytesPerGranule + SPARE_BYTES_PER_GRANULE;
  function create(parts: StrategyParts) {
    const { sideTable } = parts;
    const sizeWords = Math.ceil((sideTable.sizeWords * sideBytesPerGranule) / wholeBytes);
    const start = (sideTable.start + sizeWords) as Region["start"];
    tell({ ...sideTable, start, sizeWords: sideTable.sizeWords - sizeWords });
    return made.create(handing(parts, { ...sideTable, sizeWords }));
  }
  return { ...made, traits: { ...made.traits, sideBytesPerGranule: wholeBytes }, create };
}

function handing(parts: StrategyParts, sideTable: Region): StrategyParts {
  return new Proxy(parts, {
    get: (target, key) =>
      key === "sideTable" ? sideTable : (Reflect.get(target, key, target) as unknown),
  });
}
