import type { Json } from '../../src/core/json.ts';
import type { Random } from '../chaos/random.ts';

const deep = (opening: string, closing: string, depth: number): string =>
  `${opening.repeat(depth)}1${closing.repeat(depth)}`;

/** Texts that are no name, number or id of anything, and some that nearly are. */
const TEXTS: readonly string[] = [
  ...['', ' ', '.', '..', '../..', '/', '\\', '%', '%2e%2e', '%00', '\0', 'a\0b', '\r\nx: y', '\t', '\u007f'],
  ...[
    '\ud800',
    '\udfff',
    'a\ud83d',
    '\u202e',
    'ü',
    '😀',
    '\ufeff',
    '١',
    "' OR 1=1 --",
    '"',
    '<script>',
    '$HOME',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'then',
    'null',
    'undefined',
    'NaN',
  ],
  ...['0', '-1', '1e400', '9'.repeat(400), '0x10', '1.5', 'true', '[]', '{}', '*', '"*"', 'W/"x"'],
  ...['http://[/', 'http://127.0.0.1:99999/', 'https://', 'javascript:alert(1)', 'file:///etc/passwd', '//x'],
  ...['2026-02-30T00:00:00Z', '0000-00-00T00:00:00Z', '+275760-09-13T00:00:00.001Z', '2026-03-06T20:05:02'],
  ...['math-101', 'quizzer', 'student-1', 'teacher-quiz', 'class-1', 'score-1', 'x'.repeat(300)],
];

const NUMBERS: readonly number[] = [
  ...[
    0,
    -0,
    1,
    -1,
    0.1,
    1e-7,
    5e-324,
    2 ** 31,
    2 ** 53,
    2 ** 53 + 2,
    2 ** 63,
    1e21,
    1.7976931348623157e308,
    -1e300,
  ],
];

/** Names that a program may look for in an object without looking whose they are. */
const MEMBERS: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  '\0',
  '\ud800',
  '0',
  '~1~0',
];

/** A text; now and then a long one, and rarely one that is longer than anything may be. */
export function textFrom(random: Random): string {
  if (random.chance(0.04)) return random.pick(TEXTS).repeat(random.between(1, 400)).slice(0, 20_000);
  if (random.chance(0.004)) return 'y'.repeat(random.between(100_000, 600_000));
  return random.pick(TEXTS);
}

/** A value of any type. */
export function valueFrom(random: Random, depth = 0): Json {
  switch (random.between(0, depth > 3 ? 4 : 6)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
      return random.pick(NUMBERS);
    case 5:
      return Array.from({ length: random.between(0, 4) }, () => valueFrom(random, depth + 1));
    case 6:
      return Object.fromEntries(
        Array.from({ length: random.between(0, 4) }, () => [
          random.chance(0.5) ? random.pick(MEMBERS) : textFrom(random).slice(0, 50),
          valueFrom(random, depth + 1),
        ]),
      );
    default:
      return textFrom(random);
  }
}

/** A document with some of its values replaced, left out, or joined by others. */
export function twisted(random: Random, value: Json, rate = 0.25): Json {
  if (random.chance(rate / 2)) return valueFrom(random);
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => twisted(random, item, rate));
    return random.chance(rate / 4)
      ? Array.from({ length: random.between(2, 300) }, () => items[0] ?? 1)
      : items;
  }
  if (typeof value === 'string' && value.startsWith('{') && random.chance(0.7))
    return twistedText(random, value);
  if (typeof value !== 'object' || value === null) return random.chance(rate) ? valueFrom(random) : value;
  const entries = Object.entries(value)
    .filter(() => !random.chance(rate / 4))
    .map(([name, member]) => [name, twisted(random, member, rate)] as const);
  if (random.chance(rate)) entries.push([random.pick(MEMBERS), valueFrom(random)]);
  return Object.fromEntries(entries);
}

/** A document that is written in a text, as mappings are. */
function twistedText(random: Random, text: string): string {
  const inside = JSON.stringify(twisted(random, JSON.parse(text) as Json, 0.1));
  return random.chance(0.2) ? ruined(random, inside) : inside;
}

/** Numbers as texts of JSON that no program writes. */
const WRITTEN = [
  '1e400',
  '-1e400',
  '1E+2',
  '100.0',
  '0.1e1',
  '9'.repeat(5_000),
  `0.${'1'.repeat(5_000)}`,
  `0.1${'0'.repeat(20_000)}1`,
  `1${'0'.repeat(100_000)}1`,
  '-0',
  '1e-400',
];

const numbers = (random: Random): string => `${'1.0,'.repeat(random.pick([10, 1_500, 5_000, 50_000]))}1`;

const RUINS: readonly ((random: Random, text: string) => string)[] = [
  (random, text) => text.slice(0, random.between(0, text.length)),
  (_random, text) => text + text,
  (_random, text) => `\ufeff${text}`,
  (_random, text) => text.replace('}', ',}'),
  (random) => deep('[', ']', random.pick([40, 2_000, 60_000])),
  (random) => deep('{"a":', '}', random.pick([40, 2_000, 30_000])),
  (random, text) => text.replace('{', `{"x":${deep('[', ']', random.pick([40, 2_000, 60_000]))},`),
  // Numbers below a long way.
  (random, text) => text.replace('{', `{"x":${deep('[', ']', 2_000).replace('1', numbers(random))},`),
  (random, text) => text.replace('{', `{"${'x'.repeat(random.pick([40, 20_000]))}":[${numbers(random)}],`),
  // Duplicate members: JSON.parse takes the last.
  (_random, text) => (text.startsWith('{"') ? `{${text.slice(1, -1)},${text.slice(1)}` : `${text} `),
  (_random, text) => text.replace('{', '{"__proto__":{"isAdmin":true},'),
  (random, text) => text.replace(/:\s*[\d.]+/, `:${random.pick(WRITTEN)}`),
  (random, text) => text.replace(/:\s*"[^"]*"/, `:${random.pick(WRITTEN)}`),
  (random, text) => text.replace('{', `{"n":[${numbers(random)}],`),
  (random, text) => text.replace('{', `{${'"m":1.0,'.repeat(random.pick([10, 5_000, 25_000]))}`),
  (_random, text) => text.replace('{', `{"s":"${'\\u0000'.repeat(200)}",`),
  (_random, text) => text.replace(/"(\w)/, '"\\ud800$1'),
  () => '',
  (random, text) => text.replace('{', `{"s":"${'z'.repeat(random.pick([20_000, 300_000, 1_100_000]))}",`),
  () => 'null',
  () => `"${'\\'.repeat(9_999)}"`,
];

/** A text of JSON that is broken, or that nobody would write. */
export function ruined(random: Random, text: string): string {
  return random.pick(RUINS)(random, text);
}

/** A part of a path or of a query, percent-encoded rightly, wrongly or twice. */
export function escaped(random: Random, text: string): string {
  const right = encodeURIComponent(Buffer.from(text).toString());
  return random.weighted({ right: 12, twice: 1, broken: 1 }) === 'right'
    ? right
    : random.pick([
        encodeURIComponent(right),
        `${right}%`,
        `${right}%zz`,
        `${right}%C0%80`,
        `%ED%A0%80${right}`,
      ]);
}
