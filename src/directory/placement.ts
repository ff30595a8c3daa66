import { createCache } from '../cache.ts';
import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import { nameBasedId, referenceOf, sourcedIdOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import { isActive } from '../core/status.ts';

/** Which class, school and category the line items of a context go to. */
export interface PlacementSettings {
  readonly class: string;
  readonly school: string | { readonly lookup: 'class' };
  readonly category?: string | { readonly lookup: { readonly title: string; readonly create?: boolean } };
}

/** The reads, and the one write, that placing needs at the upstream. */
export interface Register {
  classOf(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  categoriesTitled(title: string, call: Call): Promise<readonly JsonObject[]>;
  writeCategory(category: JsonObject, call: Call): Promise<void>;
}

/** Milliseconds for which a class's school and a category's id are taken as they were. */
const KEPT_FOR = 3_600_000;
const CONTEXTS = 10_000;

interface Question {
  readonly settings: PlacementSettings;
  readonly call: Call;
}

/**
 * Resolves contexts to `{ class, school, category }` of sourcedIds, the values of `$context.NAME`. What is configured costs
 * nothing; what is looked up is looked up once.
 *
 * @returns rejects with CONTEXT_UNRESOLVED naming what is missing
 * @example const place = createPlacement(register); await place('math-101', { settings, call })
 */
export function createPlacement(
  register: Register,
): (key: string, question: Question) => Promise<JsonObject> {
  const cache = createCache<JsonObject, Question>({
    max: CONTEXTS,
    ttl: KEPT_FOR,
    load: async (_key, { settings, call }) => ({ value: await resolve(register, settings, call) }),
  });
  return async (key, question) => {
    const { class: classId, school, category } = question.settings;
    if (typeof school !== 'string' || typeof category === 'object') return cache.get(key, question);
    return { class: classId, school, ...(category !== undefined && { category }) };
  };
}

async function resolve(register: Register, settings: PlacementSettings, call: Call): Promise<JsonObject> {
  const [school, category] = await Promise.all([
    typeof settings.school === 'string' ? settings.school : schoolOf(register, settings.class, call),
    typeof settings.category === 'object'
      ? categoryOf(register, settings.category.lookup, call)
      : settings.category,
  ]);
  return { class: settings.class, school, ...(category !== undefined && { category }) };
}

/** The class's own school: the organisation of its course is another object and need not be the same. */
async function schoolOf(register: Register, classId: string, call: Call): Promise<string> {
  const found = await register.classOf(classId, call);
  const school = found && (referenceOf(found, 'school') ?? referenceOf(found, 'org'));
  if (school !== undefined) return school;
  throw unresolved(
    found === undefined ? `There is no class ${classId}.` : `The class ${classId} names no school.`,
  );
}

async function categoryOf(
  register: Register,
  { title, create }: { readonly title: string; readonly create?: boolean },
  call: Call,
): Promise<string> {
  const titled = await register.categoriesTitled(title, call);
  const ids = titled
    .filter((category) => own(category, 'title') === title && isActive(category))
    .flatMap((category) => sourcedIdOf(category) ?? []);
  const [first, ...others] = ids;
  if (others.length > 0)
    throw unresolved(
      `Several categories are titled "${title}": ${ids.join(', ')}. Configure one of these ids.`,
    );
  if (first !== undefined) return first;
  if (!create)
    throw unresolved(`There is no category titled "${title}". Make it in OneRoster, or allow "create".`);
  // Named by its title, so that two replicas that make it at once make one.
  const sourcedId = nameBasedId('category', title);
  await register.writeCategory({ sourcedId, status: 'active', title }, call);
  return sourcedId;
}

function unresolved(message: string): GradebridgeError {
  return new GradebridgeError('CONTEXT_UNRESOLVED', {
    issues: [{ pointer: '', code: 'unresolved', message }],
    detail: message,
  });
}
