// Installs when needed, then runs one script of the root package.json on the pinned Node.
// Plain JavaScript without dependencies: it starts on any Node >= 20.19 with npm and nothing else.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [script, ...rest] = process.argv.slice(2);
const stampFile = `${root}node_modules/.ouro-installed`;
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** Changes whenever an install could give another node_modules. */
function installStamp() {
  const hash = createHash("sha256");
  hash.update(`${packageManager}\n${process.platform}-${process.arch}\n`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) {
    hash.update(readFileSync(`${root}${file}`));
  }
  return hash.digest("hex");
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === installStamp();
}

function pnpm(...args) {
  const result = spawnSync("npx", ["-y", packageManager.split("+")[0], ...args], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
    env: {
      // Tests reserve much and touch little: glibc would fill what it uses again with zeros.
      ...(script?.startsWith("test") ? { MALLOC_MMAP_THRESHOLD_: "131072" } : {}),
      ...process.env,
      TURBO_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
      npm_config_update_notifier: "false",
    },
  });
  if (result.error) throw result.error;
  if (result.signal !== null) process.exit(result.signal === "SIGINT" ? 130 : 1);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function install() {
  pnpm("install", "--frozen-lockfile");
  writeFileSync(stampFile, installStamp());
}

if (!isInstalled()) install();
if (script !== undefined) pnpm("run", script, ...rest);
