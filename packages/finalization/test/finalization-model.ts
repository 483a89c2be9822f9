// Death by count on plain objects, as CPython's documentation tells it: the finalizer, once; if
// nothing refers to the object then, its weak references are emptied, all of them, of referent and
// callback, and called, the newest first; callbacks that are objects are given up, the oldest
// first; then what it holds is let go, in order.

export interface ModelNode {
  readonly name: number;
  readonly slots: (ModelNode | undefined)[];
  references: number;
  isFinalized: boolean;
  isDead: boolean;
  readonly action: Action;
  readonly weak: ModelWeak[];
}

export interface ModelWeak {
  readonly name: number;
  referent: ModelNode | undefined;
  /** A function of the host, or an object, which the weak reference holds. */
  callback: ModelCallback | undefined;
  readonly action: Action;
}

type ModelCallback = "host" | ModelNode;

/** What program code does: nothing, throws, drops a root, or stores its object in a root. */
export interface Action {
  readonly do: "nothing" | "throw" | "drop" | "keep";
  readonly root: number;
}

export function createFinalizationModel(rootCount: number) {
  const roots = new Array<ModelNode | undefined>(rootCount).fill(undefined);
  const log: string[] = [];
  const weaks: ModelWeak[] = [];
  let errorCount = 0;

  function act(action: Action, self: ModelNode | undefined): void {
    if (action.do === "throw") errorCount++;
    if (action.do === "drop") setRoot(action.root, undefined);
    if (action.do === "keep" && self !== undefined) setRoot(action.root, self);
  }

  function setRoot(root: number, value: ModelNode | undefined): void {
    if (value !== undefined) value.references++;
    const old = roots[root];
    roots[root] = value;
    release(old);
  }

  function release(node: ModelNode | undefined): void {
    if (node === undefined) return;
    node.references--;
    if (node.references === 0) end(node);
  }

  function end(node: ModelNode): void {
    if (!node.isFinalized) {
      node.isFinalized = true;
      log.push(`finalize ${node.name}`);
      node.references = 1;
      act(node.action, node);
      node.references--;
      if (node.references > 0) return;
    }
    node.isDead = true;
    callBack(node);
    for (const at of [0, 1]) {
      const held = node.slots[at];
      node.slots[at] = undefined;
      release(held);
    }
    log.push(`end ${node.name}`);
  }

  function callBack(node: ModelNode): void {
    const taken: { weak: ModelWeak; callback: ModelCallback }[] = [];
    for (const weak of node.weak) {
      if (weak.callback !== undefined) taken.unshift({ weak, callback: weak.callback });
      weak.referent = undefined;
      weak.callback = undefined;
    }
    for (const { weak, callback } of taken) {
      const left = weaks.filter((each) => each.callback !== undefined).map(({ name }) => name);
      const callee = callback === "host" ? undefined : callback;
      log.push(`call ${callee?.name ?? "host"} for ${weak.name}, callbacks left in ${left}`);
      if (callee !== undefined) callee.references++;
      act(weak.action, callee);
      release(callee);
    }
    for (const { callback } of taken.reverse()) if (callback !== "host") release(callback);
  }

  return {
    roots,
    log,
    errorCount: () => errorCount,
    setRoot,
    make(name: number, root: number, action: Action): ModelNode {
      const node: ModelNode = {
        ...{ name, action, slots: [undefined, undefined], weak: [] },
        ...{ references: 0, isFinalized: false, isDead: false },
      };
      setRoot(root, node);
      return node;
    },
    store(node: ModelNode, field: number, value: ModelNode | undefined): void {
      if (value !== undefined) value.references++;
      const old = node.slots[field];
      node.slots[field] = value;
      release(old);
    },
    refer(
      name: number,
      referent: ModelNode,
      callback: ModelCallback | undefined,
      action: Action,
    ): ModelWeak {
      const weak: ModelWeak = { name, referent, callback, action };
      if (callback !== undefined && callback !== "host") callback.references++;
      referent.weak.push(weak);
      weaks.push(weak);
      return weak;
    },
  };
}
