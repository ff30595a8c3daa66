import { usualAddresses } from './demo-config.ts';
import type { Answers } from './init-questions.ts';

/** What a variable is for, and its value where everybody knows it. */
export interface VariableNotes {
  readonly what: string;
  readonly value?: string;
}

const MADE_UP = `make one up: node -p 'crypto.randomUUID()'`;

/** By the question that names the variable. */
const NOTES: Readonly<Record<string, string>> = {
  'client-id-env': 'The client id that the OneRoster service gave you',
  'client-secret-env': 'The secret that the OneRoster service gave you',
  'api-key-env': `The API key that you give to the tool; ${MADE_UP}`,
  'admin-token-env': `The token to sign in with at the console; ${MADE_UP}`,
};

/** @example variableNotes('QUIZZER_API_KEY', answers).what // 'The API key that you give to the tool; …' */
export function variableNotes(variable: string, answers: Answers): VariableNotes {
  const question = Object.keys(NOTES).find((name) => answers[name] === variable);
  const { clientId, clientSecret } = usualAddresses().sandbox;
  const known: Readonly<Record<string, string>> =
    answers['service'] === 'sandbox' ? { 'client-id-env': clientId, 'client-secret-env': clientSecret } : {};
  const value = question && known[question];
  const what = (question && NOTES[question]) ?? 'Named in an answer';
  return { what, ...(value !== undefined && { value }) };
}
