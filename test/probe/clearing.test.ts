import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { activeObjects, configure, openSandbox, probe } from './scene.ts';

const CASES: readonly {
  readonly options: SandboxOptions;
  readonly result: readonly [outcome: string, verdict: string];
  readonly found: RegExp;
  readonly lineItem: string;
  readonly code: number;
}[] = [
  {
    options: { profile: 'timeback', put: 'replaces' },
    result: ['replaces', 'ok'],
    found: /^It does\.$/,
    lineItem: 'replaces',
    code: 0,
  },
  {
    options: { profile: 'timeback', put: 'merges' },
    result: ['byNull', 'note'],
    found: /null takes them away: score, comment\.$/,
    lineItem: 'merges',
    code: 0,
  },
  {
    options: { profile: 'timeback', put: 'mergesAndKeeps' },
    result: ['stays', 'missing'],
    found: /whatever is sent: score, comment\.$/,
    lineItem: 'merges',
    code: 1,
  },
  {
    options: { profile: 'spec', put: 'merges' },
    result: ['stays', 'missing'],
    found: /score, comment; null → 422/,
    lineItem: 'merges',
    code: 1,
  },
];

for (const { options, result, found, lineItem, code } of CASES) {
  test(`${options.profile}, whose PUT ${options.put}: result.clears is ${result[0]}`, async (t) => {
    const sandbox = await openSandbox(t, options);
    const profile = options.profile === 'spec' ? 'oneroster-1.2' : 'timeback';
    const probed = await probe(configure(sandbox, { profile }));
    const row = probed.row('result.clears');
    assert.deepEqual([row.outcome, row.verdict], result, JSON.stringify(row));
    assert.match(row.found, found);
    const replaces = probed.row('put.replaces');
    assert.equal(replaces.outcome, lineItem, JSON.stringify(replaces));
    if (lineItem === 'merges') assert.match(replaces.found, /metadata, description/);
    assert.equal(probed.code, code, probed.out);
    assert.deepEqual(activeObjects(sandbox), []);
  });
}
