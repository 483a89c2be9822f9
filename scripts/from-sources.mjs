// For `node --import`: packages are found by their sources, as the tests find them, so that a
// worker or a child process of a test needs no build. Node strips the types itself.
import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

const packages = new URL("../packages/", import.meta.url);

// Stripped types and compiled code, for the next thread that loads the same.
enableCompileCache(fileURLToPath(new URL("../temp/compile-cache", import.meta.url)));

/** Said to Node as it is: Node would look at the disk and at each package.json above it again. */
const source = (url) => ({ url: url.href, format: "module-typescript", shortCircuit: true });

registerHooks({
  resolve(specifier, context, next) {
    const name = /^@ouro\/([a-z-]+)$/.exec(specifier)?.[1];
    if (name !== undefined) return source(new URL(`${name}/src/index.ts`, packages));
    if (specifier === "@ouro/testkit/vitest") {
      return source(new URL("testkit/src/vitest.ts", packages));
    }
    // A test file has a query behind its name.
    const isOurs = /\.ts($|\?)/.test(context.parentURL ?? "");
    if (!isOurs || !/^\..*\.[jt]s$/.test(specifier)) return next(specifier, context);
    return source(new URL(specifier.replace(/\.js$/, ".ts"), context.parentURL));
  },
});

// A reviewer's patch before the tests (faults/patch-tests.ts).
if (process.env.OURO_PATCHED) await import("./faults/patched-sources.mjs");
