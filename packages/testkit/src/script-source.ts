// How the subject of a script is made: JavaScript that the maker of a suite brings along. In some
// scripts an observer matters, and the subject has to be made with it.

import { either, type Form, FUNCTION, TEXT } from "./form.js";

/**
 * A text, or a function that answers one. Scripts in which an observer matters hand it to the
 * function, as an expression; before a text it stands alone, with a comment.
 */
export type ScriptSource = string | ((observer?: string) => string);

export const SCRIPT_SOURCE: Form = either(FUNCTION, TEXT);

export function printSource(source: ScriptSource, observer: string | undefined): string {
  if (typeof source === "function") return source(observer);
  if (observer === undefined) return source;
  const note = "// what follows is to be made with this observer";
  return [`const observer = ${observer};`, note, source].join("\n");
}
