// What the collector promises, in the words of the test report and of docs/fault-matrix.md.

export const GRAPH = "keeps what the roots reach, shape and contents, wherever it moves";
export const EXACT = "leaves exactly what the roots reach after a collection";
export const MOVES = "moves everything and gives the old space back whole";
export const STARTS = "knows exactly the words where objects begin";
export const EVENTS = "tells of each move and each death once, before the old space is gone";
export const SOUND = "stays sound after each command";
export const POISONED = "leaves nothing sound in the space it left, when asked to";
export const MEMORY = "loses nothing when memory runs out at any allocation";
export const ROOM = "never grows beyond the room that a collection needs";
export const NEIGHBOURS = "finds another place for a request that does not fit where it lies";
export const REFUSAL = "examines nothing in a collection within a collection";
export const TOUCHED = "lies where spaces lay, and grows over what it left";
