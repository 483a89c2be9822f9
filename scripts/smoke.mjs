// Imports and requires the built packages and makes one small call. Plain JavaScript: it runs on
// every Node that the packages support. `node scripts/smoke.mjs` prints one line and exits with 0.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const libraries = [
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
  "testkit",
  "trace",
];

/** Borrows an arena, cuts one block from it, writes to the block and gives everything back. */
function allocateOnce({ heap: { createPrivateHeap }, allocator: { createPoolAllocator } }) {
  const heap = createPrivateHeap({ reservationBytes: 16 * 1024 * 1024 });
  const allocator = createPoolAllocator({ source: heap });
  const block = allocator.allocate(100);
  assert.ok(allocator.usableSizeBytes(block) >= 100);
  allocator.free(block);
  allocator.validate();
  heap.validate();
}

/** Composes each preset and lets one object live and go. */
function composeEach({ "memory-manager": { PRESET_NAMES, createMemoryManager } }) {
  for (const preset of PRESET_NAMES) {
    const manager = createMemoryManager(preset, { reservationBytes: 64 * 1024 * 1024 });
    const { mutator } = manager;
    const frame = mutator.enter(1);
    mutator.allocate(manager.defineType({ name: "atom" }), frame);
    mutator.leave(frame);
    mutator.collect();
    manager.validate();
  }
}

const imported = {};
const required = {};
for (const name of libraries) {
  const folder = new URL(`../packages/${name}/`, import.meta.url);
  const load = createRequire(new URL("package.json", folder));
  imported[name] = await import(new URL("dist/index.js", folder).href);
  required[name] = load(`@ouro/${name}`);
  assert.ok(Object.keys(imported[name]).length > 0, `@ouro/${name} exports nothing`);
  assert.deepEqual(Object.keys(required[name]).sort(), Object.keys(imported[name]).sort());
}
allocateOnce(imported);
allocateOnce(required);
composeEach(imported);
composeEach(required);
console.log(`node ${process.version}: ${libraries.length} packages imported and required`);
