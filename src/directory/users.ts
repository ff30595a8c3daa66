import { isObject, type JsonObject, own } from '../core/json.ts';

/** How LTI users are found among OneRoster's: configured, because no two schools agree. */
export type UserStrategy =
  | { readonly by: 'sourcedId' }
  | { readonly by: 'template'; readonly template: string }
  | { readonly by: 'table'; readonly users: Readonly<Record<string, string>> }
  | { readonly by: 'lookup'; readonly field: LookupField; readonly type?: string };

export type LookupField = 'identifier' | 'email' | 'userMasterIdentifier' | 'userIds';

const HOLE = '{userId}';

/** The sourcedId that a strategy gives without asking anybody; undefined when it gives none. */
export function sourcedIdFor(
  strategy: Exclude<UserStrategy, { by: 'lookup' }>,
  userId: string,
): string | undefined {
  switch (strategy.by) {
    case 'sourcedId':
      return userId;
    case 'template':
      return strategy.template.replace(HOLE, () => userId);
    case 'table':
      return Object.hasOwn(strategy.users, userId) ? strategy.users[userId] : undefined;
  }
}

/** The way back: the LTI user of a sourcedId. */
export function userIdFor(
  strategy: Exclude<UserStrategy, { by: 'lookup' }>,
  sourcedId: string,
): string | undefined {
  switch (strategy.by) {
    case 'sourcedId':
      return sourcedId;
    case 'template': {
      const [prefix = '', suffix = ''] = strategy.template.split(HOLE);
      const fits = sourcedId.startsWith(prefix) && sourcedId.endsWith(suffix);
      return fits && sourcedId.length > prefix.length + suffix.length
        ? sourcedId.slice(prefix.length, sourcedId.length - suffix.length)
        : undefined;
    }
    case 'table':
      return Object.entries(strategy.users).find(([, id]) => id === sourcedId)?.[0];
  }
}

/** The values of a OneRoster user under which the strategy knows it; `userIds` may hold several. */
export function namesOf(
  user: JsonObject,
  { field, type }: Extract<UserStrategy, { by: 'lookup' }>,
): readonly string[] {
  const value = own(user, field);
  if (field !== 'userIds') return typeof value === 'string' && value !== '' ? [value] : [];
  const ids = Array.isArray(value) ? value.filter(isObject) : [];
  return ids
    .filter((id) => type === undefined || own(id, 'type') === type)
    .flatMap((id) => {
      const identifier = own(id, 'identifier');
      return typeof identifier === 'string' ? [identifier] : [];
    });
}

/** E-mail addresses are the same in any case to everybody but machines; all other names are taken to the letter. */
export function isNamed(
  user: JsonObject,
  strategy: Extract<UserStrategy, { by: 'lookup' }>,
  userId: string,
): boolean {
  const fold = (name: string): string => (strategy.field === 'email' ? name.toLowerCase() : name);
  return namesOf(user, strategy).some((name) => fold(name) === fold(userId));
}
