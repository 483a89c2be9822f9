import { readFileSync, readdirSync } from "node:fs";
import { it } from "vitest";
import { decodeHeapGraph, parseGraphFacts, runGraphPlan } from "../src/index.js";
import { createGraphModel } from "./graph-model.js";
const d = "/work/shared/cpython-data/graphs/";
for (const f of readdirSync(d).filter((f) => f.endsWith(".gz"))) it(f, () => {
  const g = decodeHeapGraph(readFileSync(d + f), { sourceName: f });
  const facts = parseGraphFacts(readFileSync(d + f.replace(".hgraph.gz", ".facts.json"), "utf8"));
  const t = performance.now();
  const r = runGraphPlan(createGraphModel("closing"), g, { facts });
  console.log(f, r.agrees, r.restoredRefcounts.count, r.restoredGenerations.count, Math.round(performance.now() - t), "\n"+r.steps.map((s) => JSON.stringify([s.kind, s.generation, "exact",s.isExact, s.recordedDeathCount, s.deathCount,"miss", s.missingDeaths.count,"extra", s.extraDeaths.count,"rc", s.refcounts.count,"gen", s.generations.count,"order", s.sameOrderCount, "ret",s.recordedReturned, s.returned, s.agrees])).join("\n"));
}, 60000);
