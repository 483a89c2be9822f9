// Graphs for detectors: objects with counts, of which some are in the list and some hold it from
// outside. After the first answer some are revived, as program code may do, and it is asked again.

import fc from "fast-check";

export interface GraphObject {
  /** Index of the type: pairs, backward triples, sequences, owners. */
  readonly type: number;
  /** Whom its slots hold, by number; modulo one more than the objects, the last meaning none. */
  readonly slots: readonly number[];
  /** References from roots. */
  readonly outsideCount: number;
  readonly isListed: boolean;
}

export interface DetectorProgram {
  readonly objects: readonly GraphObject[];
  /** Objects that get a reference from outside before the second question. */
  readonly revived: readonly number[];
  /** Objects that die before the second question: they are forgotten. */
  readonly forgotten: readonly number[];
}

/** Slots that an object of each type has: of a sequence, as many as are said. */
const SLOT_COUNTS: readonly (number | undefined)[] = [2, 3, undefined, 2];

export function slotCountOf({ type, slots }: GraphObject): number {
  return SLOT_COUNTS[type] ?? slots.length;
}

/** Objects by letters: `a` to `z`, then `a1`. */
export function letterOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}

const number = fc.nat({ max: 9999 });

export function detectorPrograms(objectLimitCount = 24): fc.Arbitrary<DetectorProgram> {
  const object: fc.Arbitrary<GraphObject> = fc.record(
    {
      type: fc.nat({ max: 3 }),
      slots: fc.array(number, { maxLength: 4 }),
      outsideCount: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
      ),
      isListed: fc.oneof(
        { weight: 5, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
    },
    { noNullPrototype: true },
  );
  return fc.record(
    {
      objects: fc.array(object, { minLength: 1, maxLength: objectLimitCount, size: "max" }),
      revived: fc.array(number, { maxLength: 2 }),
      forgotten: fc.array(number, { maxLength: 2 }),
    },
    { noNullPrototype: true },
  );
}
