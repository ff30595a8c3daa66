/** A filter expression as written: its names are not yet checked against a collection. */
export type Expression = Clause | { join: 'AND' | 'OR'; parts: readonly Expression[] };

export interface Clause {
  path: readonly string[];
  operator: string;
  value: string;
  quoted: boolean;
}

interface Grammar {
  /** Path, operator, quoted value, unquoted value. */
  clause: RegExp;
  joiner: RegExp;
  /** Parentheses, and more than one logical operator. */
  nesting: boolean;
}

/**
 * OneRoster 1.2 allows one logical operator, quotes every value and writes no blanks round an operator. Timeback takes
 * more of each, and `@`, which finds a value in a comma-separated list.
 */
const grammars: Readonly<Record<'timeback' | 'spec', Grammar>> = {
  spec: {
    clause: /([A-Za-z_]\w*(?:\.[\w-]+)*)(!=|>=|<=|=|~|>|<)(?:'([^']*(?:''[^']*)*)')/y,
    joiner: / (AND|OR) /y,
    nesting: false,
  },
  timeback: {
    clause: /\s*([A-Za-z_]\w*(?:\.[\w-]+)*)\s*(!=|>=|<=|=|~|>|<|@)\s*(?:'([^']*(?:''[^']*)*)'|([^\s()']+))/y,
    joiner: /\s+(AND|OR)\s+/y,
    nesting: true,
  },
};

const maxDepth = 50;

interface Cursor {
  readonly text: string;
  readonly grammar: Grammar;
  at: number;
}

/** The text is no filter expression of this grammar. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError';
}

/**
 * Parses a `filter` parameter; AND binds tighter than OR. Throws a FilterSyntaxError.
 *
 * @example parseFilter("title='Quiz'", 'spec') // { path: ['title'], operator: '=', value: 'Quiz', quoted: true }
 */
export function parseFilter(text: string, grammar: 'timeback' | 'spec'): Expression {
  const cursor: Cursor = { text, grammar: grammars[grammar], at: 0 };
  const expression = readOr(cursor, 0);
  if (cursor.text.slice(cursor.at).trim() !== '') throw unexpected(cursor);
  return expression;
}

function readOr(cursor: Cursor, depth: number): Expression {
  const parts = [readAnd(cursor, depth)];
  while (readJoiner(cursor, 'OR')) parts.push(readAnd(cursor, depth));
  return joined('OR', parts, cursor);
}

function readAnd(cursor: Cursor, depth: number): Expression {
  const parts = [readTerm(cursor, depth)];
  while (readJoiner(cursor, 'AND')) parts.push(readTerm(cursor, depth));
  return joined('AND', parts, cursor);
}

function joined(join: 'AND' | 'OR', parts: Expression[], cursor: Cursor): Expression {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const single = parts.length === 2 && parts.every((part) => 'operator' in part);
  if (!cursor.grammar.nesting && !single) throw new FilterSyntaxError('Only one logical operator is allowed');
  return { join, parts };
}

function readTerm(cursor: Cursor, depth: number): Expression {
  if (cursor.grammar.nesting && match(cursor, /\s*\(/y)) {
    if (depth >= maxDepth) throw new FilterSyntaxError('Parentheses are nested too deeply');
    const expression = readOr(cursor, depth + 1);
    if (!match(cursor, /\s*\)/y)) throw unexpected(cursor);
    return expression;
  }
  const parts = match(cursor, cursor.grammar.clause);
  if (!parts) throw unexpected(cursor);
  const [, path = '', operator = '', quoted, unquoted = ''] = parts;
  return {
    path: path.split('.'),
    operator,
    value: quoted === undefined ? unquoted : quoted.replaceAll("''", "'"),
    quoted: quoted !== undefined,
  };
}

function readJoiner(cursor: Cursor, join: 'AND' | 'OR'): boolean {
  const before = cursor.at;
  if (match(cursor, cursor.grammar.joiner)?.[1] === join) return true;
  cursor.at = before;
  return false;
}

function match(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found) cursor.at = pattern.lastIndex;
  return found;
}

function unexpected(cursor: Cursor): FilterSyntaxError {
  return new FilterSyntaxError(`Unexpected text at position ${cursor.at}`);
}
