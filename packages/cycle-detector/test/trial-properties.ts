// Properties of trial deletion over its buffer, each under its name.

import fc from "fast-check";
import { BUFFERED, type BufferKind, IMMORTAL, makeBufferRig } from "./buffer-rig.js";
import { HELD, PARTS } from "./property-names.js";
import { answerOfTrial, TRIAL_SLOTS, type TrialNode } from "./trial-model.js";

const NODE_LIMIT = 16;
const KINDS = Object.keys(TRIAL_SLOTS) as BufferKind[];
const IMMEDIATE = -8;

const graphs: fc.Arbitrary<TrialNode[]> = fc.integer({ min: 1, max: NODE_LIMIT }).chain((count) => {
  const reference = fc.oneof(
    { weight: 5, arbitrary: fc.nat(count - 1) },
    { weight: 2, arbitrary: fc.constant(-1) },
  );
  const kind = fc.oneof(
    { weight: 4, arbitrary: fc.constant<BufferKind>("node") },
    { weight: 3, arbitrary: fc.constantFrom(...KINDS) },
  );
  const node = kind.chain((each) => {
    const length = TRIAL_SLOTS[each][1];
    return fc.record({
      kind: fc.constant(each),
      references: fc.array(reference, { minLength: length, maxLength: length }),
      outsideCount: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
      ),
      fate: fc.oneof(
        { weight: 20, arbitrary: fc.constant("mortal" as const) },
        { weight: 1, arbitrary: fc.constantFrom("immortal" as const, "dying" as const) },
      ),
    });
  });
  return fc.array(node, { minLength: count, maxLength: count });
});

/** A graph, and in which order some of its nodes lost a reference. */
const noted = graphs.chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    order: fc.shuffledSubarray([...nodes.keys()], { minLength: Math.ceil(nodes.length / 3) }),
  }),
);

type Noted = typeof noted extends fc.Arbitrary<infer Given> ? Given : never;

function expectSame(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, and should be ${other}`);
}

/** All references to each node; what every object is in memory. */
function lay({ nodes, order }: Noted) {
  const rig = makeBufferRig(4 * NODE_LIMIT);
  const { words, buffer } = rig;
  const counts = nodes.map(({ outsideCount }) => outsideCount);
  for (const { references } of nodes) {
    for (const target of references) {
      if (target >= 0) counts[target] = (counts[target] as number) + 1;
    }
  }
  for (const [index, { kind }] of nodes.entries()) rig.make(kind, counts[index] as number);
  for (const [index, { kind, references }] of nodes.entries()) {
    const object = rig.objects[index] as number;
    if (kind === "array") words[object + 2] = references.length;
    const first = object + (kind === "array" ? 3 : 2);
    for (const [field, target] of references.entries()) {
      words[first + field] = target < 0 ? IMMEDIATE : (rig.objects[target] as number);
    }
  }
  for (const node of order) buffer.note(rig.objects[node] as number as never);
  for (const [index, { fate }] of nodes.entries()) {
    if (fate === "mortal") continue;
    words[rig.objects[index] as number] = fate === "immortal" ? IMMORTAL : ~0;
  }
  const image = (): string =>
    rig.objects
      .map((object) => {
        const [count, header, ...slots] = words.slice(object, object + 8);
        return [count, (header as number) & ~BUFFERED, ...slots].join();
      })
      .join("; ");
  return { rig, counts, image };
}

type Laid = ReturnType<typeof lay>;

const nodesIn = ({ rig }: Laid, objects: readonly number[]): number[] =>
  objects.map((object) => rig.objects.indexOf(object));

function foundIn(laid: Laid): number[] {
  const { buffer } = laid.rig;
  const entries = Array.from({ length: buffer.foundCount() }, (_, at) => buffer.foundAt(at));
  return nodesIn(
    laid,
    entries.filter((object) => object !== 0),
  );
}

/** What the buffer has as found, and nothing else is said to be found. */
function expectFound(laid: Laid, expected: readonly number[]): void {
  const { rig } = laid;
  expectSame(foundIn(laid), expected, "found");
  const said = rig.objects.filter((object) => rig.detector.isFound(object as never));
  expectSame(
    nodesIn(laid, said),
    [...expected].sort((one, other) => one - other),
    "said to be found",
  );
  rig.validate();
}

function findFirst(given: Noted): { laid: Laid; found: number[] } {
  const laid = lay(given);
  const { rig, counts, image } = laid;
  const before = image();
  const expected = answerOfTrial(given.nodes, given.order, counts);
  const { examined, referenceCount, found } = expected;
  const answer = { examinedCount: examined.length, referenceCount, foundCount: found.length };
  expectSame(rig.detector.find(), answer, "answer");
  expectSame(nodesIn(laid, rig.examined), examined, "examined");
  expectSame(image(), before, "objects");
  expectSame(rig.buffer.candidateCount(), 0, "candidates");
  expectFound(laid, found);
  return { laid, found };
}

/** Perhaps one of the found dies and another is stored by somebody; in the end one more dies. */
function findAgain(
  { nodes }: Noted,
  { laid, found }: ReturnType<typeof findFirst>,
  pick: number,
): void {
  const { rig, counts } = laid;
  const dead = found[pick % (found.length + 1)];
  const held = found[(pick >> 4) % (found.length + 1)];
  if (dead !== undefined) rig.buffer.remove(rig.objects[dead] as never);
  if (held !== undefined) {
    counts[held] = (counts[held] as number) + 1;
    const target = rig.objects[held] as number;
    rig.words[target] = (rig.words[target] as number) + 1;
  }
  const rest = found.filter((node) => node !== dead);
  const expected = answerOfTrial(nodes, rest, counts, (node) => rest.includes(node));
  rig.examined.length = 0;
  const { referenceCount } = expected;
  const answer = { examinedCount: rest.length, referenceCount, foundCount: expected.found.length };
  expectSame(rig.detector.findAgain(), answer, "answer");
  expectSame(nodesIn(laid, rig.examined), rest, "examined again");
  expectFound(laid, expected.found);
  expectSame(rig.buffer.candidateCount(), expected.reached.length, "candidates");
  const last = expected.found[(pick >> 8) % (expected.found.length + 1)];
  if (last !== undefined) rig.buffer.remove(rig.objects[last] as never);
  rig.buffer.release();
  const all = [...expected.found.filter((node) => node !== last), ...expected.reached];
  expectSame(nodesIn(laid, rig.list().slice(0, all.length)), all, "released");
  expectSame(rig.buffer.candidateCount(), all.length, "candidates");
  rig.validate();
}

const properties: Record<string, () => fc.IProperty<[never]>> = {
  [HELD]: () =>
    fc.property(noted, (given) => {
      const { laid, found } = findFirst(given);
      laid.rig.buffer.release();
      expectSame(nodesIn(laid, laid.rig.list().slice(0, found.length)), found, "released");
      laid.rig.validate();
    }) as never,
  [PARTS]: () =>
    fc.property(noted, fc.nat(1 << 12), (given, pick) => {
      const first = findFirst(given);
      if (first.found.length > 0) findAgain(given, first, pick);
    }) as never,
};

export const trialPropertyNames = Object.keys(properties);

export function trialProperty(name: string): fc.IProperty<[never]> {
  return (properties[name] as () => fc.IProperty<[never]>)();
}
