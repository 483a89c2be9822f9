// A program about death as JavaScript, for a memory manager that is called `manager`. Slots are
// counted from the frame's first: 0 to 5 roots, 6 to 9 weak references, 10 the museum. It tells of
// each finalizer and callback that runs, so that a second time is seen.

import {
  type Act,
  type DeathCommand,
  ROOT_COUNT,
  WEAK_COUNT,
  watchersOf,
} from "./death-program.js";

const MUSEUM = ROOT_COUNT + WEAK_COUNT;

const ACT_LINES: Readonly<Record<Act, string>> = {
  nothing: "() => {}",
  throw: '() => { throw new Error("thrown by program code"); }',
  allocate: `() => { m.allocate(plain, f + ${MUSEUM + 1}); m.setRoot(f + ${MUSEUM + 1}, 0); }`,
  resurrect: `(slot) => { if (slot) m.setRoot(f + ${MUSEUM}, m.root(slot)); }`,
  collect: "() => void m.collect()",
  "drop a root": "() => m.setRoot(f, 0)",
  "run out of memory": `() => {
  const { limitBytes } = manager.heap;
  manager.heap.setLimitBytes(manager.heap.statistics().lentBytes);
  try { m.allocateArray(large, 300_000, f + ${MUSEUM + 1}); m.setRoot(f + ${MUSEUM + 1}, 0); }
  catch {} finally { manager.heap.setLimitBytes(limitBytes); } }`,
  store: "() => { if (m.root(f + 1)) m.set(m.root(f + 1), 1, 0); }",
};

function typeLine(name: string, text: string, isFinalized: boolean): string {
  const shape = "visitedSlotCount: 2, rawWordCount: 1, weaklyReferable: true";
  const rest = isFinalized ? ", finalizer: true" : "";
  return `const ${name} = manager.defineType({ name: "${text}", ${shape}${rest} });`;
}

const FINALIZER_LINES = [
  "manager.finalization.setFinalizer(node, (slot) => {",
  "  const number = m.word(m.root(slot), 2);",
  '  console.log("finalizer of node", number);',
  "  act[acts[number]](slot);",
  "});",
];

const root = (slot: number): string => (slot === 0 ? "f" : `f + ${slot}`);

/** What the script has said so far. */
interface Said {
  readonly lines: string[];
  readonly acts: Set<Act>;
  bornCount: number;
}

/** All roots emptied, the museum among them, and a full collection. */
const DROP_LINES = [
  "const dropAll = () => {",
  `  for (let slot = 0; slot <= ${MUSEUM}; slot++) m.setRoot(f + slot, 0);`,
  "  m.collect();",
  "};",
];

/** The program as JavaScript; behind it everything is dropped so many times. */
export function printDeathScript(commands: readonly DeathCommand[], dropCount: number): string {
  const said: Said = { lines: [], acts: new Set(), bornCount: 0 };
  for (const command of commands) sayCommand(said, command);
  const acts = [...said.acts].map((name) => `${JSON.stringify(name)}: ${ACT_LINES[name]}`);
  return [
    "const { mutator: m } = manager;",
    typeLine("plain", "plain node", false),
    typeLine("node", "node", true),
    ...(said.acts.has("run out of memory")
      ? ['const large = manager.defineType({ name: "large", variablePart: "raw" });']
      : []),
    `const f = m.enter(${MUSEUM + 2});`,
    "const acts = [];",
    `const act = { ${acts.join(", ")} };`,
    ...FINALIZER_LINES,
    ...said.lines,
    ...(dropCount > 0 ? DROP_LINES : []),
    ...new Array<string>(dropCount).fill("dropAll();"),
  ].join("\n");
}

function sayBirth(said: Said, slot: number, isFinalized: boolean, act: Act): void {
  said.acts.add(act);
  said.lines.push(
    `m.setRoot(${root(slot)}, 0);`,
    `m.allocate(${isFinalized ? "node" : "plain"}, ${root(slot)});`,
    `acts.push(${JSON.stringify(act)});`,
    `m.setWord(m.root(${root(slot)}), 2, ${said.bornCount++});`,
  );
}

function sayRing(said: Said, slot: number, count: number, act: Act): void {
  const next = (slot + 1) % ROOT_COUNT;
  const first = (slot + 2) % ROOT_COUNT;
  sayBirth(said, slot, true, act);
  said.lines.push(`m.setRoot(${root(first)}, m.root(${root(slot)}));`);
  for (let made = 1; made < count; made++) {
    sayBirth(said, next, true, act);
    said.lines.push(`m.set(m.root(${root(next)}), 0, m.root(${root(slot)}));`);
    said.lines.push(`m.setRoot(${root(slot)}, m.root(${root(next)}));`);
  }
  said.lines.push(`m.set(m.root(${root(first)}), 0, m.root(${root(slot)}));`);
  said.lines.push(`m.setRoot(${root(next)}, 0);`, `m.setRoot(${root(first)}, 0);`);
}

function sayWeak(said: Said, { weak, slot, act }: DeathCommand & { do: "weak" }): void {
  if (act !== "no callback") said.acts.add(act);
  const call = `{ console.log("callback of weak", ${weak}); act[${JSON.stringify(act)}](); }`;
  const callback = act === "no callback" ? "" : `, () => ${call}`;
  const [of, into] = [root(slot), root(ROOT_COUNT + weak)];
  const made = `manager.weakReferences.create(${into}, ${of}${callback})`;
  said.lines.push(`if (m.root(${of})) { m.setRoot(${into}, 0); ${made}; }`);
}

function sayCommand(said: Said, command: DeathCommand): void {
  const { lines } = said;
  switch (command.do) {
    case "new":
      sayBirth(said, command.slot, command.isFinalized, command.act);
      break;
    case "link": {
      const [from, to] = [root(command.from), root(command.to)];
      lines.push(`if (m.root(${from})) m.set(m.root(${from}), ${command.field}, m.root(${to}));`);
      break;
    }
    case "cut": {
      const from = root(command.from);
      lines.push(`if (m.root(${from})) m.set(m.root(${from}), ${command.field}, 0);`);
      break;
    }
    case "drop":
      lines.push(`m.setRoot(${root(command.slot)}, 0);`);
      break;
    case "weak":
      sayWeak(said, command);
      break;
    case "drop weak":
      lines.push(`m.setRoot(${root(ROOT_COUNT + command.weak)}, 0);`);
      break;
    case "watched ring": {
      const { slot, count, act } = command;
      sayRing(said, slot, count, act);
      for (const weak of watchersOf(slot, count, act)) sayWeak(said, { do: "weak", slot, ...weak });
      lines.push(`m.setRoot(${root(slot)}, 0);`);
      break;
    }
    case "ring":
      sayRing(said, command.slot, command.count, command.act);
      break;
    default:
      lines.push(`m.${command.do}();`);
  }
}
