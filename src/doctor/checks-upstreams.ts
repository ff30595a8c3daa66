import type { ContextConfig } from '../config/config.ts';
import { referenceOf, sourcedIdOf } from '../core/identity.ts';
import { isObject, type JsonObject, own } from '../core/json.ts';
import { isActive } from '../core/status.ts';
import { skewOf } from '../probe/rows-access.ts';
import { type Check, type Diagnosis, ok, type Patient, warning, wrong } from './checks.ts';

/** Seconds. More than that is no matter of rounding and slow answers. */
const CLOCKS_APART = 30;

/** The OneRoster services. */
export const UPSTREAM_CHECKS: readonly Check[] = [
  { id: 'upstream.token', of: 'upstreams', run: token },
  { id: 'upstream.read', of: 'upstreams', after: 'upstream.token', run: read },
  { id: 'upstream.clock', of: 'upstreams', after: 'upstream.read', run: clocks },
];

/** What line items and scores of a context hang on. */
export const CONTEXT_CHECKS: readonly Check[] = [
  { id: 'context.class', of: 'contexts', after: 'upstream.read', run: classOf },
  { id: 'context.school', of: 'contexts', after: 'context.class', run: schoolOf },
  { id: 'context.category', of: 'contexts', after: 'upstream.read', run: categoryOf },
  { id: 'context.students', of: 'contexts', after: 'context.class', run: studentsOf },
];

async function token(patient: Patient, name: string): Promise<Diagnosis> {
  await patient.connected(name).credentials.token(patient.callTo(name).deadline);
  return ok('The token endpoint gives a token.');
}

async function read(patient: Patient, name: string): Promise<Diagnosis> {
  const { upstream, probeUrl } = patient.connected(name);
  const { status } = await upstream.call({ method: 'GET', url: probeUrl, ...patient.callTo(name) });
  if (status !== 404) return ok('A read of its gradebook works.');
  return wrong(
    `${new URL(probeUrl).pathname} is not there (404).`,
    'Check baseUrl and prefixes.gradebook of the upstream.',
  );
}

async function clocks(patient: Patient, name: string): Promise<Diagnosis> {
  const { upstream, probeUrl } = patient.connected(name);
  const begun = patient.clock();
  const { headers } = await upstream.call({ method: 'GET', url: probeUrl, ...patient.callTo(name) });
  const skew = skewOf({ headers, at: (begun + patient.clock()) / 2 });
  if (skew === undefined) return ok('Its answers have no Date, so that its clock cannot be seen.');
  if (Math.abs(skew) <= CLOCKS_APART) return ok('Its clock agrees with ours.');
  return warning(
    `Its clock is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} ours.`,
    'Set the clock of this machine (NTP): tokens of tools are refused and dates are wrong when it is off. If ours is right, tell the operator of the service.',
  );
}

interface Found {
  readonly settings: ContextConfig;
  /** One object of the service, undefined when it is not there. */
  object(service: 'gradebook' | 'rostering', path: string): Promise<JsonObject | undefined>;
}

function at(patient: Patient, name: string): Found {
  const settings = patient.loaded.config.contexts[name] as ContextConfig;
  const { upstream, dressing } = patient.connected(settings.upstream);
  return {
    settings,
    object: async (service, path) => {
      const url = `${dressing.services[service]}/${path}`;
      const { body } = await upstream.call({ method: 'GET', url, ...patient.callTo(settings.upstream) });
      return Object.values(body ?? {}).find(isObject);
    },
  };
}

async function classOf(patient: Patient, name: string): Promise<Diagnosis> {
  const { settings, object } = at(patient, name);
  const found = await object('rostering', `classes/${encodeURIComponent(settings.class)}`);
  const remedy = 'Correct "class" of the context: GET …/classes lists the ids.';
  if (found === undefined) return wrong(`There is no class ${settings.class}.`, remedy);
  if (!isActive(found)) return wrong(`The class ${settings.class} is marked as deleted.`, remedy);
  return ok(`The class ${settings.class} is there.`);
}

async function schoolOf(patient: Patient, name: string): Promise<Diagnosis | undefined> {
  const { settings, object } = at(patient, name);
  // An assessment line item has no school.
  if (settings.family !== 'lineItems') return undefined;
  const { school } = settings;
  const found = await object('rostering', `classes/${encodeURIComponent(settings.class)}`);
  const ofClass = found && (referenceOf(found, 'school') ?? referenceOf(found, 'org'));
  if (typeof school !== 'string') {
    if (ofClass !== undefined) return ok(`The school is that of the class, ${ofClass}.`);
    return wrong(`The class ${settings.class} names no school.`, 'Add "school" to the context.');
  }
  if (school === ofClass) return ok(`The school ${school} is that of the class.`);
  const there = await object('rostering', `orgs/${encodeURIComponent(school)}`);
  if (there === undefined)
    return wrong(`There is no school ${school}.`, 'Correct "school", or leave it out.');
  if (ofClass === undefined) return ok(`The school ${school} is there.`);
  return warning(
    `The school ${school} is there, but the class is of ${ofClass}.`,
    'Leave "school" out to take that of the class.',
  );
}

async function categoryOf(patient: Patient, name: string): Promise<Diagnosis | undefined> {
  const { settings, object } = at(patient, name);
  const { category } = settings;
  if (settings.family !== 'lineItems' || category === undefined) return undefined;
  if (typeof category === 'string') {
    const found = await object('gradebook', `categories/${encodeURIComponent(category)}`);
    const remedy = 'Correct "category": GET …/categories lists the ids.';
    if (found === undefined) return wrong(`There is no category ${category}.`, remedy);
    return !isActive(found)
      ? wrong(`The category ${category} is marked as deleted.`, remedy)
      : ok(`The category ${category} is there.`);
  }
  const { title, create } = category.lookup;
  const { register } = patient.connected(settings.upstream);
  const titled = await register.categoriesTitled(title, patient.callTo(settings.upstream));
  const ids = titled.filter((found) => isActive(found)).flatMap((found) => sourcedIdOf(found) ?? []);
  if (ids.length > 1)
    return wrong(
      `Several categories are titled "${title}": ${ids.join(', ')}.`,
      'Configure one of these ids.',
    );
  if (ids.length === 1) return ok(`The category titled "${title}" is ${ids[0]}.`);
  if (create) return ok(`The category titled "${title}" will be made when it is needed.`);
  return wrong(`No category is titled "${title}".`, 'Make it in OneRoster, or allow "create".');
}

async function studentsOf(patient: Patient, name: string): Promise<Diagnosis> {
  const { settings } = at(patient, name);
  const { register } = patient.connected(settings.upstream);
  const seats = await register.enrollmentsOf(settings.class, patient.callTo(settings.upstream));
  const count = seats.filter((seat) => own(seat, 'role') === 'student' && isActive(seat)).length;
  if (count > 0) return ok(`The class has ${count} active enrollments of students.`);
  return warning(
    `The class ${settings.class} has no active student.`,
    'Enrol students in OneRoster; until then every score is refused.',
  );
}
