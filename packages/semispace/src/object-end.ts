// Where an object's granules end and so the next object begins. Objects lie end to end, so this is
// how a space is walked. It always answers more than it was given, so that a walk over a heap that
// something wrote over ends, and `validate` can say what is broken.

import { GRANULE_SIZE_WORDS, type WordIndex } from "@ouro/interfaces";
import type { ObjectLayout } from "@ouro/object-model";

export function objectEnd(layout: ObjectLayout, object: WordIndex): WordIndex {
  return object + Math.max((layout.sizeWords(object) + 3) & -4, GRANULE_SIZE_WORDS);
}
