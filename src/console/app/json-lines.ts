import type { Json, JsonObject } from './contract.ts';

/** One line of a document as it is printed, and the place that it belongs to. */
export interface JsonLine {
  readonly pointer: string;
  readonly depth: number;
  /** `"name": ` or nothing. */
  readonly name: string;
  readonly text: string;
  readonly kind: 'value' | 'open' | 'close';
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * A document, line by line, as JSON.stringify with two spaces prints it; each line knows its pointer (RFC 6901).
 *
 * @example linesOf({ a: [1] }).map(({ pointer }) => pointer) // ['', '/a', '/a/0', '/a', '']
 */
export function linesOf(document: Json): readonly JsonLine[] {
  const lines: JsonLine[] = [];
  const add = (value: Json, at: Omit<JsonLine, 'text' | 'kind'>, comma: string): void => {
    const isList = Array.isArray(value);
    const members: readonly (readonly [string, Json])[] = isList
      ? value.map((item: Json, index: number) => [String(index), item] as const)
      : isObject(value)
        ? Object.entries(value)
        : [];
    if (members.length === 0) {
      lines.push({ ...at, text: JSON.stringify(value) + comma, kind: 'value' });
      return;
    }
    lines.push({ ...at, text: isList ? '[' : '{', kind: 'open' });
    for (const [index, [name, item]] of members.entries()) {
      const pointer = `${at.pointer}/${escaped(name)}`;
      const below = { pointer, depth: at.depth + 1, name: isList ? '' : `${JSON.stringify(name)}: ` };
      add(item, below, index < members.length - 1 ? ',' : '');
    }
    lines.push({ ...at, name: '', text: (isList ? ']' : '}') + comma, kind: 'close' });
  };
  add(document, { pointer: '', depth: 0, name: '' }, '');
  return lines;
}

/** A value on one line, short enough to be read; `nothing` for one that is absent. */
export function brief(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/**
 * The same object with its members in the order of another one, so that a comparison shows only what has changed.
 *
 * @example JSON.stringify(inOrderOf({ b: 0, a: 0 }, { a: 1, b: 2, c: 3 })) // '{"b":2,"a":1,"c":3}'
 */
export function inOrderOf(model: JsonObject, document: JsonObject): JsonObject {
  const names = [
    ...Object.keys(model).filter((name) => Object.hasOwn(document, name)),
    ...Object.keys(document),
  ];
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      const [before, after] = [model[name], document[name] as Json];
      return [name, isObject(before) && isObject(after) ? inOrderOf(before, after) : after];
    }),
  );
}
