import { PROFILES } from '../upstream/profile.ts';
import { detailOf, type Exchange, type Seen, succeeded } from './exchange.ts';
import { type Row, row } from './row.ts';

/** One small read that every gradebook has. */
const SMALL = 'categories?limit=1';
/** Seconds. The Date field has no fractions (RFC 9110 §5.6.7), and an answer takes its time. */
const LIKE_OURS = 5;

const ONEROSTER_SCOPE = String(PROFILES['oneroster-1.2'].scope);

/** Getting in. */
export const ACCESS: readonly Row[] = [
  row({
    id: 'token.configured',
    question: 'Does the token endpoint give a token to the client as it is configured?',
    needed: true,
    aboutRefusals: true,
    outcomes: {
      given: { verdict: 'ok', found: 'It does', means: 'The gateway can sign in.' },
      refused: {
        verdict: 'missing',
        found: 'It refuses the client',
        means:
          'Nothing works without a token. Check tokenUrl, clientId, clientSecret, auth.method and auth.scope.',
      },
    },
    ask: async (scene) => ({ token: await scene.token(scene.credentialsBy({})) }),
    judge: ({ token }) => (succeeded(token) ? 'given' : { word: 'refused', ...detailOf(token) }),
  }),
  row({
    id: 'token.method',
    question: 'How may the client identify itself there: in the form, or by HTTP Basic?',
    aboutRefusals: true,
    outcomes: {
      both: { verdict: 'ok', found: 'Both ways', means: 'auth.method may be form or basic.' },
      form: {
        verdict: 'ok',
        found: 'In the form only',
        means: 'auth.method must be form, which is the default.',
        configuration: { auth: { method: 'form' } },
      },
      basic: {
        verdict: 'ok',
        found: 'By HTTP Basic only',
        means: 'auth.method must be basic.',
        configuration: { auth: { method: 'basic' } },
      },
      neither: {
        verdict: 'unknown',
        found: 'Neither way gave a token',
        means: 'The client, its secret, the scope or the address is wrong, or the endpoint is down.',
      },
    },
    ask: async (scene) => ({
      form: await scene.token(scene.credentialsBy({ method: 'form' })),
      basic: await scene.token(scene.credentialsBy({ method: 'basic' })),
    }),
    judge: ({ form, basic }) => {
      if (succeeded(form)) return succeeded(basic) ? 'both' : 'form';
      return succeeded(basic) ? 'basic' : { word: 'neither', ...detailOf(form) };
    },
  }),
  row({
    id: 'token.scope',
    question: 'Must a token be asked for with a scope?',
    aboutRefusals: true,
    outcomes: {
      unneeded: {
        verdict: 'ok',
        found: 'A token without one can read the gradebook',
        means: 'auth.scope may be left out with the profile timeback.',
      },
      needed: {
        verdict: 'ok',
        found: 'Only a token with the scopes of OneRoster 1.2 can read the gradebook',
        means: 'Those scopes must be asked for; the profile oneroster-1.2 does.',
        configuration: { auth: { scope: ONEROSTER_SCOPE } },
      },
      own: {
        verdict: 'note',
        found: 'A token can read the gradebook neither without one nor with the scopes of OneRoster 1.2',
        means: 'The service has scopes of its own: ask its operator, and put them into auth.scope.',
      },
    },
    ask: async (scene) => ({
      ...(await readWith(scene, 'without', undefined)),
      ...(await readWith(scene, 'with', ONEROSTER_SCOPE)),
    }),
    learn: (seen) => (isScopeNeeded(seen) ? { scope: ONEROSTER_SCOPE } : {}),
    judge: (seen) => {
      if (succeeded(seen['without'])) return 'unneeded';
      return isScopeNeeded(seen) ? 'needed' : { word: 'own', ...detailOf(seen['without']) };
    },
  }),
  row({
    id: 'clock',
    question: 'How far is its clock from ours?',
    after: ['token.configured'],
    aboutRefusals: true,
    outcomes: {
      alike: { verdict: 'ok', found: 'They agree', means: 'Dates of both sides can be compared.' },
      apart: {
        verdict: 'note',
        found: 'They do not agree',
        means:
          'A start date that a tool leaves out is our time. Set the clock of this machine; then ask the operator.',
      },
      unsaid: { verdict: 'note', found: 'Its answers have no Date', means: 'Its clock cannot be seen.' },
    },
    ask: async (scene) => ({ read: await scene.gradebook(SMALL) }),
    judge: ({ read }) => {
      const skew = read && skewOf(read);
      if (skew === undefined) return 'unsaid';
      const detail = `${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} ours`;
      return Math.abs(skew) <= LIKE_OURS ? 'alike' : { word: 'apart', detail };
    },
  }),
];

function isScopeNeeded(seen: Seen): boolean {
  return !succeeded(seen['without']) && succeeded(seen['with']);
}

async function readWith(
  scene: Parameters<Row['ask']>[0],
  name: string,
  scope: string | undefined,
): Promise<Seen> {
  const credentials = scene.credentialsBy({ scope });
  const token = await scene.token(credentials);
  return { [name]: succeeded(token) ? await scene.gradebook(SMALL, credentials) : token };
}

/** Seconds that the service's clock is ahead of ours; undefined when it does not tell its time (RFC 9110 §6.6.1). */
export function skewOf({ headers, at }: Pick<Exchange, 'headers' | 'at'>): number | undefined {
  const date = Date.parse(String(headers['date'] ?? ''));
  // Date is cut to the second, so that on average it is half a second old.
  return Number.isNaN(date) ? undefined : Math.round((date + 500 - at) / 1000);
}
