// Recorded traces as plain words, two an event, so that peers in any language replay the same.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "@ouro/interfaces";
import { cacheFolder } from "./tool.js";
import type { TraceWords } from "./workload.js";

const EXTENSION = ".altrace.gz";
const shippedFolder = fileURLToPath(new URL("../../demo/traces/", import.meta.url));

/**
 * The traces the project ships; OURO_DATA names a folder with others, or their parent. Throws
 * `UsageError` for a wanted name that none of them has.
 */
export function findTraces(wanted?: readonly string[]): string[] {
  const files = traceFiles();
  if (wanted === undefined) return files;
  return wanted.map((name) => {
    const found = files.find((file) => basename(file, EXTENSION) === name);
    if (found !== undefined) return found;
    const names = files.map((file) => basename(file, EXTENSION)).join(", ");
    throw new UsageError({
      where: "bench",
      argument: `--trace ${name}`,
      problem: "is no recorded trace here",
      remedy: names === "" ? "Name a folder of them in OURO_DATA." : `Choose from ${names}.`,
    });
  });
}

function traceFiles(): string[] {
  const data = process.env.OURO_DATA;
  const folders = data === undefined ? [shippedFolder] : [data, join(data, "traces")];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const names = readdirSync(folder).filter((name) => name.endsWith(EXTENSION));
    if (names.length > 0) return names.sort().map((name) => join(folder, name));
  }
  return [];
}

/** Decodes a trace; marks are dropped. Throws `InputFormatError` for a damaged file. */
export async function decodeToWords(file: string): Promise<TraceWords> {
  const { decodeTrace, OPERATION_MASK, OPERATION_REALLOC } = await import("@ouro/trace");
  const compressed = readFileSync(file);
  const { events, footer } = decodeTrace(compressed, { sourceName: basename(file) });
  const words = new Int32Array(events.eventCount * 2);
  let end = 0;
  for (let i = 0; i < events.eventCount; i++) {
    const operation = (events.kinds[i] as number) & OPERATION_MASK;
    if (operation > OPERATION_REALLOC) continue;
    words[end++] = (events.ids[i] as number) * 4 + operation;
    words[end++] = events.sizesBytes[i] as number;
  }
  const name = basename(file, EXTENSION);
  const out = join(cacheFolder("trace", file, String(compressed.length)), `${name}.words`);
  writeFileSync(out, new Uint8Array(words.buffer, 0, end * 4));
  return { name, file: out, eventCount: end / 2, peakLiveBytes: footer.peakLiveBytes };
}
