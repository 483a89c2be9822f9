// An operation of a mutator program, in words.

import type { ProgramOperation } from "@ouro/trace";
import { formatNoun } from "./format.js";

function named(id: number | null): string {
  return id === null ? "nothing" : `#${id}`;
}

/** `root 0 = new list #3 with 2 slots` */
export function titleOf(operation: ProgramOperation): string {
  switch (operation.op) {
    case "new": {
      const { kind, id, slotCount, root } = operation;
      return `root ${root} = new ${kind} #${id} with ${formatNoun(slotCount, "slot")}`;
    }
    case "tuple": {
      const { id, items, root } = operation;
      return `root ${root} = tuple #${id} of ${items.map(named).join(", ")}`;
    }
    case "set":
      return `#${operation.object}[${operation.slot}] = ${named(operation.value)}`;
    case "root":
      return `root ${operation.root} = ${named(operation.value)}`;
    case "load":
      return `root ${operation.root} = #${operation.object}[${operation.slot}]`;
    case "wref":
      return `root ${operation.root} = weak reference #${operation.id} to #${operation.object}`;
    case "deref":
      return `root ${operation.root} = what weak reference #${operation.weak} refers to`;
    case "collect":
      return `collect generation ${operation.generation}`;
    case "burst": {
      const { count, kind, mode, id } = operation;
      return `${formatNoun(count, `new ${kind}`)}, from #${id} on (${mode})`;
    }
    case "threshold":
      return `thresholds ${operation.values.join(", ")}`;
    default:
      return `${operation.op} collections`;
  }
}

/** Stable codes of titles, as those of sentences are. */
export function titleCodeOf({ op }: ProgramOperation): string {
  return `PM-STEP-${op.toUpperCase()}`;
}
