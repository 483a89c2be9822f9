// Keys of a terminal, by name: what a terminal sends for one key press, cut into names. Several
// presses may arrive together, when somebody is quick or pastes.

const SEQUENCES: Readonly<Record<string, string>> = {
  "\u001b[A": "up",
  "\u001b[B": "down",
  "\u001b[C": "right",
  "\u001b[D": "left",
  "\u001b[H": "home",
  "\u001b[F": "end",
  "\u001b[1~": "home",
  "\u001b[4~": "end",
  "\u001bOA": "up",
  "\u001bOB": "down",
  "\u001bOC": "right",
  "\u001bOD": "left",
  "\u001bOH": "home",
  "\u001bOF": "end",
  "\r": "enter",
  "\n": "enter",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0003": "ctrl-c",
  "\u0004": "ctrl-c",
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a sequence
const PRESS = /\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu;

/** The names of the keys in what arrived; an unknown sequence is no key. */
export function keysOf(input: string): string[] {
  return (input.match(PRESS) ?? []).flatMap((press) => {
    if (press === "\u001b") return ["escape"];
    if (press.startsWith("\u001b")) return SEQUENCES[press] ?? [];
    return SEQUENCES[press] ?? press;
  });
}
