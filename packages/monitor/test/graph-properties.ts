// The named properties of what looks at a heap, on small random graphs: dominators and retained
// sizes, retention paths, censuses, and what is written of them for other tools. The models are the
// plainest searches that there are.

import fc from "fast-check";
import type * as monitorExports from "../src/index.js";
import { BOX, imageOfNodes, NODE, WEAK } from "./graphs.js";

export type Parts = typeof monitorExports;
type Snapshot = ReturnType<Parts["createSnapshot"]>;

export const RETAINED = "finds what each object retains: what no root reaches without it";
export const WAYS =
  "finds for each reachable object a shortest way that is there, and its dominators on it";
export const CENSUS = "counts every object once, and tells what each type has more and less";
export const HEAP_FILE = "writes a heap snapshot from which the whole graph can be read again";
export const TRAPS =
  "writes the parts of a heap snapshot as scanners need them, and refuses what they misread";
export const PROFILE = "writes who keeps how much alive as stacks that hold every object once";

const SIZE = 9;

const graphs = fc.integer({ min: 1, max: SIZE }).chain((count) =>
  fc.record({
    links: fc.array(fc.array(fc.option(fc.nat(count - 1), { nil: undefined }), { maxLength: 4 }), {
      minLength: count,
      maxLength: count,
    }),
    roots: fc.array(fc.nat(count - 1), { maxLength: 3 }),
  }),
);

type Links = readonly (readonly (number | undefined)[])[];

export function expectThat(fact: boolean, problem: string): void {
  if (!fact) throw new Error(problem);
}

export function expectSame(got: unknown, wanted: unknown, what: string): void {
  const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
  expectThat(one === other, `${what} is ${one}, not ${other}`);
}

/** Distances from the roots by the plainest search, without what is left out. */
function reach(links: Links, roots: readonly number[], without = -1): Map<number, number> {
  const distances = new Map<number, number>();
  let front = roots.filter((root) => root !== without);
  for (let distance = 1; front.length > 0; distance++) {
    for (const object of front) if (!distances.has(object)) distances.set(object, distance);
    const next = front.flatMap((object) => links[object] ?? []);
    front = [...new Set(next)].filter(
      (object): object is number =>
        object !== undefined && object !== without && !distances.has(object),
    );
  }
  return distances;
}

/** What goes with an object, itself included. */
function goneWithout(links: Links, roots: readonly number[], object: number): number[] {
  const reached = reach(links, roots);
  const left = reach(links, roots, object);
  return reached.has(object) ? [...reached.keys()].filter((other) => !left.has(other)) : [];
}

function retained({ createSnapshot, findDominators }: Parts): fc.IProperty<unknown> {
  return fc.property(graphs, ({ links, roots }) => {
    const snapshot = createSnapshot(imageOfNodes(links, roots));
    const { retainedBytes, retainedCounts } = findDominators(snapshot);
    for (let object = 0; object < links.length; object++) {
      const gone = goneWithout(links, roots, object);
      const bytes = gone.reduce((sum, other) => sum + (snapshot.sizesBytes[other] as number), 0);
      const of = `of object ${object} the retained`;
      expectSame(retainedCounts[object], gone.length, `${of} count`);
      expectSame(retainedBytes[object], bytes, `${of} bytes`);
    }
  }) as fc.IProperty<unknown>;
}

