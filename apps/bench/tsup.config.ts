import { defineConfig } from "tsup";

// Peers and our own packages are loaded as they are published, not bundled: that is what is
// measured.
export default defineConfig({
  entry: [
    "src/main.ts",
    "src/sample.ts",
    "src/programs/program-sample.ts",
    "src/collections/collection-sample.ts",
    "src/observers/observer-sample.ts",
  ],
  format: ["esm"],
  target: "node24",
  dts: false,
  sourcemap: false,
  clean: true,
  skipNodeModulesBundle: true,
});
