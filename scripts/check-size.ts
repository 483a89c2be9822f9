// Size budgets: what a user's bundle grows by, minified and gzipped. The budgets themselves stand
// in .size-limit.json.
import { report, runCommand } from "./workspace.ts";

interface Measurement {
  readonly name: string;
  readonly passed?: boolean;
  readonly size: number;
  readonly sizeLimit?: number;
}

const result = runCommand("size-limit", ["--json"]);
const start = result.output.indexOf("[");
const end = result.output.lastIndexOf("]");
if (start < 0 || end < start) {
  report("size", [`size-limit gave no figures:\n${result.output}`], "0 budgets");
} else {
  const measurements: Measurement[] = JSON.parse(result.output.slice(start, end + 1));
  for (const { name, size, sizeLimit } of measurements) {
    console.log(`size: ${name}: ${size} B of ${sizeLimit} B`);
  }
  const problems = measurements
    .filter((measurement) => measurement.passed !== true)
    .map(({ name, size, sizeLimit }) => `${name}: ${size} B, budget ${sizeLimit} B`);
  report("size", problems, `${measurements.length} budgets`);
}
