import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from 'jose';
import { createFailureBudget, verdictOn } from '../../src/auth/failures.ts';
import { type Keyring, newKeySet, openKeyring } from '../../src/auth/keyring.ts';
import { createTokenEndpoint } from '../../src/auth/token-endpoint.ts';
import { createVerifier, Unauthorised } from '../../src/auth/verified-tokens.ts';
import { GradebridgeError } from '../../src/core/errors.ts';
import { formOf } from '../auth/assertions.ts';

const HERE = '203.0.113.7';
const NOW = Date.UTC(2026, 0, 1);
const clock = (): number => NOW;

function newKeyring(): Promise<Keyring> {
  return openKeyring(() => newKeySet('k'), clock);
}

/** A verifier that counts how often a token is really looked at. */
async function counting(perMinute = 1_000) {
  const keyring = await newKeyring();
  let checks = 0;
  const verify = createVerifier({
    keyring: {
      ...keyring,
      verify: (...args) => {
        checks++;
        return keyring.verify(...args);
      },
    },
    foreignToken: async () => undefined,
    failures: createFailureBudget(perMinute, clock),
    clock,
  });
  return { keyring, verify, checks: () => checks };
}

test('a bad token that is sent again, or ten times at once, is checked once', async () => {
  const { verify, checks } = await counting();
  const stranger = await newKeyring();
  const bad = await stranger.sign('serviceKey', { tool: 'quizzer' });
  await Promise.allSettled(Array.from({ length: 10 }, () => verify('serviceKey', bad, HERE)));
  for (let n = 0; n < 10; n++) await assert.rejects(verify('serviceKey', bad, HERE), Unauthorised);
  assert.equal(checks(), 1);
});

test('a bad token of one type is not taken for one of another', async () => {
  const { keyring, verify } = await counting();
  const key = await keyring.sign('serviceKey', { tool: 'quizzer' });
  await assert.rejects(verify('ltik', key, HERE), Unauthorised);
  assert.equal((await verify('serviceKey', key, HERE)).claims['tool'], 'quizzer');
});

test('an address with nothing left makes nobody check a signature', async () => {
  const failures = createFailureBudget(1, clock);
  failures.charge(HERE);
  const keyring = await newKeyring();
  const verify = createVerifier({
    keyring: { ...keyring, verify: () => assert.fail('it was checked') },
    foreignToken: () => assert.fail('it was checked'),
    failures,
    clock,
  });
  for (const token of ['x', await keyring.sign('serviceKey', {})]) {
    await assert.rejects(
      verify('serviceKey', token, HERE),
      (error) => error instanceof GradebridgeError && error.code === 'TOO_MANY_FAILURES',
    );
  }
});

test('an assertion that was refused is not verified again, and is charged each time', async () => {
  let checks = 0;
  const failures = createFailureBudget(3, clock);
  const endpoint = createTokenEndpoint({
    assertions: {
      tools: new Map([
        [
          'quizzer',
          {
            clientId: 'quizzer',
            audiences: [],
            verify: async () => {
              checks++;
              throw new errors.JWSSignatureVerificationFailed();
            },
          },
        ],
      ]),
      audiences: ['https://grades.example/lti/token'],
      claimOnce: async () => true,
      clock,
    },
    keyring: await newKeyring(),
    failures,
    disabled: new Set(),
    scopes: new Map(),
    issuer: 'https://grades.example',
    lifetime: 60,
    newId: () => 'id',
  });
  const claims = Buffer.from(JSON.stringify({ iss: 'quizzer' })).toString('base64url');
  const form = new URLSearchParams(formOf(`${claims}.${claims}.AA`));
  const answers = [];
  for (let n = 0; n < 5; n++) answers.push(await endpoint(async () => form, HERE));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400, 400, 400, 429, 429],
  );
  assert.equal(new Set(answers.slice(0, 3).map(({ body }) => JSON.stringify(body))).size, 1);
  assert.equal(checks, 1);
  assert.equal(
    (await endpoint(async () => form, '203.0.113.8')).status,
    400,
    'another address has its own budget',
  );
});

/** What a failure means for its address, and for the next time. */
const VERDICTS: readonly (readonly [string, unknown, boolean, boolean])[] = [
  ['a wrong signature', new errors.JWSSignatureVerificationFailed(), true, true],
  ['no JWT', new errors.JWTInvalid('no'), true, true],
  ['an algorithm that is not allowed', new errors.JOSEAlgNotAllowed('no'), true, true],
  ['another audience', new errors.JWTClaimValidationFailed('no', {}, 'aud', 'check_failed'), true, true],
  ['no key for it, yet', new errors.JWKSNoMatchingKey(), true, false],
  ['over', new errors.JWTExpired('no', {}), false, true],
  ['not yet', new errors.JWTClaimValidationFailed('no', {}, 'nbf', 'check_failed'), false, false],
  ['a key set that is slow', new errors.JWKSTimeout(), false, false],
  ['a key set that cannot be fetched', new TypeError('fetch failed'), false, false],
];

for (const [name, cause, isCharged, isLasting] of VERDICTS) {
  test(`${name}: ${isCharged ? 'charged' : 'not charged'}, ${isLasting ? 'for good' : 'for now'}`, () => {
    assert.deepEqual(verdictOn(cause), { isCharged, isLasting });
  });
}