function ways(parts: Parts): fc.IProperty<unknown> {
  const { createSnapshot, findDominators, findReachable, findReferrers, findRetentionPath } = parts;
  return fc.property(graphs, ({ links, roots }) => {
    const snapshot = createSnapshot(imageOfNodes(links, roots));
    const reachability = findReachable(snapshot);
    const dominators = findDominators(snapshot);
    const reached = reach(links, roots);
    for (let object = 0; object < links.length; object++) {
      const path = findRetentionPath(snapshot, reachability, dominators, object);
      expectSame(path?.length, reached.get(object), `the way to ${object}`);
      const distance = reachability.distances[object];
      expectSame(distance, reached.get(object) ?? -1, `the distance of ${object}`);
      const named = links.flat().filter((target) => target === object).length;
      const held = roots.filter((root) => root === object).length;
      const referrers = findReferrers(snapshot, object);
      expectSame(referrers.length, named + held, `the number of referrers of ${object}`);
      if (path === undefined) continue;
      expectSame(path.at(-1)?.object, object, "the end of a way");
      for (const [index, { object: at, slotName, isDominator }] of path.entries()) {
        const holder = path[index - 1]?.object;
        const slot = Number(/\d+/.exec(slotName)?.[0]);
        const target = holder === undefined ? roots[slot] : links[holder]?.[slot];
        expectSame(target, at, `what ${slotName} of ${holder} refers to`);
        const isNeeded = at === object || !reach(links, roots, at).has(object);
        expectSame(isDominator, isNeeded, `whether ${at} dominates ${object}`);
      }
    }
  }) as fc.IProperty<unknown>;
}

/** Objects of three types: their types alone, for here nobody looks at references. */
const populations = fc.array(fc.nat(2), { maxLength: 12 });

function populationOf({ createSnapshot }: Parts, types: readonly number[]): Snapshot {
  const links = types.map(() => []);
  const names = ["a", "b", "c"];
  return createSnapshot(
    imageOfNodes(links, [], {
      types: names.map((name) => ({ ...NODE, name })),
      objectTypes: Int32Array.from(types),
    }),
    { sizesBytes: types.map((type, object) => 10 * type + object) },
  );
}

function census(parts: Parts): fc.IProperty<unknown> {
  const naive = (types: readonly number[], type: number) => {
    const objects = [...types.keys()].filter((object) => types[object] === type);
    const bytes = objects.reduce((sum, object) => sum + 10 * type + object, 0);
    return { count: objects.length, bytes };
  };
  return fc.property(populations, populations, (before, after) => {
    const old = parts.countTypes(populationOf(parts, before));
    const now = parts.countTypes(populationOf(parts, after));
    const differences = parts.compareTypes(old, now);
    const order = now.map(({ bytes }) => bytes);
    expectSame(
      order,
      order.toSorted((one, other) => other - one),
      "the order of types",
    );
    for (const [type, typeName] of ["a", "b", "c"].entries()) {
      const [was, is] = [naive(before, type), naive(after, type)];
      const { count = 0, bytes = 0 } = now.find((row) => row.typeName === typeName) ?? {};
      expectSame({ count, bytes }, is, `the census of ${typeName}`);
      const row = differences.find((each) => each.typeName === typeName);
      const change = [row?.count ?? 0, row?.bytes ?? 0];
      expectSame(change, [is.count - was.count, is.bytes - was.bytes], `the change of ${typeName}`);
      if (row !== undefined) expectSame(row.bytesBefore, was.bytes, `before of ${typeName}`);
    }
    const changes = differences.map(({ bytes }) => Math.abs(bytes));
    expectSame(
      changes,
      changes.toSorted((one, other) => other - one),
      "the order of changes",
    );
  }) as fc.IProperty<unknown>;
}

/** Nodes with links, a box that owns one of them and a weak reference to one. */
const mixedHeaps = fc.record({
  graph: graphs,
  owned: fc.nat(SIZE),
  weak: fc.nat(SIZE),
  names: fc.array(fc.constantFrom("node", "<locals>", "Object", "a b"), {
    minLength: 3,
    maxLength: 3,
  }),
  isNumbered: fc.boolean(),
});

interface FileNode {
  readonly name: string;
  readonly size: number;
  readonly id: number;
  readonly edges: readonly { readonly kind: string; readonly to: number }[];
}

/** As its format says: edges lie behind one another, node by node. */
function readHeapFile(text: string): FileNode[] {
  const { snapshot, nodes, edges, strings } = JSON.parse(text);
  const fieldCount = snapshot.meta.node_fields.length;
  expectSame(nodes.length, snapshot.node_count * fieldCount, "the length of nodes");
  expectSame(edges.length, snapshot.edge_count * 3, "the length of edges");
  let edge = 0;
  const read = Array.from({ length: snapshot.node_count }, (_, index) => {
    const [, name, id, size, count] = nodes.slice(index * fieldCount);
    const own = Array.from({ length: count }, () => {
      const [kind, , target] = edges.slice(edge++ * 3);
      return { kind: snapshot.meta.edge_types[0][kind], to: target / fieldCount - 3 };
    });
    return { name: strings[name], size, id, edges: own };
  });
  expectSame(edge, snapshot.edge_count, "the number of edges that nodes have");
  return read;
}

