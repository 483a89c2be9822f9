// What the columns of a heap graph must say to mean a heap: every number is looked at when it is
// decoded, against the columns before it; sums over whole columns when the last of them is there.
//
//   an object     a type that fits its flags, a generation that fits the order of numbers
//   a count       refcount = external + what refs and hidden of all objects name
//   a step        only live objects are cut, die or change; after it generation 5 means dead

import type { Column } from "./column-decoder.js";
import { linesOf } from "./graph-slot-texts.js";
import {
  GENERATION_DEAD,
  GENERATION_UNTRACKED,
  GRAPH_COLLECTED,
  GRAPH_IMMORTAL,
  GRAPH_TRACKED,
} from "./heap-graph.js";
import type { GraphHeader, StepClaim } from "./heap-graph-header.js";

const COLLECTOR_HEADER_SIZE_BYTES = 16;
const HEADER_SIZE_LIMIT_BYTES = 32;
const VALUE_LIMIT = 2 ** 31 - 1;
const FLAGS_LIMIT = 15;
const BYTE_LIMIT = 255;

/** How the values of one section are looked at. */
export interface ColumnRule {
  readonly lowest: number;
  readonly highest: number;
  readonly check?: (value: number, index: number) => string | undefined;
  /** What is wrong with the whole, said when the section has ended. */
  readonly checkAll?: (column: Column) => string | undefined;
}

/** The rules of a graph; they keep the columns that later ones are checked against. */
export interface GraphRules {
  /** The rule of a section, by the name that the header gives it. */
  ruleOf(section: string): ColumnRule;
  /** Takes a section's column once it has ended. */
  keep(section: string, column: Column): void;
}

