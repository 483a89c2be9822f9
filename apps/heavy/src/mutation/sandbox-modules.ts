// Modules of Stryker's sandbox: packages are found by their sources there, and `vitest` is the
// registry of tests. A generation is one loading of all of them: a mutant in what a module computes
// when it is loaded is tried in a generation of its own. How often each place is come by is counted
// in the dry run's generation alone: it takes more time than all else, and nobody asks later. The
// others ask for a mutant by its number, which is quicker than by a text of digits.

import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const registry = new URL("./test-registry.ts", import.meta.url).href;

export interface SandboxModules {
  /** Path from the sandbox's root. */
  load(path: string): Promise<void>;
  /** What is loaded from now on is loaded anew. */
  beginGeneration(isCounting: boolean): void;
}

/** What Stryker puts before each source that it mutates, to count in. */
const COUNTING = /^function stryCov_\w+\(\) \{\n[\s\S]*?\n\}$/m;

function quickened(source: string): string {
  return source
    .replace(COUNTING, (text) => `${text.slice(0, text.indexOf("\n"))}}`)
    .replace(/(stryMutAct_\w+\()"(\d+)"/g, "$1$2");
}

export function openSandbox(root: string): SandboxModules {
  const base = pathToFileURL(`${root}/`).href;
  let generation = 0;
  let counts = false;

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
    load(url, context, next) {
      const loaded = next(url, context);
      const { source } = loaded;
      if (counts || !url.startsWith(base) || !ArrayBuffer.isView(source)) return loaded;
      return { ...loaded, source: quickened(Buffer.from(source as Uint8Array).toString()) };
    },
  });

  return {
    load: (path) => import(own(`${base}${path}`)),
    beginGeneration(isCounting) {
      generation++;
      counts = isCounting;
    },
  };
}
