import { SERVICES, serviceOf } from './init-services.ts';

/** What was answered, by the name of the question, which is that of its option. */
export type Answers = Readonly<Record<string, string>>;

/** One of several that an answer may be. */
export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** One question of `gradebridge init`: a row of the table. */
export interface Question {
  readonly name: string;
  /** What its option takes. */
  readonly value: string;
  readonly text: string;
  /** What hangs on the answer, for somebody who sees this for the first time. */
  readonly why: string;
  /** The part of the configuration that the answer decides, as a JSON Pointer: what is wrong there is wrong with the answer. */
  readonly at: string;
  readonly choices?: readonly Choice[];
  /** What OneRoster itself may be asked for, so that one can choose. */
  readonly offer?: 'classes' | 'categories';
  /** Whether it has a place among the other answers; by default it has. */
  readonly applies?: (answers: Answers) => boolean;
  /** Whether somebody is asked, or the option alone decides; by default somebody is. */
  readonly isAsked?: (answers: Answers) => boolean;
  readonly fallback?: (answers: Answers) => string | undefined;
}

const isOther = ({ service }: Answers): boolean => service === 'oneroster';
const hasCategory = ({ family }: Answers): boolean => family === 'lineItems';
const isLtiaas = ({ protocol }: Answers): boolean => protocol === 'ltiaas';
const hasConsole = (answers: Answers): boolean => answers['console'] === 'yes';
const never = (): boolean => false;
/** The name of a variable, made of a name of the configuration. */
const variable = (name: string, end: string): string =>
  `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_${end}`.replace(/^(?=\d)/, '_');

