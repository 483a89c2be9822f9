// Death by count on plain objects, as CPython's documentation tells it: the finalizer, once; if
// nothing refers to the object then, its weak references are emptied, all of them, of referent and
// callback, and called, the newest first; then what it holds is let go, in order.

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
  hasCallback: boolean;
  readonly action: Action;
}

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
    const called = node.weak.filter(({ hasCallback }) => hasCallback);
    for (const weak of node.weak) {
      weak.referent = undefined;
      weak.hasCallback = false;
    }
    for (const weak of called.reverse()) {
      const left = weaks.filter(({ hasCallback }) => hasCallback).map(({ name }) => name);
      log.push(`call ${weak.name}, callbacks left in ${left}`);
      act(weak.action, undefined);
    }
    for (const at of [0, 1]) {
      const held = node.slots[at];
      node.slots[at] = undefined;
      release(held);
    }
    log.push(`end ${node.name}`);
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
    refer(name: number, referent: ModelNode, hasCallback: boolean, action: Action): ModelWeak {
      const weak: ModelWeak = { name, referent, hasCallback, action };
      referent.weak.push(weak);
      weaks.push(weak);
      return weak;
    },
  };
}
