/**
 * Copies what the roots reach to another space and gives the old one back whole: a semispace
 * collector after Cheney. Everything moves at each collection.
 *
 * @packageDocumentation
 */

export { type SemispaceOptions, semispaceStrategy } from "./semispace-collector.js";
export { POISON } from "./space-layout.js";
