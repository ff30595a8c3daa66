import { type ParseArgsConfig, parseArgs } from 'node:util';
import { refusalOf, tell } from './commands/answer.ts';
import { checkCommand } from './commands/check.ts';
import { type Command, EXIT, EXITS, type Io, type Outcome, UsageError } from './commands/command.ts';
import { completionCommand } from './commands/completion.ts';
import { deliveriesCommand } from './commands/deliveries.ts';
import { demoCommand } from './commands/demo.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { contextsCommand, toolsCommand } from './commands/entries.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { keysCommand } from './commands/keys.ts';
import { mappingsCommand } from './commands/mappings.ts';
import { probeCommand } from './commands/probe.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { reloadCommand } from './commands/reload.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { serveCommand } from './commands/serve.ts';
import { storeCommand } from './commands/store.ts';
import { tokenCommand } from './commands/token.ts';
import { translateCommand } from './commands/translate.ts';

/** Every verb, in the order in which the overview shows them. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  init: initCommand,
  serve: serveCommand,
  sandbox: sandboxCommand,
  tools: toolsCommand,
  contexts: contextsCommand,
  keys: keysCommand,
  token: tokenCommand,
  deliveries: deliveriesCommand,
  reconcile: reconcileCommand,
  store: storeCommand,
  mappings: mappingsCommand,
  check: checkCommand,
  diff: diffCommand,
  reload: reloadCommand,
  doctor: doctorCommand,
  probe: probeCommand,
  translate: translateCommand,
  explain: explainCommand,
  demo: demoCommand,
  completion: completionCommand(() => COMMANDS),
};

/**
 * Runs one command of the command line.
 *
 * @returns the exit code: 0 done, 1 findings or failure, 2 an error of use
 * @example await runCli(['check', '--config', 'gradebridge.config.json'], io)
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const [name = 'help', ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return overview(name, io);
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(helpOf(name, command));
    return EXIT.done;
  }
  try {
    const parsed = parse(command, rest);
    const verb = command.verbs === undefined ? undefined : parsed.positionals[0];
    const telling = { command: verb ? `${name} ${verb}` : name, isJson: parsed.values['json'] === true, io };
    return tell(await outcomeOf(name, () => command.run(parsed, io)), telling);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.error(`gradebridge ${name}: ${error.message}\n\n${helpOf(name, command)}`);
    return EXIT.usage;
  }
}

/** What a command comes to, a refusal as well. @throws UsageError, and what nobody has foreseen */
async function outcomeOf(name: string, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    const refusal = refusalOf(error, name);
    if (refusal !== undefined) return refusal;
    throw error;
  }
}

function parse(command: Command, args: readonly string[]): Parameters<Command['run']>[0] {
  const options: ParseArgsConfig['options'] = Object.fromEntries(
    Object.entries(command.options).map(([option, { value, isList = false }]) => [
      option,
      { type: value === undefined ? 'boolean' : 'string', multiple: isList },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values: values as Parameters<Command['run']>[0]['values'], positionals };
  } catch (error) {
    throw new UsageError((error as Error).message.split('. To specify')[0] as string);
  }
}

function helpOf(
  name: string,
  { summary, usage, options, example, exits = [EXITS[0], EXITS[1]] }: Command,
): string {
  const rows = Object.entries(options).map(
    ([option, { value, text }]) => [`--${option}${value ? ` ${value}` : ''}`, text] as const,
  );
  const width = Math.max(0, ...rows.map(([left]) => left.length)) + 2;
  const table = rows.map(([left, text]) => `  ${left.padEnd(width)}${text}`);
  const [done, findings, usageError = EXITS[2]] = exits;
  return [
    `gradebridge ${name} ${usage}`.trimEnd(),
    '',
    summary,
    '',
    ...table,
    '',
    'Example:',
    `  ${example}`,
    '',
    `Exit codes: 0 ${done}; 1 ${findings}; 2 ${usageError}.`,
  ].join('\n');
}

function overview(name: string, io: Io): number {
  const isHelp = ['help', '--help', '-h'].includes(name);
  const rows = Object.entries(COMMANDS).map(([command, { summary }]) => `  ${command.padEnd(11)}${summary}`);
  const text = [
    'gradebridge COMMAND [OPTION …]',
    '',
    ...rows,
    '',
    'gradebridge COMMAND --help says more of one.',
  ].join('\n');
  if (isHelp) io.out(text);
  else io.error(`gradebridge: there is no command "${name}"\n\n${text}`);
  return isHelp ? EXIT.done : EXIT.usage;
}
