import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frozen, lensOf, shippedMappings } from './lenses.ts';

for (const mapping of shippedMappings()) {
  const lens = lensOf(mapping);
  describe(`the examples of ${mapping.name}`, () => {
    assert.ok(mapping.examples?.length, 'a mapping shows by examples what it does');
    for (const { title, ags, oneroster, base, context = {}, now } of mapping.examples) {
      const options = {
        now: now === undefined ? 0 : Date.parse(now),
        context,
        ...(base && { base: frozen(base) }),
      };

      test(`${title}: to OneRoster`, () =>
        assert.deepEqual(lens.toOneRoster(frozen(ags), options).document, oneroster));

      test(`${title}: to AGS`, () => assert.deepEqual(lens.toAgs(frozen(oneroster)).document, ags));

      test(`${title}: one member at a time`, () => {
        for (const [member, value] of Object.entries(ags)) {
          const pointer = `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
          assert.deepEqual(lens.read(frozen(oneroster), pointer), value, pointer);
        }
      });

      test(`${title}: again, over what was written`, () => {
        const again = lens.toOneRoster(frozen(ags), {
          ...options,
          base: frozen(oneroster),
          now: options.now + 1e9,
        });
        assert.deepEqual(again.document, oneroster);
      });
    }
  });
}
