// What went wrong with a strategy, as data.

import { isOuroError } from "@ouro/interfaces";
import type { StrategyFailure } from "./compare-result.js";
import { exitCodeOf } from "./exit-code.js";

export function failureOf(error: unknown): StrategyFailure {
  const message = error instanceof Error ? error.message : String(error);
  const kind = isOuroError(error) ? error.kind : "internal";
  return { exitCode: exitCodeOf(error), kind, message };
}
