// What is held against finalization, by name: one arbitrary program, looked at from one side.

export const ORDER = "runs finalizers and callbacks in CPython's order, each at most once";
export const WEAKNESS = "empties weak references when their object dies, and never before";
export const LIFE = "lets live what a finalizer stored, and nothing else";
export const ERRORS = "reports what program code throws, and goes on";
export const SOUND = "counts what slots and roots hold, after each command";

export const FINALIZATION_PROPERTIES = [ORDER, WEAKNESS, LIFE, ERRORS, SOUND] as const;
