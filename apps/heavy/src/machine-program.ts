// A random mutator program: operations on six roots, and codes that finalizers and callbacks run.
// It is data that both machines read as it is: machine.py in CPython, ouro-machine.ts on Ouro.
//
//   steps   op op op …                       operand   0 … 5   what a root holds
//     └► objects with finalizers, weak                 −1      the object whose code runs
//        references with callbacks                     −9      none
//          └► codes   op op op …
//
// An operation whose operands do not fit does nothing, so every list of operations is a program,
// and what is left of one after shrinking as well.

export const ROOT_COUNT = 6;
/** Operand: nothing. Code: no finalizer, no callback. */
export const NONE = -9;
/** Operand: the object whose code runs. */
export const SELF = -1;

/** Codes run inside codes only so deep, and so many of them in one program. */
export const CODE_DEPTH_LIMIT = 6;
export const CODE_LIMIT_COUNT = 60;

export const KINDS = [
  "instance",
  "slots",
  "function",
  "sublist",
  "subdict",
  "list",
  "dict",
  "atom",
] as const;
export type Kind = (typeof KINDS)[number];
/** What slots a kind's object may have at most; an atom has none. */
export const SLOT_LIMIT_COUNT = 4;

type Operand = number;

export type Operation =
  | readonly [
      name: "new",
      into: number,
      kind: Kind,
      slotCount: number,
      finalizer: number,
      call: number,
    ]
  | readonly [name: "tuple", into: number, ...items: Operand[]]
  | readonly [name: "set", object: Operand, slot: number, value: Operand]
  | readonly [name: "load", into: number, object: Operand, slot: number]
  | readonly [name: "copy", into: number, from: Operand]
  | readonly [name: "weak", into: number, object: Operand, call: number]
  | readonly [name: "weak call", into: number, object: Operand, callable: Operand]
  | readonly [name: "deref", into: number, weak: Operand]
  | readonly [name: "collect", generation: number]
  | readonly [name: "referents" | "weak references" | "ask", object: Operand]
  | readonly [name: "objects", generation: number]
  | readonly [name: "freeze" | "unfreeze" | "throw"];

export interface MachineProgram {
  readonly codes: readonly (readonly Operation[])[];
  readonly steps: readonly Operation[];
}

/** For each step the lines of what happened, a census of what roots reach last; then the end. */
export type Seen = readonly (readonly string[])[];

function printOperand(operand: Operand): string {
  if (operand === SELF) return "self";
  return operand === NONE ? "None" : `r${operand}`;
}

function printCode(code: number, label: string): string {
  return code === NONE ? "" : `, ${label}=code${code}`;
}

/** As a line that reads like Python. */
export function printOperation(operation: Operation): string {
  const show = printOperand;
  switch (operation[0]) {
    case "new": {
      const [, into, kind, count, finalizer, call] = operation;
      const codes = printCode(finalizer, "finalizer") + printCode(call, "call");
      return `r${into} = ${kind}(${count}${codes})`;
    }
    case "tuple":
      return `r${operation[1]} = (${operation.slice(2).map((item) => show(item as number))},)`;
    case "set":
      return `${show(operation[1])}.s${operation[2]} = ${show(operation[3])}`;
    case "load":
      return `r${operation[1]} = ${show(operation[2])}.s${operation[3]}`;
    case "copy":
      return `r${operation[1]} = ${show(operation[2])}`;
    case "weak": {
      const [, into, object, call] = operation;
      return `r${into} = weakref(${show(object)}${printCode(call, "callback")})`;
    }
    case "weak call":
      return `r${operation[1]} = weakref(${show(operation[2])}, callback=${show(operation[3])})`;
    case "deref":
      return `r${operation[1]} = ${show(operation[2])}()`;
    case "collect":
    case "objects":
      return `${operation[0]}(${operation[1]})`;
    case "referents":
    case "weak references":
    case "ask":
      return `${operation[0]}(${show(operation[1])})`;
    default:
      return `${operation[0]}()`;
  }
}

/** Lines for a reader: the codes that do something, then the steps. */
export function printProgram({ codes, steps }: MachineProgram): string[] {
  const lines = codes.map((code, index) => `code${index}: ${code.map(printOperation).join("; ")}`);
  return [
    ...lines.filter((_, index) => codes[index]?.length !== 0),
    ...steps.map((step, index) => `${String(index).padStart(3)}  ${printOperation(step)}`),
  ];
}
