// Completion for shells, written from the table of commands and options: a script that knows every
// command, which options each takes, and the values of those that have few. Files are the shell's.
//
//   ouro <TAB>            commands                 ouro replay --<TAB>    the options of replay
//   ouro heap -p <TAB>    presets                  ouro replay <TAB>      files

import { UsageError } from "@ouro/interfaces";
import { COMMANDS, HELP_SUBJECTS, OPTIONS, type OptionRow } from "./command-table.js";
import { optionsOf } from "./option-meanings.js";
import { didYouMean } from "./suggestion.js";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** Values by the name of the option. */
export type OptionValues = Readonly<Record<string, readonly string[]>>;

export function shellNamed(name: string | undefined): Shell {
  const shell = SHELLS.find((each) => each === name);
  if (shell !== undefined) return shell;
  throw new UsageError({
    where: "ouro completion",
    argument: name ?? "SHELL",
    problem: name === undefined ? "is missing" : "is no shell that is known here",
    remedy: didYouMean(name ?? "", SHELLS, `Known: ${SHELLS.join(", ")}.`),
  });
}

export function completionScript(shell: Shell, values: OptionValues): string {
  const lines = { bash: bashLines, zsh: zshLines, fish: fishLines }[shell](values);
  return `${lines.join("\n")}\n`;
}

/** What stands where a file does not. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  help: [...COMMANDS.map(({ name }) => name), ...HELP_SUBJECTS],
  completion: SHELLS,
};

function spellings({ name, short }: OptionRow): string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function bashLines(values: OptionValues): string[] {
  const valueCases = Object.entries(values).map(([name, known]) => {
    const option = OPTIONS.find((each) => each.name === name) as OptionRow;
    return `    ${spellings(option).join("|")}) words="${known.join(" ")}" ;;`;
  });
  const fileOptions = OPTIONS.filter(({ name, value }) => value !== undefined && !values[name]);
  const commandCases = COMMANDS.map(({ name }) => {
    const options = optionsOf(name).flatMap(spellings).join(" ");
    return `    ${name}) options="${options}"; words="${(OPERANDS[name] ?? []).join(" ")}" ;;`;
  });
  return [
    '# bash completion for ouro:  eval "$(ouro completion bash)"',
    "_ouro() {",
    // Bash hands over the command, the word and the one before it.
    `  local word=$2 before=$3 command=$\{COMP_WORDS[1]}`,
    '  local words="" options=""',
    "  COMPREPLY=()",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${COMMANDS.map(({ name }) => name).join(" ")}" -- "$word"))`,
    "    return",
    "  fi",
    '  case "$before" in',
    ...valueCases,
    `    ${fileOptions.flatMap(spellings).join("|")}) return ;;`,
    "  esac",
    '  if [ -n "$words" ]; then',
    '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
    "    return",
    "  fi",
    "  case $command in",
    ...commandCases,
    "  esac",
    '  case "$word" in',
    '    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;',
    '    *) [ -n "$words" ] && COMPREPLY=($(compgen -W "$words" -- "$word")) ;;',
    "  esac",
    "}",
    // What is left empty is completed with files.
    "complete -o default -o bashdefault -F _ouro ouro",
  ];
}

/** In single quotes, for zsh and fish alike. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A colon or a bracket would end a description in zsh. */
const plain = (text: string): string => text.replaceAll(":", " -").replaceAll(/[[\]]/g, "");

function zshLines(values: OptionValues): string[] {
  const commands = COMMANDS.map(
    ({ name, meaning }) => `    ${quoted(`${name}:${plain(meaning)}`)}`,
  );
  const cases = COMMANDS.map(({ name }) => {
    const specs = optionsOf(name).flatMap((option) => zshSpecs(option, values));
    const words = OPERANDS[name];
    const operand = words === undefined ? "'*:file:_files'" : `'1:subject:(${words.join(" ")})'`;
    return `    ${name}) _arguments ${[...specs, operand].join(" ")} ;;`;
  });
  return [
    "#compdef ouro",
    '# zsh completion for ouro:  eval "$(ouro completion zsh)", after compinit',
    "_ouro() {",
    "  local -a commands",
    "  commands=(",
    ...commands,
    "  )",
    "  if (( CURRENT == 2 )); then",
    "    _describe command commands",
    "    return",
    "  fi",
    "  local command=$words[2]",
    "  shift words",
    "  (( CURRENT-- ))",
    "  case $command in",
    ...cases,
    "  esac",
    "}",
    "compdef _ouro ouro",
  ];
}

function zshSpecs(option: OptionRow, values: OptionValues): string[] {
  const known = values[option.name];
  const action = known === undefined ? "_files" : `(${known.join(" ")})`;
  const value = option.value === undefined ? "" : `:${option.value}:${action}`;
  return spellings(option).map((name) => quoted(`${name}[${plain(option.meaning)}]${value}`));
}

function fishLines(values: OptionValues): string[] {
  const commands = COMMANDS.map(
    ({ name, meaning }) =>
      `complete -c ouro -n __fish_use_subcommand -f -a ${name} -d ${quoted(meaning)}`,
  );
  const operands = Object.entries(OPERANDS).map(
    ([name, words]) =>
      `complete -c ouro -n '__fish_seen_subcommand_from ${name}' -f -a ${quoted(words.join(" "))}`,
  );
  const options = OPTIONS.map((option) => {
    const users = COMMANDS.filter((command) => command.options.includes(option.name));
    const names = users.map(({ name }) => name).join(" ");
    const short = option.short === undefined ? "" : ` -s ${option.short}`;
    const known = values[option.name];
    const value =
      option.value === undefined
        ? ""
        : known === undefined
          ? " -r"
          : ` -x -a ${quoted(known.join(" "))}`;
    const seen = quoted(`__fish_seen_subcommand_from ${names}`);
    const meaning = quoted(option.meaning);
    return `complete -c ouro -n ${seen} -l ${option.name}${short}${value} -d ${meaning}`;
  });
  return [
    "# fish completion for ouro:  ouro completion fish | source",
    ...commands,
    ...operands,
    ...options,
  ];
}
