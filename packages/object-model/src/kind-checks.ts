// In checked mode the calls of lists, maps, strings and byte arrays look at what they are given
// before they read its fields: another object has such fields too, and would be refused for those,
// or not at all. A stale reference, or a slot of another frame, is told of by the call that the
// program made, not by the one that was made for it. In fast mode the calls stay as they are.

import {
  describeValue,
  type Mutator,
  type Reference,
  type Slot,
  type TypeId,
  type TypeTable,
  UsageError,
  type Value,
} from "@ouro/interfaces";
import type { CheckedMutator } from "./checked-mutator.js";
import { checkNumber, checkValue } from "./value-check.js";

/** Which arguments of a call are of a sort, by their places. */
type Places<Calls> = { readonly [Name in keyof Calls]?: readonly number[] };

export interface Kind<Calls> {
  /** As in an error: `list`. */
  readonly name: string;
  /** What stands before the name of a call: `lists`. */
  readonly calls: string;
  readonly types: readonly TypeId[];
  /** References to one of the kind. */
  readonly byReference: Places<Calls>;
  /** Slots that hold one of the kind. */
  readonly bySlot: Places<Calls>;
  /** References to whatever the call is to look at. */
  readonly references?: Places<Calls>;
  /** Other slots. */
  readonly slots?: Places<Calls>;
  /** Other values. */
  readonly values?: Places<Calls>;
}

/** The calls, or in checked mode such as throw `UsageError` for what is not of the kind. */
export function withKindChecks<Calls extends object>(
  calls: Calls,
  parts: { mutator: Mutator; types: TypeTable },
  kind: Kind<Calls>,
): Calls {
  if (!("plainFor" in parts.mutator)) return calls;
  const mutator = parts.mutator as CheckedMutator;

  function checkKind(where: string, value: Value): void {
    checkNumber(where, kind.name, value);
    if (value > 0) mutator.plainFor(where, value as Reference);
    if (value > 0 && kind.types.includes(mutator.typeOf(value as Reference))) return;
    throw new UsageError({
      where,
      argument: describe(value),
      problem: `is not a ${kind.name}`,
      remedy: `Pass one that ${kind.calls}.allocate made`,
    });
  }

  function describe(value: Value): string {
    if (value === 0) return "none";
    if (value < 0) return "an immediate";
    if (!(value > 0)) return describeValue(value);
    const given = mutator.typeOf(value as Reference);
    return `an object of type "${parts.types.descriptor(given).name}"`;
  }

  const checked = { ...calls } as Record<string, unknown>;
  const wrap = (
    places: Places<Calls> = {},
    check: (where: string, given: number) => unknown,
  ): void => {
    for (const [call, indexes] of Object.entries(places) as [string, readonly number[]][]) {
      const plain = checked[call] as (...given: number[]) => unknown;
      const where = `${kind.calls}.${call}`;
      checked[call] = (...given: number[]) => {
        for (const index of indexes) check(where, given[index] as number);
        return plain(...given);
      };
    }
  };
  wrap(kind.values, (where, given) => {
    checkValue(where, given);
    if (given > 0) mutator.plainFor(where, given as Reference);
  });
  wrap(kind.references, (where, given) => mutator.plainFor(where, given as Reference));
  wrap(kind.slots, (where, given) => mutator.plainSlotFor(where, given as Slot));
  wrap(kind.byReference, (where, given) => checkKind(where, given as Value));
  wrap(kind.bySlot, (where, given) => {
    mutator.plainSlotFor(where, given as Slot);
    checkKind(where, mutator.root(given as Slot));
  });
  return checked as unknown as Calls;
}
