// What lists, maps, strings, byte arrays and typed facades are made over: a memory manager, or the
// parts of one that they use. Whoever hands in the mutator in place of the manager is told so.

import { describeValue, UsageError } from "@ouro/interfaces";

/** Throws `UsageError` for the first of the parts that is not there. `names` is one text. */
export function checkParts(where: string, parts: unknown, names: string): void {
  const given = Object(parts) as Record<string, unknown>;
  const missing = names.split(" ").find((name) => typeof given[name] !== "object");
  if (missing === undefined) return;
  throw new UsageError({
    where,
    argument: describeValue(parts),
    problem: `has no ${missing}`,
    remedy: `Pass a memory manager, or its parts: ${names.replaceAll(" ", ", ")}`,
  });
}
