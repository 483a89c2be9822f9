// In checked mode the calls of a list or a map look at what they are given before they read its
// fields: another object has such fields too, and would be refused for those, or not at all. In
// fast mode the calls stay as they are.

import {
  type Mutator,
  type Reference,
  type Slot,
  type TypeId,
  type TypeTable,
  UsageError,
  type Value,
} from "@ouro/interfaces";

/** Which arguments of a call are of the kind, by their places. */
type Places<Calls> = { readonly [Name in keyof Calls]?: readonly number[] };

export interface Kind<Calls> {
  /** As in an error: `list`, and `lists` before the name of a call. */
  readonly name: string;
  readonly type: TypeId;
  readonly byReference: Places<Calls>;
  readonly bySlot: Places<Calls>;
}

/** The calls, or in checked mode such as throw `UsageError` for what is not of the kind. */
export function withKindChecks<Calls extends object>(
  calls: Calls,
  { mutator, types }: { mutator: Mutator; types: TypeTable },
  { name, type, byReference, bySlot }: Kind<Calls>,
): Calls {
  if (!("plain" in mutator)) return calls;

  function check(where: string, value: Value): void {
    if (value > 0 && mutator.typeOf(value as Reference) === type) return;
    throw new UsageError({
      where,
      argument: describe(value),
      problem: `is not a ${name}`,
      remedy: `Pass one that ${name}s.allocate made`,
    });
  }

  function describe(value: Value): string {
    if (value === 0) return "none";
    if (value < 0) return "an immediate";
    const given = mutator.typeOf(value as Reference);
    return `an object of type "${types.descriptor(given).name}"`;
  }

  const checked = { ...calls } as Record<string, unknown>;
  const wrap = (places: Places<Calls>, read: (given: number) => Value): void => {
    for (const [call, indexes] of Object.entries(places) as [string, readonly number[]][]) {
      const plain = checked[call] as (...given: number[]) => unknown;
      checked[call] = (...given: number[]) => {
        for (const index of indexes) check(`${name}s.${call}`, read(given[index] as number));
        return plain(...given);
      };
    }
  };
  wrap(byReference, (given) => given as Value);
  wrap(bySlot, (given) => mutator.root(given as Slot));
  return checked as unknown as Calls;
}
