// Arbitrary machine programs. Single operations reach everything in time; scenes, short lists of
// operations, make often what rarely comes about by chance: cycles that die together, finalizers
// that compete, chains of resurrection, weak references with callbacks to and from garbage.
//
//   program   codes │ piece piece piece …        piece   an operation, or a scene of some

import fc from "fast-check";
import {
  KINDS,
  type Kind,
  type MachineProgram,
  NONE,
  type Operation,
  printProgram,
  ROOT_COUNT,
  SELF,
  SLOT_LIMIT_COUNT,
} from "./machine-program.js";

const CODE_COUNT = 5;
const PIECE_LIMIT_COUNT = 16;

const root = fc.nat({ max: ROOT_COUNT - 1 });
const slot = fc.nat({ max: SLOT_LIMIT_COUNT - 1 });
const generation = fc.nat({ max: 2 });
const code = fc.nat({ max: CODE_COUNT - 1 });
const codeOrNone = fc.oneof(
  { weight: 3, arbitrary: code },
  { weight: 2, arbitrary: fc.constant(NONE) },
);
const kind: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Kind>("slots", "instance") },
  { weight: 4, arbitrary: fc.constantFrom(...KINDS) },
);
const referable = fc.constantFrom<Kind>("slots", "instance", "function", "sublist", "subdict");
const container = fc.constantFrom<Kind>(...KINDS.filter((each) => each !== "atom"));

/** Inside codes `self` is an operand as well, and often the one that matters. */
function operandOf(inCode: boolean): fc.Arbitrary<number> {
  if (!inCode) return root;
  return fc.oneof({ weight: 2, arbitrary: root }, { weight: 3, arbitrary: fc.constant(SELF) });
}

const operation = (tuple: fc.Arbitrary<unknown>) => tuple as fc.Arbitrary<Operation>;

function operationArbitrary(inCode: boolean): fc.Arbitrary<Operation> {
  const operand = operandOf(inCode);
  const operandOrNone = fc.oneof(
    { weight: 3, arbitrary: operand },
    { weight: 1, arbitrary: fc.constant(NONE) },
  );
  const name = <Name extends string>(value: Name) => fc.constant(value);
  const make = (weight: number, ...parts: fc.Arbitrary<unknown>[]) => ({
    weight,
    arbitrary: operation(fc.tuple(...parts)),
  });
  const slotCount = fc.integer({ min: 1, max: SLOT_LIMIT_COUNT });
  const fresh = fc
    .tuple(root, kind, slotCount, codeOrNone, codeOrNone)
    .map(
      ([into, made, count, finalizer, call]): Operation => [
        ...(["new", into, made] as const),
        made === "atom" ? 0 : count,
        ...([finalizer, call] as const),
      ],
    );
  const tuple = fc
    .tuple(root, fc.array(operandOrNone, { minLength: 1, maxLength: 3 }))
    .map(([into, items]): Operation => ["tuple", into, ...items]);
  return fc.oneof(
    { weight: inCode ? 4 : 12, arbitrary: fresh },
    { weight: inCode ? 1 : 4, arbitrary: tuple },
    make(inCode ? 8 : 14, name("set"), operand, slot, operandOrNone),
    make(4, name("load"), root, operand, slot),
    make(inCode ? 8 : 8, name("copy"), root, operandOrNone),
    make(inCode ? 3 : 6, name("weak"), root, operand, codeOrNone),
    make(inCode ? 1 : 3, name("weak call"), root, operand, operand),
    make(inCode ? 3 : 3, name("deref"), root, operand),
    make(inCode ? 3 : 6, name("collect"), generation),
    make(1, name("referents"), operand),
    make(1, name("weak references"), operand),
    make(2, name("ask"), operand),
    make(1, name("objects"), generation),
    make(inCode ? 3 : 0, name("throw")),
  );
}

/** Thawed, the interpreter's own objects are examined as well, which takes long: so it is rare. */
const freezing = fc.constantFrom<Operation[]>(
  [["freeze"]],
  [["unfreeze"]],
  [["freeze"], ["unfreeze"]],
);

