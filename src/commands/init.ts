import { accessSync, constants, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lineItemsUrl } from '../admin/entries.ts';
import type { JsonObject } from '../core/json.ts';
import { Refused, refusedFor } from './answer.ts';
import {
  type Answer,
  type Arguments,
  type Command,
  type Io,
  JSON_OPTION,
  noPositionals,
  type Option,
  textOption,
  UsageError,
} from './command.ts';
import { DEMO } from './demo-config.ts';
import { askOne, openRespondent, type Respondent } from './init-asking.ts';
import { checkDraft, type Draft, documentOf, problemWith, variablesIn } from './init-document.ts';
import { type Answers, QUESTIONS, type Question } from './init-questions.ts';
import { variableNotes } from './init-variables.ts';

const INTRODUCTION = [
  'A few questions, and a configuration for this gateway is written. Enter takes what stands in brackets; of a list, a number will do.',
  'No secret is asked for: they stay in environment variables, which are named at the end. Ctrl-C writes nothing.',
].join('\n');
const USUAL_FILE = 'gradebridge.config.json';

/** `gradebridge init`: the first configuration, by questions. */
export const initCommand: Command = {
  summary:
    'Asks what is needed and writes a configuration that passes "check"; secrets stay in the environment.',
  usage: '[--yes] [--service NAME] [--class ID] [OPTION …] [--force] [--json] [--config FILE]',
  options: {
    yes: { text: 'ask nothing: options, and defaults for all others' },
    force: { text: 'write over a file that is there' },
    ...Object.fromEntries(QUESTIONS.map((question) => [question.name, optionOf(question)])),
    json: JSON_OPTION,
    config: {
      value: 'FILE',
      text: `the file to write; default: GRADEBRIDGE_CONFIG, then ./${USUAL_FILE}`,
    },
  },
  example: 'gradebridge init --yes --service sandbox --tool quizzer',
  exits: ['it is written', 'nothing was written', 'wrong use, and nothing was written'],
  run: async (args, io) => {
    noPositionals(args);
    const file = resolve(
      io.folder,
      textOption(args, 'config') ?? (io.environment['GRADEBRIDGE_CONFIG'] || USUAL_FILE),
    );
    const isForced = args.values['force'] === true;
    mayWrite(file, isForced);
    const answers = await collect(args, { file, io });
    const findings = checkDraft({ answers, file, environment: io.environment });
    if (findings.length > 0) throw refusedFor(findings);
    const document = documentOf(answers, file);
    mayWrite(file, isForced);
    write(file, document);
    return answerOf({ answers, document, file, args, io });
  },
};

function optionOf({ value, text, choices }: Question): Option {
  if (choices === undefined) return { value, text };
  const words = choices.map((choice) => choice.value);
  return { value, choices: words, text: `${text}${text.endsWith('?') ? '' : ':'} ${words.join(', ')}` };
}

/** Known before the first question. @throws Refused when the file is not to be written over, or cannot be written */
function mayWrite(file: string, isForced: boolean): void {
  if (!isForced && existsSync(file))
    throw new Refused({
      members: { outcome: 'exists', file },
      remarks: [
        `There is ${file} already, and it was left as it is.`,
        '→ --force writes over it; --config names another file.',
      ],
    });
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw notWritten(file, error);
  }
}

/** Whole or not at all: a file of another name takes its place when it is complete. */
function write(file: string, document: JsonObject): void {
  const beside = join(dirname(file), `.gradebridge-init-${process.pid}`);
  try {
    writeFileSync(beside, `${JSON.stringify(document, null, 2)}\n`);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw notWritten(file, error);
  }
}

function notWritten(file: string, error: unknown): Refused {
  return new Refused({
    members: { outcome: 'notWritten', file },
    remarks: [
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
      '→ Check that its folder is there and may be written.',
    ],
  });
}

interface Surroundings {
  readonly file: string;
  readonly io: Io;
}

