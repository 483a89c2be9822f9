// The allocator suite on other people's allocators finds what docs/verify-others.md says, and the
// page's examples print what stands below them.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { allocator as codemix } from "../examples/codemix-malloc.js";
import { copying, allocator as memium, tidy } from "../examples/memium-memory.js";
import { allocator as thing } from "../examples/thing-malloc.js";
import { HANGS, verifyApart } from "../examples/verify-apart.js";
import {
  ACCOUNTING,
  ALIASING,
  ALLOCATOR_SOUND,
  type AllocatorMaker,
  allocatorConformance,
  BLOCK_CONTENTS,
  PLACEMENT,
  printVerdict,
  REALLOCATION,
  REFUSALS,
  type Verdict,
  WALK,
  ZEROING,
} from "../src/index.js";

const folder = dirname(fileURLToPath(import.meta.url));
const page = readFileSync(join(folder, "../../../docs/verify-others.md"), "utf8");
const isLong = process.env.OURO_LONG === "1";

function judge(maker: AllocatorMaker, property: string) {
  const options = { properties: [property], programCount: 20, commandLimitCount: 12 };
  const [verdict] = allocatorConformance(maker, options).verdicts;
  return verdict;
}

const findings = [
  [thing.name, REALLOCATION, thing, /leaks the old block/],
  [memium.name, ALLOCATOR_SOUND, memium, /private heap .* is broken/],
  [copying.name, BLOCK_CONTENTS, copying, /EINVAL/],
  [tidy.name, ACCOUNTING, tidy, /live blocks: \d+, by the model \d+/],
] as const;

describe("The allocator suite finds", () => {
  it.each(findings)("in %s: it does not hold that it %s", (_, property, maker, reason) => {
    const counterexample = judge(maker, property)?.counterexample;
    expect(counterexample?.reason).toMatch(reason);
    const calls = counterexample?.script.match(/allocator\.\w+\(.*\);/g) ?? [];
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.length).toBeLessThan(8);
    expect(page).toContain(property);
  });

  it("and shows it as docs/verify-others.md does, with memory before and after the call", () => {
    const verdict = judge(thing, REALLOCATION);
    expect(page).toContain(`\`\`\`text\n${printVerdict(verdict as Verdict)}\n\`\`\`\n`);
    const drawing = judge(tidy, ACCOUNTING)?.counterexample?.drawing;
    const last = drawing?.text.split(/\n(?=\S)/).at(-1);
    expect(page).toContain(`\`\`\`text\n${last}\n\`\`\`\n`);
  });

  it("in malloc: that it takes a second free", async () => {
    const found = await verifyApart({
      module: "./codemix-malloc.ts",
      property: REFUSALS,
      programCount: 20,
      seed: 1,
      hangMilliseconds: 4000,
    });
    expect(found?.reason).toMatch(/ended as accepted|does not return/);
    expect(found?.drawing).toContain(": FREED AGAIN");
    expect(page).toContain(REFUSALS);
  });

  it.runIf(isLong)(
    "in malloc: that after a second free a call does not return, with the calls up to it",
    async () => {
      const found = await verifyApart({
        module: "./codemix-malloc.ts",
        property: ALIASING,
        programCount: 40,
        seed: 1,
        hangMilliseconds: 4000,
      });
      expect(found?.reason).toBe(HANGS);
      expect(found?.commands.length).toBeLessThan(8);
      expect(found?.script.at(-1)).toMatch(/^\w+\(/);
      expect(found?.drawing).toContain(`threw: ${HANGS}`);
      expect(page).toContain(ALIASING);
    },
    300_000,
  );

  it.each([
    [thing.name, thing, [PLACEMENT, BLOCK_CONTENTS, ZEROING]],
    [codemix.name, codemix, [PLACEMENT, BLOCK_CONTENTS, ZEROING, ACCOUNTING, WALK]],
  ] as const)("nothing in %s where it keeps its promises", (_, maker, properties) => {
    for (const property of properties) expect(judge(maker, property)?.outcome).toBe("holds");
  });
});

/** Each example with what it prints. */
const examples = [...page.matchAll(/```js\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map(
  ([, code, output]) => ({ code: code ?? "", output: output ?? "" }),
);

function run(code: string, milliseconds: number): string {
  // Beside the packages that it imports.
  const own = mkdtempSync(join(folder, "../node_modules/.verify-"));
  try {
    const file = join(own, "example.mjs");
    writeFileSync(file, code);
    return spawnSync(process.execPath, [file], { timeout: milliseconds }).stdout.toString();
  } finally {
    rmSync(own, { recursive: true });
  }
}

describe("The examples of docs/verify-others.md print what stands below them", () => {
  it("are five", () => {
    expect(examples).toHaveLength(5);
  });

  it.each(examples)("example %#", ({ code, output }) => {
    const hangs = code.includes("never printed");
    expect(run(code, hangs ? 3000 : 60_000)).toBe(output);
  });
});
