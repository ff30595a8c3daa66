import { isObject, type JsonObject } from '../core/json.ts';
import { lineItemsUrl } from '../upstream/gradebook.ts';
import { type Dressing, dress, FAMILIES, type Profile, type ProfileName } from '../upstream/profile.ts';
import { resultsUrl } from '../upstream/result-lists.ts';
import type { Credentials } from '../upstream/upstream.ts';
import type { Desk } from './desk.ts';
import type { Exchange } from './exchange.ts';
import type { Subject } from './subject.ts';

/** What earlier rows have found out and later ones build on. */
export interface Learned {
  readonly school?: string;
  readonly category?: string;
  readonly student?: string;
  /** The scope that a token must be asked for with. */
  readonly scope?: string;
  /** The profile whose documents the service takes. */
  readonly lineItemForm?: ProfileName;
  readonly resultForm?: ProfileName;
}

/** The objects of a run, in the order in which they are taken away: results before what they hang on. */
export const OBJECTS = { result: 'result', second: 'lineItem', first: 'lineItem' } as const;
export type ObjectName = keyof typeof OBJECTS;

/** An object that was, or may have been, written. */
export interface Made {
  readonly name: ObjectName;
  readonly url: string;
  readonly single: string;
  readonly document: JsonObject;
}

/** What a row does with the service. */
export interface Scene {
  readonly subject: Subject;
  readonly learned: Learned;
  readonly log: readonly Exchange[];
  learn(more: Learned): void;
  gradebook(path: string, credentials?: Credentials): Promise<Exchange>;
  rostering(path: string): Promise<Exchange>;
  /** The list that the gateway reads: the line items of the class, or the results of the first line item. */
  listed(what: 'lineItems' | 'results'): Promise<Exchange>;
  /** Puts one of the objects of the run, in the form of a profile: by default the one that the service has taken. */
  put(name: ObjectName, members: JsonObject, options?: PutOptions): Promise<Exchange>;
  read(name: ObjectName): Promise<Exchange>;
  remove(name: ObjectName): Promise<Exchange>;
  idOf(name: ObjectName): string;
  /** Where an object of any run is. */
  urlOf(sourcedId: string): string;
  token(credentials: Credentials): Promise<Exchange>;
  credentialsBy(how: {
    readonly method?: 'form' | 'basic';
    readonly scope?: string | undefined;
  }): Credentials;
  /** What was written and not yet seen to be gone. */
  readonly made: ReadonlyMap<string, Made>;
}

export interface PutOptions {
  readonly form?: Profile;
  /** Members that are left out. */
  readonly without?: readonly string[];
  readonly credentials?: Credentials;
}

export interface SceneParts {
  readonly desk: Desk;
  readonly dressing: Dressing;
  readonly profiles: Readonly<Record<ProfileName, Profile>>;
  readonly subject: Subject;
  readonly given: Learned;
  readonly credentialsBy: Scene['credentialsBy'];
}

/** Lies in the past, so that nobody is told of work to do; with milliseconds, to see whether they are kept. */
export const ASSIGNED = '2020-01-15T09:30:15.123Z';
export const DUE = '2020-01-16T18:45:30.456Z';
export const SCORED = '2020-01-16T10:20:30.789Z';
export const TITLE = 'Gradebridge probe, to be deleted';
/** A member of the metadata of everything that the probe makes. */
export const MARK = 'gradebridgeProbe';

