// The programs over V8's own objects: what a JavaScript program does without us.

import type { ProgramSubject } from "./program.js";

class Node {
  left: Node | null;
  right: Node | null;
  constructor(left: Node | null, right: Node | null) {
    this.left = left;
    this.right = right;
  }
}

function build(depth: number): Node {
  return depth === 0 ? new Node(null, null) : new Node(build(depth - 1), build(depth - 1));
}

function count(tree: Node): number {
  return tree.left === null ? 1 : 1 + count(tree.left) + count(tree.right as Node);
}

export function createV8Programs(): ProgramSubject {
  let head: Node | null = null;
  return {
    trees(depth) {
      let total = count(build(depth + 1));
      const longLived = build(depth);
      for (let d = 4; d <= depth; d += 2) {
        for (let i = 1 << (depth - d + 4); i > 0; i--) total += count(build(d));
      }
      return total + count(longLived);
    },
    buildList(objectCount) {
      for (let i = 0; i < objectCount; i++) head = new Node(head, null);
    },
    /** V8 collects when it likes: only the build can be compared. */
    dropList() {
      head = null;
      return undefined;
    },
  };
}
