#!/usr/bin/env node
// The package manager links this file before anything is built, so it lives outside dist.
// Node's modules are not imported, which would evaluate more of them than is asked for.
const { existsSync } = process.getBuiltinModule("node:fs");
// Node 22.8 and newer keep compiled code between runs; older ones have no such function.
process.getBuiltinModule("node:module").enableCompileCache?.();
const cli = new URL("../dist/cli.js", import.meta.url);
if (existsSync(cli)) {
  await import(cli.href);
} else {
  console.error("ouro: not built yet. Run `npm run demo` or `npm run build` at the root first.");
  process.exitCode = 5;
}