/** @throws UsageError; Refused when there are no more answers */
async function collect(args: Arguments, { file, io }: Surroundings): Promise<Answers> {
  let answers: Answers = {};
  let respondent: Respondent | undefined;
  try {
    for (const question of QUESTIONS) {
      const draft = { answers, file, environment: io.environment };
      const { name, applies, isAsked, fallback } = question;
      if (applies?.(answers) === false) {
        noUseFor(name, args);
        continue;
      }
      const usual = fallback?.(answers);
      const isOpen = args.values['yes'] !== true && isAsked?.(answers) !== false;
      let answer = textOption(args, name) ?? (isOpen ? undefined : usual);
      if (answer !== undefined) mustFit(question, { ...draft, answers: { ...answers, [name]: answer } });
      else if (!isOpen) throw new UsageError(`--${name} is needed: it has no default`);
      else {
        respondent ??= begin(io);
        answer = await askOne(question, { respondent, draft, io });
      }
      if (answer === undefined) throw noMore(name);
      answers = { ...answers, [name]: answer };
    }
    return answers;
  } finally {
    respondent?.end();
  }
}

function begin(io: Io): Respondent {
  io.error(INTRODUCTION);
  return openRespondent(io);
}

function noUseFor(name: string, args: Arguments): void {
  if (textOption(args, name) !== undefined)
    throw new UsageError(`there is no use for --${name} beside the other answers`);
}

function mustFit(question: Question, draft: Draft): void {
  const problem = problemWith(question, draft);
  if (problem !== undefined) throw new UsageError(`--${question.name}: ${problem}`);
}

function noMore(name: string): Refused {
  return new Refused({
    members: { outcome: 'unanswered', question: name },
    remarks: [`\nThere was no answer to "${name}". Nothing was written.`],
  });
}

interface Written {
  readonly answers: Answers;
  readonly document: JsonObject;
  readonly file: string;
  readonly args: Arguments;
  readonly io: Io;
}

function answerOf({ answers, document, file, args, io }: Written): Answer {
  const variables = variablesIn(document).map((name) => ({
    ...{ name, ...variableNotes(name, answers) },
    isSet: (io.environment[name] ?? '') !== '',
  }));
  const named = textOption(args, 'config');
  const steps = nextSteps(answers, named === undefined ? '' : ` --config ${named}`);
  return {
    members: { file, variables, toolValues: toolValues(answers) },
    // An empty line for what is set here already would take it away when the file is loaded.
    lines: variables.flatMap(({ name, what, value = '', isSet }) => [
      `# ${what}`,
      isSet ? `# ${name} is set in this environment; give it here as well to keep it` : `${name}=${value}`,
    ]),
    remarks: [
      `\n${file} is written, and passes gradebridge check once these variables are set.`,
      'Next:',
      ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    ],
  };
}

function nextSteps(answers: Answers, config: string): readonly string[] {
  const { service, protocol, tool = '', context = '' } = answers;
  const publicUrl = answers['public-url'] ?? '';
  const values = toolValues(answers).map(({ label, value }) => `\n       ${label.padEnd(24)} ${value}`);
  return [
    'Set the variables: with the lines above in a file .env that nobody else can read, filled in,  set -a; . ./.env; set +a',
    ...(service === 'sandbox' ? [`In another terminal:  gradebridge sandbox${portOf(answers)}`] : []),
    `gradebridge check${config}`,
    `gradebridge doctor${config}     asks whether token, class, category and students are there`,
    protocol === 'ags'
      ? `Give these values to the tool:${values.join('')}`
      : `gradebridge keys issue --tool ${tool} --context ${context}${config}     gives the service key for the tool, which goes with its API key`,
    `gradebridge serve${config}`,
    ...(answers['console'] === 'yes' ? [`Sign in at ${publicUrl}/console/ with the token.`] : []),
  ];
}

/** The option of the sandbox for the port at which it is looked for. */
function portOf(answers: Answers): string {
  const { port } = new URL(answers['upstream-url'] ?? '');
  return port === String(DEMO.sandboxPort) ? '' : ` --port ${port || '80'}`;
}

/** What is to be pasted into a tool. */
function toolValues(answers: Answers): readonly { readonly label: string; readonly value: string }[] {
  const publicUrl = answers['public-url'] ?? '';
  if (answers['protocol'] !== 'ags') return [{ label: 'LTIAAS API', value: `${publicUrl}/api` }];
  return [
    { label: 'Issuer', value: publicUrl },
    { label: 'Client ID', value: answers['client-id'] ?? '' },
    { label: 'Token URL', value: `${publicUrl}/lti/token` },
    { label: 'Key set of this gateway', value: `${publicUrl}/.well-known/jwks.json` },
    { label: 'Line items', value: lineItemsUrl(publicUrl, answers['context'] ?? '') },
  ];
}
