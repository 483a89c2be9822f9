// `ouro cycles INPUT`: the cycles of a heap, what to make weak, and the proof.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { type CyclesFinding, findHeapCycles } from "./cycles-finding.js";
import { cyclesDocument, cyclesLines } from "./cycles-report.js";
import { EXIT_INVARIANT } from "./exit-code.js";
import { checkFailOn, failOnCode } from "./fail-on.js";
import { formatNoun } from "./format.js";
import { heapAfterSteps } from "./heap-after-steps.js";
import { lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { createProgress } from "./progress.js";
import { createWork } from "./replay-work.js";
import { didYouMean } from "./suggestion.js";
import type { Terminal } from "./terminal.js";

export async function runCycles(line: CommandLine, terminal: Terminal): Promise<number> {
  const [file] = fileOperands(line, 1, line.operands) as [string];
  checkFailOn(line, "cycles");
  const progress = await createProgress(terminal, line);
  try {
    const work = createWork(terminal, progress);
    const heap = await heapAfterSteps(file, line, terminal, work);
    const finding = ofType(await findHeapCycles(heap, work), line);
    progress.end();
    const look = lookOf(terminal.stdout, terminal.env, line);
    const text = line.isJson
      ? JSON.stringify(cyclesDocument(finding), undefined, 2)
      : cyclesLines(finding, line.rowCount, look).join("\n");
    terminal.stdout.write(`${text}\n`);
    if (finding.leftWeakenedCount > 0) return EXIT_INVARIANT;
    return failOnCode(line, terminal, foundIn(finding, line));
  } finally {
    progress.end();
  }
}

function foundIn({ cycles, heap }: CyclesFinding, { typeName }: CommandLine): string | undefined {
  if (cycles.length === 0) return undefined;
  const which = typeName === undefined ? "" : ` with an object of type ${typeName}`;
  return `${heap.name} has ${formatNoun(cycles.length, "cycle")}${which}`;
}

/**
 * Only cycles that have a member of the type. Throws `UsageError` for one that no cycle has, but
 * where that is what is hoped for.
 */
function ofType(finding: CyclesFinding, { typeName, failOn }: CommandLine): CyclesFinding {
  if (typeName === undefined) return finding;
  const cycles = finding.cycles.filter(({ types }) =>
    types.some((type) => type.typeName === typeName),
  );
  if (cycles.length > 0 || failOn.length > 0) return { ...finding, cycles };
  const names = finding.cycles.flatMap(({ types }) => types.map((type) => type.typeName));
  throw new UsageError({
    where: "ouro cycles",
    argument: `--type ${typeName}`,
    problem: `is no type of an object in a cycle of ${finding.heap.file}`,
    remedy: didYouMean(typeName, [...new Set(names)], "Leave it out to see all cycles."),
  });
}
