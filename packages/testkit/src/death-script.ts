// A program about death as JavaScript, for a memory manager that is called `manager`. Slots are
// counted from the frame's first: 0 to 5 roots, 6 to 9 weak references, 10 the museum. It tells of
// each finalizer and callback that runs, so that a second time is seen. What does nothing is not
// said: a root that holds none is not emptied, and no link is made from it.

import {
  type Act,
  type DeathCommand,
  ROOT_COUNT,
  WEAK_COUNT,
  watchersOf,
} from "./death-program.js";
import { ID_FIELD, LARGE_LENGTH } from "./death-types.js";

const MUSEUM = ROOT_COUNT + WEAK_COUNT;
const SCRATCH = `f + ${MUSEUM + 1}`;

/** What program code does, as functions with names; whoever does nothing has none. */
const ACT_LINES: Readonly<Record<Exclude<Act, "nothing">, readonly [name: string, text: string]>> =
  {
    throw: ["fail", '() => { throw new Error("thrown by program code"); }'],
    allocate: ["allocate", `() => { m.allocate(plain, ${SCRATCH}); m.setRoot(${SCRATCH}, 0); }`],
    resurrect: ["resurrect", `(slot) => { if (slot) m.setRoot(f + ${MUSEUM}, m.root(slot)); }`],
    collect: ["collect", "() => void m.collect()"],
    "drop a root": ["dropRoot", "() => m.setRoot(f, 0)"],
    "run out of memory": [
      "runOut",
      `() => {
  const { limitBytes } = manager.heap;
  manager.heap.setLimitBytes(manager.heap.statistics().lentBytes);
  try { m.allocateArray(large, ${LARGE_LENGTH}, ${SCRATCH}); m.setRoot(${SCRATCH}, 0); }
  catch {} finally { manager.heap.setLimitBytes(limitBytes); } }`,
    ],
    store: ["store", "() => { if (m.root(f + 1)) m.set(m.root(f + 1), 1, 0); }"],
  };

const LARGE_LINE = 'const large = manager.defineType({ name: "large", variablePart: "raw" });';

function typeLine(name: string, text: string, isFinalized: boolean): string {
  const shape = "visitedSlotCount: 2, rawWordCount: 1, weaklyReferable: true";
  const rest = isFinalized ? ", finalizer: true" : "";
  return `const ${name} = manager.defineType({ name: "${text}", ${shape}${rest} });`;
}

const root = (slot: number): string => (slot === 0 ? "f" : `f + ${slot}`);

/** What the script has said so far. */
interface Said {
  readonly lines: string[];
  readonly acts: Set<Act>;
  readonly types: Set<"plain" | "node">;
  /** Slots that something was put into, and that were not emptied since. */
  readonly held: Set<number>;
  /** Finalizers of nodes do something. */
  hasNodeActs: boolean;
  bornCount: number;
  /** Program code may empty the first root at any time. */
  readonly dropsRoot: boolean;
}

/** The program as JavaScript; behind it everything is dropped so many times. */
export function printDeathScript(commands: readonly DeathCommand[], dropCount: number): string {
  const said: Said = {
    ...{ lines: [], acts: new Set(), types: new Set(), held: new Set() },
    ...{ hasNodeActs: false, bornCount: 0 },
    dropsRoot: commands.some((command) => "act" in command && command.act === "drop a root"),
  };
  for (const command of commands) sayCommand(said, command);
  for (let count = 0; count < dropCount; count++) sayDrop(said);
  if (said.acts.has("allocate")) said.types.add("plain");
  return [
    "const { mutator: m } = manager;",
    ...(said.types.has("plain") ? [typeLine("plain", "plain node", false)] : []),
    ...(said.types.has("node") ? [typeLine("node", "node", true)] : []),
    ...(said.acts.has("run out of memory") ? [LARGE_LINE] : []),
    `const f = m.enter(${MUSEUM + 2});`,
    ...[...said.acts].flatMap(actLines),
    ...(said.types.has("node") ? finalizerLines(said) : []),
    ...said.lines,
  ].join("\n");
}

function actLines(act: Act): string[] {
  if (act === "nothing") return [];
  const [name, text] = ACT_LINES[act];
  return [`const ${name} = ${text};`];
}

function finalizerLines({ hasNodeActs }: Said): string[] {
  return [
    ...(hasNodeActs ? ["const acts = [];"] : []),
    "manager.collector.finalization.setFinalizer(node, (slot) => {",
    `  const number = m.word(m.root(slot), ${ID_FIELD});`,
    '  console.log("finalizer of node", number);',
    ...(hasNodeActs ? ["  acts[number]?.(slot);"] : []),
    "});",
  ];
}

