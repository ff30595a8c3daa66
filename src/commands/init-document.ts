import { dirname, join, relative, sep } from 'node:path';
import type { Finding, UpstreamConfig } from '../config/config.ts';
import { PACKAGE_ROOT } from '../config/files.ts';
import { loadConfig, readConfig } from '../config/load.ts';
import { isSafeSourcedId } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import { type Answers, QUESTIONS, type Question } from './init-questions.ts';
import { serviceOf } from './init-services.ts';

/** The port of a configuration that names none. */
const USUAL_PORT = '8080';
/** What a category begins with that is meant by its title. */
const BY_TITLE = 'title:';

/**
 * The configuration that follows from answers.
 *
 * @param file where it will lie, from which the schema is found
 * @example documentOf(answers, '/etc/gradebridge/gradebridge.config.json')
 */
export function documentOf(answers: Answers, file: string): JsonObject {
  const { port = USUAL_PORT, context = '', tool = '' } = answers;
  const { upstream } = serviceOf(answers);
  return {
    $schema: schemaFrom(dirname(file)),
    version: 1,
    ...(port !== USUAL_PORT && { listen: { port: /^\d+$/.test(port) ? Number(port) : port } }),
    publicUrl: answers['public-url'] ?? '',
    upstreams: {
      [upstream]: {
        profile: answers['profile'] ?? '',
        baseUrl: answers['upstream-url'] ?? '',
        auth: {
          tokenUrl: answers['token-url'] ?? '',
          clientId: variable(answers['client-id-env']),
          clientSecret: variable(answers['client-secret-env']),
        },
      },
    },
    contexts: { [context]: { upstream, class: answers['class'] ?? '', ...placeOf(answers) } },
    tools: {
      [tool]: {
        clientId: answers['client-id'] ?? '',
        contexts: [context],
        ...(answers['protocol'] === 'ags'
          ? { jwksUrl: answers['jwks-url'] ?? '' }
          : { apiKey: variable(answers['api-key-env']) }),
      },
    },
    ...(answers['console'] === 'yes' && {
      admin: { tokens: { admin: { role: 'operator', token: variable(answers['admin-token-env']) } } },
    }),
  };
}

function placeOf({ family = '', school = '', category = '' }: Answers): JsonObject {
  if (family !== 'lineItems') return { family };
  const title = category.slice(BY_TITLE.length).trim();
  return {
    ...(school !== 'class' && { school }),
    category: category.startsWith(BY_TITLE) ? { lookup: { title, create: true } } : category,
  };
}

function variable(name = ''): string {
  return `\${${name}}`;
}

function schemaFrom(folder: string): string {
  const path = relative(folder, join(PACKAGE_ROOT, 'src', 'config', 'config.schema.json'))
    .split(sep)
    .join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** Stand in for answers that are yet to come, and are all right. */
const FILLERS: Answers = {
  'upstream-url': 'https://oneroster.example',
  'token-url': 'https://oneroster.example/token',
  class: 'class-1',
  'jwks-url': 'https://tool.example/jwks',
};

/** The answers with what is still to be asked as it would be without being asked. */
function filled(answers: Answers): Answers {
  const all: Record<string, string> = { ...answers };
  for (const { name, applies, fallback } of QUESTIONS)
    if (applies?.(all) !== false) all[name] ??= fallback?.(all) ?? FILLERS[name] ?? '';
  return all;
}

/** Capital letters, so that a secret that is given in place of a name is hardly ever taken for one. */
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;
const NAMED = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The variables that a configuration takes. */
export function variablesIn(document: JsonObject): readonly string[] {
  return [...new Set([...JSON.stringify(document).matchAll(NAMED)].map(([, name = '']) => name))];
}

/**
 * The environment with something fit for each variable that is not set, because it is to be set before the gateway starts; and for
 * those of questions that nobody has answered yet, because what is wrong with them is not the fault of another answer.
 */
function withVariables(document: JsonObject, { answers, environment }: Draft): NodeJS.ProcessEnv {
  const given = new Set(Object.values(answers));
  const open = variablesIn(document).filter((name) => (environment[name] ?? '') === '' || !given.has(name));
  return { ...environment, ...Object.fromEntries(open.map((name) => [name, `placeholder-of-${name}`])) };
}

export interface Draft {
  readonly answers: Answers;
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What `gradebridge check` would find in the configuration of these answers, once the variables are set. */
export function checkDraft(draft: Draft): readonly Finding[] {
  return findingsIn(documentOf(draft.answers, draft.file), draft);
}

function findingsIn(document: JsonObject, draft: Draft): readonly Finding[] {
  const loaded = loadConfig(document, draft.file, withVariables(document, draft));
  return 'findings' in loaded ? loaded.findings : [];
}

/**
 * Why an answer cannot be taken; undefined when it can. The loader says it, by the place of the answer in the configuration.
 *
 * @example problemWith(question, { answers: { ...answers, port: 'x' }, file, environment }) // 'must be integer; change the value'
 */
export function problemWith({ name, at, value, choices }: Question, draft: Draft): string | undefined {
  const answer = draft.answers[name] ?? '';
  if (choices !== undefined && !choices.some((choice) => choice.value === answer))
    return `it is one of ${choices.map((choice) => choice.value).join(', ')}`;
  if (value === 'VARIABLE' && !VARIABLE.test(answer))
    return 'the name of a variable is of capital letters, digits and _, such as QUIZZER_API_KEY';
  if (value === 'ID' && !answer.startsWith(BY_TITLE) && !isSafeSourcedId(answer))
    return 'that is no sourcedId of an object';
  const document = documentOf(filled(draft.answers), draft.file);
  const found = findingsIn(document, draft).find(({ place }) => `${place}/`.startsWith(`${at}/`));
  return found && `${found.message}; ${found.remedy}`;
}

/** The upstream of these answers with all its defaults, to ask it something; undefined while it is not all known. */
export function upstreamOf(draft: Draft): UpstreamConfig | undefined {
  const { answers, file } = draft;
  const document = documentOf(filled(answers), file);
  const read = readConfig(document, file, withVariables(document, draft));
  return 'config' in read ? read.config.upstreams[serviceOf(answers).upstream] : undefined;
}
