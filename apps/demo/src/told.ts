// One sentence of an explanation: its stable code, from which level on it is told, and its words.

import type { Level } from "./explain-sentences.js";

export interface Told {
  readonly code: string;
  readonly level: Level;
  readonly text: string;
}
