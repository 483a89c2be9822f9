import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/cli.ts", "src/compare-process.ts", "src/timing-worker.ts", "src/verify-worker.ts"],
  format: ["esm"],
  target: "node20",
  // What the first screen needs is in the program itself: each file more, and CommonJS most of all,
  // is time before anything is shown.
  noExternal: ["picocolors", "fastest-levenshtein", "@ouro/interfaces"],
  dts: false,
  sourcemap: true,
  clean: true,
});
