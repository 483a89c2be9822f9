// Runs a program on a memory manager, and prints what of our sources V8 saw running often: every
// stretch of a function that ran at least once an operation. Its own process, since V8 counts for
// a whole isolate. Arguments: a preset, and `observed` to attach an observer, or `deaf` to attach
// one that wants no event.

import { Session } from "node:inspector/promises";
import { slotAt } from "@ouro/interfaces";
import { createMemoryManager, type PresetName } from "@ouro/memory-manager";
import { createMonitor } from "../src/monitor.js";

const OPERATION_COUNT = 20_000;
const [preset, attached = ""] = process.argv.slice(2);

const session = new Session();
session.connect();
await session.post("Debugger.enable");
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

const hearing = createMonitor().observer;
const observer = attached === "deaf" ? { ...hearing, wants: [] } : hearing;
const manager = createMemoryManager(preset as PresetName, {
  reservationBytes: 2 ** 27,
  ...(attached === "" ? {} : { observer, memoryObserver: observer }),
});
const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
const { mutator } = manager;
const frame = mutator.enter(2);
for (let index = 0; index < OPERATION_COUNT; index++) {
  const object = mutator.allocate(node, slotAt(frame, 1));
  mutator.set(object, 0, mutator.root(frame));
  mutator.setRoot(frame, index % 10 === 0 ? 0 : object);
}
mutator.collect();

const { result } = await session.post("Profiler.takePreciseCoverage");
const stretches: { file: string; name: string; text: string }[] = [];
for (const script of result) {
  const file = /packages\/([a-z-]+\/src\/.*)$/.exec(script.url)?.[1];
  if (file === undefined) continue;
  const { scriptSource } = await session.post("Debugger.getScriptSource", {
    scriptId: script.scriptId,
  });
  for (const { functionName, ranges } of script.functions) {
    // Ranges nest: what ran seldom is cut out of what ran often.
    const [whole, ...inner] = ranges;
    if (whole === undefined || whole.count < OPERATION_COUNT) continue;
    const text = scriptSource.slice(whole.startOffset, whole.endOffset).split("");
    for (const { startOffset, endOffset, count } of inner) {
      if (count >= OPERATION_COUNT) continue;
      text.fill(" ", startOffset - whole.startOffset, endOffset - whole.startOffset);
    }
    stretches.push({ file, name: functionName, text: text.join("") });
  }
}
process.stdout.write(JSON.stringify(stretches));
