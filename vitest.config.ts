import { defineConfig } from "vitest/config";
import { LongFilesFirst } from "./scripts/test-order.js";

/** Tests run on the sources, so that a test run needs no build and coverage points at our lines. */
const loader = new URL("./scripts/from-sources.mjs", import.meta.url).href;

/** `--mode long`: every property plays all its programs (`npm run test:long`). */
export default defineConfig(({ mode }) => ({
  test: {
    projects: [
      { extends: true, test: { name: "packages", include: ["packages/*/test/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "apps", include: ["apps/{demo,bench,heavy}/test/**/*.test.ts"] },
      },
      { extends: true, test: { name: "scripts", include: ["scripts/test/**/*.test.ts"] } },
    ],
    passWithNoTests: true,
    setupFiles: ["./scripts/fixed-seed.ts"],
    globalSetup: ["./scripts/test-share.ts"],
    env: mode === "long" ? { OURO_LONG: "1" } : {},
    // A property takes the time it takes; this ends what hangs, also on a busy machine.
    testTimeout: 120_000,
    pool: "threads",
    // Files of one thread share its modules, loaded and compiled once: no module keeps a state.
    isolate: false,
    // Node itself loads the modules: Vite would make a look-up of each use of an import, and what
    // is tested takes twice as long then.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    execArgv: ["--import", loader],
    // Every core: the thread that plans them has little to do.
    maxWorkers: "100%",
    sequence: { sequencer: LongFilesFirst },
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**"],
      reporter: ["text", "json-summary"],
    },
  },
}));
