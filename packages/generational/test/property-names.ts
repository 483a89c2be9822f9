// What is held against the generations, by name: one arbitrary program, looked at from one side.

export const LISTS =
  "have each object in the generation, and in the place, in which CPython has it";
export const COUNTS = "count as CPython counts";
export const STATISTICS = "keep CPython's statistics, and answer what it answers";
export const LONG_LIVED = "know what survived for long";
export const SOUND = "are sound after each command";

export const GENERATION_PROPERTIES = [LISTS, COUNTS, STATISTICS, LONG_LIVED, SOUND] as const;