function heapFile({ createSnapshot, writeV8HeapSnapshot }: Parts): fc.IProperty<unknown> {
  return fc.property(mixedHeaps, ({ graph, owned, weak, names, isNumbered }) => {
    const count = graph.links.length;
    const links = [...graph.links, [owned % count], []];
    const image = imageOfNodes(links, graph.roots, {
      types: [NODE, BOX, WEAK],
      objectTypes: Int32Array.from([...graph.links.map(() => 0), 1, 2]),
      lengths: Int32Array.from([...graph.links.map((each) => each.length), 0, 0]),
      values: Int32Array.from(
        [...links.flat(), ...[undefined, undefined, undefined]].map((to) =>
          to === undefined ? 0 : to + 1,
        ),
      ),
      rawWords: new Int32Array(6),
      weakReferences: Int32Array.of((weak % count) + 1),
    });
    const typeName = ({ name }: { name: string }) =>
      names[["node", "box", "weak"].indexOf(name)] as string;
    const snapshot = createSnapshot(image, { typeName });
    const serialOf = (object: number): number => (isNumbered ? 7 * object + 5 : object);
    const file = readHeapFile([...writeV8HeapSnapshot(snapshot, { serialOf })].join(""));
    const reached = reach(links, graph.roots);
    expectSame(
      file[1]?.edges.map(({ to }) => to),
      graph.roots,
      "what roots hold",
    );
    const garbage = [...links.keys()].filter((object) => !reached.has(object));
    expectSame(
      file[2]?.edges.map(({ to }) => to),
      garbage,
      "what hangs under the garbage",
    );
    for (const [object, { name, size, id, edges }] of file.slice(3).entries()) {
      expectSame(size, snapshot.sizesBytes[object], `the size of ${object}`);
      expectSame(id, 2 * (serialOf(object) + 3) + 1, `the id of ${object}`);
      expectThat(!name.startsWith("<") && name !== "Object", `readers change the name ${name}`);
      expectThat(name.endsWith(snapshot.typeNameOf(object)), `${name} is of another type`);
      const targets = (links[object] ?? []).filter((target) => target !== undefined);
      const isWeak = object === links.length - 1;
      const own = isWeak ? [weak % count] : targets;
      expectSame(
        edges.map(({ to }) => to),
        own,
        `the references of ${object}`,
      );
      // Garbage keeps nothing alive, and neither does a weak reference.
      const kinds = own.map((to) => isWeak || (!reached.has(object) && reached.has(to)));
      expectSame(
        edges.map(({ kind }) => kind === "weak"),
        kinds,
        `which references of ${object} are weak`,
      );
    }
  }) as fc.IProperty<unknown>;
}

/** In V8's order: a scanner takes what it waits for, and what follows the strings is lost. */
const PARTS = [
  ...["snapshot", "nodes", "edges", "trace_function_infos", "trace_tree", "samples"],
  ...["locations", "strings"],
];

interface Harmed {
  readonly snapshot: Snapshot;
  readonly serialOf?: (object: number) => number;
}

/** What a scanner would believe: each of these shifts, wraps or joins something without a word. */
const HARMS: readonly ((snapshot: Snapshot, object: number) => Harmed)[] = [
  ...[-48, 48.5, 2 ** 32, Number.NaN].map((size) => (snapshot: Snapshot, object: number) => {
    const sizesBytes = Float64Array.from(snapshot.sizesBytes, (bytes, each) =>
      each === object ? size : bytes,
    );
    return { snapshot: { ...snapshot, sizesBytes } };
  }),
  (snapshot) => ({ snapshot: { ...snapshot, rootTargets: Int32Array.of(snapshot.objectCount) } }),
  (snapshot) => ({ snapshot: { ...snapshot, rootTargets: Int32Array.of(-1) } }),
  (snapshot, object) => ({ snapshot, serialOf: (each) => (each === object ? 0.5 : each) }),
  (snapshot, object) => ({ snapshot, serialOf: (each) => (each === object ? 2 ** 31 : each) }),
  (snapshot) => ({ snapshot, serialOf: () => 7 }),
];

