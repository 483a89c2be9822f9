// Of every command: what a slip was meant to be, exit codes, and documents as their schemas say,
// whole and partial.

import { createMemoryManager } from "@ouro/memory-manager";
import { encodeHeapImage } from "@ouro/object-model";
import { Ajv2020 } from "ajv/dist/2020.js";
import { COMMANDS, OPTIONS } from "../../src/command-table.js";
import { graverExitCode } from "../../src/exit-code.js";
import { optionsOf } from "../../src/option-meanings.js";
import {
  type CommandProperty,
  type Ended,
  expectSame,
  expectThat,
  firstPrograms,
  ouro,
  schemaText,
} from "./command-property.js";

export const SLIPS =
  "says of a slip in any option of any command which one was meant, with code 2 and no more";
export const CODES = "ends with the code that the table of exit codes gives it, the gravest first";
export const DOCUMENTS = "prints with --json one document that its schema holds, and nothing else";
export const PARTIAL =
  "leaves after Ctrl-C what was found before it, marked partial, with code 130";

const BROKEN = new Uint8Array([31, 139, 8, 0, 0, 0, 0, 0]);

/** So many objects that refer to themselves, and as many leaves. */
function heap(ownCount: number, leafCount: number): Uint8Array {
  const manager = createMemoryManager("cpython-3.13");
  const { mutator } = manager;
  const own = manager.defineType({ name: "Own", visitedSlotCount: 1 });
  const leaf = manager.defineType({ name: "Leaf", rawWordCount: 1 });
  const frame = mutator.enter(ownCount + leafCount);
  const at = (index: number) => (frame + index) as typeof frame;
  for (let index = 0; index < ownCount; index++) {
    const object = mutator.allocate(own, at(index));
    mutator.set(object, 0, object);
  }
  for (let index = 0; index < leafCount; index++) mutator.allocate(leaf, at(ownCount + index));
  return encodeHeapImage(manager.saveHeap());
}

const files = {
  "few.jsonl.gz": firstPrograms(2),
  "one.ouroheap": heap(1, 2),
  "more.ouroheap": heap(1, 5),
  "most.ouroheap": heap(1, 9),
  "cut.hgraph.gz": BROKEN,
};

const run = (argv: readonly string[], options: object = {}): Promise<Ended> =>
  ouro(argv, { files, ...options });

// ── Slips ───────────────────────────────────────────────────────────────────────────────────────

/** A letter left out, one doubled, two that changed places, and capitals. */
function slipsOf(name: string): string[] {
  const at = name.length >> 1;
  const [head, one, rest] = [name.slice(0, at), name.slice(at, at + 1), name.slice(at + 1)];
  const swapped = name.slice(0, at - 1) + one + name.slice(at - 1, at) + rest;
  return [head + rest, head + one + one + rest, swapped, name.toUpperCase()];
}

function checkUsage(argv: readonly string[], { exitCode, stdout, stderr }: Ended): void {
  const what = `ouro ${argv.join(" ")}`;
  expectSame([exitCode, stdout], [2, ""], `code and answer of ${what}`);
  expectThat(!/\bat \S+:\d+|Error:|defect/.test(stderr), `${what} says ${stderr}`);
}

async function playSlips(): Promise<void> {
  for (const { name: command } of COMMANDS) {
    const names = optionsOf(command).map(({ name }) => name);
    for (const name of names) {
      for (const slip of slipsOf(name)) {
        if (names.includes(slip)) continue;
        const argv = [command, `--${slip}`];
        const ended = await run(argv);
        checkUsage(argv, ended);
        const words = `Did you mean --${name}?`;
        expectThat(ended.stderr.includes(words), `${argv.join(" ")} says ${ended.stderr}`);
      }
    }
    for (const { name } of OPTIONS.filter((option) => !names.includes(option.name))) {
      const argv = [command, `--${name}`, "x"];
      const ended = await run(argv);
      checkUsage(argv, ended);
      expectThat(ended.stderr.includes(`--${name} `), `${argv.join(" ")} says ${ended.stderr}`);
      const meant = /Did you mean --([a-z-]+)\?/.exec(ended.stderr)?.[1];
      const isKnown = meant === undefined || names.includes(meant);
      expectThat(isKnown, `ouro ${command} has no --${meant}`);
    }
  }
}

// ── Exit codes ──────────────────────────────────────────────────────────────────────────────────

/** A program whose first step is said to have ended otherwise. */
async function wrongProgram(): Promise<Uint8Array> {
  const { gunzipSync, gzipSync } = await import("node:zlib");
  const text = gunzipSync(firstPrograms(1)).toString();
  return gzipSync(text.replace('"chg":[[0,1,0]]', '"chg":[[0,7,0]]'));
}

