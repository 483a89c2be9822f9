// Subjects of the tests: memory managers composed as a user composes them, in a small heap.

import type { Strategy } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import type { SubjectMaker } from "../src/index.js";

const RESERVATION_BYTES = 2 ** 26;

export function subjectsOf(strategy: Strategy): SubjectMaker {
  return ({ observer }) =>
    composeMemoryManager({ strategy, observer, reservationBytes: RESERVATION_BYTES });
}