/** O(1); the columns that it keeps are the reader's own. */
export function createGraphRules(header: GraphHeader): GraphRules {
  const { objectCount, types } = header;
  const columns = new Map<string, Column>();
  const of = (section: string, object: number): number =>
    (columns.get(section) as Column)[object] as number;
  const flag = (object: number, bit: number): boolean => (of("flags", object) & bit) !== 0;
  const typeOf = (object: number) => types[of("type", object)];
  const objectRange = { lowest: 0, highest: objectCount - 1 };
  const anyCount = { lowest: 0, highest: VALUE_LIMIT };
  /** What the steps have left of the graph; made when its counts are proved. */
  const life = {
    isDead: new Uint8Array(0),
    isChanged: new Uint8Array(0),
    externals: new Int32Array(0),
  };

  const rules: Record<string, () => ColumnRule> = {
    type: () => ({ lowest: 0, highest: types.length - 1 }),
    flags: () => ({ lowest: 0, highest: FLAGS_LIMIT, check: checkFlags }),
    gen: () => ({ lowest: 0, highest: GENERATION_UNTRACKED, check: checkGeneration, checkAll }),
    refcount: () => ({
      ...anyCount,
      check: (count, object) =>
        flag(object, GRAPH_IMMORTAL) === (count === 0)
          ? undefined
          : `object ${object} has refcount ${count} and flags ${of("flags", object)}`,
    }),
    external: () => ({
      ...anyCount,
      check: (count, object) =>
        count <= of("refcount", object)
          ? undefined
          : `object ${object} has refcount ${of("refcount", object)}, and ${count} from outside`,
    }),
    size: () => anyCount,
    header: () => ({ lowest: 0, highest: HEADER_SIZE_LIMIT_BYTES, check: checkHeaderSize }),
    nrefs: () => ({
      lowest: 0,
      highest: header.refCount,
      check: (count, object) =>
        count > 0 && !flag(object, GRAPH_COLLECTED)
          ? `object ${object} has references and no collector header`
          : undefined,
      checkAll: sumRule("refs", header.refCount),
    }),
    refs: () => objectRange,
    nhidden: () => ({
      lowest: 0,
      highest: header.hiddenCount,
      checkAll: sumRule("hidden_refs", header.hiddenCount),
    }),
    hidden: () => ({ ...objectRange, checkAll: checkCounts }),
    "weak.ref": () => ({ ...objectRange, check: unique("weak reference") }),
    "weak.target": () => ({
      lowest: 0,
      highest: objectCount,
      check: (target) =>
        target > 0 && typeOf(target - 1)?.isWeaklyReferable === false
          ? `object ${target - 1} is not weakly referable`
          : undefined,
    }),
    "weak.callback": () => ({ lowest: 0, highest: 1 }),
    roots: () => ({
      ...objectRange,
      check: both(unique("root"), (object) =>
        of("external", object) === 0 ? `root ${object} is not held from outside` : undefined,
      ),
    }),
    "names.text": () => ({ lowest: 0, highest: BYTE_LIMIT, checkAll: checkTexts }),
    names: () => ({ lowest: 0, highest: textCount }),
  };

  let textCount = 0;
  function checkTexts(bytes: Column): string | undefined {
    const lines = linesOf(bytes as Uint8Array);
    textCount = lines?.length ?? 0;
    return lines === undefined ? "these are no lines of text that can be shown" : undefined;
  }

  function checkFlags(flags: number, object: number): string | undefined {
    const isCollected = (flags & GRAPH_COLLECTED) !== 0;
    if ((flags & GRAPH_TRACKED) !== 0 && !isCollected) {
      return `object ${object} is tracked and has no collector header`;
    }
    if (isCollected && typeOf(object)?.isCollected === false) {
      return `object ${object} has a collector header that its type has not`;
    }
    return undefined;
  }

  let generationBefore = 0;
  function checkGeneration(generation: number, object: number): string | undefined {
    if (flag(object, GRAPH_TRACKED) !== generation < GENERATION_UNTRACKED) {
      return `object ${object} is of generation ${generation}, flags ${of("flags", object)}`;
    }
    if (generation < generationBefore) {
      return `object ${object} of generation ${generation} comes after ${generationBefore}`;
    }
    generationBefore = generation;
    return undefined;
  }

  function checkAll(generations: Column): string | undefined {
    const sizes = generationSizesOf(generations);
    const claimed = header.generationSizes;
    if (claimed.every((size, generation) => size === sizes[generation])) return undefined;
    return `the header says generation sizes ${claimed}, the objects give ${sizes}`;
  }

  function checkHeaderSize(sizeBytes: number, object: number): string | undefined {
    const hasHeader = sizeBytes >= COLLECTOR_HEADER_SIZE_BYTES;
    return sizeBytes % COLLECTOR_HEADER_SIZE_BYTES !== 0 ||
      hasHeader !== flag(object, GRAPH_COLLECTED)
      ? `object ${object} has ${sizeBytes} bytes of header, flags ${of("flags", object)}`
      : undefined;
  }

  /** The counts of all objects, once every reference is known; makes the tables of the steps. */
  function checkCounts(hidden: Column): string | undefined {
    const incoming = new Int32Array(objectCount);
    for (const references of [columns.get("refs") as Column, hidden]) {
      for (let index = 0; index < references.length; index++) {
        const object = references[index] as number;
        incoming[object] = (incoming[object] as number) + 1;
      }
    }
    for (let object = 0; object < objectCount; object++) {
      const count = of("external", object) + (incoming[object] as number);
      if (flag(object, GRAPH_IMMORTAL) || of("refcount", object) === count) continue;
      return `object ${object} has refcount ${of("refcount", object)}, and ${count} references`;
    }
    life.isDead = new Uint8Array(objectCount);
    life.isChanged = new Uint8Array(objectCount);
    life.externals = Int32Array.from(columns.get("external") as Column);
    columns.set("refcount", Int32Array.from(columns.get("refcount") as Column));
    return undefined;
  }

  function mortal(object: number): string | undefined {
    if (flag(object, GRAPH_IMMORTAL)) return `object ${object} is immortal`;
    return life.isDead[object] === 1 ? `object ${object} is dead already` : undefined;
  }

  function stepRule(step: number, name: string): ColumnRule {
    switch (name) {
      case "cut":
        return { ...objectRange, check: both(mortal, cutExternal) };
      case "destroyed":
        return { ...objectRange, check: both(mortal, die) };
      case "changed.id":
        life.isChanged.fill(0);
        return { ...objectRange, check: both(mortal, change) };
      case "changed.refcount":
        return { lowest: 1, highest: VALUE_LIMIT, check: changeCount(step) };
      default:
        return {
          lowest: 0,
          highest: GENERATION_DEAD,
          check: checkGenerationAfter,
          checkAll: checkSizesAfter(header.steps[step] as StepClaim),
        };
    }
  }

  function cutExternal(object: number): string | undefined {
    const count = life.externals[object] as number;
    life.externals[object] = count - 1;
    return count === 0 ? `object ${object} is no longer held from outside` : undefined;
  }

  function die(object: number): undefined {
    life.isDead[object] = 1;
  }

  function change(object: number): string | undefined {
    const isRepeated = life.isChanged[object] === 1;
    life.isChanged[object] = 1;
    return isRepeated ? `object ${object} changes twice` : undefined;
  }

  function changeCount(step: number): (count: number, index: number) => string | undefined {
    const refcounts = columns.get("refcount") as Column;
    const objects = columns.get(`step${step}.changed.id`) as Column;
    return (count, index) => {
      const object = objects[index] as number;
      const isSame = refcounts[object] === count;
      refcounts[object] = count;
      return isSame ? `the refcount of object ${object} was ${count} before` : undefined;
    };
  }

  function checkGenerationAfter(generation: number, object: number): string | undefined {
    const isWrong =
      (generation === GENERATION_DEAD) !== (life.isDead[object] === 1) ||
      (generation < GENERATION_UNTRACKED && !flag(object, GRAPH_COLLECTED));
    return isWrong ? `object ${object} can not be of generation ${generation} now` : undefined;
  }

  return {
    ruleOf(section) {
      const step = /^step([0-9]+)\.(.*)$/.exec(section);
      if (step !== null) return stepRule(Number(step[1]), step[2] as string);
      return (rules[section] as () => ColumnRule)();
    },
    keep: (section, column) => {
      if (!columns.has(section)) columns.set(section, column);
    },
  };
}

