// Faults planted in a copy of the writers, each of which a reader must notice: otherwise a check by
// that reader would prove nothing.

import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { writeV8HeapSnapshot } from "@ouro/monitor";

export interface ExportFault {
  readonly name: string;
  readonly find: string;
  readonly replace: string;
}

const SOURCES = new URL("../../../packages/monitor/src/", import.meta.url);
const COPIES = new URL("../../../temp/export-faults/", import.meta.url);
const FILE = "v8-heap-snapshot.ts";

export const exportFaults: readonly ExportFault[] = [
  {
    name: "a reference names a node and not its place in the array",
    find: "return (object + SYNTHETIC_COUNT) * NODE_FIELDS.length;",
    replace: "return object + SYNTHETIC_COUNT;",
  },
  {
    name: "weak references keep alive",
    find: 'yield [WEAK, strings.indexOf("referent"), nodeOf(target)];',
    replace: 'yield [PROPERTY, strings.indexOf("referent"), nodeOf(target)];',
  },
  {
    name: "garbage hangs nowhere",
    find: "if (distances[object] === -1) garbage.push(object);",
    replace: "if (distances[object] === -2) garbage.push(object);",
  },
  {
    name: "the last reference of an object is counted for the next one",
    find: "    counts[object + SYNTHETIC_COUNT] = own + (weak.get(object)?.length ?? 0);",
    replace:
      "    const shift = own > 0 && object + 1 < objectCount ? 1 : 0;\n" +
      "    counts[object + SYNTHETIC_COUNT] =\n" +
      "      (counts[object + SYNTHETIC_COUNT] as number) + own - shift +\n" +
      "      (weak.get(object)?.length ?? 0);\n" +
      "    if (shift === 1) counts[object + SYNTHETIC_COUNT + 1] = 1;",
  },
  {
    name: "the roots are no synthetic node",
    find: "yield [SYNTHETIC, strings.indexOf(name), idOf(index), 0, counts[index] as number, 0];",
    replace:
      "yield [index === 1 ? OBJECT : SYNTHETIC, strings.indexOf(name), idOf(index), 0, " +
      "counts[index] as number, index];",
  },
  {
    name: "elements are numbered from one",
    find: "[ELEMENT, Number.parseInt(element, 10)]",
    replace: "[ELEMENT, Number.parseInt(element, 10) + 1]",
  },
  {
    name: "an owned reference has the name of the next slot",
    find: "if (slot >= visitedCount) return [INTERNAL, strings.indexOf(name)];",
    replace: "if (slot >= visitedCount) return [INTERNAL, strings.indexOf(name.slice(1))];",
  },
  {
    name: "an array comes after the strings",
    find: '  yield* strings.text();\n  yield "}\\n";',
    replace: "  yield* strings.text();\n  yield ',\"extra\":[1]}\\n';",
  },
];

/** The writer with the fault in it. The text of the fault must stand once in the file. */
export async function plantExportFault(index: number): Promise<typeof writeV8HeapSnapshot> {
  const { name, find, replace } = exportFaults[index] as ExportFault;
  const copy = new URL(`${index}/`, COPIES);
  cpSync(SOURCES, copy, { recursive: true });
  const source = readFileSync(new URL(FILE, copy), "utf8");
  const pieces = source.split(find);
  if (pieces.length !== 2) {
    throw new Error(`fault "${name}": its text stands ${pieces.length - 1} times in ${FILE}`);
  }
  writeFileSync(new URL(FILE, copy), pieces.join(replace));
  const module = (await import(new URL(FILE, copy).href)) as {
    writeV8HeapSnapshot: typeof writeV8HeapSnapshot;
  };
  return module.writeV8HeapSnapshot;
}

export function removeFaults(): void {
  rmSync(COPIES, { recursive: true, force: true });
}
