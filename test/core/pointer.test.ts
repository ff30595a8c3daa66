import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { formatPointer, parsePointer, valueAt, withValue } from '../../src/core/pointer.ts';
import { frozen } from './lenses.ts';

describe('parsePointer', () => {
  const pointers: Readonly<Record<string, readonly string[]>> = {
    '/a': ['a'],
    '/a/b': ['a', 'b'],
    '/a~1b/c~0d': ['a/b', 'c~d'],
    '/~01': ['~1'],
    '/': [''],
    '/https:~1~1tool.example~1x': ['https://tool.example/x'],
    '/toString': ['toString'],
  };
  for (const [text, tokens] of Object.entries(pointers)) {
    test(`reads ${text}, and writes it again`, () => {
      assert.deepEqual(parsePointer(text), tokens);
      assert.equal(formatPointer(tokens), text);
    });
  }

  for (const text of ['', 'a', 'a/b', '#/a', '/~', '/a~2', '/__proto__', '/a/constructor', '/prototype/a']) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.equal(parsePointer(text), undefined));
  }
});

describe('valueAt', () => {
  const document: JsonObject = { a: { b: 0, list: [1] }, none: null, text: 'abc' };
  const cases: readonly [string, readonly string[], Json | undefined][] = [
    ['a member inside', ['a', 'b'], 0],
    ['an object', ['a'], { b: 0, list: [1] }],
    ['null', ['none'], null],
    ['nothing behind null', ['none', 'b'], undefined],
    ['no item of an array', ['a', 'list', '0'], undefined],
    ['no character of a text', ['text', '0'], undefined],
    ['no length of a text', ['text', 'length'], undefined],
    ['nothing inherited', ['toString'], undefined],
    ['nothing inherited further in', ['a', 'constructor', 'name'], undefined],
  ];
  for (const [what, tokens, value] of cases)
    test(`finds ${what}`, () => assert.deepEqual(valueAt(document, tokens), value));
});

describe('withValue', () => {
  const cases: readonly [string, JsonObject, readonly string[], Json | undefined, JsonObject][] = [
    ['sets a member', { a: 1 }, ['b'], 2, { a: 1, b: 2 }],
    ['makes the objects on the way', {}, ['a', 'b'], 0, { a: { b: 0 } }],
    ['makes them in place of null', { a: null }, ['a', 'b'], 0, { a: { b: 0 } }],
    ['keeps what stands beside', { a: { c: 1 } }, ['a', 'b'], null, { a: { c: 1, b: null } }],
    ['takes a member away', { a: 1, b: 2 }, ['a'], undefined, { b: 2 }],
    ['takes the emptied objects away', { a: { b: { c: 1 } }, d: 1 }, ['a', 'b', 'c'], undefined, { d: 1 }],
    ['leaves an object that was empty', { a: {} }, ['a', 'b'], undefined, { a: {} }],
    ['takes nothing away that is not there', { a: 1 }, ['b', 'c'], undefined, { a: 1 }],
    ['writes nothing behind a text', { a: 'x' }, ['a', 'b'], 1, { a: 'x' }],
    ['writes nothing into an array', { a: [1] }, ['a', '0'], 2, { a: [1] }],
  ];
  for (const [what, document, tokens, value, after] of cases) {
    test(what, () => assert.deepEqual(withValue(frozen(document), tokens, value), after));
  }
});
