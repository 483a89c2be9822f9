/** A function starts at `code[start]`; in its frame operands lie from `operandsAt` on. */
export type Code = { start: number; arity: number; slotCount: number; operandsAt: number };
export type Operation = (operand: number, other: number) => void;

/** Lines of `function name arity locals`, `label:` and `operation operand operand`. */
export function assemble(source: string, operations: Readonly<Record<string, Operation>>) {
  const lines = source.split("\n").map((line) => line.trim().match(/"[^"]*"|\S+/g) ?? []);
  const names = new Map<string, number>();
  const functions: Code[] = [];
  const texts: Uint8Array[] = []; // in UTF-8
  let size = 0;
  let last = "return";
  const expectEnd = () => {
    if (last === "return" || last === "jump") return;
    throw new Error(`a function ends with "${last}", and not with return or jump`);
  };
  for (const [word = "", name = "", arity = "0", locals = "0"] of lines) {
    if (word === "") continue;
    if (word === "function") {
      expectEnd();
      names.set(name, functions.length);
      const operandsAt = 1 + Number(arity) + Number(locals); // slot 0 is the closure itself
      functions.push({ start: size, arity: Number(arity), slotCount: operandsAt, operandsAt });
    } else if (word.endsWith(":")) names.set(word.slice(0, -1), size);
    else if (Object.hasOwn(operations, word)) {
      const current = functions.at(-1);
      if (current === undefined) throw new Error(`"${word}" stands in no function`);
      current.slotCount++; // an instruction adds one operand at most
      size++;
    } else throw new Error(`no operation "${word}"`);
    last = word;
  }
  if (functions.length === 0) throw new Error("the program has no function");
  expectEnd();
  const numberOf = (word: string) => {
    if (word.startsWith('"')) return texts.push(new TextEncoder().encode(word.slice(1, -1))) - 1;
    const number = names.get(word) ?? Number(word);
    if (number === (number | 0)) return number;
    throw new Error(`"${word}" is no label, no function and no whole number`);
  };
  const code = lines.flatMap(([word = "", ...words]) => {
    if (!Object.hasOwn(operations, word)) return [];
    const operation = operations[word] as Operation;
    const [operand = 0, other = 0] = words.slice(0, operation.length).map(numberOf);
    if (words.length >= operation.length) return [() => operation(operand, other)];
    throw new Error(`"${word}" takes ${operation.length} operands, and has ${words.length}`);
  });
  return { code, functions, texts };
}
