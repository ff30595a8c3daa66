import { createInterface } from 'node:readline/promises';
import { GradebridgeError } from '../core/errors.ts';
import type { Io } from './command.ts';
import { type Draft, problemWith } from './init-document.ts';
import { type Offers, offersFor } from './init-offers.ts';
import type { Choice, Question } from './init-questions.ts';

/** Somebody, or a script, that answers line by line. */
export interface Respondent {
  /** @returns undefined when there are no more answers: the input is at its end, or somebody pressed Ctrl-C */
  answer(prompt: string): Promise<string | undefined>;
  end(): void;
}

/**
 * Reads answers from the input: with line editing on a terminal, plainly otherwise. Prompts go where people look, not to stdout.
 *
 * @example const respondent = openRespondent(io); await respondent.answer('port [8080]: ')
 */
export function openRespondent({ input, terminal, error }: Io): Respondent {
  const isTerminal = terminal !== undefined && (input as NodeJS.ReadStream).isTTY === true;
  const lines = createInterface(
    isTerminal ? { input, output: terminal, terminal: true } : { input, terminal: false },
  );
  // Taken at once: lines that come before somebody asks for them are kept.
  const iterator = lines[Symbol.asyncIterator]();
  return {
    answer: async (prompt) => {
      if (isTerminal) {
        lines.setPrompt(prompt);
        lines.prompt();
      } else error(prompt);
      const { value, done } = await iterator.next();
      return done === true ? undefined : value.trim();
    },
    end: () => lines.close(),
  };
}

/** Choices that are shown; of more, any may be given all the same. */
const SHOWN = 25;

interface Asking {
  readonly respondent: Respondent;
  /** What is known so far. */
  readonly draft: Draft;
  readonly io: Io;
}

/**
 * Asks one question until its answer can be taken.
 *
 * @returns undefined when there are no more answers
 */
export async function askOne(
  question: Question,
  { respondent, draft, io }: Asking,
): Promise<string | undefined> {
  const { name, text, why, fallback } = question;
  const offers = await offersOf(question, { draft, io });
  const { choices } = offers;
  const usual = fallback?.(draft.answers);
  io.error(`\n${text}\n  ${why}`);
  for (const line of choiceLines(choices)) io.error(line);
  for (;;) {
    const given = await respondent.answer(`${name}${usual === undefined ? '' : ` [${usual}]`}: `);
    if (given === undefined) return undefined;
    const answer = given === '' ? (usual ?? '') : meant(given, choices);
    const problem = unknown(answer, question, offers) ?? problemOf(answer, question, draft);
    if (problem === undefined) return answer;
    io.error(`  That cannot be taken: ${problem}`);
  }
}

async function offersOf(
  { offer, choices }: Question,
  { draft, io }: Pick<Asking, 'draft' | 'io'>,
): Promise<Offers> {
  const given = { choices: choices ?? [], isAll: choices !== undefined };
  if (offer === undefined) return given;
  try {
    const offers = await offersFor(offer, { draft, waiting: io.error });
    if (offers !== undefined) return offers;
    const names = ['client-id-env', 'client-secret-env'].map((name) => draft.answers[name]).join(' and ');
    io.error(
      `\nWith ${names} in the environment, the ${offer} of the service are shown here to choose from.`,
    );
    return given;
  } catch (error) {
    if (!(error instanceof GradebridgeError)) throw error;
    io.error(
      `\nThe ${offer} cannot be read there, so give the id yourself: ${error.row.title} [${error.code}]`,
    );
    return given;
  }
}

function choiceLines(choices: readonly Choice[]): readonly string[] {
  const shown = choices.slice(0, SHOWN);
  const width = Math.max(0, ...shown.map(({ value }) => value.length));
  const rest = choices.length - shown.length;
  return [
    ...shown.map(
      ({ value, text }, index) => `  ${String(index + 1).padStart(2)}  ${value.padEnd(width)}  ${text}`,
    ),
    ...(rest > 0 ? [`  … and ${rest} more, of which any may be given`] : []),
  ];
}

/** A choice may be given by its number, unless there is one that is called so. */
function meant(given: string, choices: readonly Choice[]): string {
  if (choices.some(({ value }) => value === given) || !/^\d{1,3}$/.test(given)) return given;
  return choices[Number(given) - 1]?.value ?? given;
}

function unknown(answer: string, { name, offer }: Question, { choices, isAll }: Offers): string | undefined {
  if (offer === undefined || !isAll || answer.startsWith('title:')) return undefined;
  if (choices.some(({ value }) => value === answer)) return undefined;
  return `the service has no such object; --${name} takes it unseen`;
}

function problemOf(answer: string, question: Question, draft: Draft): string | undefined {
  if (answer === '') return 'there is no default; it is needed';
  return problemWith(question, { ...draft, answers: { ...draft.answers, [question.name]: answer } });
}
