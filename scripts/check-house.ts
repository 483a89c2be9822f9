// The house rules hold on every file of the project, tracked or new.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkFile } from "./house-rules.ts";
import { report, root, runCommand } from "./workspace.ts";

const listing = runCommand("git", ["ls-files", "-co", "--exclude-standard", "-z"]);
if (!listing.isOk) throw new Error(`git cannot list the files: ${listing.output}`);
const paths = listing.output
  .split("\0")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const problems = paths.flatMap((path) =>
  checkFile({ path, text: /\.gz$/.test(path) ? "" : readFileSync(join(root, path), "utf8") }),
);
report("house", problems, `${paths.length} files`);