function heapTraps({ createSnapshot, writeV8HeapSnapshot }: Parts): fc.IProperty<unknown> {
  const harms = fc.record({ graph: graphs, harm: fc.constantFrom(...HARMS), at: fc.nat(SIZE) });
  return fc.property(harms, ({ graph: { links, roots }, harm, at }) => {
    const sound = createSnapshot(imageOfNodes([...links, []], roots));
    const text = [...writeV8HeapSnapshot(sound)].join("");
    expectSame(Object.keys(JSON.parse(text)), PARTS, "the order of the parts");
    for (const part of ["snapshot", "nodes"]) {
      expectThat(text.includes(`"${part}":`), `no scanner finds "${part}": before a blank`);
    }
    const { snapshot, nodes } = JSON.parse(text);
    const [kinds, fieldCount] = [snapshot.meta.node_types[0], snapshot.meta.node_fields.length];
    const synthetic = [0, 1, 2].map((node) => kinds[nodes[node * fieldCount]]);
    expectSame(synthetic, ["synthetic", "synthetic", "synthetic"], "the root and its children");
    const { serialOf, snapshot: harmed } = harm(sound, at % sound.objectCount);
    const options = serialOf === undefined ? {} : { serialOf };
    let isRefused = false;
    try {
      for (const _ of writeV8HeapSnapshot(harmed, options));
    } catch {
      isRefused = true;
    }
    expectThat(isRefused, `written: ${harm}`);
  }) as fc.IProperty<unknown>;
}

/** A chain of types from the roots down the dominators, with types in a row told once. */
function stackOf(names: readonly string[], dominators: Int32Array, object: number): string {
  const stack: string[] = [];
  let at = object;
  while (at >= 0 && at < names.length) {
    if (stack[0] !== names[at]) stack.unshift(names[at] as string);
    at = dominators[at] as number;
  }
  return [at < 0 ? "(garbage)" : "(roots)", ...stack].join(";");
}

function profile(parts: Parts): fc.IProperty<unknown> {
  const { createSnapshot, findDominators, foldedStacksOf, retentionProfileOf } = parts;
  return fc.property(graphs, fc.infiniteStream(fc.nat(1)), ({ links, roots }, kinds) => {
    const objectTypes = Int32Array.from(links, () => kinds.next().value as number);
    const types = ["x", "y"].map((name) => ({ ...NODE, name }));
    const snapshot = createSnapshot(imageOfNodes(links, roots, { types, objectTypes }));
    const tree = findDominators(snapshot);
    const names = Array.from(objectTypes, (type) => ["x", "y"][type] as string);
    const wanted = new Map<string, number>();
    for (let object = 0; object < links.length; object++) {
      const stack = stackOf(names, tree.dominators, object);
      const bytes = snapshot.sizesBytes[object] as number;
      wanted.set(stack, (wanted.get(stack) ?? 0) + bytes);
    }
    const folded = foldedStacksOf(retentionProfileOf(snapshot, tree, "heap"), "liveBytes");
    const lines = [...wanted].map(([stack, bytes]) => `${stack} ${bytes}`).sort();
    expectSame(folded.trimEnd().split("\n").sort(), lines, "the profile");
  }) as fc.IProperty<unknown>;
}

/** Each given the package's exports. */
export const graphProperties: ReadonlyMap<string, (parts: Parts) => fc.IProperty<unknown>> =
  new Map([
    [RETAINED, retained],
    [WAYS, ways],
    [CENSUS, census],
    [HEAP_FILE, heapFile],
    [TRAPS, heapTraps],
    [PROFILE, profile],
  ]);
