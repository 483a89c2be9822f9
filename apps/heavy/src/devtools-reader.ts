// The reader of heap snapshots that DevTools has (chrome-devtools-frontend), run under plain Node:
// its loader and its snapshot are bundled as they are, without the window around them. The part
// that DevTools gives to a second worker runs here on the other end of a channel.

import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { idOf, objectOf, type ReadNode, type SnapshotReading } from "./snapshot-reading.js";

const FRONT_END = new URL("../node_modules/chrome-devtools-frontend/front_end/", import.meta.url);
const BUNDLE = new URL("../../../temp/devtools-reader.mjs", import.meta.url);

/** As far as it is used here. */
interface DevToolsNode {
  readonly nodeIndex: number;
  name(): string;
  selfSize(): number;
  retainedSize(): number;
  distance(): number;
  dominatorIndex(): number;
  id(): number;
  retainers(): Iterator;
}

interface Iterator {
  hasNext(): boolean;
  next(): void;
  item(): { name(): string; node(): DevToolsNode };
}

interface DevToolsSnapshot {
  readonly nodeCount: number;
  nodeIndexForId(id: number): number | undefined;
  createNode(index: number): DevToolsNode;
}

interface DevToolsModule {
  readonly HeapSnapshotLoader: new (dispatcher: {
    sendEvent(): void;
  }) => {
    write(text: string): void;
    close(): void;
    buildSnapshot(port: unknown): Promise<DevToolsSnapshot>;
  };
  readonly SecondaryInitManager: new (port: unknown) => unknown;
}

export function isDevToolsInstalled(): boolean {
  return existsSync(FRONT_END);
}

/** Only the translations are left out, which the package does not have. */
async function bundle(): Promise<DevToolsModule> {
  const esbuild = new URL("../node_modules/esbuild/lib/main.js", import.meta.url).href;
  const { build } = await import(esbuild);
  mkdirSync(new URL(".", BUNDLE), { recursive: true });
  const contents =
    'export { HeapSnapshotLoader } from "./HeapSnapshotLoader.ts";\n' +
    'export { SecondaryInitManager } from "./HeapSnapshot.ts";\n';
  const resolveDir = fileURLToPath(new URL("entrypoints/heap_snapshot_worker", FRONT_END));
  const locales =
    "export const LOCALES = []; export const BUNDLED_LOCALES = [];" +
    'export const DEFAULT_LOCALE = "en-US"; export const REMOTE_FETCH_PATTERN = "";' +
    'export const LOCAL_FETCH_PATTERN = "";';
  const withoutLocales = {
    name: "without-locales",
    // biome-ignore lint/suspicious/noExplicitAny: esbuild is not installed where types are checked
    setup(plugin: any) {
      plugin.onResolve({ filter: /locales\.js$/ }, () => ({ path: "it", namespace: "locales" }));
      plugin.onLoad({ filter: /.*/, namespace: "locales" }, () => ({ contents: locales }));
    },
  };
  await build({
    stdin: { contents, resolveDir, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: fileURLToPath(BUNDLE),
    logLevel: "error",
    plugins: [withoutLocales],
  });
  return import(BUNDLE.href);
}

let loaded: Promise<DevToolsModule> | undefined;

/** Reads the text of a .heapsnapshot. Throws what DevTools throws. */
export async function readWithDevTools(pieces: Iterable<string>): Promise<SnapshotReading> {
  loaded ??= bundle();
  const { HeapSnapshotLoader, SecondaryInitManager } = await loaded;
  const loader = new HeapSnapshotLoader({ sendEvent() {} });
  for (const piece of pieces) loader.write(piece);
  loader.close();
  const { port1, port2 } = new MessageChannel();
  new SecondaryInitManager(port1);
  try {
    return readingOf(await loader.buildSnapshot(port2));
  } finally {
    port1.close();
  }
}

function readingOf(snapshot: DevToolsSnapshot): SnapshotReading {
  const objectAt = (index: number): number => objectOf(snapshot.createNode(index).id());
  return {
    reader: "DevTools",
    nodeCount: snapshot.nodeCount,
    nodeOf(object): ReadNode | undefined {
      const index = snapshot.nodeIndexForId(idOf(object));
      if (index === undefined) return undefined;
      const node = snapshot.createNode(index);
      const referrers = [];
      for (const each = node.retainers(); each.hasNext(); each.next()) {
        const edge = each.item();
        referrers.push({ holder: objectOf(edge.node().id()), name: String(edge.name()) });
      }
      return {
        name: node.name(),
        selfBytes: node.selfSize(),
        retainedBytes: node.retainedSize(),
        dominator: objectAt(node.dominatorIndex()),
        distance: node.distance(),
        referrers,
      };
    },
  };
}
