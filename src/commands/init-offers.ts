import { randomUUID } from 'node:crypto';
import { connect } from '../connect.ts';
import { GradebridgeError } from '../core/errors.ts';
import { referenceOf, sourcedIdOf } from '../core/identity.ts';
import { isObject, type JsonObject, own } from '../core/json.ts';
import { isActive } from '../core/status.ts';
import { usualAddresses } from './demo-config.ts';
import { type Draft, upstreamOf } from './init-document.ts';
import type { Choice, Question } from './init-questions.ts';
import { serviceOf } from './init-services.ts';

/** The most that is read of a list: whoever has more knows the id, or looks for it there. */
const MOST = 100;
/** Milliseconds that somebody waits for a list. */
const PATIENCE = 10_000;

/** What can be chosen, as far as the service tells. */
export interface Offers {
  readonly choices: readonly Choice[];
  /** Whether these are all that there are. */
  readonly isAll: boolean;
}

interface Looking {
  readonly draft: Draft;
  /** Is told that it may take some seconds. */
  readonly waiting: (text: string) => void;
}

const LISTS = {
  classes: { service: 'rostering', fields: 'sourcedId,title,school,status' },
  categories: { service: 'gradebook', fields: 'sourcedId,title,status' },
} as const;

/**
 * What the service has to choose from, when its credentials are in the environment.
 *
 * @returns undefined when it cannot be asked
 * @throws GradebridgeError when it was asked in vain
 * @example await offersFor('classes', { draft, waiting: io.error })
 */
export async function offersFor(
  list: NonNullable<Question['offer']>,
  { draft, waiting }: Looking,
): Promise<Offers | undefined> {
  const environment = withSandbox(draft);
  const names = ['client-id-env', 'client-secret-env'].map((name) => draft.answers[name] ?? '');
  if (names.some((name) => (environment[name] ?? '') === '')) return undefined;
  const settings = upstreamOf({ ...draft, environment });
  if (settings === undefined) return undefined;
  const world = { clock: Date.now, random: Math.random, log: () => {}, newId: randomUUID };
  const { upstream, dressing, transport } = connect(serviceOf(draft.answers).upstream, settings, world);
  waiting(`\nReading the ${list} of ${settings.baseUrl} …`);
  try {
    const { service, fields } = LISTS[list];
    const url = `${dressing.services[service]}/${list}?limit=${MOST}&fields=${fields}`;
    const call = { requestId: randomUUID(), deadline: Date.now() + PATIENCE };
    const { body, status } = await upstream.call({ method: 'GET', url, ...call });
    const rows = body && own(body, list);
    if (!Array.isArray(rows))
      throw new GradebridgeError('UPSTREAM_BAD_ANSWER', { detail: `no ${list} (status ${status})` });
    return { choices: rows.filter(isObject).flatMap(choiceOf), isAll: rows.length < MOST };
  } finally {
    await transport.close();
  }
}

/** The credentials of the sandbox are known to everybody. */
function withSandbox({ answers, environment }: Draft): NodeJS.ProcessEnv {
  const { clientId, clientSecret } = usualAddresses().sandbox;
  const [id = '', secret = ''] = [answers['client-id-env'], answers['client-secret-env']];
  return answers['service'] === 'sandbox'
    ? { [id]: clientId, [secret]: clientSecret, ...environment }
    : environment;
}

function choiceOf(row: JsonObject): readonly Choice[] {
  const id = sourcedIdOf(row);
  if (id === undefined || !isActive(row)) return [];
  const school = referenceOf(row, 'school') ?? referenceOf(row, 'org');
  const text = [own(row, 'title'), school && `(school ${school})`].filter((part) => typeof part === 'string');
  // Somebody else's words: nothing in them may move the cursor.
  return [{ value: id, text: text.join(' ').replaceAll(/\p{C}/gu, '') }];
}
