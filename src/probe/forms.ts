import { PROFILES, type Profile, type ProfileName } from '../upstream/profile.ts';
import { type Exchange, type Seen, statusOf, succeeded } from './exchange.ts';
import type { Scene } from './scene.ts';

/** Tries the forms of the profiles, the configured one first, until one is taken. */
export async function firstForm(scene: Scene, put: (form: Profile) => Promise<Exchange>): Promise<Seen> {
  const configured = scene.subject.profile;
  const names = [configured, ...profileNames().filter((name) => name !== configured)];
  const seen: Record<string, Exchange> = {};
  for (const name of names) {
    const exchange = await put(PROFILES[name]);
    seen[name] = exchange;
    // What is not about the form is no reason to try another one.
    if (succeeded(exchange) || ![400, 422].includes(exchange.status)) break;
  }
  return seen;
}

/** The names of the profiles: `profileNames() // ['timeback', 'oneroster-1.2']`. */
export function profileNames(): readonly ProfileName[] {
  return Object.keys(PROFILES) as ProfileName[];
}

/** The profile in whose form a document was taken. */
export function formTaken(seen: Seen): ProfileName | undefined {
  return profileNames().find((name) => succeeded(seen[name]));
}

/** What each form was refused with. */
export function refusals(seen: Seen): string {
  const forms = profileNames().filter((name) => seen[name] !== undefined);
  return forms.map((name) => `${name} → ${statusOf(seen[name] as Exchange)}`).join(' | ');
}

/** The form in which the service has taken a line item. */
export function takenForm({ learned, subject }: Scene): Profile {
  return PROFILES[learned.lineItemForm ?? subject.profile];
}
