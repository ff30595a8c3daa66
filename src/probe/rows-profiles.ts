import { PROFILES, type ProfileName } from '../upstream/profile.ts';
import { type Exchange, statusOf, succeeded } from './exchange.ts';
import { profileNames } from './forms.ts';
import { type Row, row } from './row.ts';
import type { Scene } from './scene.ts';

/** Each profile as a whole: what the gateway would send if it were configured. */
export const PROFILE_TRIALS: readonly Row[] = profileNames().map((name) =>
  row({
    id: `profile.${name}`,
    question: `Does the service take all that the profile ${name} sends?`,
    after: ['put.create'],
    aboutRefusals: true,
    outcomes: {
      fits: {
        verdict: 'ok',
        found: 'It does',
        means: `"profile": "${name}" can be configured.`,
      },
      unfit: {
        verdict: 'missing',
        found: 'It does not, and this is the profile that is configured',
        means: 'The gateway as configured is refused. Configure a profile that fits.',
      },
      other: {
        verdict: 'ok',
        found: 'It does not',
        means: `"profile": "${name}" must not be configured.`,
      },
    },
    ask: (scene) => tryProfile(scene, name),
    judge: (seen, { profile }) => {
      const refused = Object.entries(seen).filter(([, exchange]) => !succeeded(exchange));
      if (refused.length === 0) return 'fits';
      const detail = refused.map(([what, exchange]) => `${what} → ${statusOf(exchange)}`).join(' | ');
      return { word: profile === name ? 'unfit' : 'other', detail };
    },
  }),
);

async function tryProfile(scene: Scene, name: ProfileName): Promise<Record<string, Exchange>> {
  const form = PROFILES[name];
  const { subject, learned } = scene;
  const isConfigured = subject.profile === name;
  const credentials = scene.credentialsBy(isConfigured ? {} : { scope: form.scope ?? learned.scope });
  const token = await scene.token(credentials);
  if (!succeeded(token)) return { token };
  const options = { form, credentials };
  const seen: Record<string, Exchange> = { token, 'line item': await scene.put('first', {}, options) };
  if (learned.resultForm !== undefined) seen['result'] = await scene.put('result', {}, options);
  seen['list'] = await scene.gradebook(`${subject.family}?limit=${form.pageSize}&offset=0`, credentials);
  return seen;
}