const COLLECT_OR_NOT = fc.oneof(
  { weight: 4, arbitrary: generation },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

function collectIf(chosen: number | undefined): Operation[] {
  return chosen === undefined ? [] : [["collect", chosen]];
}

/** Of up to four objects; often the same, which then compete for what it names. */
const finalizerCodes = fc.oneof(
  fc.array(codeOrNone, { minLength: 4, maxLength: 4 }),
  code.map((each) => [each, each, each, each]),
);

/** Objects in a ring, some with weak references that outlive or share their fate; all dropped. */
const ring: fc.Arbitrary<Operation[]> = fc
  .record({
    kinds: fc.array(fc.oneof({ weight: 3, arbitrary: referable }, container), {
      minLength: 1,
      maxLength: 4,
    }),
    finalizers: finalizerCodes,
    weak: fc.array(fc.tuple(root, codeOrNone, fc.boolean()), { maxLength: 2 }),
    first: root,
    older: COLLECT_OR_NOT,
    chosen: COLLECT_OR_NOT,
  })
  .map(({ kinds, finalizers, weak, first, older, chosen }) => {
    const at = (index: number): number => (first + index) % ROOT_COUNT;
    const made = kinds.map(
      (each, index): Operation => ["new", at(index), each, 2, finalizers[index] as number, NONE],
    );
    const links = kinds.map(
      (_, index): Operation => ["set", at(index), 0, at((index + 1) % kinds.length)],
    );
    const watched = weak.flatMap(([target, call, isGarbage]): Operation[] => [
      ["weak", at(kinds.length), at(target % kinds.length), call],
      ...(isGarbage ? [["set", at(0), 1, at(kinds.length)] as const] : []),
    ]);
    const drops = kinds.map((_, index): Operation => ["copy", at(index), NONE]);
    return [...made, ...links, ...watched, ...collectIf(older), ...drops, ...collectIf(chosen)];
  });

/** One object with many weak references, kept in a list; then it dies. */
const watched: fc.Arbitrary<Operation[]> = fc
  .record({
    kind: referable,
    finalizer: codeOrNone,
    calls: fc.array(fc.option(codeOrNone, { nil: undefined, freq: 3 }), {
      minLength: 2,
      maxLength: 4,
    }),
    called: code,
    /** Each callback an object of its own, which nothing else holds and which may be finalized. */
    own: fc.option(codeOrNone, { nil: undefined, freq: 2 }),
    inCycle: fc.boolean(),
    first: root,
    chosen: COLLECT_OR_NOT,
  })
  .map(({ kind: made, finalizer, calls, called, own, inCycle, first, chosen }) => {
    const at = (index: number): number => (first + index) % ROOT_COUNT;
    const [target, keeper, weak, callable] = [at(0), at(1), at(2), at(3)];
    const make: Operation = ["new", callable, "function", 1, own ?? NONE, called];
    const kept = calls.flatMap((call, index): Operation[] => [
      ...(own === undefined ? [] : [make]),
      call === undefined ? ["weak call", weak, target, callable] : ["weak", weak, target, call],
      ["set", keeper, index, weak],
    ]);
    return [
      ["new", target, made, 2, finalizer, NONE],
      ["new", keeper, "list", 4, NONE, NONE],
      make,
      ...kept,
      ...(own === undefined ? [] : ([["copy", callable, NONE]] as Operation[])),
      ["copy", weak, NONE],
      ...(inCycle ? ([["set", target, 0, target]] as Operation[]) : []),
      ["copy", target, NONE],
      ...collectIf(chosen),
    ] satisfies Operation[];
  });

/** A container of some objects that are older than it; it is emptied, or found through a root. */
const holder: fc.Arbitrary<Operation[]> = fc
  .record({
    kinds: fc.array(referable, { minLength: 2, maxLength: 3 }),
    finalizers: finalizerCodes,
    made: container,
    first: root,
    older: generation,
    lives: fc.boolean(),
    chosen: generation,
  })
  .map(({ kinds, finalizers, made, first, older, lives, chosen }) => {
    const at = (index: number): number => (first + index) % ROOT_COUNT;
    const whole = at(kinds.length);
    const members = kinds.map(
      (each, index): Operation => ["new", at(index), each, 1, finalizers[index] as number, NONE],
    );
    const links = kinds.flatMap((_, index): Operation[] => [
      ["set", whole, index, at(index)],
      ["copy", at(index), NONE],
    ]);
    return [
      ...members,
      ...(lives ? [] : ([["collect", older]] as Operation[])),
      ["new", whole, made, 4, NONE, NONE],
      ...links,
      ["set", whole, 3, whole],
      ...(lives ? [] : ([["copy", whole, NONE]] as Operation[])),
      ["collect", chosen],
      ["objects", Math.min(chosen + 1, 2)],
    ] satisfies Operation[];
  });

/** A chain that hangs on one root, each link with a finalizer; the root lets go. */
const chain: fc.Arbitrary<Operation[]> = fc
  .record({
    kinds: fc.array(referable, { minLength: 2, maxLength: 4 }),
    finalizers: finalizerCodes,
    first: root,
    closes: fc.boolean(),
    chosen: COLLECT_OR_NOT,
  })
  .map(({ kinds, finalizers, first, closes, chosen }) => {
    const next = (first + 1) % ROOT_COUNT;
    const links = kinds.flatMap((each, index): Operation[] => [
      ["new", next, each, 2, finalizers[index] as number, NONE],
      ["set", next, 0, first],
      ["copy", first, next],
    ]);
    const dropped: Operation[] = [
      ["copy", next, NONE],
      ["copy", first, NONE],
    ];
    return [
      ["copy", first, NONE],
      ...links,
      ...(closes ? ([["set", first, 1, first]] as Operation[]) : []),
      ...dropped,
      ...collectIf(chosen),
    ] satisfies Operation[];
  });

/** Tuples and dicts of atoms leave the lists in collections. */
const atoms: fc.Arbitrary<Operation[]> = fc
  .record({
    first: root,
    isDict: fc.boolean(),
    generations: fc.array(generation, { maxLength: 3 }),
  })
  .map(({ first, isDict, generations }) => {
    const atom = (first + 1) % ROOT_COUNT;
    const holder: Operation[] = isDict
      ? [
          ["new", first, "dict", 3, NONE, NONE],
          ["new", atom, "list", 1, NONE, NONE],
          ["set", first, 0, atom],
          ["new", atom, "atom", 0, NONE, NONE],
          ["set", first, 0, atom],
        ]
      : [
          ["new", atom, "atom", 0, NONE, NONE],
          ["tuple", first, atom, NONE],
        ];
    return [...holder, ...generations.map((each): Operation => ["collect", each])];
  });

const piece: fc.Arbitrary<Operation[]> = fc.oneof(
  { weight: 30, arbitrary: operationArbitrary(false).map((each) => [each]) },
  { weight: 6, arbitrary: ring },
  { weight: 3, arbitrary: watched },
  { weight: 3, arbitrary: chain },
  { weight: 3, arbitrary: holder },
  { weight: 2, arbitrary: atoms },
);

/** A counterexample prints as lines that read like Python. */
export function machinePrograms(): fc.Arbitrary<MachineProgram> {
  const codes = fc.array(fc.array(operationArbitrary(true), { minLength: 1, maxLength: 3 }), {
    minLength: CODE_COUNT,
    maxLength: CODE_COUNT,
  });
  const freezes = fc.oneof(
    { weight: 199, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.tuple(freezing, fc.nat()) },
  );
  return fc
    .record(
      { codes, pieces: fc.array(piece, { maxLength: PIECE_LIMIT_COUNT, size: "max" }), freezes },
      { noNullPrototype: true },
    )
    .map(({ codes: made, pieces, freezes: rare }) => {
      const steps = pieces.flat();
      if (rare !== undefined) steps.splice(rare[1] % (steps.length + 1), 0, ...rare[0]);
      return withText({ codes: made, steps });
    });
}

function withText(program: MachineProgram): MachineProgram {
  return Object.defineProperty(program, fc.toStringMethod, {
    value: () => `\n${printProgram(program).join("\n")}\n`,
    enumerable: false,
  });
}
