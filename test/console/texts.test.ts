import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inOrderOf, linesOf } from '../../src/console/app/json-lines.ts';
import { diff, shortened } from '../../src/console/app/workbench/diff.ts';
import type { Json } from '../../src/core/json.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));

test('a diff without what was added is the text before, and without what was removed the text after', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diff(before, after);
      const without = (sign: string): string =>
        lines
          .filter((line) => line.sign !== sign)
          .map((line) => line.text)
          .join('\n');
      assert.equal(without('+'), before);
      assert.equal(without('−'), after);
    }),
  );
});

test('a diff of a text with itself has no sign', () => {
  fc.assert(fc.property(text, (same) => diff(same, same).every(({ sign }) => sign === ' ')));
});

test('what is far from a change is left out, once', () => {
  const before = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const after = before.with(20, 'another');
  const shown = shortened(diff(before.join('\n'), after.join('\n')));
  assert.equal(shown.filter((line) => line === undefined).length, 2);
  assert.equal(shown.filter((line) => line?.sign === ' ').length, 6);
});

test('a document is printed as JSON.stringify prints it', () => {
  fc.assert(
    fc.property(
      fc.json().map((json) => JSON.parse(json) as Json),
      (document) => {
        const printed = linesOf(document)
          .map(({ depth, name, text: line }) => '  '.repeat(depth) + name + line)
          .join('\n');
        assert.equal(printed, JSON.stringify(document, null, 2));
      },
    ),
  );
});

test('each line knows its pointer, escaped as RFC 6901 says', () => {
  const pointers = linesOf({ 'a/b': [{ '~': 1 }] }).map(({ pointer }) => pointer);
  assert.deepEqual(pointers, ['', '/a~1b', '/a~1b/0', '/a~1b/0/~0', '/a~1b/0', '/a~1b', '']);
});

test('members are put in the order of another object, and nothing else happens to them', () => {
  const ordered = inOrderOf({ b: { y: 0, x: 0 }, gone: 0, a: 0 }, { a: 1, b: { x: 1, y: 2 }, c: 3 });
  assert.equal(JSON.stringify(ordered), '{"b":{"y":2,"x":1},"a":1,"c":3}');
});
