#!/usr/bin/env node
// The package manager links this file before anything is built, so it lives outside dist.
import { existsSync } from "node:fs";

const cli = new URL("../dist/cli.js", import.meta.url);
if (existsSync(cli)) {
  await import(cli.href);
} else {
  console.error("ouro: not built yet. Run `npm run demo` or `npm run build` at the root first.");
  process.exitCode = 5;
}