/** Fills a slot by a call. */
function put({ held, lines }: Said, slot: number, line: string): void {
  lines.push(line);
  held.add(slot);
}

function empty({ held, lines }: Said, slot: number): void {
  if (held.delete(slot)) lines.push(`m.setRoot(${root(slot)}, 0);`);
}

/** A line for what a root holds: left out where it holds none, guarded where nobody can say. */
function withHeld({ held, lines, dropsRoot }: Said, slot: number, line: string): void {
  if (!held.has(slot)) return;
  const isSure = slot !== 0 || !dropsRoot;
  lines.push(isSure ? line : `if (m.root(${root(slot)})) { ${line} }`);
}

function sayBirth(said: Said, slot: number, isFinalized: boolean, act: Act): void {
  const type = isFinalized ? "node" : "plain";
  said.types.add(type);
  empty(said, slot);
  put(said, slot, `m.allocate(${type}, ${root(slot)});`);
  const number = ++said.bornCount;
  if (isFinalized && act !== "nothing") {
    said.acts.add(act);
    said.hasNodeActs = true;
    said.lines.push(`acts[${number}] = ${ACT_LINES[act][0]};`);
  }
  withHeld(said, slot, `m.setWord(m.root(${root(slot)}), ${ID_FIELD}, ${number});`);
}

function sayLink(said: Said, from: number, field: number, to: number): void {
  const value = said.held.has(to) ? `m.root(${root(to)})` : "0";
  withHeld(said, from, `m.set(m.root(${root(from)}), ${field}, ${value});`);
}

function sayRing(said: Said, slot: number, count: number, act: Act): void {
  const next = (slot + 1) % ROOT_COUNT;
  const first = (slot + 2) % ROOT_COUNT;
  const copyRoot = (into: number, from: number): void =>
    put(said, into, `m.setRoot(${root(into)}, m.root(${root(from)}));`);
  sayBirth(said, slot, true, act);
  copyRoot(first, slot);
  for (let made = 1; made < count; made++) {
    sayBirth(said, next, true, act);
    sayLink(said, next, 0, slot);
    copyRoot(slot, next);
  }
  sayLink(said, first, 0, slot);
  empty(said, next);
  empty(said, first);
}

function sayWeak(said: Said, weak: number, slot: number, act: Act | "no callback"): void {
  if (!said.held.has(slot)) return;
  const calls = act === "nothing" || act === "no callback" ? "" : ` ${ACT_LINES[act][0]}();`;
  if (act !== "no callback") said.acts.add(act);
  const told = `() => { console.log("callback of weak", ${weak});${calls} }`;
  const callback = act === "no callback" ? "" : `, ${told}`;
  const into = ROOT_COUNT + weak;
  empty(said, into);
  const made = `manager.weakReferences.create(${root(into)}, ${root(slot)}${callback});`;
  withHeld(said, slot, made);
  said.held.add(into);
}

/** All roots emptied, the museum among them, and a full collection. */
function sayDrop(said: Said): void {
  // Whoever is finalized in the collection may be there in the next round.
  if (said.acts.has("resurrect")) said.held.add(MUSEUM);
  for (const slot of [...said.held].sort((one, other) => one - other)) empty(said, slot);
  said.lines.push("m.collect();");
}

function sayCommand(said: Said, command: DeathCommand): void {
  switch (command.do) {
    case "new":
      sayBirth(said, command.slot, command.isFinalized, command.act);
      break;
    case "link":
      sayLink(said, command.from, command.field, command.to);
      break;
    case "cut":
      withHeld(said, command.from, `m.set(m.root(${root(command.from)}), ${command.field}, 0);`);
      break;
    case "drop":
      empty(said, command.slot);
      break;
    case "weak":
      sayWeak(said, command.weak, command.slot, command.act);
      break;
    case "drop weak":
      empty(said, ROOT_COUNT + command.weak);
      break;
    case "watched ring": {
      const { slot, count, act } = command;
      sayRing(said, slot, count, act);
      for (const watcher of watchersOf(slot, count, act)) {
        sayWeak(said, watcher.weak, slot, watcher.act);
      }
      empty(said, slot);
      break;
    }
    case "ring":
      sayRing(said, command.slot, command.count, command.act);
      break;
    default:
      said.lines.push(`m.${command.do}();`);
  }
}
