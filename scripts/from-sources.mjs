// For `node --import`: packages are found by their sources, as the tests find them, so that a
// worker or a child process of a test needs no build. Node strips the types itself.
import { registerHooks } from "node:module";

const packages = new URL("../packages/", import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const name = /^@ouro\/([a-z-]+)$/.exec(specifier)?.[1];
    if (name !== undefined) return next(new URL(`${name}/src/index.ts`, packages).href, context);
    const isOurs = specifier.startsWith(".") && context.parentURL?.endsWith(".ts") === true;
    return next(isOurs ? specifier.replace(/\.js$/, ".ts") : specifier, context);
  },
});
