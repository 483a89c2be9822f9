// Plants a fault without touching a file: the packages are loaded once more under an address that
// names the fault, and its one place is changed while its file is read.
//
//   memory-manager/src/index.ts?fault=3 ─► finalization/src/finalization.ts?fault=3, changed

import { registerHooks } from "node:module";
import type { ManagerModules } from "./ouro-machine.js";
import { type PlantedFault, plantedFaults } from "./planted-faults.js";

const PACKAGES = new URL("../../../packages/", import.meta.url).href;
const QUERY = "?fault=";

function faultOf(url: string | undefined): number {
  const at = url?.startsWith(PACKAGES) ? url.indexOf(QUERY) : -1;
  return at < 0 ? -1 : Number(url?.slice(at + QUERY.length));
}

function changed(source: string, { name, file, find, replace }: PlantedFault): string {
  const pieces = source.split(find);
  if (pieces.length === 2) return pieces.join(replace);
  throw new Error(`fault "${name}": its text stands ${pieces.length - 1} times in ${file}`);
}

let isRegistered = false;

function register(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve(specifier, context, next) {
      const number = faultOf(context.parentURL);
      if (number < 0) return next(specifier, context);
      const parentURL = context.parentURL?.split(QUERY)[0];
      const found = next(specifier, { ...context, parentURL });
      return found.url.startsWith(PACKAGES)
        ? { ...found, url: `${found.url}${QUERY}${number}` }
        : found;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      const fault = plantedFaults[faultOf(url)];
      if (fault === undefined) return loaded;
      const [folder, file] = fault.file.split("/");
      if (url.split(QUERY)[0] !== `${PACKAGES}${folder}/src/${file}`) return loaded;
      return { ...loaded, source: changed(String(loaded.source), fault) };
    },
  });
}

/** The memory manager with fault `index` of the list in it. Node is started from sources. */
export async function plantFault(index: number): Promise<ManagerModules> {
  register();
  return import(`${PACKAGES}memory-manager/src/index.ts${QUERY}${index}`);
}
