// docs/what-is-checked.md says what the suites are.

import { expect, it } from "vitest";
import { isProperty, nemesisRows, ORACLES, printProofPage, propertiesOf } from "./proof-page.js";

it("Each oracle is a property that says which it is", () => {
  const missing = ORACLES.filter((_, index) => propertiesOf(index + 1).length === 0);
  expect(missing).toEqual([]);
});

it("Each fault of the nemesis is brought by a property that there is", () => {
  expect(nemesisRows.filter(({ property }) => !isProperty(property))).toEqual([]);
});

it("The page in docs is what is printed from the suites", async () => {
  await expect(printProofPage()).toMatchFileSnapshot("../../../docs/what-is-checked.md");
});
