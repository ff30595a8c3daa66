import { takes } from './answer.ts';
import { type Command, type Option, UsageError } from './command.ts';

/** The commands by their names, in the order of the overview. */
type Commands = Readonly<Record<string, Command>>;

/**
 * `gradebridge completion`: a script by which a shell completes commands, verbs, options and files.
 *
 * @param commands loads the table of the command line, of which this command is a row
 */
export function completionCommand(commands: () => Promise<Commands>): Command {
  return {
    summary: 'Prints what a shell needs to complete commands, verbs, options and files.',
    usage: 'bash | zsh | fish',
    verbs: Object.keys(SCRIPTS),
    options: {},
    example: 'eval "$(gradebridge completion bash)"',
    exits: ['printed', 'is not used', 'there is no such shell'],
    run: async ({ positionals }) => {
      const [shell = ''] = takes(positionals, 1, 'completion bash, zsh or fish');
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (script === undefined) throw new UsageError('completion is there for bash, zsh and fish');
      return { members: {}, lines: [script(await commands())] };
    },
  };
}

const SCRIPTS: Readonly<Record<string, (commands: Commands) => string>> = { bash, zsh, fish };

const HELP: Option = { text: 'all of a command' };

/** Its options, with the one that every command has. */
function optionsOf({ options }: Command): readonly (readonly [string, Option])[] {
  return Object.entries({ ...options, help: HELP });
}

/** What can be completed after an option. */
function kindOf({ value, choices }: Option): 'none' | 'words' | 'files' | 'folders' | 'unknown' {
  if (value === undefined) return 'none';
  if (choices !== undefined) return 'words';
  if (value === 'FILE') return 'files';
  return value === 'FOLDER' ? 'folders' : 'unknown';
}

/** Of `compgen`, by what follows an option; without bash-completion, and with the bash of macOS (3.2). */
const BASH_REPLIES = {
  files: () => 'local IFS=$\'\\n\'; COMPREPLY=($(compgen -f -- "$word")); compopt -o filenames 2>/dev/null',
  folders: () => 'local IFS=$\'\\n\'; COMPREPLY=($(compgen -d -- "$word")); compopt -o filenames 2>/dev/null',
  words: ({ choices = [] }: Option) => `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word"))`,
  unknown: () => 'COMPREPLY=()',
} as const;

function bash(commands: Commands): string {
  const rows = Object.entries(commands);
  const values = rows.flatMap(([name, command]) =>
    optionsOf(command).flatMap(([option, settings]) => {
      const kind = kindOf(settings);
      return kind === 'none' ? [] : [`    '${name} --${option}') ${BASH_REPLIES[kind](settings)}; return ;;`];
    }),
  );
  const words = rows.map(([name, command]) => {
    const options = optionsOf(command).map(([option]) => `--${option}`);
    return `    ${name}) verbs='${(command.verbs ?? []).join(' ')}' options='${options.join(' ')}' ;;`;
  });
  return [
    '# eval "$(gradebridge completion bash)"',
    '_gradebridge() {',
    `  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"`,
    '  local verbs="" options=""',
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W '${[...Object.keys(commands), 'help'].join(' ')}' -- "$word"))`,
    '    return',
    '  fi',
    '  case "$command $before" in',
    ...values,
    '  esac',
    '  case "$command" in',
    ...words,
    '  esac',
    '  [ "$COMP_CWORD" -eq 2 ] || verbs=""',
    '  COMPREPLY=($(compgen -W "$verbs $options" -- "$word"))',
    '}',
    'complete -F _gradebridge gradebridge',
  ].join('\n');
}

/** What zsh is to do for a value. */
const ZSH_ACTIONS = {
  files: () => '_files',
  folders: () => '_files -/',
  words: ({ choices = [] }: Option) => `(${choices.join(' ')})`,
  unknown: () => ' ',
} as const;

function zsh(commands: Commands): string {
  const rows = Object.entries(commands);
  const cases = rows.map(([name, command]) => {
    const options = optionsOf(command).map(([option, settings]) => {
      const kind = kindOf(settings);
      const value = kind === 'none' ? '' : `:${settings.value}:${ZSH_ACTIONS[kind](settings)}`;
      return quoted(`--${option}[${forZsh(settings.text)}]${value}`);
    });
    const verbs = command.verbs === undefined ? [] : [`'1:verb:(${command.verbs.join(' ')})'`];
    return `    ${name}) _arguments ${[...verbs, ...options].join(' ')} ;;`;
  });
  return [
    '#compdef gradebridge',
    '# eval "$(gradebridge completion zsh)", after compinit',
    '_gradebridge() {',
    '  local -a commands',
    `  commands=(${rows.map(([name, { summary }]) => quoted(`${name}:${summary}`)).join(' ')})`,
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case "$words[1]" in',
    ...cases,
    '  esac',
    '}',
    'compdef _gradebridge gradebridge',
  ].join('\n');
}

function forZsh(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, '\\$&');
}

/** In single quotes of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What fish is to do for a value. */
const FISH_VALUES = {
  none: () => '',
  files: () => ' -r -F',
  folders: () => " -x -a '(__fish_complete_directories)'",
  words: ({ choices = [] }: Option) => ` -x -a '${choices.join(' ')}'`,
  unknown: () => ' -x',
} as const;

function fish(commands: Commands): string {
  const rows = Object.entries(commands);
  return [
    '# gradebridge completion fish | source',
    'function __gradebridge_at',
    '  set -l words (commandline -opc)',
    '  test (count $words) -ge $argv[1]; or return 1',
    '  test (count $argv) -lt 2; or test $words[2] = $argv[2]; or return 1',
    '  test (count $argv) -lt 3; or test (count $words) -eq $argv[1]',
    'end',
    'complete -c gradebridge -f',
    ...rows.map(
      ([name, { summary }]) =>
        `complete -c gradebridge -n '__fish_use_subcommand' -a ${name} -d ${forFish(summary)}`,
    ),
    ...rows.flatMap(([name, command]) => [
      ...(command.verbs === undefined
        ? []
        : [`complete -c gradebridge -n '__gradebridge_at 2 ${name} only' -a '${command.verbs.join(' ')}'`]),
      ...optionsOf(command).map(
        ([option, settings]) =>
          `complete -c gradebridge -n '__gradebridge_at 2 ${name}' -l ${option}${FISH_VALUES[kindOf(settings)](settings)} -d ${forFish(settings.text)}`,
      ),
    ]),
  ].join('\n');
}

/** In single quotes of fish. */
function forFish(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
