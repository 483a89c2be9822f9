import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/cli.ts", "src/compare-process.ts", "src/timing-worker.ts", "src/verify-worker.ts"],
  format: ["esm"],
  target: "node20",
  dts: false,
  sourcemap: true,
  clean: true,
});