/** @example const scene = createScene(parts); await scene.put('first', { title: 'Quiz' }) */
export function createScene(parts: SceneParts): Scene {
  const { desk, dressing, subject, profiles } = parts;
  const { gradebook, rostering } = dressing.services;
  const made = new Map<string, Made>();
  let learned: Learned = parts.given;
  const idOf = (name: ObjectName): string => idIn(subject.run, name);
  const urlOf = (sourcedId: string): string => objectUrl(dressing, subject, sourcedId);
  return {
    subject,
    get learned() {
      return learned;
    },
    log: desk.log,
    learn: (more) => {
      learned = { ...learned, ...more, ...parts.given };
    },
    gradebook: (path, credentials) =>
      desk.send({ method: 'GET', url: `${gradebook}/${path}`, ...(credentials && { credentials }) }),
    rostering: (path) => desk.send({ method: 'GET', url: `${rostering}/${path}` }),
    listed: (what) => desk.send({ method: 'GET', url: listedUrl(what, { dressing, subject, idOf }) }),
    put: async (name, members, { form, credentials, without = [] } = {}) => {
      const kind = OBJECTS[name];
      const single = FAMILIES[subject.family][kind];
      const whole = { sourcedId: idOf(name), ...documentOf(kind, { subject, learned, idOf }), ...members };
      const learnedForm = kind === 'result' ? learned.resultForm : learned.lineItemForm;
      const profile = form ?? profiles[learnedForm ?? subject.profile];
      const sent = Object.fromEntries(Object.entries(whole).filter(([member]) => !without.includes(member)));
      const document = dress(sent, { ...dressing, profile });
      return putNoted({ name, url: urlOf(idOf(name)), single, document }, { desk, made, credentials });
    },
    read: (name) => desk.send({ method: 'GET', url: urlOf(idOf(name)) }),
    remove: (name) => desk.send({ method: 'DELETE', url: urlOf(idOf(name)) }),
    idOf,
    urlOf,
    token: desk.token,
    credentialsBy: parts.credentialsBy,
    made,
  };
}

interface Noting {
  readonly desk: Desk;
  readonly made: Map<string, Made>;
  readonly credentials: Credentials | undefined;
}

/** Notes an object before it is sent: an answer that does not come says nothing about what was done. */
async function putNoted(object: Made, { desk, made, credentials }: Noting): Promise<Exchange> {
  const { url, single, document } = object;
  const before = made.get(url);
  made.set(url, object);
  const sender = credentials && { credentials };
  const exchange = await desk.send({ method: 'PUT', url, body: { single, document }, ...sender });
  const isRefused = exchange.status >= 400 && exchange.status <= 499;
  if (isRefused && before === undefined) made.delete(url);
  else if (isRefused && before !== undefined) made.set(url, before);
  return exchange;
}

/** The sourcedId of an object of a run: `idIn('gradebridge-probe-x', 'first')`. */
export function idIn(run: string, name: ObjectName): string {
  return `${run}-${name}`;
}

function objectUrl({ services }: Dressing, { family }: Pick<Subject, 'family'>, sourcedId: string): string {
  const isResult = sourcedId.endsWith('-result');
  const collection = isResult ? FAMILIES[family].results : family;
  return `${services.gradebook}/${collection}/${encodeURIComponent(sourcedId)}`;
}

interface Place {
  readonly dressing: Dressing;
  readonly subject: Subject;
  readonly idOf: (name: ObjectName) => string;
}

function listedUrl(what: 'lineItems' | 'results', { dressing, subject, idOf }: Place): string {
  const { classId, family } = subject;
  const url =
    what === 'lineItems'
      ? lineItemsUrl(family, classId, dressing)
      : resultsUrl(family, { classId, lineItemId: idOf('first') }, dressing);
  url.searchParams.set('limit', String(dressing.profile.pageSize));
  return url.href;
}

interface Parents {
  readonly subject: Subject;
  readonly learned: Learned;
  readonly idOf: (name: ObjectName) => string;
}

/** The members that the shipped mappings write. */
function documentOf(kind: 'lineItem' | 'result', { subject, learned, idOf }: Parents): JsonObject {
  const metadata = { [MARK]: subject.run };
  if (kind === 'result') {
    return {
      status: 'active',
      [FAMILIES[subject.family].lineItem]: { sourcedId: idOf('first') },
      student: { sourcedId: learned.student ?? '' },
      scoreStatus: 'fully graded',
      scoreDate: SCORED,
      score: 7.5,
      metadata,
    };
  }
  const common = {
    status: 'active',
    title: TITLE,
    class: { sourcedId: subject.classId },
    resultValueMin: 0,
    resultValueMax: 10,
    metadata,
  };
  if (subject.family !== 'lineItems') return common;
  const placed = {
    school: { sourcedId: learned.school ?? '' },
    category: { sourcedId: learned.category ?? '' },
  };
  return { ...common, ...placed, assignDate: ASSIGNED, dueDate: DUE };
}

/** The metadata of an object of a run with further members. */
export function markedMetadata(subject: Subject, more: JsonObject): { readonly metadata: JsonObject } {
  return { metadata: { [MARK]: subject.run, ...(isObject(more) && more) } };
}
