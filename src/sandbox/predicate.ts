import { instant } from './dates.ts';
import { type FieldKind, fieldKind } from './fields.ts';
import { type Clause, type Expression, FilterSyntaxError, parseFilter } from './filter.ts';
import { invalid, Problem } from './problem.ts';
import type { Profile } from './profiles.ts';
import type { Collection, Document } from './types.ts';

type Predicate = (document: Document) => boolean;

/** A filter that is ready to run. */
export interface Filter {
  matches: Predicate;
  /** References that every match must have: a shortcut to an index, never a condition of its own. */
  references: readonly { member: string; sourcedId: string }[];
}

interface Field {
  path: readonly string[];
  kind: FieldKind;
}

const ordered: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
};

/** Operators that look at a value's text, whatever its kind. */
const textual: Readonly<Record<string, (value: string) => (text: string) => boolean>> = {
  '~': (value) => {
    const part = value.toLowerCase();
    return (text) => text.toLowerCase().includes(part);
  },
  '@': (value) => {
    const items = new Set(value.split(',').map((item) => item.trim()));
    return (text) => items.has(text);
  },
};

/**
 * Compiles a `filter` parameter for a collection. Throws a 400 Problem for what is no filter or names no field, and a
 * 422 one for a value of the wrong type.
 *
 * @example compileFilter("status='active'", { collection: 'lineItems', profile }).matches(lineItem)
 */
export function compileFilter(
  text: string,
  { collection, profile }: { collection: Collection; profile: Profile },
): Filter {
  try {
    const expression = parseFilter(text, profile.filter);
    const field = (clause: Clause) => resolve(clause.path, collection, profile);
    return { matches: compile(expression, field), references: requiredReferences(expression) };
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    const description = `Error in filter query: ${error.message}.`;
    throw new Problem(400, description, { minor: profile.minorCodes.filter });
  }
}

function compile(expression: Expression, field: (clause: Clause) => Field): Predicate {
  if ('operator' in expression) return compileClause(expression, field(expression));
  const parts = expression.parts.map((part) => compile(part, field));
  return expression.join === 'AND'
    ? (document) => parts.every((part) => part(document))
    : (document) => parts.some((part) => part(document));
}

/** Timeback follows one reference, not two, and knows `metadata.key`. The flat names are those of its 2025 guide. */
function resolve(path: readonly string[], collection: Collection, profile: Profile): Field {
  const [first = '', second] = path;
  const kind = fieldKind(collection, first);
  const name = path.join('.');
  if (second !== undefined) {
    if (kind !== 'reference' && kind !== 'metadata') throw new FilterSyntaxError(`Unknown field ${name}`);
    if (path.length > 2 && profile.filter === 'timeback') {
      throw new FilterSyntaxError(`Unsupported nested field ${name}`);
    }
    return { path, kind: kind === 'metadata' ? 'metadata' : 'text' };
  }
  if (kind) return { path, kind };
  const alias = first.endsWith('SourcedId') ? first.slice(0, -'SourcedId'.length) : '';
  if (profile.filter === 'timeback' && fieldKind(collection, alias) === 'reference') {
    return { path: [alias, 'sourcedId'], kind: 'text' };
  }
  throw new FilterSyntaxError(`Unknown field ${name}`);
}

function compileClause(clause: Clause, field: Field): Predicate {
  const test = valueTest(clause, field);
  const [first = '', ...rest] = field.path;
  if (rest.length === 0) return (document) => some(document[first], test);
  return (document) => some(descend(document[first], rest), test);
}

/** An absent value matches nothing, `!=` included: the service asks a database, where NULL equals and differs from nothing. */
function valueTest(clause: Clause, field: Field): (value: unknown) => boolean {
  const asText = textual[clause.operator]?.(clause.value);
  if (field.kind === 'metadata') return metadataTest(clause, asText);
  if (asText) return (value) => asText(String(value));
  const holds = ordered[clause.operator] ?? (() => false);
  const target = readValue(clause, field.kind);
  if (typeof target === 'string') return (value) => holds(compareText(String(value), target));
  const read = field.kind === 'date' ? (value: unknown) => instant(String(value)) : Number;
  return (value) => holds(read(value) - target);
}

/** Timeback compares metadata as strings: a JSON boolean never equals a quoted one, and an unquoted one is a 422. */
function metadataTest(
  clause: Clause,
  asText: ((text: string) => boolean) | undefined,
): (value: unknown) => boolean {
  if (!clause.quoted && /^(?:true|false)$/.test(clause.value)) throw wrongType(clause, 'a quoted value');
  const holds = ordered[clause.operator] ?? (() => false);
  const test = asText ?? ((text: string) => holds(compareText(text, clause.value)));
  return (value) => typeof value === 'string' && test(value);
}

const numeric = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function readValue(clause: Clause, kind: FieldKind): string | number {
  if (kind === 'number') {
    if (!numeric.test(clause.value)) throw wrongType(clause, 'a number');
    return Number(clause.value);
  }
  if (kind !== 'date') return clause.value;
  const at = instant(clause.value);
  if (Number.isNaN(at)) throw wrongType(clause, 'a date or date-time');
  return at;
}

function wrongType(clause: Clause, expected: string): Problem {
  return invalid([{ path: 'filter', message: `${clause.path.join('.')} expects ${expected}` }]);
}

/** Order of code points: sorting and comparing are case-sensitive at Timeback. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function some(value: unknown, test: (value: unknown) => boolean): boolean {
  if (value === undefined || value === null) return false;
  return Array.isArray(value) ? value.some((item) => some(item, test)) : test(value);
}

/** The value at a path; a list on the way answers with the values of its items. */
function descend(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== 'object' || value === null) {
    return first === undefined ? value : undefined;
  }
  if (Array.isArray(value)) return value.map((item) => descend(item, path));
  return Object.hasOwn(value, first) ? descend((value as Document)[first], rest) : undefined;
}

function requiredReferences(expression: Expression): Filter['references'] {
  if (!('operator' in expression)) {
    return expression.join === 'AND' ? expression.parts.flatMap(requiredReferences) : [];
  }
  const { path, operator, value } = expression;
  const [member, id] = path;
  const direct = operator === '=' && path.length === 2 && id === 'sourcedId' && member !== undefined;
  return direct ? [{ member, sourcedId: value }] : [];
}
