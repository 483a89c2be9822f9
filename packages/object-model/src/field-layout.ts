// Where the fields of a defined type lie: slots first, visited before owned-only, then raw words,
// each group in the order of the definition; the variable part is always last.
//
//   field    0 (or 1 behind the length)
//          │ visited … │ owned only … │ raw words … │ elements or bytes … │

import { ELEMENTS_FIELD, type TypeDescriptor } from "@ouro/interfaces";
import type { AnySlotKind, FieldKind, FieldKinds, RawKind } from "./field-kind.js";
import type { TypeOptions } from "./type-table.js";

/** Where a field lies: its first field number, and what it is. */
export interface PlacedField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly field: number;
}

export function isSlotKind(kind: FieldKind): kind is AnySlotKind {
  return kind.group === "visited" || kind.group === "owned";
}

export function isMany(kind: FieldKind): boolean {
  return kind.group === "array" || kind.group === "bytes";
}

export function rawWordCount(kind: RawKind): number {
  return kind.form === "f64" ? 2 : 1;
}

/** `left` → `giveLeft`. */
export function accessorName(verb: string, field: string): string {
  return verb + field.charAt(0).toUpperCase() + field.slice(1);
}

/** What a type table is told of the fields, and where each lies. */
export function layOut(
  name: string,
  fields: FieldKinds,
): { options: TypeOptions; placed: PlacedField[] } {
  const entries = Object.entries(fields);
  const many = entries.find(([, kind]) => isMany(kind));
  const placed: PlacedField[] = [];
  const counts = { visited: 0, owned: 0, raw: 0 };
  let field = many === undefined ? 0 : ELEMENTS_FIELD;
  for (const group of ["visited", "owned", "raw"] as const) {
    for (const [fieldName, kind] of entries) {
      if (kind.group !== group) continue;
      placed.push({ name: fieldName, kind, field });
      const wordCount = kind.group === "raw" ? rawWordCount(kind) : 1;
      counts[group] += wordCount;
      field += wordCount;
    }
  }
  if (many !== undefined) placed.push({ name: many[0], kind: many[1], field });
  const options = {
    name,
    visitedSlotCount: counts.visited,
    ownedSlotCount: counts.owned,
    rawWordCount: counts.raw,
    variablePart: many === undefined ? ("none" as const) : variablePartOf(many[1]),
  };
  return { options, placed };
}

export function variablePartOf(kind: FieldKind): TypeDescriptor["variablePart"] {
  return kind.group === "array" ? kind.element.group : "bytes";
}
