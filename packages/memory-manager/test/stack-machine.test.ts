import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createMemoryManager, type MemoryManager, PRESET_NAMES } from "@ouro/memory-manager";
import { describe, expect, test } from "vitest";
import { programs } from "./stack-machine/programs.js";
import { run } from "./stack-machine/stack-machine.js";

const MIB = 1 << 20;
const modes = [
  ["", {}],
  [", checked, a collection at every safepoint", { checked: true, collectEvery: 1 }],
  // Each by itself hides no error that both show: `npm run test:long` runs those too.
  ...(process.env.OURO_LONG === "1"
    ? ([
        [", checked", { checked: true }],
        [", a collection at every safepoint", { collectEvery: 1 }],
      ] as const)
    : []),
] as const;

/** Every preset there is, and each that will be. */
const compositions = PRESET_NAMES.flatMap((preset) =>
  modes.map(([mode, options]) => {
    const compose = (limitBytes = 32 * MIB): MemoryManager => {
      const limits = { reservationBytes: 64 * MIB, limitBytes, frameSlotLimitCount: 2000 };
      return createMemoryManager(preset, { ...limits, ...options });
    };
    return [`${preset}${mode}`, compose] as const;
  }),
);

describe.each(compositions)("the stack machine on %s", (_name, compose) => {
  test.each(programs)("runs $name", ({ source, prints }) => {
    const manager = compose();
    expect(run(manager, source)).toEqual(prints);
    manager.validate();
    if (!manager.strategy.traits.exact) return;
    manager.mutator.collect();
    expect(manager.collector.statistics().liveCount).toBe(0);
  });

  test("runs one program after another in one memory manager", () => {
    const manager = compose();
    for (const { source, prints } of programs) expect(run(manager, source)).toEqual(prints);
    manager.validate();
  });

  test("leaves every frame when a program fails, however deep", () => {
    const manager = compose();
    const source = `
      function main 0 0
        self
        call 0
        return
    `;
    expect(() => run(manager, source)).toThrow("frameSlotLimitCount");
    expect(manager.heap.words[manager.roots.topWord]).toBe(manager.roots.framesStart);
    manager.validate();
    const [first] = programs;
    expect(run(manager, first?.source ?? "")).toEqual(first?.prints);
  });

  test("ends a program that needs more memory than there is, and runs the next", () => {
    const manager = compose(8 * MIB);
    const source = `
      function main 0 1
      more:
        push 200000
        array
        push 0
        local 0
        put
        store 0
        jump more
    `;
    expect(() => run(manager, source)).toThrow(/no room for a request of/);
    manager.validate();
    if (!manager.strategy.traits.exact) return;
    for (const { source, prints } of programs) expect(run(manager, source)).toEqual(prints);
  });
});

describe("the stack machine refuses", () => {
  const main = (...lines: string[]) => ["function main 0 0", ...lines, "return"].join("\n");
  test.each([
    [main("push 1", "head"), "an operand is not a pair"],
    [main("push 1", "call 0"), "an operand is not a closure"],
    [main("self", "call 0", "push 1", "call 1").replace("self", "none"), "not a closure"],
    [main("self", "push 1", "call 1"), "1 arguments for 0 parameters"],
    [main("push 2", "array", "push 2", "at"), "there is no element 2"],
    [main("push 1073741823", "push 1", "add"), "is not a whole number from"],
    [main("fly"), 'no operation "fly"'],
    [main("jump nowhere"), '"nowhere" is no label, no function and no whole number'],
    [main("close nothing 0"), '"nothing" is no label'],
    [main("push 4294967296"), '"4294967296" is no label'],
    [main("jump"), '"jump" takes 1 operands, and has 0'],
    ["", "the program has no function"],
    ["push 1", '"push" stands in no function'],
    ["function main 0 0\npush 1", 'a function ends with "push"'],
    [`function first 0 0\nnone\n${main("none")}`, 'a function ends with "none"'],
  ])("%j", (source, message) => {
    expect(() => run(createMemoryManager("null"), source)).toThrow(message);
  });
});

describe("the stack machine shows", () => {
  const shownBy = (...lines: string[]) => {
    const source = ["function main 0 2", ...lines, "print", "none", "return"].join("\n");
    return run(createMemoryManager("cpython-3.13", { checked: true }), source);
  };

  test("a text with letters of more than one byte as it was written", () => {
    expect(shownBy('text "ü€😀"')).toEqual(["ü€😀"]);
  });

  test("the beginning of 30,000 nested pairs", () => {
    const build = ["push 30000", "store 1", "more:", "local 1", "unless built"];
    const nest = ["local 0", "none", "pair", "store 0"];
    const count = ["local 1", "push -1", "add", "store 1", "jump more", "built:", "local 0"];
    const [line] = shownBy(...build, ...nest, ...count);
    expect(line).toMatch(/^\({400,}…$/);
  });

  test("the beginning of an array that holds itself", () => {
    const ring = ["push 1", "array", "store 0", "local 0", "push 0", "local 0", "put"];
    const [line] = shownBy(...ring);
    expect(line).toMatch(/^\[{400,}…$/);
  });

  test("the whole of what has fewer than a thousand parts", () => {
    const [line] = shownBy("push 400", "array");
    expect(line).toBe(`[${Array.from({ length: 400 }, () => "none").join(" ")}]`);
  });
});

describe("docs/bring-your-own-runtime.md", () => {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const text = readFileSync(path("../../../docs/bring-your-own-runtime.md"), "utf8");

  test.each(["assembler.ts", "stack-machine.ts"])("shows %s as it is run here", (name) => {
    const source = readFileSync(path(`stack-machine/${name}`), "utf8");
    expect(text).toContain(`\`\`\`ts\n${source}\`\`\`\n`);
  });

  test("shows an interpreter of at most 150 lines", () => {
    const source = readFileSync(path("stack-machine/stack-machine.ts"), "utf8");
    expect(source.split("\n").length - 1).toBeLessThanOrEqual(150);
  });
});
