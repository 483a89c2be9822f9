import { UsageError } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { arrayOf, defineType, ref } from "../src/index.js";

/** What a defined type has whatever its fields are. */
const OF_EVERY_TYPE = ["type", "is", "at", "validate", "allocate", "lengthOf"];

it.each(OF_EVERY_TYPE)("no field may be named %s, as every type has that name", (name) => {
  for (const kind of [ref, arrayOf(ref)]) {
    const define = () => defineType({ name: "Node", fields: { [name]: kind } });
    expect(define).toThrow(UsageError);
    expect(define).toThrow(`field "${name}" needs the name ${name}, which is taken`);
  }
});
