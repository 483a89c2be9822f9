import { defineConfig } from "tsup";

const common = {
  format: ["esm"],
  target: "node24",
  dts: false,
  sourcemap: false,
} as const;

// Peers and our own packages are loaded as they are published, not bundled: that is what is
// measured. But one file has a program and all that it calls in it, to be loaded once more under
// another query: a copy of the code.
export default defineConfig([
  {
    ...common,
    format: [...common.format],
    entry: { "own-copy": "src/programs/manager-programs.ts" },
    noExternal: [/^@ouro\//],
    splitting: false,
    clean: false,
  },
  {
    ...common,
    format: [...common.format],
    entry: [
      "src/main.ts",
      "src/sample.ts",
      "src/programs/program-sample.ts",
      "src/collections/collection-sample.ts",
      "src/observers/observer-sample.ts",
    ],
    clean: ["**/*", "!own-copy.js"],
    skipNodeModulesBundle: true,
  },
]);
