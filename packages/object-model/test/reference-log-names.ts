// What is held against the log of references, by name.

export const EXPLAINS =
  "explains each number by its youngest giving, and says if there was an older one";
export const FORGETS = "says what it has forgotten, and takes it for nothing else";
export const NEVER = "explains no number that it never gave out";
export const ANEW = "goes on when its stamps are used up: nothing of before is a reference";
