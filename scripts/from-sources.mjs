// For `node --import`: packages are found by their sources, as the tests find them, so that a
// worker or a child process of a test needs no build. Node strips the types itself.
import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

const packages = new URL("../packages/", import.meta.url);

// Stripped types and compiled code, for the next thread that loads the same.
enableCompileCache(fileURLToPath(new URL("../temp/compile-cache", import.meta.url)));

registerHooks({
  resolve(specifier, context, next) {
    const name = /^@ouro\/([a-z-]+)$/.exec(specifier)?.[1];
    if (name !== undefined) return next(new URL(`${name}/src/index.ts`, packages).href, context);
    if (specifier === "@ouro/testkit/vitest") {
      return next(new URL("testkit/src/vitest.ts", packages).href, context);
    }
    // A test file has a query behind its name.
    const isOurs = specifier.startsWith(".") && /\.ts($|\?)/.test(context.parentURL ?? "");
    return next(isOurs ? specifier.replace(/\.js$/, ".ts") : specifier, context);
  },
});

// A reviewer's patch before the tests (faults/patch-tests.ts).
if (process.env.OURO_PATCHED) await import("./faults/patched-sources.mjs");
