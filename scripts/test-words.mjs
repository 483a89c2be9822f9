// For `node --import`, before vitest: a word behind `npm test --` that vitest does not know ends
// the run with one sentence and code 2, not with the stack of vitest's parser.
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.on("uncaughtException", (error) => {
    if (error?.name !== "CACError") throw error;
    console.error(
      `npm test: ${error.message}.\n\n` +
        "npm test [-- WORDS]\n\n" +
        "  PATH...   only test files whose path contains it: npm test -- packages/heap\n" +
        '  -t TEXT   only tests whose title matches it: npm test -- -t "a sentence"\n' +
        "  and the options of vitest: npx vitest run --help",
    );
    process.exit(2);
  });
}
