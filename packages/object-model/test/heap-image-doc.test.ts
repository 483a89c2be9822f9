import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { immediateOf } from "@ouro/interfaces";
import { decodeHeapImage, describeType, encodeHeapImage, restoreHeap } from "@ouro/object-model";
import { describe, expect, test } from "vitest";
import { describeReachable } from "./arbitrary-heap.js";
import { managers } from "./rigs.js";

const path = fileURLToPath(new URL("../../../docs/heap-image.md", import.meta.url));
const text = readFileSync(path, "utf8");

function blockOf(info: string): string {
  const start = text.indexOf(`\`\`\`${info}\n`) + info.length + 4;
  return text.slice(start, text.indexOf("\n```", start));
}

/** Lines of an offset and 16 bytes. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = [...bytes.subarray(offset, offset + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const letters = row.map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : "."));
    lines.push(`${offset.toString().padStart(4)}  ${hex}  ${letters.join("")}`);
  }
  return lines.join("\n");
}

const example = encodeHeapImage({
  version: 1,
  types: [
    describeType({ name: "pair", visitedSlotCount: 2 }),
    describeType({ name: "text", variablePart: "bytes" }),
  ],
  objectTypes: Int32Array.of(0, 1),
  lengths: Int32Array.of(0, 3),
  states: Uint8Array.of(0, 0),
  trackedOrder: Int32Array.of(),
  values: Int32Array.of(immediateOf(7), 2),
  rawWords: Int32Array.of(0x216968),
  handles: Int32Array.of(),
  frames: Int32Array.of(1),
  weakReferences: Int32Array.of(),
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("docs/heap-image.md", () => {
  test("shows the bytes of its example", () => {
    if (process.env.OURO_UPDATE === "1") {
      writeFileSync(path, text.replace(blockOf("text hex"), dump(example)));
    } else expect(blockOf("text hex")).toBe(dump(example));
  });

  test("shows an example that can be restored", () => {
    for (const [, makeRig] of managers) {
      const rig = makeRig();
      restoreHeap(rig, decodeHeapImage(example));
      const [root, ...objects] = describeReachable(rig);
      expect(root).toMatch(/: #1$/);
      expect(objects).toEqual([`pair[0] ${immediateOf(7)} #2`, `text[3] =${0x216968}`]);
    }
  });

  test.runIf(hasPython)("shows a Python program that writes these bytes", () => {
    const folder = mkdtempSync(join(tmpdir(), "ouro-image-"));
    try {
      const result = spawnSync("python3", ["-c", blockOf("python")], { cwd: folder });
      expect(result.stderr.toString()).toBe("");
      const written = readFileSync(join(folder, "example.heap-image"));
      expect(dump(written)).toBe(dump(example));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("names each section with its size, and nothing else", () => {
    const rows = [...text.matchAll(/^\| `([A-Z]{4})` \| (\d+) \|/gm)].map((row) => [
      row[1],
      +row[2]!,
    ]);
    const view = new DataView(example.buffer);
    const sections = Array.from({ length: view.getUint32(12, true) }, (_, index) => {
      const entry = 16 + 16 * index;
      const tag = String.fromCharCode(...example.subarray(entry, entry + 4));
      return [tag, view.getUint32(entry + 4, true)];
    });
    expect(rows).toEqual(sections);
  });
});
