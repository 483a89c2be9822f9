// The texts of a heap graph: UTF-8 that can be shown on a terminal, a text a line.

import { strFromU8, strToU8 } from "fflate";
import { isPlainText } from "./json-fields.js";

const LINE_END = "\n";

/** The text of bytes; undefined: they are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  const text = strFromU8(bytes);
  const again = strToU8(text);
  const isSame = again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
  return isSame ? text : undefined;
}

/** The lines of bytes; undefined: some line is empty, or can not be shown. */
export function linesOf(bytes: Uint8Array): readonly string[] | undefined {
  if (bytes.length === 0) return [];
  const lines = utf8Text(bytes)?.split(LINE_END);
  return lines?.every((line) => line !== "" && isPlainText(line)) ? lines : undefined;
}
