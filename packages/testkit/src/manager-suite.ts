// The suites for whole memory managers, and for collectors alone, which are composed to one.

import type { Observer, StrategyParts } from "@ouro/interfaces";
import { auditRows } from "./audit-properties.js";
import { deathProperties, deathWarnings } from "./death-properties.js";
import { deepProperty } from "./deep-property.js";
import {
  type CollectorMaker,
  collectorEntry,
  collectorSource,
  type ManagerMaker,
  managerEntry,
  traitsOf,
} from "./manager-subject.js";
import { nemesisRows } from "./nemesis-properties.js";
import type { Notes } from "./notes.js";
import { observerActRows } from "./observer-acts.js";
import { oracleRows } from "./oracle-properties.js";
import { programProperty } from "./program-property.js";
import type { Report } from "./report.js";
import { sideMemoryProperty } from "./side-memory-property.js";
import { smallScopeProperties } from "./small-scope/small-scope.js";
import { asProperties, type Property, runSuite, type Suite, type SuiteOptions } from "./suite.js";
import { traitRows, traitWarnings } from "./trait-properties.js";

const rows = [...oracleRows, ...auditRows, ...traitRows, ...nemesisRows, ...observerActRows];

export const memoryManagerSuite: Suite<ManagerMaker> = {
  name: "memory manager",
  properties: [
    ...asProperties(rows.map(programProperty)),
    ...asProperties(deathProperties),
    ...asProperties(smallScopeProperties),
    ...asProperties([deepProperty]),
  ],
  entry: managerEntry,
  subjectName: ({ name }) => name,
  traitsOf,
  warnings: (maker, notes) => [
    ...traitWarnings(maker, notes),
    ...deathWarnings(traitsOf(maker), notes),
  ],
};

/** Holds a memory manager to its traits; never throws for a property that fails. */
export function memoryManagerConformance(maker: ManagerMaker, options?: SuiteOptions): Report {
  return runSuite(memoryManagerSuite, maker, options);
}

/** The properties of managers, asked of a manager that is composed of the strategy. */
function managerProperties(): Property<CollectorMaker>[] {
  return memoryManagerSuite.properties.map(({ programs, sweep, ...property }) => ({
    ...property,
    whyNot: (maker: CollectorMaker) => property.whyNot(managersOf(maker)),
    ...(programs === undefined
      ? {}
      : {
          programs: (maker: CollectorMaker, options: SuiteOptions) =>
            programs(managersOf(maker), options),
        }),
    ...(sweep === undefined
      ? {}
      : {
          sweep: (maker: CollectorMaker, options: SuiteOptions) =>
            sweep(managersOf(maker), options),
        }),
    check: (program: unknown, maker: CollectorMaker, notes: Notes) =>
      property.check(program, managersOf(maker, notes), notes),
    script: (program: unknown, maker: CollectorMaker) =>
      property.script(program, managersOf(maker)),
    drawing: (program: unknown, maker: CollectorMaker) =>
      property.drawing?.(program, managersOf(maker)),
  }));
}

export const collectorSuite: Suite<CollectorMaker> = {
  name: "collector",
  properties: [...managerProperties(), ...asProperties([sideMemoryProperty])],
  entry: collectorEntry,
  subjectName: ({ strategy }) => strategy().name,
  traitsOf: ({ strategy }) => strategy().traits,
  warnings(maker, notes) {
    const { sideBytesPerGranule } = maker.strategy().traits;
    const isUnused = sideBytesPerGranule > 0 && notes.count("side memory was asked for") === 0;
    const isPlayed = notes.count("programs") > 0;
    return [
      ...memoryManagerSuite.warnings(managersOf(maker), notes),
      ...(isUnused && isPlayed ? ["sideBytesPerGranule is declared, and was never looked at"] : []),
    ];
  },
};

/**
 * Holds a collector to the traits of its strategy. The parts that it is handed are watched, so that
 * what it asks for and never uses is told. Never throws for a property that fails.
 */
export function collectorConformance(maker: CollectorMaker, options?: SuiteOptions): Report {
  return runSuite(collectorSuite, maker, options);
}

function managersOf(maker: CollectorMaker, notes?: Notes): ManagerMaker {
  const { strategy, compose } = maker;
  const { name } = strategy();
  return {
    name,
    source: maker.source ?? collectorSource(name),
    make: (options: { readonly observer: Observer }) => {
      const made = strategy();
      const create = (parts: StrategyParts) => made.create(watchParts(parts, notes));
      return compose({ ...made, create }, options);
    },
  };
}

function watchParts(parts: StrategyParts, notes: Notes | undefined): StrategyParts {
  if (notes === undefined) return parts;
  return new Proxy(parts, {
    get(target, key) {
      if (key === "sideTable") notes.note("side memory was asked for");
      return Reflect.get(target, key, target) as unknown;
    },
  });
}
