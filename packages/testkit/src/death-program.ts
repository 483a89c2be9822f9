// Programs about death: objects with finalizers, weak references with callbacks, and program code
// that does what it must be free to do. Like all programs they are data.
//
//   roots    │ 6 slots │ any node
//   weaks    │ 4 slots │ a weak reference each, with a callback or without
//   museum   │ 1 slot  │ what was resurrected last

import fc from "fast-check";

/** What a finalizer or a callback does when it is called. */
export const ACTS = [
  "nothing",
  "throw",
  "allocate",
  "resurrect",
  "collect",
  "drop a root",
  "store",
  "run out of memory",
] as const;
export type Act = (typeof ACTS)[number];

export const ROOT_COUNT = 6;
export const WEAK_COUNT = 4;

export type DeathCommand =
  | {
      readonly do: "new";
      readonly slot: number;
      readonly isFinalized: boolean;
      readonly act: Act;
    }
  | { readonly do: "link"; readonly from: number; readonly field: number; readonly to: number }
  | { readonly do: "cut"; readonly from: number; readonly field: number }
  | { readonly do: "drop"; readonly slot: number }
  | {
      readonly do: "weak";
      readonly weak: number;
      readonly slot: number;
      readonly act: Act | "no callback";
    }
  | { readonly do: "drop weak"; readonly weak: number }
  | {
      /** One that is watched has weak references to it, with the same act, and is dropped. */
      readonly do: "ring" | "watched ring";
      readonly slot: number;
      readonly count: number;
      readonly act: Act;
    }
  | { readonly do: "poll" | "collect" };

/** One of the two has a callback, or both have. */
export function watchersOf(
  slot: number,
  count: number,
  act: Act,
): { readonly weak: number; readonly act: Act | "no callback" }[] {
  return [
    { weak: slot % WEAK_COUNT, act },
    { weak: (slot + 1) % WEAK_COUNT, act: count % 2 === 0 ? act : "no callback" },
  ];
}

const slot = fc.nat({ max: ROOT_COUNT - 1 });
const weak = fc.nat({ max: WEAK_COUNT - 1 });
const field = fc.nat({ max: 1 });
const count = fc.integer({ min: 1, max: 4 });

export function deathPrograms(
  acts: readonly Act[],
  commandLimitCount = 30,
): fc.Arbitrary<DeathCommand[]> {
  const act = fc.constantFrom(...acts);
  const make = <Name extends DeathCommand["do"], Rest extends object>(
    weight: number,
    name: Name,
    rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
  ) => ({
    weight,
    arbitrary: fc.record(
      { do: fc.constant(name), ...rest },
      { noNullPrototype: true },
    ) as unknown as fc.Arbitrary<DeathCommand>,
  });
  const command = fc.oneof(
    make(8, "new", { slot, isFinalized: fc.boolean(), act }),
    make(8, "link", { from: slot, field, to: slot }),
    make(2, "cut", { from: slot, field }),
    make(6, "drop", { slot }),
    make(5, "weak", {
      weak,
      slot,
      act: fc.oneof(act, fc.constant("no callback" as const)),
    }),
    make(2, "drop weak", { weak }),
    // Finalizers that compete: each of the ring may find the others finalized, or not.
    make(2, "ring", { slot, count, act }),
    make(1, "watched ring", { slot, count, act }),
    make(1, "poll", {}),
    make(3, "collect", {}),
  );
  return fc.array(command, { maxLength: commandLimitCount, size: "max" });
}
