// Faults of what is refused of options and arguments, and the call of odd-options.ts that kills
// each.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

/** The call of odd-options.ts that takes what is none, or ends in an error without a name. */
export const option = (name: string): string => `odd things are refused: ${name}`;

const ERRORS = { file: "interfaces/src/error.ts" } as const;
const TYPES = { file: "object-model/src/type-table.ts" } as const;
const STRATEGIES = { file: "memory-manager/src/strategy-options.ts" } as const;
const COUNTS = { file: "refcount/src/reference-count.ts" } as const;
const GC = { file: "memory-manager/src/gc.ts" } as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...ERRORS,
    name: "options that are no object are lost",
    find: 'const isNone = options === null || typeof given !== "object";',
    replace: "const isNone = false;",
    killedBy: option("nullStrategy"),
  },
  {
    ...ERRORS,
    name: "an address is made a text by itself",
    find: `\`\${where}: \${numberText(address)} is not \${expected}`,
    replace: `\`\${where}: \${address} is not \${expected}`,
    killedBy: option("gc.isTracked"),
  },
  {
    name: "an integer need not be a number",
    file: "interfaces/src/value.ts",
    find: 'if (typeof integer !== "number" || integer',
    replace: "if (integer",
    killedBy: option("immediateOf"),
  },
  {
    name: "a length in fast mode need not be a number",
    file: "object-model/src/mutator.ts",
    find: 'typeof length !== "number" || length',
    replace: "length",
    killedBy: option("allocateArray, a length in fast mode"),
  },
  {
    name: "the version of an image is made a text by itself",
    file: "object-model/src/heap-image-check.ts",
    find: `\`version \${describeValue(image.version)} is not`,
    replace: `\`version \${image.version} is not`,
    killedBy: option("restoreHeap, a version"),
  },
  {
    ...TYPES,
    name: "what is refused of a type is made a text by itself",
    find: `return typeof value === "string" ? \`"\${value}"\` : describeValue(value);`,
    replace: `return \`"\${value}"\`;`,
    killedBy: option("defineType, untracking"),
  },
  {
    ...TYPES,
    name: "a slot count is compared before it is looked at",
    find: 'typeof visitedSlotCount === "number" && visitedSlotCount > 0',
    replace: "visitedSlotCount > 0",
    killedBy: option("defineType, visitedSlotCount"),
  },
  {
    ...STRATEGIES,
    name: "any version passes",
    find: "if (version !== undefined && !VERSIONS.includes(version)) {",
    replace: "if (version === null) {",
    killedBy: option("cpythonStrategy, version"),
  },
  {
    ...STRATEGIES,
    name: "thresholds are looked at when a collection is due",
    find: "if (thresholds !== undefined) checkThresholds",
    replace: "if (options.bogus !== undefined) checkThresholds",
    killedBy: option("cpythonStrategy, thresholds.young"),
  },
  {
    ...STRATEGIES,
    name: "a flag may be anything",
    find: 'typeof emptiesWeakReferencesAgain !== "boolean"',
    replace: "emptiesWeakReferencesAgain === null",
    killedBy: option("cpythonFastStrategy, emptiesWeakReferencesAgain"),
  },
  {
    ...STRATEGIES,
    name: "where errors go need not be a function",
    find: 'for (const option of ["createDetector", "onProgramError"]) {',
    replace: 'for (const option of ["createDetector"]) {',
    killedBy: option("trialDeletionStrategy, onProgramError"),
  },
  {
    name: "a growth factor is made a text by itself",
    file: "mark-sweep/src/mark-sweep-collector.ts",
    find: `argument: \`growthFactor \${numberText(growthFactor)}\``,
    replace: `argument: \`growthFactor \${growthFactor}\``,
    killedBy: option("markSweepStrategy, growthFactor"),
  },
  {
    name: "poison may be said in any way",
    file: "semispace/src/semispace-collector.ts",
    find: 'if (poisonFromSpace !== undefined && typeof poisonFromSpace !== "boolean") {',
    replace: "if (poisonFromSpace === null) {",
    killedBy: option("semispaceStrategy, poisonFromSpace"),
  },
  {
    name: "a growth factor is compared before it is looked at",
    file: "generational/src/growth-trigger.ts",
    find: "Number.isFinite(growthFactor) && growthFactor > 1",
    replace: "growthFactor > 1",
    killedBy: option("createGrowthTrigger, growthFactor"),
  },
  {
    name: "maxima are made a text by themselves",
    file: "refcount/src/free-lists.ts",
    find: `argument: \`freeListMaxima \${numberText(maxima)}\``,
    replace: `argument: \`freeListMaxima \${maxima}\``,
    killedBy: option("refcountStrategy, freeListMaxima"),
  },
  {
    name: "what a strategy makes is not looked at",
    file: "memory-manager/src/collector-check.ts",
    find: "if (missing === undefined) return;",
    replace: "if (missing !== null) return;",
    killedBy: option("composeMemoryManager, what the strategy's create makes"),
  },
  {
    name: "a strategy's name is made a text by itself",
    file: "memory-manager/src/traits-check.ts",
    find: 'const named = typeof name === "string" ? name : "a strategy without a name";',
    replace: `const named = \`\${name}\`;`,
    killedBy: option("composeMemoryManager, the strategy's name"),
  },
  {
    name: "a preset need not be a text",
    file: "memory-manager/src/presets.ts",
    find: 'if (typeof preset !== "string" || !Object.hasOwn(STRATEGIES, preset)) {',
    replace: "if (!Object.hasOwn(STRATEGIES, preset)) {",
    killedBy: option("createMemoryManager, preset"),
  },
  {
    name: "options beside a preset are spread, whatever they are",
    file: "memory-manager/src/presets.ts",
    find: 'typeof options === "object" ? ',
    replace: "options !== undefined ? ",
    killedBy: option("createMemoryManager, options"),
  },
  {
    ...GC,
    name: "a gc is made of anything",
    find: 'if (typeof collector !== "object" || typeof strategy !== "object") {',
    replace: "if (collector === null) {",
    killedBy: option("createGc"),
  },
  {
    ...GC,
    name: "where debug lines go need not be a function",
    find: 'if (options.write === undefined || typeof options.write === "function") return;',
    replace: "if (options.write !== null) return;",
    killedBy: option("createGc, write"),
  },
  {
    name: "slots of weak references are refused in the name of the mutator's calls",
    file: "memory-manager/src/weak-references.ts",
    find: "for (const slot of slots) checked?.plainSlotFor(",
    replace: "for (const slot of slots.slice(9)) checked?.plainSlotFor(",
    killedBy: option("weakReferences.create, into"),
  },
  {
    name: "a callback may be anything",
    file: "memory-manager/src/weak-references.ts",
    find: 'if (callback !== undefined && typeof callback !== "function") refuseCallback(callback);',
    replace: "",
    killedBy: option("weakReferences.create, callback"),
  },
  {
    name: "a finalizer may be anything",
    file: "finalization/src/finalization.ts",
    find: '    expectFunction("setFinalizer", finalizer);\n',
    replace: "",
    killedBy: option("setFinalizer"),
  },
  {
    name: "a traced object is refused in another call's name",
    file: "memory-manager/src/tracemalloc.ts",
    find: '"plainFor" in mutator ? mutator.plainFor(where, object) : object;',
    replace: '"plain" in mutator ? mutator.plain(object) : object;',
    killedBy: option("tracemalloc.getObjectTraceback"),
  },
  {
    ...COUNTS,
    name: "counts are asked of anything",
    find: "  checkManager(where, manager);\n",
    replace: "",
    killedBy: option("referenceCount"),
  },
  {
    ...COUNTS,
    name: "an object whose count is asked need not be a number",
    find: 'if (typeof reference === "number") {',
    replace: "if (reference !== undefined) {",
    killedBy: option("referenceCount, an object"),
  },
];
