// Test support: a trace file taken apart and put together again, without the package's own writer,
// and a second reader that is as plain as the format's description. The reader can be told to leave
// checks out: that is how the suites are shown to notice a reader that does.

import { crc32, gunzipSync, gzipSync } from "node:zlib";
import { InputFormatError } from "@ouro/interfaces";

export interface RawTrace {
  header: Record<string, unknown>;
  eventBytes: Uint8Array;
  footer: Record<string, unknown>;
}

const MAGIC_BYTES = 8;

export function bytesOfText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function gunzip(file: Uint8Array): Uint8Array {
  return new Uint8Array(gunzipSync(file));
}

export function gzip(decoded: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(decoded, { level: 1 }));
}

/** Offsets of the items of a well-formed decoded trace. */
export function itemOffsets(decoded: Uint8Array): { events: number; footer: number; end: number } {
  const view = new DataView(decoded.buffer, decoded.byteOffset, decoded.byteLength);
  const events = MAGIC_BYTES + 4 + view.getUint32(MAGIC_BYTES, true);
  const end = decoded.length - MAGIC_BYTES;
  let footer = end - 2;
  while (!(decoded[footer] === 7 && view.getUint32(footer + 1, true) === end - footer - 5))
    footer--;
  return { events, footer: footer + 5, end };
}

export function takeApart(file: Uint8Array): RawTrace {
  const decoded = gunzip(file);
  const { events, footer, end } = itemOffsets(decoded);
  const json = (start: number, stop: number): Record<string, unknown> =>
    JSON.parse(new TextDecoder().decode(decoded.subarray(start, stop)));
  return {
    header: json(MAGIC_BYTES + 4, events),
    eventBytes: decoded.slice(events, footer - 4),
    footer: json(footer, end),
  };
}

export function decodedOf(raw: RawTrace): Uint8Array {
  const header = bytesOfText(JSON.stringify(raw.header));
  const footer = bytesOfText(JSON.stringify(raw.footer));
  return join(
    bytesOfText("ALTRACE1"),
    u32(header.length),
    header,
    raw.eventBytes,
    u32(footer.length),
    footer,
    bytesOfText("ALTREND1"),
  );
}

export function putTogether(raw: RawTrace): Uint8Array {
  return gzip(decodedOf(raw));
}

export function crcOf(bytes: Uint8Array): number {
  return crc32(bytes);
}

/** One decoded event: kind, id, size. */
export type PlainEvent = readonly [kind: number, id: number, sizeBytes: number];

export type LeftOut = "crc" | "figures" | "endMagic" | "typedErrors";

/** Reads a trace naively: everything at once, one array an event. */
export function readPlainly(file: Uint8Array, leftOut: readonly LeftOut[] = []): PlainEvent[] {
  try {
    return readDecodedPlainly(gunzip(file), leftOut);
  } catch (error) {
    if (leftOut.includes("typedErrors")) throw error;
    throw new InputFormatError({ source: "plain", offsetBytes: 0, problem: String(error) });
  }
}

function readDecodedPlainly(decoded: Uint8Array, leftOut: readonly LeftOut[]): PlainEvent[] {
  const view = new DataView(decoded.buffer, decoded.byteOffset, decoded.byteLength);
  let at = MAGIC_BYTES + 4 + view.getUint32(MAGIC_BYTES, true);
  const start = at;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (at >= decoded.length) throw new Error("cut off");
      const byte = decoded[at++] as number;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  const zigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
  const events: PlainEvent[] = [];
  let [last, made] = [0, 0];
  for (;;) {
    const token = varint();
    const kind = token % 16;
    const operand = Math.floor(token / 16);
    if (kind % 8 === 7) break;
    if (kind % 8 === 0) last += zigzag(operand);
    if (kind % 8 === 3) last += zigzag(varint());
    if (kind % 8 === 0) events.push([kind, last, 0]);
    else if (kind % 8 === 3) events.push([kind, last, operand]);
    else if (kind % 8 === 4) events.push([kind, operand, 0]);
    else if (kind % 8 <= 2) events.push([kind, made++, operand]);
    else throw new Error(`operation ${kind % 8}`);
  }
  const eventBytes = decoded.subarray(start, at);
  const footerEnd = at + 4 + view.getUint32(at, true);
  const footer = JSON.parse(new TextDecoder().decode(decoded.subarray(at + 4, footerEnd)));
  if (!leftOut.includes("crc") && footer.crc32 !== crcOf(eventBytes)) throw new Error("crc");
  if (!leftOut.includes("figures")) {
    for (const [name, figure] of Object.entries(plainFigures(events))) {
      if (JSON.stringify(footer[name]) !== JSON.stringify(figure)) throw new Error(name);
    }
  }
  const end = new TextDecoder().decode(decoded.subarray(footerEnd));
  if (!leftOut.includes("endMagic") && end !== "ALTREND1") throw new Error("end");
  return events;
}

/** Every footer figure but the CRC, computed in the plainest way. */
export function plainFigures(events: readonly PlainEvent[]): Record<string, unknown> {
  const names = ["free", "malloc", "calloc", "realloc", "mark"];
  const row = (size: number): number => (size > 512 ? 32 : Math.max(0, Math.ceil(size / 16) - 1));
  const live = new Map<number, number>();
  const ops: Record<string, number> = { free: 0, malloc: 0, calloc: 0, realloc: 0, mark: 0 };
  const domains = [0, 0];
  const allocations = new Array<number>(33).fill(0);
  const checkpoints: number[][] = [];
  let [hash, bytes, peak, peakEvent, peakBlocks] = [0x811c9dc5n, 0, 0, 0, 0];
  let [requested, largest, changing, ids] = [0, 0, 0, 0];
  for (const [index, [kind, id, size]] of events.entries()) {
    const operation = names[kind % 8] as string;
    const domain = kind >= 8 ? 1 : 0;
    for (const word of [(kind % 8) + 256 * domain, id, size]) {
      hash = ((hash ^ BigInt(word)) * 16777619n) % 2n ** 32n;
    }
    ops[operation] = (ops[operation] as number) + 1;
    if (operation !== "mark") {
      domains[domain] = (domains[domain] as number) + 1;
      const old = live.get(id);
      if (operation === "free") live.delete(id);
      else {
        if (operation === "realloc" && row(old as number) !== row(size)) changing++;
        if (operation !== "realloc") {
          ids++;
          allocations[row(size)] = (allocations[row(size)] as number) + 1;
        }
        live.set(id, size);
        requested += size;
        largest = Math.max(largest, size);
      }
      if ((operation === "free" || operation === "realloc") === (old === undefined)) {
        throw new Error(`event ${index}`);
      }
      bytes += size - (old ?? 0);
      peakBlocks = Math.max(peakBlocks, live.size);
      if (bytes > peak) [peak, peakEvent] = [bytes, index];
    }
    if ((index + 1) % 65536 === 0) checkpoints.push([index + 1, live.size, bytes]);
  }
  const ends = new Array<number>(33).fill(0);
  for (const size of live.values()) ends[row(size)] = (ends[row(size)] as number) + 1;
  return {
    events: events.length,
    ops,
    by_domain: { obj: domains[0], mem: domains[1] },
    ids,
    bytes_requested: requested,
    peak_live_bytes: peak,
    peak_live_bytes_event: peakEvent,
    peak_live_blocks: peakBlocks,
    end_live_blocks: live.size,
    end_live_bytes: bytes,
    max_size: largest,
    alloc_class_histogram: allocations,
    end_live_class_histogram: ends,
    reallocs_changing_class: changing,
    fnv32: Number(hash),
    checkpoints,
  };
}
