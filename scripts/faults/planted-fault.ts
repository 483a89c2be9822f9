// What a planted fault is, and what it is held against. A package lists its faults as data, and
// says in a module of its own what its properties are; neither knows how a fault is planted.
//
//   test/faults/fault-section.ts ─► faults: which text of which source becomes which
//   test/faults/properties.ts    ─► properties: sentences that know nothing of the faults
//
// The page docs/fault-matrix.md has one part for each section.

/** One place of one source file. */
export interface Edit {
  /** From the section's folder. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface PlantedFault extends Edit {
  /** What the code does wrong, as a sentence. */
  readonly name: string;
  /** What the property is asked of, where a section asks it of several subjects. */
  readonly on?: string;
  /** Name of the property that must fail on it. */
  readonly killedBy: string;
  /** More places that the same fault needs. */
  readonly and?: readonly Edit[];
}

export interface Asked {
  readonly seed: number;
  readonly programCount: number;
  /** Whether the counterexample is made small: for people to look at. */
  readonly shrinks: boolean;
}

export interface Outcome {
  readonly isKilled: boolean;
  /** Programs played, the one that failed with them. */
  readonly programCount: number;
  /** On a failure: what was seen, and the input that shows it. */
  readonly reason?: string | undefined;
  readonly input?: string | undefined;
}

/** A sentence about sound code, and how it is tried. */
export interface FaultProperty {
  readonly name: string;
  /** What it is asked of; a fault with an `on` is held against the properties of that `on`. */
  readonly on?: string;
  /** A fault must be killed within so many programs. */
  readonly programLimit: number;
  ask(asked: Asked): Outcome | Promise<Outcome>;
}

export interface FaultSection {
  /** Heading on the page. */
  readonly name: string;
  /** Lines of the page under the heading. */
  readonly about: readonly string[];
  /** Where the faults' files are, from the root: "packages/heap/src". */
  readonly folder: string;
  readonly faults: readonly PlantedFault[];
  /** URL of the module whose `properties` are the section's. */
  readonly propertiesModule: string;
}

/** The properties that a fault may be held against. */
export function isAskedOf(property: Pick<FaultProperty, "on">, fault: PlantedFault): boolean {
  return fault.on === undefined || property.on === undefined || property.on === fault.on;
}

/** The property that is named for the fault. */
export function isNamedFor(
  property: Pick<FaultProperty, "name" | "on">,
  fault: PlantedFault,
): boolean {
  return property.name === fault.killedBy && isAskedOf(property, fault);
}