/** Every question, in the order in which they are asked; a later one may hang on the answers before it. */
export const QUESTIONS: readonly Question[] = [
  {
    name: 'service',
    value: 'NAME',
    text: 'Which OneRoster service are the grades written to?',
    why: 'Begin with one where nothing can be broken.',
    at: '/upstreams',
    choices: Object.entries(SERVICES).map(([value, { text }]) => ({ value, text })),
    fallback: () => 'timeback-staging',
  },
  {
    name: 'upstream-url',
    value: 'URL',
    text: 'Its address, without /ims/oneroster and what follows',
    why: 'The part that rostering and gradebook have in common.',
    at: '/upstreams',
    isAsked: isOther,
    fallback: (answers) => serviceOf(answers).baseUrl,
  },
  {
    name: 'token-url',
    value: 'URL',
    text: 'The address of its token endpoint',
    why: 'Where it gives out access tokens for a client id and a secret (OAuth 2.0 client credentials).',
    at: '/upstreams',
    isAsked: isOther,
    fallback: (answers) => serviceOf(answers).tokenUrl,
  },
  {
    name: 'profile',
    value: 'NAME',
    text: 'Whose habits the service has',
    why: 'gradebridge probe finds out which one fits.',
    at: '/upstreams',
    choices: [
      { value: 'timeback', text: 'those of Timeback' },
      { value: 'oneroster-1.2', text: 'those of the standard' },
    ],
    isAsked: never,
    fallback: (answers) => serviceOf(answers).profile,
  },
  {
    name: 'client-id-env',
    value: 'VARIABLE',
    text: 'The variable that holds the client id at the service',
    why: 'What it gave you; the file holds the name of the variable alone.',
    at: '/upstreams',
    isAsked: never,
    fallback: (answers) => variable(serviceOf(answers).upstream, 'CLIENT_ID'),
  },
  {
    name: 'client-secret-env',
    value: 'VARIABLE',
    text: 'The variable that holds the secret at the service',
    why: 'A secret never stands in the file.',
    at: '/upstreams',
    isAsked: never,
    fallback: (answers) => variable(serviceOf(answers).upstream, 'CLIENT_SECRET'),
  },
  {
    name: 'public-url',
    value: 'URL',
    text: 'The address under which tools reach this gateway',
    why: 'The ids of line items begin with it, so choose the one that stays. Behind a proxy, it is that of the proxy.',
    at: '/publicUrl',
    fallback: () => 'http://127.0.0.1:8080',
  },
  {
    name: 'port',
    value: 'N',
    text: 'The port to listen on, on this machine',
    why: 'Where a proxy, or a tool on this machine, finds the gateway.',
    at: '/listen',
    isAsked: never,
    fallback: portOf,
  },
  {
    name: 'context',
    value: 'NAME',
    text: 'A name for the course that the first tool is used in',
    why: 'Lower case letters, digits and hyphens. Line items are found again by it, so it should stay.',
    at: '/contexts',
    fallback: () => 'math-101',
  },
  {
    name: 'family',
    value: 'NAME',
    text: 'In which objects of OneRoster are the grades kept?',
    why: "Timeback's guides teach assessmentLineItems; lineItems are the gradebook of a class, and need a category.",
    at: '/contexts',
    choices: [
      { value: 'lineItems', text: 'lineItems and results' },
      { value: 'assessmentLineItems', text: 'assessmentLineItems and assessmentResults' },
    ],
    fallback: () => 'lineItems',
  },
  {
    name: 'class',
    value: 'ID',
    text: 'The sourcedId of the class',
    why: 'Whose gradebook it is, and whose students get the scores.',
    at: '/contexts',
    offer: 'classes',
    fallback: ({ service }) => (service === 'sandbox' ? 'class-1' : undefined),
  },
  {
    name: 'school',
    value: 'ID',
    text: 'The sourcedId of the school',
    why: '"class" takes the one that the class names, which is right unless it names none.',
    at: '/contexts',
    applies: hasCategory,
    fallback: () => 'class',
  },
  {
    name: 'category',
    value: 'ID',
    text: 'The sourcedId of the category, or "title:" and its title',
    why: 'A line item of OneRoster stands in a category. One that is named by its title is made when there is none.',
    at: '/contexts',
    offer: 'categories',
    applies: hasCategory,
    fallback: ({ service }) => (service === 'sandbox' ? 'category-1' : 'title:Homework'),
  },
  {
    name: 'tool',
    value: 'NAME',
    text: 'A name for the first tool',
    why: 'Line items are found again by it, so it should stay.',
    at: '/tools',
    fallback: () => 'quizzer',
  },
  {
    name: 'protocol',
    value: 'NAME',
    text: 'How does the tool speak to the gateway?',
    why: 'A tool that was written for an LMS with LTI 1.3 speaks AGS.',
    at: '/tools',
    choices: [
      { value: 'ltiaas', text: 'by the LTIAAS API, with an API key' },
      { value: 'ags', text: 'by LTI AGS 2.0, with keys of its own' },
    ],
    fallback: () => 'ltiaas',
  },
  {
    name: 'client-id',
    value: 'CLIENT',
    text: 'The client id of the tool at this gateway',
    why: 'It is yours to choose, unless the tool has one already.',
    at: '/tools',
    isAsked: ({ protocol }) => protocol === 'ags',
    fallback: ({ tool }) => tool,
  },
  {
    name: 'api-key-env',
    value: 'VARIABLE',
    text: 'The variable that holds the API key of the tool',
    why: 'The secret that you make up and give to the tool: 8 characters or more. The file holds the name of the variable alone.',
    at: '/tools',
    applies: isLtiaas,
    fallback: ({ tool = '' }) => variable(tool, 'API_KEY'),
  },
  {
    name: 'jwks-url',
    value: 'URL',
    text: 'The address of the key set of the tool',
    why: 'The tool shows its public keys there; its assertions are checked with them.',
    at: '/tools',
    applies: (answers) => !isLtiaas(answers),
  },
  {
    name: 'console',
    value: 'WORD',
    text: 'Shall there be a console for administrators at /console?',
    why: 'gradebridge diff and reload use its API, too. It needs a token.',
    at: '/admin',
    choices: [
      { value: 'yes', text: 'a console, for whoever has the token' },
      { value: 'no', text: 'none, and no admin API' },
    ],
    fallback: () => 'yes',
  },
  {
    name: 'admin-token-env',
    value: 'VARIABLE',
    text: 'The variable that holds the token for the console',
    why: 'The secret that you make up and sign in with: 16 characters or more.',
    at: '/admin',
    applies: hasConsole,
    fallback: () => 'GRADEBRIDGE_ADMIN_TOKEN',
  },
];

/** Without a proxy, the port of the public address is the one to listen on. */
function portOf(answers: Answers): string {
  const text = answers['public-url'] ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url !== undefined && /^(localhost|127\.[\d.]+)$/.test(url.hostname);
  return isHere && url.protocol === 'http:' ? url.port || '80' : '8080';
}
