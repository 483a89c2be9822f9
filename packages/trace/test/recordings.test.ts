import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeTrace, encodeTrace, parseTraceFacts } from "../src/index.js";

const ENDING = ".altrace.gz";
const shippedFolder = fileURLToPath(new URL("../../../apps/demo/traces/", import.meta.url));

function recordingsIn(folder: string): (readonly [name: string, file: string])[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
  return names.map((name) => [basename(name, ENDING), join(folder, name)]);
}

/**
 * The reader makes every check; here its result is compared with the facts beside the trace. Given
 * recordings beyond these are read in apps/demo/test/recordings.test.ts.
 */
function readWithFacts(name: string, file: string): void {
  const trace = decodeTrace(readFileSync(file), { sourceName: name });
  expect(trace.header.name).toBe(name);
  const factsFile = file.replace(ENDING, ".facts.json");
  const facts = parseTraceFacts(readFileSync(factsFile, "utf8"), factsFile);
  expect(facts).toMatchObject({
    name,
    eventCount: trace.events.eventCount,
    peakLiveBytes: trace.footer.peakLiveBytes,
    peakLiveBytesEventIndex: trace.footer.peakLiveBytesEventIndex,
    endLiveBytes: trace.footer.endLiveBytes,
  });
}

describe("a shipped recording", () => {
  const recordings = recordingsIn(shippedFolder);

  it("is one of three", () => {
    const names = recordings.map(([name]) => name);
    expect(names.sort()).toEqual(["bit_decoder", "json_roundtrip", "text_tools"]);
  });

  it.each(recordings)("%s passes every check and agrees with its facts", readWithFacts);

  it("is the same after it was written anew", () => {
    const { header, events, footer } = decodeTrace(
      readFileSync(`${shippedFolder}text_tools${ENDING}`),
    );
    const { notRecorded } = footer;
    const again = decodeTrace(encodeTrace({ ...header, notRecorded }, events));
    expect(again.header).toEqual(header);
    expect(again.footer).toEqual(footer);
    expect(again.events).toEqual(events);
  });
});
