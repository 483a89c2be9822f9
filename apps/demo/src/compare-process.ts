// One strategy of a comparison in a process of its own: V8 shares what it learns of the code
// between compositions that run in one isolate. The order comes by message, and the results go.

import type { CompareMessage, CompareOrder } from "./compare-result.js";
import { runAnyStrategy } from "./compared-input.js";

process.once("message", (order: CompareOrder) => {
  void answer(order);
});

/** The work has no break in which a closed channel would be noticed. */
const parent = process.ppid;

function endIfAlone(): void {
  if (process.ppid !== parent) process.exit();
}

async function answer(order: CompareOrder): Promise<void> {
  const tell = (message: CompareMessage): Promise<void> =>
    new Promise((resolve) => {
      process.send?.(message, () => resolve());
    });
  const answers = runAnyStrategy(order, (share) => {
    endIfAlone();
    void tell({ share });
  });
  for await (const answer of answers) await tell(answer);
  process.disconnect();
}
