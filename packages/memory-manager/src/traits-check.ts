// What a strategy's traits must be for a memory manager to be built of it, and where its header
// bits lie: word 1 of an object is the type in the lower half and 16 flag bits above.

import {
  describeValue,
  FLAGS_SHIFT,
  IncompatiblePartsError,
  type Strategy,
  type Traits,
  UsageError,
} from "@ouro/interfaces";

/** Bits of a header beside the type. */
const HEADER_BIT_COUNT = 32 - FLAGS_SHIFT;

interface Rule {
  readonly other: string;
  broken(traits: Traits): boolean;
  readonly reason: string;
  readonly remedy: string;
}

const RULES: readonly Rule[] = [
  {
    other: "mutator",
    broken: ({ counts, hooks }) =>
      counts &&
      ["born", "write", "move", "copy", "drop"].some((hook) => !hooks.includes(hook as never)),
    reason: "it counts references and does not hear of every event of a slot",
    remedy: "Name the hooks born, write, move, copy and drop in its traits",
  },
  {
    other: "mutator",
    broken: ({ death, hooks }) => death === "prompt" && !hooks.includes("write"),
    reason: "it promises prompt death and does not hear of writes",
    remedy: "Name the hook write, or promise death in collections",
  },
  {
    other: "collector",
    broken: ({ cycles, exact }) => exact && cycles !== "full collection",
    reason: "it is exact after a full collection, which does not reclaim cycles",
    remedy: 'Say that cycles go in a "full collection", or that it is not exact',
  },
  {
    other: "mutator",
    broken: ({ moves, collectsAt }) => moves && collectsAt.length === 0,
    reason: "it moves objects at no safepoint",
    remedy: "Name the safepoints at which it collects",
  },
  {
    other: "finalization",
    broken: ({ programCode, death }) => programCode === "in place" && death !== "prompt",
    reason: "it runs program code in place, and nothing dies in place",
    remedy: "Run program code at safepoints",
  },
  {
    other: "heap",
    broken: ({ sideBytesPerGranule: bytes }) =>
      typeof bytes !== "number" || !(bytes >= 0 && bytes <= 16),
    reason: "its side table takes less than nothing, or as much as the heap",
    remedy: "Ask for 0 to 16 bytes a granule",
  },
];

const LISTS = ["collectsAt", "hooks", "headerBits"] as const;
const CHOICES = ["moves", "counts", "exact", "slices", "resurrection"] as const;

/** What a trait in words may say; of a list, each entry. "" is what is left out. */
const WORDS = {
  collectsAt: "allocate|poll|collect",
  hooks: "born|write|move|copy|drop",
  cycles: "never|eventually|full collection",
  cyclesThrough: "|all slots|visited slots",
  death: "prompt|safepoint|collection",
  programCode: "in place|at safepoints",
  finalizationOrder: "cpython|weak references first",
  collectionOrder: "|age|any",
} satisfies Partial<Record<keyof Traits, string>>;

/** Throws `IncompatiblePartsError` for what are no traits, or contradict one another. */
export function checkTraits(strategy: Strategy): void {
  checkShape(strategy);
  for (const rule of RULES) {
    if (!rule.broken(strategy.traits)) continue;
    const { other, reason, remedy } = rule;
    throw new IncompatiblePartsError({ parts: [strategy.name, other], reason, remedy });
  }
}

function checkShape({ name, traits }: Strategy): void {
  const refuse = (reason: string): never => {
    const remedy = "Write the traits as `Traits` of @ouro/interfaces says";
    const named = typeof name === "string" ? name : "a strategy without a name";
    throw new IncompatiblePartsError({ parts: [named, "memory manager"], reason, remedy });
  };
  if (typeof name !== "string") refuse(`the strategy's name is ${describeValue(name)}, not a text`);
  if (typeof traits !== "object" || traits === null) {
    refuse(`its traits are ${describeValue(traits)}`);
  }
  for (const key of LISTS) {
    const value: unknown = traits[key];
    if (!Array.isArray(value)) refuse(`traits.${key} is ${describeValue(value)}, not an array`);
  }
  for (const key of CHOICES) {
    const value: unknown = traits[key];
    if (typeof value === "boolean") continue;
    refuse(`traits.${key} is ${describeValue(value)}, neither true nor false`);
  }
  for (const [key, choices] of Object.entries(WORDS)) {
    for (const word of [traits[key as keyof typeof WORDS] ?? ""].flat()) {
      if (choices.split("|").includes(word)) continue;
      const known = choices.replace(/^\|/, "").replaceAll("|", ", ");
      const said = word === "" ? "left out" : describeValue(word);
      refuse(`traits.${key}: ${said} is none of ${known}`);
    }
  }
  for (const use of traits.headerBits) {
    const value: unknown = use;
    if (typeof value === "object" && value !== null && typeof use.name === "string") continue;
    refuse(`${describeValue(value)} is among traits.headerBits, which are { name, bitCount }`);
  }
}

/** Places the header bits that a strategy asks for, in the order in which it names them. */
export function layOutHeader(strategy: Strategy): (name: string) => number {
  const masks = new Map<string, number>();
  let shift = FLAGS_SHIFT;
  for (const { name, bitCount } of strategy.traits.headerBits) {
    if (masks.has(name) || !(bitCount >= 1 && Number.isInteger(bitCount))) {
      throw new IncompatiblePartsError({
        parts: [strategy.name, "object header"],
        reason: masks.has(name)
          ? `it asks twice for bits "${name}"`
          : `it asks for ${bitCount} bits "${name}"`,
        remedy: "Ask once for each name, for 1 bit or more",
      });
    }
    if (shift + bitCount > FLAGS_SHIFT + HEADER_BIT_COUNT) {
      throw new IncompatiblePartsError({
        parts: [strategy.name, "object header"],
        reason: `its bits "${name}" do not fit in the ${HEADER_BIT_COUNT} bits beside the type`,
        remedy: "Keep them in a side table",
      });
    }
    masks.set(name, ((2 ** bitCount - 1) << shift) | 0);
    shift += bitCount;
  }
  return (name) => {
    const mask = masks.get(name);
    if (mask !== undefined) return mask;
    throw new UsageError({
      where: "headerMask",
      argument: `"${name}"`,
      problem: `is no header bit that the traits of ${strategy.name} ask for`,
      remedy: "Name it in traits.headerBits",
    });
  };
}
