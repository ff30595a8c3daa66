import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  equal,
  escapeToken,
  inspect,
  isEmpty,
  isForbidden,
  isObject,
  type Json,
  own,
} from '../../src/core/json.ts';

const parse = (text: string): Json => JSON.parse(text) as Json;

function nested(levels: number): Json {
  return parse(`${'{"a":'.repeat(levels)}0${'}'.repeat(levels)}`);
}

describe('inspect', () => {
  const bounds = { depth: 3, members: 4 };

  test('lets a document at its bounds through', () => {
    assert.equal(inspect(nested(3), bounds), undefined);
    assert.equal(inspect({ a: 1, b: [1, 2] }, bounds), undefined);
    assert.equal(inspect('text', bounds), undefined);
    assert.equal(inspect(null, bounds), undefined);
  });

  test('finds a level too many, also in arrays, and says where', () => {
    assert.deepEqual(inspect(nested(4), bounds), {
      pointer: '/a/a/a',
      code: 'tooDeep',
      message: 'More than 3 levels of nesting.',
    });
    assert.equal(inspect([[[[]]]], bounds)?.pointer, '/0/0/0');
  });

  test('counts the members of the whole document', () => {
    assert.equal(inspect({ a: 1, b: { c: 1, d: 1, e: 1 } }, bounds)?.code, 'tooManyMembers');
    assert.equal(inspect([1, 2, 3, 4, 5], bounds)?.code, 'tooManyMembers');
  });

  for (const name of ['__proto__', 'constructor', 'prototype']) {
    test(`finds ${name} at any level and escapes the way to it`, () => {
      const found = inspect(parse(`{"a/b":[{"${name}":{}}]}`));
      assert.deepEqual([found?.code, found?.pointer], ['forbiddenMember', '/a~1b/0']);
      assert.ok(isForbidden(name));
    });
  }

  test('has bounds of its own that stop a document made to hurt', () => {
    assert.equal(inspect(nested(24)), undefined);
    assert.equal(inspect(nested(25))?.code, 'tooDeep');
    assert.equal(inspect(Array.from({ length: 2000 }, () => 0)), undefined);
    assert.equal(inspect(Array.from({ length: 2001 }, () => 0))?.code, 'tooManyMembers');
  });
});

describe('equal', () => {
  const same: readonly [string, string][] = [
    ['{"a":1,"b":[1,{"c":null}]}', '{"b":[1,{"c":null}],"a":1}'],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
    ['[]', '[]'],
    ['0', '-0'],
  ];
  const different: readonly [string, string][] = [
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"a":1,"b":2}', '{"a":1}'],
    ['{"a":null}', '{}'],
    ['{"a":null}', '{"b":null}'],
    ['{"toString":1}', '{"a":1}'],
    ['[1,2]', '[2,1]'],
    ['[1]', '[1,2]'],
    ['[]', '{}'],
    ['{}', '[]'],
    ['{}', 'null'],
    ['null', '{}'],
    ['0', '""'],
    ['0', 'false'],
    ['1', '"1"'],
    ['[{"a":[1]}]', '[{"a":[2]}]'],
  ];

  for (const [left, right] of same)
    test(`${left} is ${right}`, () => assert.ok(equal(parse(left), parse(right))));
  for (const [left, right] of different)
    test(`${left} is not ${right}`, () => assert.ok(!equal(parse(left), parse(right))));

  test('absent is neither null nor anything else', () => {
    assert.ok(equal(undefined, undefined));
    assert.ok(!equal(undefined, null));
    assert.ok(!equal({}, undefined));
  });
});

describe('own', () => {
  test('reads a member and never what every object inherits', () => {
    assert.equal(own({ a: 0 }, 'a'), 0);
    assert.equal(own({}, 'toString'), undefined);
    assert.equal(own({}, '__proto__'), undefined);
    assert.equal(own(parse('{"toString":"mine"}') as Record<string, Json>, 'toString'), 'mine');
    assert.equal(own(Object.create({ a: 1 }) as Record<string, Json>, 'a'), undefined);
  });
});

test('isObject and isEmpty keep the kinds of JSON apart', () => {
  assert.deepEqual([{}, [], null, 'a', 0].map(isObject), [true, false, false, false, false]);
  assert.deepEqual([undefined, null, 0, '', false].map(isEmpty), [true, true, false, false, false]);
});

test('escapeToken escapes the tilde before the slash', () => {
  const cases = { a: 'a', 'a/b': 'a~1b', 'a~b': 'a~0b', '~1': '~01', '/~/': '~1~0~1', '': '' };
  for (const [token, escaped] of Object.entries(cases)) assert.equal(escapeToken(token), escaped);
});
