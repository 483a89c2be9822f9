/** A function's code is `code[start]` and on, three numbers an instruction. */
export type Code = { start: number; arity: number; slotCount: number };

/** Lines of `function name arity locals`, `label:` and `operation operand operand`. */
export function assemble(source: string, operations: readonly string[]) {
  const lines = source.split("\n").map((line) => line.trim().match(/"[^"]*"|\S+/g) ?? []);
  const names = new Map<string, number>();
  const functions: Code[] = [];
  const texts: string[] = [];
  let size = 0;
  for (const [word = "", name = "", arity, locals] of lines) {
    if (word === "function") {
      names.set(name, functions.length);
      const slotCount = 1 + Number(arity) + Number(locals); // slot 0 is the closure itself
      functions.push({ start: size, arity: Number(arity), slotCount });
    } else if (word.endsWith(":")) names.set(word.slice(0, -1), size);
    else if (operations.includes(word)) {
      size += 3;
      (functions.at(-1) as Code).slotCount++; // an instruction adds one operand at most
    } else if (word !== "") throw new Error(`no operation "${word}"`);
  }
  const numberOf = (word = "0") =>
    word.startsWith('"') ? texts.push(word.slice(1, -1)) - 1 : (names.get(word) ?? Number(word));
  const code = lines
    .filter(([word = ""]) => operations.includes(word))
    .flatMap(([word = "", a, b]) => [operations.indexOf(word), numberOf(a), numberOf(b)]);
  return { code: Int32Array.from(code), functions, texts };
}
