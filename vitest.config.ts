import { defineConfig } from "vitest/config";

/** Tests run on the sources, so that a test run needs no build and coverage points at our lines. */
const sources = new URL("./packages/", import.meta.url).pathname;

/** `--mode long`: every property plays all its programs (`npm run test:long`). */
export default defineConfig(({ mode }) => ({
  resolve: {
    alias: [
      {
        find: /^@ouro\/([a-z-]+)$/,
        replacement: `${sources}$1/src/index.ts`,
      },
      { find: "@ouro/testkit/vitest", replacement: `${sources}testkit/src/vitest.ts` },
    ],
  },
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
    // Every core: files do not share state, and the thread that plans them has little to do.
    maxWorkers: "100%",
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**"],
      reporter: ["text", "json-summary"],
    },
  },
}));