const CASES: readonly (readonly [string, number])[] = [
  ["replay few.jsonl.gz", 0],
  ["replay wrong.jsonl.gz", 1],
  ["explain few.jsonl.gz --level 9", 2],
  ["compare few.jsonl.gz -s cpython-3.13,no-such", 2],
  ["cycles one.ouroheap --fail-on leaks", 2],
  ["cycles one.ouroheap --fail-on cycles", 3],
  ["diff one.ouroheap more.ouroheap --fail-on increase", 3],
  ["diff more.ouroheap one.ouroheap --fail-on increase", 0],
  ["diff one.ouroheap one.ouroheap --fail-on increase", 0],
  ["leaks one.ouroheap more.ouroheap --fail-on leaks", 3],
  ["diff one.ouroheap more.ouroheap", 0],
  ["compare few.jsonl.gz -s mark-sweep --limit work=0", 3],
  ["compare few.jsonl.gz -s mark-sweep --limit work=999999", 0],
  ["why cut.hgraph.gz", 4],
  ["why nowhere.hgraph.gz", 4],
  ["compare cut.hgraph.gz", 4],
  ["replay wrong.jsonl.gz nowhere.jsonl.gz", 4],
];

async function playCodes(): Promise<void> {
  const more = { files: { ...files, "wrong.jsonl.gz": await wrongProgram() } };
  for (const [words, code] of CASES) {
    const { exitCode, stderr } = await run(words.split(" "), more);
    expectSame(exitCode, code, `the code of ouro ${words}, which says ${stderr}`);
  }
  const order = [0, 1, 3, 4, 2, 5, 130];
  for (const [place, code] of order.entries()) {
    for (const [other, milder] of order.entries()) {
      const graver = order[Math.max(place, other)];
      expectSame(graverExitCode(code, milder), graver, `the graver of ${code} and ${milder}`);
    }
  }
}

// ── Documents ───────────────────────────────────────────────────────────────────────────────────

const ASKED: readonly string[] = [
  "replay few.jsonl.gz",
  "why one.ouroheap",
  "why one.ouroheap #0",
  "diff one.ouroheap more.ouroheap",
  "leaks one.ouroheap more.ouroheap",
  "explain few.jsonl.gz",
  "compare few.jsonl.gz -s cpython-3.13,mark-sweep --limit work=5",
];

const schemas = new Map<string, ReturnType<Ajv2020["compile"]>>();

function checkDocument(text: string, what: string): { readonly schema: string } {
  const document = JSON.parse(text);
  const name = String(document.schema).replace(/^ouro\/(.*)@1$/, "$1");
  const schema =
    schemas.get(name) ?? new Ajv2020({ strictTypes: false }).compile(JSON.parse(schemaText(name)));
  schemas.set(name, schema);
  expectThat(schema(document) === true, `${what}: ${JSON.stringify(schema.errors?.[0])}`);
  return document;
}

async function playDocuments(): Promise<void> {
  for (const words of ASKED) {
    const { stdout, stderr } = await run([...words.split(" "), "--json"]);
    expectThat(stdout.endsWith("}\n"), `ouro ${words} prints no document: ${stderr}`);
    const { schema } = checkDocument(stdout, `ouro ${words}`);
    expectSame(schema, `ouro/${words.split(" ")[0]}@1`, `the schema of ouro ${words}`);
  }
}

async function playPartial(): Promise<void> {
  const words = "compare few.jsonl.gz -s refcount-only,mark-sweep,semispace --json".split(" ");
  const whole = JSON.parse((await run(words)).stdout);
  for (let breaths = 0; breaths <= 3; breaths++) {
    const { exitCode, stdout } = await run(words, { interruptAfterBreaths: breaths });
    const what = `compare, interrupted after breath ${breaths}`;
    const document = checkDocument(stdout, what) as unknown as typeof whole;
    expectSame([exitCode, document.partial], [130, true], what);
    // Each strategy takes one breath before it begins; the last one is not waited for.
    const doneCount = Math.max(0, breaths - 1);
    const wanted = doneCount === 0 ? undefined : whole.strategies.slice(0, doneCount);
    expectSame(document.strategies, wanted, `strategies of ${what}`);
  }
  await playLeaks();
  for (const each of ASKED) {
    const argv = [...each.split(" "), "--json"];
    const { exitCode, stdout } = await run(argv, { interruptAfterBreaths: 1 });
    const document = checkDocument(stdout, each) as unknown as typeof whole;
    const isPartial = document.partial === true || isPartialReplay(document);
    expectSame([exitCode, isPartial], [130, true], `ouro ${each}, interrupted`);
  }
}

/** Of three heaps: what grew in the first two is told when Ctrl-C comes before the third. */
async function playLeaks(): Promise<void> {
  const argv = "leaks one.ouroheap more.ouroheap most.ouroheap --json".split(" ");
  const told: number[] = [];
  for (let breaths = 1; ; breaths++) {
    const { exitCode, stdout } = await run(argv, { interruptAfterBreaths: breaths });
    const what = `leaks, interrupted after breath ${breaths}`;
    const document = checkDocument(stdout, what) as Readonly<Record<string, unknown>>;
    if (exitCode === 0) break;
    expectSame([exitCode, document.partial], [130, true], what);
    if (typeof document.censuses === "number") told.push(document.censuses);
  }
  expectThat(told.length > 0 && told.every((count) => count === 2), `told after ${told} heaps`);
}

/** Of `replay`, each file says so of itself. */
function isPartialReplay({ results = [] }: { results?: readonly { partial?: boolean }[] }) {
  return results.some(({ partial }) => partial === true);
}

export const answerProperties: readonly CommandProperty[] = [
  { name: SLIPS, play: playSlips },
  { name: CODES, play: playCodes },
  { name: DOCUMENTS, play: playDocuments },
  { name: PARTIAL, play: playPartial },
];
