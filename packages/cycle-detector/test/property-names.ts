// What is held against the detectors and the report of cycles, by name.

export const FINDS = "finds exactly what no reference from outside of the list reaches";
export const ORDER = "answers in the order of CPython's two linked lists";
export const AGAIN = "asked again, drops what was forgotten and keeps what became reachable";
export const REFUSES = "refuses a count that is too small, by the object, and keeps the list";
export const AT_REST = "leaves no mark behind when all it found is forgotten";
export const UNCHANGED = "changes no object";

export const COMPONENTS = "finds the objects that reach one another, as naive reachability does";
export const WEAKENS = "names references without which no cycle is left, and no fewer suffice";
export const SHORTEST = "names as few references as trying all of them does, up to 20";
export const BOUND = "gives a lower bound that holds";
export const SUMS = "gives counts and bytes that add up to the heap's";

export const ANSWERS = "finds what a naive detector finds, and says who was reached late";
export const ONE_SHAPE = "finds the same where all candidates are of one shape";
export const LATE = "finds the same when more are reached late than the queue holds";

export const HELD = "finds what nothing holds from outside of what candidates reach";
export const PARTS = "asked again, parts what is reached from what is still found";
