/**
 * The null strategy: objects are born and never reclaimed.
 *
 * @packageDocumentation
 */

export { nullStrategy } from "./null-collector.js";
