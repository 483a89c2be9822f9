// The built packages work on every Node they promise, and in Chromium where it is installed.
// The Node versions come from the npm package `node`; nothing but the registry is asked.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { readOptions } from "./script-options.ts";
import { report, root, runCommand } from "./workspace.ts";

const NODE_VERSIONS = ["20.20.2", "22.23.3", "24.21.0", "26.10.0"];
const CHROMIUM = process.env.OURO_CHROMIUM ?? "/usr/bin/chromium";
const LIBRARIES = [
  "interfaces",
  "heap",
  "allocator",
  "object-model",
  "finalization",
  "null",
  "refcount",
  "cycle-detector",
  "generational",
  "finalization",
  "cycle-detector",
  "generational",
  "mark-sweep",
  "semispace",
  "memory-manager",
  "trace",
];
// Not testkit: fast-check is many files under bare names, which a browser takes bundled.

function tryNode(version: string): string[] {
  const result = runCommand("npx", ["-y", `node@${version}`, "scripts/smoke.mjs"]);
  const line = result.output.split("\n").find((each) => each.startsWith(`node v${version}`));
  console.log(line ?? `node v${version}: failed`);
  return result.isOk && line !== undefined ? [] : [`Node ${version}:\n${result.output}`];
}

/** Where a browser finds each bare name that the built packages import. */
function importMap(): string {
  const imports: Record<string, string> = {};
  for (const name of LIBRARIES) imports[`@ouro/${name}`] = `/packages/${name}/dist/index.js`;
  const store = readdirSync(join(root, "node_modules/.pnpm"));
  const fflate = store.find((folder) => folder.startsWith("fflate@"));
  imports.fflate = `/node_modules/.pnpm/${fflate}/node_modules/fflate/esm/browser.js`;
  return JSON.stringify({ imports });
}

const PAGE_SCRIPT = `
  const names = ${JSON.stringify(LIBRARIES)};
  Promise.all(names.map((name) => import("@ouro/" + name))).then((modules) => {
    const [, heaps, allocators] = modules;
    const managers = modules[names.indexOf("memory-manager")];
    const heap = heaps.createPrivateHeap({ reservationBytes: 16 * 1024 * 1024 });
    const allocator = allocators.createPoolAllocator({ source: heap });
    allocator.free(allocator.allocate(100));
    allocator.validate();
    const manager = managers.createMemoryManager("mark-sweep", { reservationBytes: 1 << 26 });
    manager.mutator.allocate(manager.defineType({ name: "atom" }), manager.mutator.enter(1));
    manager.validate();
    document.title = "ok";
  }).catch((error) => { document.title = "failed: " + error; });
`;

function startServer(): Promise<{ address: string; close: () => void }> {
  const page = `<script type="importmap">${importMap()}</script><script>${PAGE_SCRIPT}</script>`;
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = join(root, path);
    if (path === "/") response.setHeader("content-type", "text/html").end(page);
    else if (extname(path) === ".js" && file.startsWith(root) && existsSync(file)) {
      response.setHeader("content-type", "text/javascript").end(readFileSync(file));
    } else response.writeHead(404).end();
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve({ address: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}

async function tryChromium(): Promise<string[]> {
  if (!existsSync(CHROMIUM)) {
    console.log(`chromium: skipped, there is no ${CHROMIUM} (OURO_CHROMIUM names another one)`);
    return [];
  }
  const { chromium } = await import("playwright-core");
  const server = await startServer();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    await page.waitForFunction("document.title !== ''");
    const title = await page.title();
    console.log(`chromium ${browser.version()}: ${title}`);
    return title === "ok" ? [] : [`Chromium: ${title}`];
  } finally {
    await browser.close();
    server.close();
  }
}

readOptions({ command: "npm run test:nodes", text: "" }, {});
const problems = NODE_VERSIONS.flatMap(tryNode);
problems.push(...(await tryChromium()));
report("nodes", problems, `Node ${NODE_VERSIONS.join(", ")}`);
