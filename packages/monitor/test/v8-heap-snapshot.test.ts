import { expect, it } from "vitest";
import { createSnapshot, writeV8HeapSnapshot } from "../src/index.js";
import { BOX, imageOfNodes, NODE, WEAK } from "./graphs.js";

type Snapshot = ReturnType<typeof createSnapshot>;

/** Reads the file's text as its format says: edges lie behind one another, node by node. */
function read(snapshot: Snapshot, options = {}) {
  const file = JSON.parse([...writeV8HeapSnapshot(snapshot, options)].join(""));
  const { meta, node_count: nodeCount, edge_count: edgeCount } = file.snapshot;
  const fieldCount = meta.node_fields.length;
  let edge = 0;
  const nodes = Array.from({ length: nodeCount }, (_, index) => {
    const [type, name, id, size, count] = file.nodes.slice(index * fieldCount);
    const edges = Array.from({ length: count }, () => {
      const [kind, nameOrIndex, target] = file.edges.slice(edge++ * 3);
      const kindName = meta.edge_types[0][kind];
      return {
        kind: kindName,
        name: kindName === "element" ? nameOrIndex : file.strings[nameOrIndex],
        to: target / fieldCount,
      };
    });
    return { type: meta.node_types[0][type], name: file.strings[name], id, size, edges };
  });
  expect(edge).toBe(edgeCount);
  expect(file.nodes).toHaveLength(nodeCount * fieldCount);
  expect(file.edges).toHaveLength(edgeCount * 3);
  return { file, nodes };
}

const image = imageOfNodes([], [0], {
  types: [NODE, BOX, WEAK],
  objectTypes: Int32Array.of(0, 0, 1, 2),
  lengths: Int32Array.of(2, 1, 0, 0),
  states: new Uint8Array(4),
  // Node 0 names the box and the weak reference, node 1 itself, the box owns node 1.
  values: Int32Array.of(3, 4, 2, 2, 0, 0, 0),
  rawWords: new Int32Array(6),
  weakReferences: Int32Array.of(2),
});

it("writes nodes with their sizes, and edges of each kind, in the order demanded", () => {
  const { file, nodes } = read(createSnapshot(image));
  expect(Object.keys(file)).toEqual([
    "snapshot",
    "nodes",
    "edges",
    "trace_function_infos",
    "trace_tree",
    "samples",
    "locations",
    "strings",
  ]);
  expect(nodes.slice(0, 3).map(({ type, name, size }) => [type, name, size])).toEqual([
    ["synthetic", "", 0],
    ["synthetic", "(GC roots)", 0],
    ["synthetic", "(cyclic garbage)", 0],
  ]);
  expect(nodes[1]?.edges).toEqual([{ kind: "property", name: "frame slot 0", to: 3 }]);
  expect(nodes.slice(3).map(({ type, name, size }) => [type, name, size])).toEqual([
    ["object", "node", 20],
    ["object", "node", 16],
    ["object", "box", 24],
    ["object", "weak", 32],
  ]);
  expect(nodes[3]?.edges).toEqual([
    { kind: "element", name: 0, to: 5 },
    { kind: "element", name: 1, to: 6 },
  ]);
  expect(nodes[5]?.edges).toEqual([{ kind: "internal", name: "[0]", to: 4 }]);
  expect(nodes[6]?.edges).toEqual([{ kind: "weak", name: "referent", to: 4 }]);
});

it("hangs what no root reaches under a root of its own", () => {
  const { nodes } = read(createSnapshot(imageOfNodes([[1], [0], []], [2])));
  expect(nodes[2]?.edges.map(({ to }) => to)).toEqual([3, 4]);
});

it("numbers nodes oddly and as told, and keeps names from being cut or changed by readers", () => {
  const snapshot = createSnapshot(imageOfNodes([[], []], []), {
    typeName: () => "<Object of mine>",
  });
  const { nodes, file } = read(snapshot, {
    serialOf: (object: number) => 70 + object,
    facts: { strategy: "null" },
  });
  expect(nodes.map(({ id }) => id)).toEqual([1, 3, 5, 147, 149]);
  expect(nodes[3]?.name).toBe("type <Object of mine>");
  expect(file.snapshot.ouro).toEqual({ strategy: "null" });
});

it("refuses a size that readers would wrap, and names the object", () => {
  const snapshot = createSnapshot(imageOfNodes([[]], []), { sizesBytes: [2 ** 32] });
  expect(() => [...writeV8HeapSnapshot(snapshot)]).toThrow(/the size of node #0 in bytes/);
});

it("refuses a serial that is repeated, a fraction, or beyond what readers hold", () => {
  const snapshot = createSnapshot(imageOfNodes([[], []], []));
  const write = (serialOf: (object: number) => number) => () => [
    ...writeV8HeapSnapshot(snapshot, { serialOf }),
  ];
  expect(write(() => 7)).toThrow(/no two objects have the same serial/);
  expect(write((object) => object + 0.5)).toThrow(/a serial is a whole number/);
  expect(write((object) => object - 9)).toThrow(/a serial is not negative/);
  expect(write((object) => object + 2 ** 31)).toThrow(/a serial is below/);
});

it("refuses sizes that readers would take for other sizes", () => {
  const write = (size: number) => () => [
    ...writeV8HeapSnapshot(createSnapshot(imageOfNodes([[]], []), { sizesBytes: [size] })),
  ];
  expect(write(-48)).toThrow(/a size is not negative/);
  expect(write(48.5)).toThrow(/a size is a whole number/);
  expect(write(2 ** 32 - 1)).not.toThrow();
});

it("refuses a snapshot whose references or counts do not hold", () => {
  const sound = createSnapshot(imageOfNodes([[1], []], [0]));
  const write = (broken: Partial<Snapshot>) => () => [
    ...writeV8HeapSnapshot({ ...sound, ...broken }),
  ];
  expect(write({ rootTargets: Int32Array.of(2) })).toThrow(/names an object of the heap/);
  expect(write({ edgeTargets: Int32Array.of(9) })).toThrow(/names an object of the heap/);
});

it("tells DevTools where objects were made, if the program said so", () => {
  const placeOf = (object: number) => (object === 1 ? { file: "leak.py", line: 14 } : undefined);
  const { file } = read(createSnapshot(imageOfNodes([[1], []], [0]), { placeOf }));
  expect(file.locations).toEqual([4 * 6, 0, 13, 0]);
  expect(file.snapshot.ouro).toEqual({ scripts: ["leak.py"] });
});
