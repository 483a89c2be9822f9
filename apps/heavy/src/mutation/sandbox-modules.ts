// Modules of Stryker's sandbox: packages are found by their sources there, and `vitest` is the
// registry of tests. A generation is one loading of all of them: a mutant in what a module computes
// when it is loaded is tried in a generation of its own.

import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const registry = new URL("./test-registry.ts", import.meta.url).href;

export interface SandboxModules {
  /** Path from the sandbox's root. */
  load(path: string): Promise<void>;
  /** What is loaded from now on is loaded anew. */
  beginGeneration(): void;
}

export function openSandbox(root: string): SandboxModules {
  const base = pathToFileURL(`${root}/`).href;
  let generation = 0;

  /** A file of the sandbox's own, as it is loaded in this generation. */
  function own(href: string): string {
    const url = new URL(href);
    url.search = generation === 0 ? "" : `?generation=${generation}`;
    return url.href;
  }

  function targetOf(specifier: string, parent: string): string | undefined {
    if (specifier === "@ouro/testkit/vitest") return `${base}packages/testkit/src/vitest.ts`;
    const name = /^@ouro\/([a-z-]+)$/.exec(specifier)?.[1];
    if (name !== undefined) return `${base}packages/${name}/src/index.ts`;
    if (!specifier.startsWith(".")) return undefined;
    return new URL(specifier.replace(/\.js$/, ".ts"), parent).href;
  }

  registerHooks({
    resolve(specifier, context, next) {
      const parent = context.parentURL;
      const isOurs = parent?.startsWith(base) === true && !parent.includes("/node_modules/");
      if (!isOurs) return next(specifier, context);
      if (specifier === "vitest") return { url: registry, shortCircuit: true };
      const target = targetOf(specifier, parent);
      if (target === undefined) return next(specifier, context);
      return { url: own(target), format: "module-typescript", shortCircuit: true };
    },
  });

  return {
    load: (path) => import(own(`${base}${path}`)),
    beginGeneration: () => void generation++,
  };
}
