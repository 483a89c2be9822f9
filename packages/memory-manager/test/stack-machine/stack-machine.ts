import { immediateOf, integerOf, type Reference, type Slot, type Value } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import { assemble, type Code, type Operation } from "./assembler.js";

/** Runs the first function of a program on any memory manager; answers what it printed. */
export function run({ mutator, heap, types, defineType }: MemoryManager, source: string) {
  const pair = types.find("pair") ?? defineType({ name: "pair", visitedSlotCount: 2 });
  const array = types.find("array") ?? defineType({ name: "array", variablePart: "visited" });
  const text = types.find("text") ?? defineType({ name: "text", variablePart: "bytes" });
  // Field 0: length. Field 1: the function's number. From field 2 on: what was captured.
  const closureParts = { visitedSlotCount: 1, variablePart: "visited" } as const;
  const closure = types.find("closure") ?? defineType({ name: "closure", ...closureParts });
  const printed: string[] = [];
  const calls: number[] = []; // of each call: where to go on, the caller's frame, the result's slot
  let next = -1; // the instruction to run
  let frame = 0; // the first slot of the function that runs
  let top = 0; // the first slot without an operand; it and all above it hold none
  const slot = (index: number) => index as Slot;
  const value = (index: number): Value => mutator.root(slot(index));
  const integer = (index: number) => integerOf(value(index));
  const setSlot = (index: number, content: Value) => mutator.setRoot(slot(index), content);
  const moveSlot = (into: number, from: number) => mutator.moveRoot(slot(into), slot(from));
  const bytesOf = (made: Reference) => heap.bytes.subarray((mutator.fieldsStart(made) + 1) * 4);
  const object = (index: number, type: number): Reference => {
    const found = value(index) as Reference;
    if (found > 0 && mutator.typeOf(found) === type) return found;
    throw new Error(`an operand is not a ${types.descriptor(type as never).name}`);
  };
  const element = (arrayAt: number, indexAt: number): number => {
    const index = integer(indexAt);
    if (index >= 0 && index < mutator.lengthOf(object(arrayAt, array))) return 1 + index;
    throw new Error(`there is no element ${index}`);
  };
  const answer = (content: Value) => {
    setSlot(top - 2, content); // in the place of two operands
    setSlot(--top, 0);
  };
  const binary = (compute: (one: number, other: number) => number) => () =>
    answer(immediateOf(compute(integer(top - 2), integer(top - 1))));
  const show = (shown: Value): string => {
    const rest: (Value | string)[] = [shown]; // the next last: no recursion, a graph may be deep
    let line = "";
    for (let count = 0; count < 1000 && rest.length > 0; count++) line += showNext(rest);
    return rest.length > 0 ? `${line}…` : line; // it may be large, or hold itself
  };
  const showNext = (rest: (Value | string)[]): string => {
    const part = rest.pop() as Reference | string;
    if (typeof part === "string") return part;
    if (part <= 0) return part === 0 ? "none" : `${integerOf(part)}`;
    const type = mutator.typeOf(part);
    if (type === closure) return "closure";
    const [first, length] = type === pair ? [0, 2] : [1, mutator.lengthOf(part)];
    if (type === text) return new TextDecoder().decode(bytesOf(part).slice(0, length));
    rest.push(type === pair ? ")" : "]");
    for (let at = length; at-- > 0; ) rest.push(mutator.get(part, first + at), at > 0 ? " " : "");
    return type === pair ? "(" : "[";
  };
  const operations: Record<string, Operation> = {
    push: (number) => setSlot(top++, immediateOf(number)),
    none: () => void top++,
    self: () => setSlot(top++, value(frame)),
    local: (index) => setSlot(top++, value(frame + 1 + index)),
    captured: (index) => setSlot(top++, mutator.get(object(frame, closure), 2 + index)),
    store: (index) => moveSlot(frame + 1 + index, --top),
    drop: () => setSlot(--top, 0),
    add: binary((one, other) => one + other),
    less: binary((one, other) => (one < other ? 1 : 0)),
    empty: () => setSlot(top - 1, immediateOf(value(top - 1) === 0 ? 1 : 0)),
    jump(label) {
      if (label < next) mutator.poll(); // a loop without an allocation is a safepoint too
      next = label;
    },
    unless(label) {
      if (integer(--top) === 0) next = label;
      setSlot(top, 0);
    },
    close(number, count) {
      const made = mutator.allocateArray(closure, count, slot(top));
      mutator.set(made, 1, immediateOf(number));
      for (let at = 0; at < count; at++) mutator.give(made, 2 + at, slot(top - count + at));
      if (count > 0) moveSlot(top - count, top);
      top += 1 - count;
    },
    call(count) {
      mutator.poll(); // before any reference is read: here objects may move
      const callee = top - count - 1;
      const number = integerOf(mutator.get(object(callee, closure), 1));
      const { start, arity, slotCount, operandsAt } = functions[number] as Code;
      if (arity !== count) throw new Error(`${count} arguments for ${arity} parameters`);
      const entered = mutator.enter(slotCount); // may be refused, and then nothing has changed
      calls.push(next, frame, callee);
      frame = entered;
      for (let at = 0; at <= count; at++) moveSlot(frame + at, callee + at);
      top = frame + operandsAt;
      next = start;
    },
    return() {
      const [caller, callerFrame, result] = calls.splice(-3) as [number, number, number];
      moveSlot(result, top - 1); // before the frame is left: leaving drops what it holds
      mutator.leave(slot(frame));
      [next, frame, top] = [caller, callerFrame, result + 1];
    },
    pair() {
      const made = mutator.allocate(pair, slot(top));
      mutator.fill(made, 0, slot(top - 2));
      mutator.fill(made, 1, slot(top - 1));
      moveSlot(--top - 1, top + 1);
    },
    head: () => setSlot(top - 1, mutator.get(object(top - 1, pair), 0)),
    tail: () => setSlot(top - 1, mutator.get(object(top - 1, pair), 1)),
    array: () => void mutator.allocateArray(array, integer(top - 1), slot(top - 1)),
    length: () => setSlot(top - 1, immediateOf(mutator.lengthOf(object(top - 1, array)))),
    at: () => answer(mutator.get(object(top - 2, array), element(top - 2, top - 1))),
    put() {
      mutator.give(object(top - 3, array), element(top - 3, top - 2), slot(top - 1));
      top -= 2; // the array stays
      setSlot(top, 0);
    },
    append() {
      const count = mutator.lengthOf(object(top - 2, array));
      const otherCount = mutator.lengthOf(object(top - 1, array));
      const made = mutator.allocateArray(array, count + otherCount, slot(top));
      mutator.copy(made, 1, object(top - 2, array), 1, count); // read again: they may have moved
      mutator.copy(made, 1 + count, object(top - 1, array), 1, otherCount);
      setSlot(--top, 0);
      moveSlot(top - 1, top + 1);
    },
    text(index) {
      const letters = texts[index] as Uint8Array;
      bytesOf(mutator.allocateArray(text, letters.length, slot(top++))).set(letters);
    },
    print() {
      printed.push(show(value(--top)));
      setSlot(top, 0);
    },
  };
  const { code, functions, texts } = assemble(source, operations);
  const bottom = mutator.enter(2);
  try {
    [frame, top] = [bottom, bottom];
    operations.close?.(0, 0);
    operations.call?.(0, 0);
    while (next >= 0) code[next++]?.();
    return printed;
  } finally {
    // A program that failed, too, leaves its frames, the last first.
    for (; calls.length > 0; frame = calls.splice(-3)[1] as number) mutator.leave(slot(frame));
    mutator.leave(bottom);
  }
}
