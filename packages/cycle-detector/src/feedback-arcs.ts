// A feedback arc set: arcs of a strongly connected graph without which it has no cycle. The fewest
// are wanted; which these are is a hard question (Karp 1972), so that it is answered exactly where
// the graph is small and between two bounds where it is not.
//
//   1  u ─► v ─► w, and nothing else at v      one arc u ─► w: to cut the one is to cut the other
//   2  an arc from a node to itself            is cut: there is no other way
//   3  up to 14 nodes are left                 the best order of them, by dynamic programming:
//                                              arcs that go back in it are cut (Lawler 1964)
//   4  more                                    a depth-first search: the arcs to a node on the path
//                                              are cut; several searches, the best one counts
//
// Steps 1 and 2 go on as long as they can (Levy and Low 1988). A graph of 20 arcs has at most 13
// nodes then, as each has three arcs or more: it is always solved exactly. The set of step 4 is
// irreducible: the path from a cut arc's end to its start is whole, so that any arc given back
// closes a cycle. Cycles that the search finds without a common arc need a cut each: that is the
// lower bound.

export interface FeedbackArcs {
  /** Numbers of the arcs to cut. No proper subset leaves the graph without a cycle. */
  readonly arcs: readonly number[];
  /** No set is smaller. The set is as small as can be if its size is this. */
  readonly lowerBound: number;
}

export interface ArcGraph {
  readonly nodeCount: number;
  /** Of each arc, its nodes. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

const EXACT_NODE_LIMIT = 14;

/** Of a strongly connected graph. O(nodes + arcs). */
export function findFeedbackArcs(graph: ArcGraph): FeedbackArcs {
  const { cut, kept } = reduce(graph);
  const rest = renumber(graph.nodeCount, kept);
  if (rest.nodeCount === 0) return { arcs: cut, lowerBound: cut.length };
  const found = rest.nodeCount <= EXACT_NODE_LIMIT ? cutExactly(rest) : cutBySearches(rest);
  const arcs = [...cut, ...found.arcs.map((arc) => rest.numbers[arc] as number)];
  return { arcs, lowerBound: cut.length + found.lowerBound };
}

interface Kept {
  readonly numbers: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Steps 1 and 2. Of a node's single arc the number is known: it is the xor of all its arcs. */
function reduce({ nodeCount, from: givenFrom, to: givenTo }: ArcGraph): {
  cut: number[];
  kept: Kept;
} {
  const to = givenTo.slice();
  const from = givenFrom.slice();
  const isGone = new Uint8Array(from.length);
  const outCount = new Int32Array(nodeCount);
  const inCount = new Int32Array(nodeCount);
  const outXor = new Int32Array(nodeCount);
  const inXor = new Int32Array(nodeCount);
  const cut: number[] = [];
  const pending: number[] = [];

  function attach(arc: number, by: 1 | -1): void {
    const start = from[arc] as number;
    const end = to[arc] as number;
    outCount[start] = (outCount[start] as number) + by;
    inCount[end] = (inCount[end] as number) + by;
    outXor[start] = (outXor[start] as number) ^ arc;
    inXor[end] = (inXor[end] as number) ^ arc;
  }

  function drop(arc: number): void {
    attach(arc, -1);
    isGone[arc] = 1;
  }

  function cutLoop(arc: number): void {
    cut.push(arc);
    drop(arc);
    pending.push(from[arc] as number);
  }

  for (let arc = 0; arc < from.length; arc++) attach(arc, 1);
  for (let arc = 0; arc < from.length; arc++) if (from[arc] === to[arc]) cutLoop(arc);
  for (let node = nodeCount - 1; node >= 0; node--) pending.push(node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (outCount[node] !== 1 || inCount[node] !== 1) continue;
    const before = inXor[node] as number;
    const behind = outXor[node] as number;
    if (before === behind) continue;
    const end = to[behind] as number;
    drop(behind);
    attach(before, -1);
    to[before] = end;
    attach(before, 1);
    if (from[before] === end) cutLoop(before);
  }
  return { cut, kept: keep(from, to, isGone) };
}

function keep(from: Int32Array, to: Int32Array, isGone: Uint8Array): Kept {
  const numbers = new Int32Array(from.length);
  let count = 0;
  for (let arc = 0; arc < from.length; arc++) if (isGone[arc] === 0) numbers[count++] = arc;
  const kept = { numbers: numbers.slice(0, count), from: new Int32Array(count) };
  const ends = new Int32Array(count);
  for (let at = 0; at < count; at++) {
    kept.from[at] = from[numbers[at] as number] as number;
    ends[at] = to[numbers[at] as number] as number;
  }
  return { ...kept, to: ends };
}

interface Rest extends ArcGraph {
  /** Of each arc, its number in the graph that was given. */
  readonly numbers: Int32Array;
}

/** Nodes that still have arcs, from 0. */
function renumber(nodeCount: number, kept: Kept): Rest {
  const names = new Int32Array(nodeCount).fill(-1);
  let count = 0;
  function nameAll(nodes: Int32Array): void {
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at] as number;
      if (names[node] === -1) names[node] = count++;
      nodes[at] = names[node] as number;
    }
  }
  nameAll(kept.from);
  nameAll(kept.to);
  return { ...kept, nodeCount: count };
}

