import { type ParseArgsConfig, parseArgs } from 'node:util';
import { refusalOf, tell } from './commands/answer.ts';
import { type Command, EXIT, EXITS, type Io, type Outcome, UsageError } from './commands/command.ts';
import { completionCommand } from './commands/completion.ts';

/**
 * Every verb, in the order in which the overview shows them. Each is loaded when it is called: most need a small part of the gateway, and
 * to load all of it takes longer than what they do.
 */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  sandbox: async () => (await import('./commands/sandbox.ts')).sandboxCommand,
  tools: async () => (await import('./commands/entries.ts')).toolsCommand,
  contexts: async () => (await import('./commands/entries.ts')).contextsCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  deliveries: async () => (await import('./commands/deliveries.ts')).deliveriesCommand,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  store: async () => (await import('./commands/store.ts')).storeCommand,
  mappings: async () => (await import('./commands/mappings.ts')).mappingsCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  reload: async () => (await import('./commands/reload.ts')).reloadCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  probe: async () => (await import('./commands/probe.ts')).probeCommand,
  translate: async () => (await import('./commands/translate.ts')).translateCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  completion: async () => completionCommand(loadCommands),
};

/** All of them, for those who look through the table: `(await loadCommands()).serve`. */
export async function loadCommands(): Promise<Readonly<Record<string, Command>>> {
  const rows = Object.entries(LOADERS).map(async ([name, load]) => [name, await load()] as const);
  return Object.fromEntries(await Promise.all(rows));
}

/**
 * Runs one command of the command line.
 *
 * @returns the exit code: 0 done, 1 findings or failure, 2 an error of use
 * @example await runCli(['check', '--config', 'gradebridge.config.json'], io)
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const [name = 'help', ...rest] = args;
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  if (load === undefined) return overview(name, io);
  const command = await load();
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

async function overview(name: string, io: Io): Promise<number> {
  const isHelp = ['help', '--help', '-h'].includes(name);
  const rows = Object.entries(await loadCommands()).map(
    ([command, { summary }]) => `  ${command.padEnd(11)}${summary}`,
  );
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
