import { memoryManagerSuite, runSuite, printReport, PROPERTY_NAMES } from "@ouro/testkit";
import { it } from "vitest";
import { presets, subjectsOf } from "./presets.js";
const n = Number(process.env.N ?? 5);
it.each([...presets])("%s", (name, strategy) => {
  const maker = { name, make: subjectsOf(strategy) };
  for (const { name: p } of memoryManagerSuite.properties) {
    if ((PROPERTY_NAMES as readonly string[]).includes(p)) continue;
    const t = performance.now();
    const r = runSuite(memoryManagerSuite, maker, { programCount: n, properties: [p] });
    const [v] = r.verdicts;
    console.log(name, "|", p, "|", v!.outcome, v!.why ?? "", Math.round(performance.now() - t), "ms");
    if (v!.outcome === "fails") console.log(printReport(r).slice(0, 3000));
  }
}, 200000);