/** Step 3: `cost` of a set of nodes is the fewest arcs back within any order of them. */
function cutExactly({ nodeCount, from, to }: ArcGraph): FeedbackArcs {
  const cost = new Int32Array(1 << nodeCount).fill(0x7fffffff);
  const last = new Int8Array(1 << nodeCount);
  cost[0] = 0;
  for (let set = 0; set < cost.length; set++) {
    for (let node = 0; node < nodeCount; node++) {
      if ((set & (1 << node)) !== 0) continue;
      let backCount = cost[set] as number;
      for (let arc = 0; arc < from.length; arc++) {
        if (from[arc] === node && (set & (1 << (to[arc] as number))) !== 0) backCount++;
      }
      const larger = set | (1 << node);
      if (backCount >= (cost[larger] as number)) continue;
      cost[larger] = backCount;
      last[larger] = node;
    }
  }
  const place = new Int32Array(nodeCount);
  for (let set = cost.length - 1, at = nodeCount - 1; at >= 0; at--) {
    const node = last[set] as number;
    place[node] = at;
    set &= ~(1 << node);
  }
  const arcs = arcNumbers(from.length).filter(
    (arc) => (place[from[arc] as number] as number) > (place[to[arc] as number] as number),
  );
  return { arcs, lowerBound: arcs.length };
}

function arcNumbers(count: number): number[] {
  return Array.from({ length: count }, (_, arc) => arc);
}

/** With more arcs than this each search is long: two have to do. */
const MANY_ARCS = 1 << 16;

/** Step 4: along the arcs and against them, from the first node and from one with many arcs. */
function cutBySearches(graph: ArcGraph): FeedbackArcs {
  const { nodeCount, from, to } = graph;
  const against: ArcGraph = { nodeCount, from: to, to: from };
  let best: FeedbackArcs | undefined;
  for (const each of [graph, against]) {
    const rows = rowsOf(each);
    const starts = from.length > MANY_ARCS ? [0] : [0, busiest(rows), nodeCount >> 1];
    for (const start of new Set(starts)) {
      const found = search(each, rows, start);
      const { arcs } = best === undefined || found.arcs.length < best.arcs.length ? found : best;
      best = { arcs, lowerBound: Math.max(found.lowerBound, best?.lowerBound ?? 0) };
    }
  }
  return best as FeedbackArcs;
}

interface Rows {
  /** The arcs from node n are `arcs[starts[n]]` to before `arcs[starts[n + 1]]`. */
  readonly starts: Int32Array;
  readonly arcs: Int32Array;
}

function rowsOf({ nodeCount, from }: ArcGraph): Rows {
  const starts = new Int32Array(nodeCount + 1);
  for (const node of from) starts[node + 1] = (starts[node + 1] as number) + 1;
  for (let node = 0; node < nodeCount; node++) {
    starts[node + 1] = (starts[node + 1] as number) + (starts[node] as number);
  }
  const cursor = starts.slice();
  const arcs = new Int32Array(from.length);
  for (let arc = 0; arc < from.length; arc++) {
    const node = from[arc] as number;
    arcs[cursor[node] as number] = arc;
    cursor[node] = (cursor[node] as number) + 1;
  }
  return { starts, arcs };
}

function busiest({ starts }: Rows): number {
  let best = 0;
  let most = 0;
  for (let node = 0; node + 1 < starts.length; node++) {
    const count = (starts[node + 1] as number) - (starts[node] as number);
    if (count <= most) continue;
    most = count;
    best = node;
  }
  return best;
}

/**
 * One search. `depth` of a node on the path is its place from 1; `taken` of a place is the deepest
 * place up to it whose arc from the one before belongs to a counted cycle.
 */
function search({ nodeCount, to }: ArcGraph, { starts, arcs }: Rows, start: number): FeedbackArcs {
  const depth = new Int32Array(nodeCount);
  const path = new Int32Array(nodeCount + 1);
  const taken = new Int32Array(nodeCount + 1);
  const cursor = starts.slice(0, nodeCount);
  const back: number[] = [];
  let disjointCount = 0;
  let top = 0;

  function begin(node: number): void {
    top++;
    path[top] = node;
    depth[node] = top;
    taken[top] = taken[top - 1] as number;
  }

  /** The arc closes a cycle of the path from `end`; counted if no arc of it is taken yet. */
  function close(arc: number, end: number): void {
    back.push(arc);
    const first = depth[end] as number;
    if ((taken[top] as number) > first) return;
    disjointCount++;
    for (let place = first + 1; place <= top; place++) taken[place] = place;
  }

  begin(start);
  while (top > 0) {
    const node = path[top] as number;
    const next = cursor[node] as number;
    cursor[node] = next + 1;
    if (next === (starts[node + 1] as number)) {
      depth[node] = -1;
      top--;
      continue;
    }
    const arc = arcs[next] as number;
    const end = to[arc] as number;
    if (depth[end] === 0) begin(end);
    else if ((depth[end] as number) > 0) close(arc, end);
  }
  return { arcs: back, lowerBound: disjointCount };
}
