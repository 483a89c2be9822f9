// What reference counting promises, in the words of the test report and of docs/fault-matrix.md.

export const COUNTS = "counts every slot that holds an object, and nothing else";
export const LIVENESS = "deallocates an object in the call that drops its last reference, once";
export const ORDER = "deallocates in CPython's order, depth first";
export const CONTENTS = "keeps what live objects hold";
export const SOUND = "stays sound after each command";
export const EVENTS = "is consistent whenever its observer is called";
export const MEMORY = "loses nothing when memory runs out at any allocation";
export const FREE_LISTS = "serves a birth from the free list of its type, newest first";
export const IMMORTAL = "never counts an immortal object, and never deallocates it";
export const SATURATION = "keeps a count that reached its limit";
export const DEPTH = "deallocates a structure of any depth without stack or memory";
export const DROP_ORDER = "shows the slots of a dropped frame as roots until each is released";
export const COPY = "stores the whole run of a copy before anything dies";
export const AUDIT = "names an object whose count is wrong, and changes nothing";
export const LEAKS = "names leaked cycles, and what they keep, and nothing else";
export const RESTORED = "counts a restored heap anew";
