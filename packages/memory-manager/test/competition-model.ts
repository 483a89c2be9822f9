// Finalizers that compete, on plain arrays, as gc.c and typeobject.c of CPython 3.13 have them: the
// lists of the generations, `move_unreachable` with its side effect on their order, the head of the
// garbage taken again and again, death by count depth first in the middle of all that.
//
//   list   x y z … ─► what is left over of its count? ─► stays, and what it reaches
//                                                    └─► waits; reached later: to the list's end

/** What a node's finalizer does with its node: nothing, or what each of them may undo. */
export type Act =
  | { readonly do: "nothing" }
  | { readonly do: "take root" | "drop root"; readonly root: number }
  | { readonly do: "take slot" | "drop slot"; readonly root: number; readonly slot: 0 | 1 };

export interface ModelNode {
  readonly id: number;
  readonly act: Act | undefined;
  readonly slots: [ModelNode | undefined, ModelNode | undefined];
  count: number;
  isFinalized: boolean;
}

type List = ModelNode[];

export function createCompetitionModel(rootCount: number, oldest: number) {
  const roots = new Array<ModelNode | undefined>(rootCount).fill(undefined);
  const generations: List[] = [[], [], []];
  /** Lists of the collection under way. */
  let passing: List[] = [];
  const log: string[] = [];
  let madeCount = 0;

  function leaveLists(node: ModelNode): void {
    for (const list of [...generations, ...passing]) {
      const at = list.indexOf(node);
      if (at >= 0) list.splice(at, 1);
    }
  }

  function release(node: ModelNode | undefined): void {
    if (node === undefined) return;
    node.count--;
    if (node.count === 0) end(node);
  }

  /** One slot after the other: taken, emptied, released. */
  function clear(node: ModelNode): void {
    for (const at of [0, 1]) {
      const held = node.slots[at];
      node.slots[at] = undefined;
      release(held);
    }
  }

  function end(node: ModelNode): void {
    leaveLists(node);
    if (node.act !== undefined && !node.isFinalized) {
      generations[0]?.push(node);
      node.count = 1;
      finalize(node);
      node.count--;
      if (node.count > 0) return;
      leaveLists(node);
    }
    clear(node);
  }

  function setRoot(root: number, value: ModelNode | undefined): void {
    const old = roots[root];
    if (value !== undefined) value.count++;
    roots[root] = value;
    release(old);
  }

  function store(holder: ModelNode | undefined, slot: number, value: ModelNode | undefined): void {
    if (holder === undefined) return;
    const old = holder.slots[slot];
    if (value !== undefined) value.count++;
    holder.slots[slot] = value;
    release(old);
  }

  function finalize(node: ModelNode): void {
    node.isFinalized = true;
    log.push(`finalizer ${node.id}`);
    const { act } = node;
    if (act === undefined || act.do === "nothing") return;
    const value = act.do.startsWith("take") ? node : undefined;
    if ("slot" in act) store(roots[act.root], act.slot, value);
    else setRoot(act.root, value);
  }

  /** Splits a list: what is reachable, in the order in which it is left, and what is not. */
  function moveUnreachable(list: readonly ModelNode[]): { reached: List; unreachable: List } {
    const left = new Map(list.map((node) => [node, node.count]));
    for (const { slots } of list) {
      for (const each of slots) {
        if (each !== undefined && left.has(each)) left.set(each, (left.get(each) as number) - 1);
      }
    }
    const reached: List = [];
    const unreachable: List = [];
    const pending = [...list];
    for (let node = pending.shift(); node !== undefined; node = pending.shift()) {
      if (left.get(node) === 0) {
        unreachable.push(node);
        continue;
      }
      reached.push(node);
      for (const each of node.slots) {
        if (each === undefined || left.get(each) !== 0) continue;
        left.set(each, 1);
        const at = unreachable.indexOf(each);
        if (at < 0) continue;
        unreachable.splice(at, 1);
        pending.push(each);
      }
    }
    return { reached, unreachable };
  }

  function collect(asked: number): number {
    const generation = Math.min(asked, oldest);
    const younger = [0, 1].filter((each) => each < generation);
    const gathered = [generation, ...younger].flatMap((each) => generations[each] as List);
    for (let each = 0; each <= generation; each++) generations[each] = [];
    const old = Math.min(generation + 1, oldest);
    const { reached, unreachable } = moveUnreachable(gathered);
    generations[old]?.push(...reached);
    const seen: List = [];
    passing = [unreachable, seen];
    for (let node = unreachable.shift(); node !== undefined; node = unreachable.shift()) {
      seen.push(node);
      if (node.act === undefined || node.isFinalized) continue;
      node.count++;
      finalize(node);
      release(node);
    }
    const again = moveUnreachable(seen);
    generations[old]?.push(...again.reached);
    const garbage = again.unreachable;
    passing = [garbage];
    const collected = garbage.length;
    while (garbage.length > 0) {
      const node = garbage[0] as ModelNode;
      node.count++;
      clear(node);
      release(node);
      if (garbage[0] === node) generations[old]?.push(garbage.shift() as ModelNode);
    }
    passing = [];
    return collected;
  }

  return {
    ...{ roots, generations, log, setRoot, store, collect },
    make(root: number, act: Act | undefined): ModelNode {
      const slots: ModelNode["slots"] = [undefined, undefined];
      const node = { id: madeCount++, act, slots, count: 0, isFinalized: false };
      generations[0]?.push(node);
      setRoot(root, node);
      return node;
    },
  };
}
