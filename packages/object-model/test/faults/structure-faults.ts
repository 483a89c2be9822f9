// Faults of what checked mode says to odd things in the place of lists, maps, strings, byte arrays,
// typed objects and handles, and the call of odd-structures.ts that kills each.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

/** The call of odd-structures.ts that takes what is none, or says another's name. */
export const structure = (name: string): string => `checked mode refuses what is none: ${name}`;

export const ADOPTED = "in checked mode a slot has one handle";

const KINDS = { file: "kind-checks.ts" } as const;
const HANDLES = { file: "handle-set.ts" } as const;
const TYPED = { file: "typed-objects.ts" } as const;
const RAW = { file: "raw-form.ts" } as const;
const STRINGS = { file: "string.ts" } as const;
const BYTES = { file: "byte-array.ts" } as const;

export const structureFaults: readonly PlantedFault[] = [
  {
    ...KINDS,
    name: "a list need not be a number",
    find: "checkNumber(where, kind.name, value);",
    replace: "",
    killedBy: structure("lists.lengthOf"),
  },
  {
    ...KINDS,
    name: "an element need not be a value",
    find: "checkValue(where, given);",
    replace: "",
    killedBy: structure("lists.set of a value"),
  },
  {
    ...KINDS,
    name: "a slot is refused in the name of the mutator's call",
    find: "wrap(kind.slots, (where, given) => mutator.plainSlotFor(where, given as Slot));",
    replace: "",
    killedBy: structure("lists.allocate"),
  },
  {
    ...KINDS,
    name: "what is to be validated is refused in the name of the mutator's call",
    find: "wrap(kind.references, (where, given) => mutator.plainFor(where, given as Reference));",
    replace: "",
    killedBy: structure("lists.validate"),
  },
  {
    ...HANDLES,
    name: "the index of a handle need not be a number",
    find: 'checkNumber("handles.adopt", "index", index);',
    replace: "",
    killedBy: structure("handles.adopt"),
  },
  {
    ...HANDLES,
    name: "a slot gets as many handles as are asked for",
    find: "if (checked !== undefined) held.add(slot);",
    replace: "",
    killedBy: ADOPTED,
  },
  {
    ...HANDLES,
    name: "what a handle is to hold is refused in the name of the mutator's call",
    find: 'checked?.plainSlotFor("handles.hold", from);',
    replace: "",
    killedBy: structure("handles.hold"),
  },
  {
    ...TYPED,
    name: "a typed object need not be a number",
    find: `checkNumber(\`\${name}.\${where}\`, "object", object);`,
    replace: "",
    killedBy: structure("Node.next"),
  },
  {
    ...TYPED,
    name: "whatever is a number is asked for its type",
    find: `checkValue(\`\${name}.is\`, value);`,
    replace: "",
    killedBy: structure("Node.is"),
  },
  {
    ...TYPED,
    name: "the slot of a typed object is refused in the name of the mutator's call",
    find: `  function allocateOne(into: Slot): Reference {
    checkSlot("allocate", into);`,
    replace: "  function allocateOne(into: Slot): Reference {",
    killedBy: structure("Node.allocate of a slot"),
  },
  {
    ...TYPED,
    name: "the slot of a typed array is refused in the name of the mutator's call",
    find: `0x1fffffff);
    checkSlot("allocate", into);`,
    replace: "0x1fffffff);",
    killedBy: structure("Row.allocate of a slot"),
  },
  {
    ...RAW,
    name: "a BigInt is made a short number to be looked at",
    find: 'typeof value === "number" && isKept(form, value)',
    replace: 'Number.isFinite(Math.fround(value as number)) && typeof value === "number"',
    killedBy: structure("Node.setShort of a number"),
  },
  {
    ...RAW,
    name: "what is refused is made a text by itself",
    find: `argument: \`value \${numberText(value)}\`,`,
    replace: `argument: \`value \${value}\`,`,
    killedBy: structure("Node.setFlag of a truth value"),
  },
  {
    ...STRINGS,
    name: "units need not be a list",
    find: 'if (typeof units?.length !== "number") refuseUnits(describeValue(units));',
    replace: "",
    killedBy: structure("strings.allocateUnits"),
  },
  {
    ...STRINGS,
    name: "a unit need not be a number",
    find: `if (typeof unit !== "number") refuseUnits(\`\${describeValue(unit)}, at \${index},\`);`,
    replace: "",
    killedBy: structure("strings.allocateUnits of a unit"),
  },
  {
    ...BYTES,
    name: "bytes of the host need not be a list",
    find: "source?.length >= 0 &&",
    replace: "",
    killedBy: structure("bytes.allocateFrom"),
  },
  {
    ...BYTES,
    name: "bytes of the host need not be numbers",
    find: "checkSource(source);\n",
    replace: "",
    killedBy: structure("bytes.allocateFrom of a byte"),
  },
  {
    ...BYTES,
    name: "a byte need not be a number",
    find: 'checkNumber("bytes.setByte", "byte", byte, "Give a number");',
    replace: "",
    killedBy: structure("bytes.setByte of a byte"),
  },
];
