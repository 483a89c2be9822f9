// Faults that checked mode and the structures are there to prevent, each a small change of the
// sources, and the case or property that kills it. A fault that no longer applies fails loudly: the
// sources moved on, it must too.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { numberFaults } from "./number-faults.js";
import { structureFaults } from "./structure-faults.js";

export const LIST = "a list is what an array of the same commands is";
export const MAP = "a map is what a JavaScript map of the same commands is";
export const STRING = "a string is what a JavaScript string is";

/** The case of refusals.ts that finds the refusal missing. */
export const refusal = (name: string): string => `checked mode refuses: ${name}`;

/** The case of facade-refusals.ts that finds the refusal missing. */
export const facade = (name: string): string => `the typed facade refuses: ${name}`;

const CHECKED = { file: "checked-mutator.ts" } as const;
const FIELDS = { file: "field-checks.ts" } as const;
const LOG = { file: "reference-log.ts" } as const;
const LOCKS = { file: "slot-locks.ts" } as const;
const DEFINITION = { file: "type-definition.ts" } as const;
const TYPED = { file: "typed-objects.ts" } as const;
const RAW = { file: "raw-form.ts" } as const;
const LISTS = { file: "list.ts", on: "null", killedBy: LIST } as const;
const MAPS = { file: "map.ts", on: "null", killedBy: MAP } as const;
const STRINGS = { file: "string.ts", on: "null", killedBy: STRING } as const;
const BYTES = { file: "raw-bytes.ts", on: "null", killedBy: STRING } as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...LOG,
    name: "a safepoint does not end the epoch",
    find: `stamp++;
    epochStart = epochStart === lastEpochStart ? unit : epochStart + unit;`,
    replace: "",
    killedBy: refusal("a reference kept over collect"),
  },
  {
    ...LOG,
    name: "a safepoint ends what was given out, but not the epoch",
    find: "epochStart = epochStart === lastEpochStart ? unit : epochStart + unit;",
    replace: "",
    killedBy: refusal(
      "a reference kept over a safepoint, though another to its object was given out since",
    ),
  },
  {
    ...LOG,
    name: "whatever has the epoch passes",
    find: "(word & -4) === word && stamps[word >>> SHIFT] === stamp;",
    replace: "(word & -4) === word && word > 0 && word < unit;",
    killedBy: refusal(
      "get of the number that a reference to an object would have that was not looked at",
    ),
  },
  {
    ...CHECKED,
    name: "allocate is no safepoint",
    find: `safepoint(ALLOCATE, type);
    const object = fast.allocate(type, slot);
    endSafepoint(ALLOCATE, type);`,
    replace: "const object = fast.allocate(type, slot);",
    killedBy: refusal("a reference kept over allocate"),
  },
  {
    ...CHECKED,
    name: "allocateArray is no safepoint",
    find: `safepoint(ALLOCATE_ARRAY, type);
    const object = fast.allocateArray(type, length, slot);
    endSafepoint(ALLOCATE_ARRAY, type);`,
    replace: "const object = fast.allocateArray(type, length, slot);",
    killedBy: refusal("a reference kept over allocateArray"),
  },
  {
    ...CHECKED,
    name: "poll is no safepoint",
    find: `safepoint(POLL, 0);
      fast.poll();
      endSafepoint(POLL, 0);`,
    replace: "fast.poll();",
    killedBy: refusal("a reference kept over poll"),
  },
  {
    ...CHECKED,
    name: "the death of an object is not seen",
    find: " || (canDie && !isObject(object))",
    replace: "",
    killedBy: refusal("get of a reference whose object died without a safepoint"),
  },
  {
    ...LOG,
    name: "a word index passes for a reference",
    find: "const word = reference - epochStart;",
    replace: "const word = reference % unit;",
    killedBy: refusal("get of a word index that checked mode did not give out"),
  },
  {
    ...CHECKED,
    name: "the value of set is not tested",
    find: 'plainValue("set (value)", value)',
    replace: "value > 0 ? ((value % 2 ** 22) as Reference) : value",
    killedBy: refusal("set (value) of a reference kept over a safepoint"),
  },
  {
    ...LOCKS,
    name: "a slot that arithmetic took out of its frame passes",
    find: "if (key === 0 || locks[word - framesStart] !== key) openPlain(where, slot);",
    replace: "if (key === 0 || !roots.isLive(word)) openPlain(where, slot);",
    killedBy: refusal("setRoot of an enclosing frame's slot, reached from the frame above"),
  },
  {
    ...LOCKS,
    name: "every frame has the same key",
    find: "lastKey = lastKey === keyCount ? 1 : lastKey + 1;\n    if",
    replace: "lastKey = 1;\n    if (lastKey < 0) if",
    killedBy: refusal("allocate of a slot of the frame above, reached from the enclosing frame"),
  },
  {
    ...LOCKS,
    name: "a frame gets the key that its depth had before",
    find: "const key = keyFor(frame);",
    replace: "const key = ((frames.length % 7) + 1) * keyUnit;",
    killedBy: refusal("root of a slot of a frame that was left, where another lies"),
  },
  {
    ...LOCKS,
    name: "a word index passes for a slot of a frame",
    find: "if (lockOf(slot) !== 0 || !roots.isLive(slot)) refuse(where, slot);",
    replace: "if (!roots.isLive(slot)) refuse(where, slot);",
    killedBy: refusal("take of a frame's slot by its word index"),
  },
  {
    ...LOCKS,
    name: "the slots of a frame stay unlocked when it is left",
    find: "for (let word: number = frame; word < frameEnd; word++) locks[word - framesStart] = 0;",
    replace: "",
    killedBy: refusal("fill of a slot of a frame that was left"),
  },
  {
    ...LOCKS,
    name: "any handle slot counts as in use",
    find: "if (lockOf(slot) !== 0 || !roots.isLive(slot)) refuse(where, slot);",
    replace:
      "if (slot >= framesStart && (lockOf(slot) !== 0 || !roots.isLive(slot))) refuse(where, 0);",
    killedBy: refusal("setRoot of a handle's slot that is not in use"),
  },
  {
    ...LOCKS,
    name: "half a slot counts as one",
    find: "const key = slot - word;\n    if (key === 0",
    replace: "const key = (slot | 0) - word;\n    if (key === 0",
    killedBy: refusal("root of a fraction"),
  },
  {
    ...FIELDS,
    name: "a field before the first slot passes",
    find: "start >= (words[row + ROW_SLOTS_START] as number) && start + count",
    replace: "start + count",
    killedBy: refusal("set of a length"),
  },
  {
    ...FIELDS,
    name: "a raw word passes for a slot at hand",
    find: "field < (slotCounts[type] as number) &&",
    replace: "field < (fieldsEnds[type] as number) &&",
    killedBy: refusal("get of a raw word"),
  },
  {
    ...FIELDS,
    name: "a slot passes for a raw word at hand",
    find: "field >= (slotCounts[type] as number) &&\n",
    replace: "field >= 0 &&\n",
    killedBy: refusal("setWord of an owned-only slot"),
  },
  {
    ...FIELDS,
    name: "raw words at hand run on behind the object",
    find: "field < (fieldsEnds[type] as number) &&\n",
    replace: "field <= (fieldsEnds[type] as number) &&\n",
    killedBy: refusal("word of a field behind an object of fixed length"),
  },
  {
    ...FIELDS,
    name: "slots run on into raw words",
    find: "start + count <= end;",
    replace: "start < end;",
    killedBy: refusal("copy of slots that run on behind the object"),
  },
  {
    ...FIELDS,
    name: "owned-only slots pass for raw words",
    find: "start >= layout.slotsEnd(object) && start <",
    replace: "start >= layout.visitedEnd(object) && start <",
    killedBy: refusal("setWord of an owned-only slot"),
  },
  {
    ...FIELDS,
    name: "raw words run on behind the object",
    find: "start < object + layout.sizeWords(object);",
    replace: "start <= object + layout.sizeWords(object);",
    killedBy: refusal("word of a field behind the object"),
  },
  {
    ...FIELDS,
    name: "a length may be written",
    find: "field === 0 && first === 0 && kinds",
    replace: "field === 0 && kinds",
    killedBy: refusal("setWord of a length"),
  },
  {
    ...CHECKED,
    name: "a raw word may be any number",
    find: "if (value !== (value | 0) && value !== value >>> 0) {",
    replace: "if (Number.isNaN(value)) {",
    killedBy: refusal("setWord of a number that is no word"),
  },
  {
    ...CHECKED,
    name: "a value may be any number",
    find: "if (value !== (value | 0)) refuseValue",
    replace: "if (value > 0) refuseValue",
    killedBy: refusal("a value that is not a number"),
  },
  {
    ...CHECKED,
    name: "fill does not look at what the field holds",
    find: "if (fast.get(object, field) !== 0) {",
    replace: "if (fast.get(object, field) < 0) {",
    killedBy: refusal("fill over a reference"),
  },
  {
    ...LOCKS,
    name: "frames are left in any order",
    find: "!isOlder(frame) : frame !== current)",
    replace: "!isOlder(frame) : frame > current)",
    killedBy: refusal("leave of an enclosing frame"),
  },
  {
    ...CHECKED,
    name: "moveRoot of a slot to itself passes",
    find: "if (target === source) {",
    replace: "if (target < 0) {",
    killedBy: refusal("moveRoot of a slot to itself"),
  },
  {
    ...FIELDS,
    name: "a type's kind of length is not looked at",
    find: "if (kinds[wanted] !== (isArray ? VARIABLE : FIXED)) typeNotMet",
    replace: "if (!kinds[wanted]) typeNotMet",
    killedBy: refusal("allocateArray of a type of fixed length"),
  },
  {
    ...LISTS,
    name: "a list grows one element too late",
    find: "if (length + count <= capacityOf(object)) return;",
    replace: "if (length + count <= capacityOf(object) + 1) return;",
  },
  {
    ...LISTS,
    name: "growth copies one element too few",
    find: "copy(storage, FIRST, storageOf(object), FIRST, length);",
    replace: "copy(storage, FIRST, storageOf(object), FIRST, length - 1);",
  },
  {
    ...LISTS,
    name: "a removed element leaves a copy of the last one behind the end",
    find: "set(storage, FIRST + last, 0);",
    replace: "",
  },
  {
    ...LISTS,
    name: "an insertion does not move what is behind it",
    find: "copy(storage, field + 1, storage, field, FIRST + length - field);",
    replace: "",
  },
  {
    ...LISTS,
    name: "an index one past the end passes",
    find: "checkIndex(where, index, lengthOf(list));",
    replace: "checkIndex(where, index, lengthOf(list) + 1);",
  },
  {
    ...MAPS,
    name: "texts are equal only to themselves",
    find: "return strings.isString(one) && strings.isString(other) && strings.equals(one, other);",
    replace: "return false;",
  },
  {
    ...MAPS,
    name: "a deleted entry is none that was ever used",
    find: "setWord(indexOf(map), foundField, DELETED);",
    replace: "setWord(indexOf(map), foundField, 0);",
  },
  {
    ...MAPS,
    name: "growth keeps deleted entries",
    find: "count += entry - first;",
    replace: "count = entry;",
  },
  {
    ...MAPS,
    name: "a deletion is not counted",
    find: "setWord(map, USED, word(map, USED) - 1);",
    replace: "",
  },
  {
    ...MAPS,
    name: "growth does not make the table anew",
    find: "      rehash(object);\n    } finally {",
    replace: "    } finally {",
  },
  {
    ...MAPS,
    name: "a map does not hash objects anew that moved",
    find: "word(map, STAMP) !== stampNow()",
    replace: "word(map, STAMP) < 0",
    on: "semispace, stressed",
  },
  {
    ...MAPS,
    name: "a map keeps its table in hand while it allocates",
    find: `const frame = enter(2);
    try {
      const usable = usableOf(log2);`,
    replace: `const object = at(map);
    const frame = enter(2);
    try {
      const at = (_: Slot): Reference => object;
      const usable = usableOf(log2);`,
    on: "semispace, stressed",
  },
  {
    ...LISTS,
    name: "a cleared list keeps its storage",
    find: "take(frame, list, STORAGE_FIELD);",
    replace: "mutator.fill(list, STORAGE_FIELD, frame);",
    on: "refcount, stressed",
  },
  {
    ...STRINGS,
    name: "a slice is as wide as what it was cut from",
    find: "isWideString = readUnit(source, index) > NARROW_LIMIT;",
    replace: "isWideString = isWide(source);",
  },
  {
    ...STRINGS,
    name: "a whole is as wide as its first part",
    find: "const isWideString = isWide(first) || isWide(second);",
    replace: "const isWideString = isWide(first);",
  },
  {
    ...STRINGS,
    name: "a prefix is equal to the whole",
    find: "return lengthOf(one) - lengthOf(other);",
    replace: "return 0;",
  },
  {
    ...BYTES,
    name: "a last word is loaded with what lies behind the end",
    find: "Math.min(index + 3, length - 1)",
    replace: "index + 3",
  },
  {
    ...BYTES,
    name: "writing a byte keeps its old bits",
    find: "(word(object, field) & ~(0xff << shift)) |",
    replace: "word(object, field) + 1 |",
  },
  {
    ...DEFINITION,
    name: "a definition's keys are not looked at",
    find: "checkOptions(where, definition, OPTIONS);",
    replace: "",
    killedBy: facade("the definition of the unknown key collected"),
  },
  {
    ...DEFINITION,
    name: "a definition's kinds are not looked at",
    find: "checkKind(field, kind, refuseField);",
    replace: "field;",
    killedBy: facade("the definition of a kind by its name"),
  },
  {
    ...DEFINITION,
    name: "the elements of an array are not looked at",
    find: "} else if (!isElementKind(kind.element)) {",
    replace: "} else if (!kind.element) {",
    killedBy: facade("the definition of an array of a kind's name"),
  },
  {
    ...DEFINITION,
    name: "any form of a raw word passes",
    find: "return RAW_FORMS.includes(kind.form as string);",
    replace: "return true;",
    killedBy: facade("the definition of a form that there is not"),
  },
  {
    file: "field-kind.ts",
    name: "refTo of nothing is a slot for anything",
    find: 'if (typeof type?.name !== "string"',
    replace: 'if (type && typeof type?.name !== "string"',
    killedBy: facade("refTo of a type that is not defined yet"),
  },
  {
    ...TYPED,
    name: "the value of a raw field is not looked at",
    find: ", kind.form, value),",
    replace: ', "f64", 0),',
    killedBy: facade("i32 of 2147483648"),
  },
  {
    ...TYPED,
    name: "the value of a raw element is not looked at",
    find: ", element, value);",
    replace: ', "f64", 0);',
    killedBy: facade("byte of 256"),
  },
  {
    ...RAW,
    name: "a u32 may be negative",
    find: 'if (form === "u32") checkInteger(where, "value", value as number, 0,',
    replace: 'if (form === "u32") checkInteger(where, "value", value as number, -1,',
    killedBy: facade("u32 of -1"),
  },
  {
    ...RAW,
    name: "an f32 may become infinite",
    find: 'form === "f64" ||',
    replace: "true ||",
    killedBy: facade("f32 of 1e+39"),
  },
  ...numberFaults,
  ...structureFaults,
];
