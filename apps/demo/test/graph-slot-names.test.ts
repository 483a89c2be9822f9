// Slots of recorded objects have the names that CPython's order of visiting gives them: seen in
// what is written for DevTools, where every reference of the heap stands with its name.

import { beforeAll, describe, expect, it } from "vitest";
import { run, smallGraph } from "./heap-document.js";

interface Edge {
  readonly from: string;
  readonly name: string;
  readonly to: string;
  /** For DevTools a number, and no text. */
  readonly isElement: boolean;
}

async function edgesOf(file: string): Promise<Edge[][]> {
  const { written } = await run(["why", file, "--heapsnapshot", "o.heapsnapshot"]);
  const { snapshot, nodes, edges, strings } = JSON.parse(written.get("o.heapsnapshot") as string);
  const fields: string[] = snapshot.meta.node_fields;
  const [nameAt, countAt] = [fields.indexOf("name"), fields.indexOf("edge_count")];
  const typeOf = (node: number): string => strings[nodes[node + nameAt]];
  const objects: Edge[][] = [];
  let edge = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    const own: Edge[] = [];
    for (let count = nodes[node + countAt]; count > 0; count--, edge += 3) {
      const name = edges[edge + 1];
      const isElement = snapshot.meta.edge_types[0][edges[edge]] === "element";
      const shown = isElement ? `[${name}]` : strings[name];
      own.push({ from: typeOf(node), name: shown, to: typeOf(edges[edge + 2]), isElement });
    }
    objects.push(own);
  }
  return objects;
}

describe("the slots of a recorded heap", () => {
  let objects: Edge[][] = [];
  beforeAll(async () => {
    objects = await edgesOf(smallGraph);
  }, 60_000);

  it("are keys and values of dicts, and only what can be a key is called one", () => {
    const dicts = objects.filter(([first]) => first?.from === "dict");
    expect(dicts.length).toBeGreaterThan(500);
    const slots = dicts.flat();
    expect(slots.filter(({ name }) => !/^(key|value) \d+$/.test(name))).toEqual([]);
    const keys = slots.filter(({ name }) => name.startsWith("key"));
    const unhashable = ["dict", "list", "set", "bytearray"];
    expect(keys.filter(({ to }) => unhashable.includes(to))).toEqual([]);
    expect(keys.filter(({ to }) => to !== "str").length).toBeGreaterThan(10);
    const isKey = ({ name }: Edge): boolean => name.startsWith("key");
    const uneven = dicts.filter((own) => {
      const keyCount = own.filter(isKey).length;
      return keyCount > 0 && keyCount !== own.length / 2;
    });
    expect(uneven).toEqual([]);
  });

  it("are numbered elements of lists and tuples", () => {
    for (const type of ["list", "tuple"]) {
      const slots = objects.flat().filter(({ from }) => from === type);
      expect(slots.length).toBeGreaterThan(100);
      expect(slots.filter(({ name }) => !/^\[\d+\]$/.test(name))).toEqual([]);
      expect(slots.filter(({ isElement }) => !isElement)).toEqual([]);
    }
  });

  it("are the attributes of an instance, and its class after them", () => {
    const isOf = (own: Edge[]) => own.some(({ name }) => name.startsWith("attribute"));
    const instances = objects.filter(isOf);
    expect(instances.length).toBeGreaterThan(10);
    const classes = instances.map((own) => {
      const visited = own.filter(({ name }) => !name.startsWith("hidden"));
      const names = visited.map(({ name }) => name);
      return [names.indexOf("class") - names.length, names.lastIndexOf("class") - names.length];
    });
    expect(classes.filter(([first, last]) => first !== -1 || last !== -1)).toEqual([]);
  });
});