function sumRule(name: string, claimed: number): (column: Column) => string | undefined {
  return (column) => {
    let sum = 0;
    for (let index = 0; index < column.length; index++) sum += column[index] as number;
    return sum === claimed ? undefined : `the header says ${name} = ${claimed}, the sum is ${sum}`;
  };
}

function checkSizesAfter({ heapGenerationSizes }: StepClaim) {
  return (generations: Column): string | undefined => {
    const sizes = generationSizesOf(generations);
    const fits = heapGenerationSizes.every((size, generation) => size >= (sizes[generation] ?? 0));
    if (fits) return undefined;
    return `the header says generation sizes ${heapGenerationSizes}, the objects give ${sizes}`;
  };
}

function generationSizesOf(generations: Column): number[] {
  const sizes = new Array<number>(GENERATION_UNTRACKED).fill(0);
  for (let object = 0; object < generations.length; object++) {
    const generation = generations[object] as number;
    if (generation < GENERATION_UNTRACKED) sizes[generation] = (sizes[generation] as number) + 1;
  }
  return sizes;
}

type Check = (value: number, index: number) => string | undefined;

function both(first: Check, second: Check): Check {
  return (value, index) => first(value, index) ?? second(value, index);
}

function unique(what: string): Check {
  const seen = new Set<number>();
  return (object) => {
    if (seen.has(object)) return `${what} ${object} is named twice`;
    seen.add(object);
    return undefined;
  };
}
