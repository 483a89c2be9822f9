// For `node --import`, behind from-sources.mjs: modules whose texts OURO_PATCHED names, a JSON file
// of addresses and texts, are loaded from there.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const texts = JSON.parse(readFileSync(process.env.OURO_PATCHED, "utf8"));
const bare = (url) => url.split("?")[0];

registerHooks({
  resolve(specifier, context, next) {
    // One that the patch adds is nowhere else.
    const isOurs = specifier.startsWith(".") && context.parentURL !== undefined;
    const url = isOurs && new URL(specifier.replace(/\.js$/, ".ts"), context.parentURL).href;
    if (url && Object.hasOwn(texts, url)) return { url, shortCircuit: true };
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!Object.hasOwn(texts, bare(url))) return next(url, context);
    return { format: "module-typescript", source: texts[bare(url)], shortCircuit: true };
  },
});
