import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload } from 'jose';
import { isKeySetTrouble, KeyNotNamed, type VerifyForeign } from './key-sets.ts';

/** A tool as the token endpoint needs to know it. */
export interface AssertingTool {
  readonly clientId: string;
  readonly audiences: readonly string[];
  readonly verify: VerifyForeign;
}

export interface AssertionParts {
  /** By clientId. */
  readonly tools: ReadonlyMap<string, AssertingTool>;
  /** What `aud` may be for every tool: the token URL, and the issuer. */
  readonly audiences: readonly string[];
  /** Takes an identifier for itself until a time in milliseconds; false when somebody has it already. */
  readonly claimOnce: (identifier: string, until: number) => Promise<boolean>;
  readonly clock: () => number;
}

/** An assertion that is not accepted: what the log is told, and what the tool may know. */
export class AssertionRefused extends Error {
  /** For the caller; says which check failed and nothing about keys. */
  readonly description: string;
  /** The registered client whose name the assertion has; whether it is the sender is another question. */
  clientId?: string;
  constructor(reason: string, description: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'AssertionRefused';
    this.description = description;
  }
}

/** Seconds. Tools' clocks are off by this much without anybody's fault; some tools sign for ten minutes, none for an hour. */
const SKEW = 60;
const LONGEST_LIFE = 3_600 + SKEW;

/**
 * Checks a client assertion (RFC 7523 §3; 1EdTech Security Framework 1.0 §4.1.1): who, for whom, until when, signed by
 * whose key, never seen before.
 *
 * @returns the clientId
 * @throws AssertionRefused
 */
export async function checkAssertion(assertion: string, parts: AssertionParts): Promise<string> {
  const tool = parts.tools.get(issuerOf(assertion));
  if (tool === undefined) throw new AssertionRefused('no tool has this clientId', 'The client is not known.');
  try {
    await check(tool, assertion, parts);
    return tool.clientId;
  } catch (error) {
    if (error instanceof AssertionRefused) error.clientId = tool.clientId;
    throw error;
  }
}

async function check(tool: AssertingTool, assertion: string, parts: AssertionParts): Promise<void> {
  const now = parts.clock();
  const audience = [...parts.audiences, ...tool.audiences].flatMap((one) => [one, `${one}/`]);
  const claims = await verify(tool, assertion, { audience, now });
  const { iat, exp = 0, jti } = claims;
  if (iat !== undefined && iat > now / 1000 + SKEW) {
    throw new AssertionRefused(
      'iat is in the future',
      'The assertion is from the future: check the clock of the tool.',
    );
  }
  if (exp - (iat ?? now / 1000) > LONGEST_LIFE) {
    throw new AssertionRefused('it lives too long', 'The assertion may be good for an hour at most.');
  }
  if (typeof jti !== 'string' || jti === '')
    throw new AssertionRefused('there is no jti', 'The assertion has no jti.');
  if (!(await parts.claimOnce(JSON.stringify([tool.clientId, jti]), (exp + SKEW) * 1000))) {
    throw new AssertionRefused(
      'the jti was used before',
      'The assertion was used before: sign a new one for each request.',
    );
  }
}

function issuerOf(assertion: string): string {
  try {
    return decodeJwt(assertion).iss ?? '';
  } catch (cause) {
    throw new AssertionRefused('it is no JWT', 'The assertion is not a JWT.', cause);
  }
}

interface Expected {
  readonly audience: readonly string[];
  /** Milliseconds. */
  readonly now: number;
}

async function verify(
  tool: AssertingTool,
  assertion: string,
  { audience, now }: Expected,
): Promise<JWTPayload> {
  try {
    return await tool.verify(assertion, {
      issuer: tool.clientId,
      subject: tool.clientId,
      audience: [...audience],
      clockTolerance: SKEW,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'jti'],
    });
  } catch (cause) {
    throw refusalFor(cause, { assertion, audience: audience[0] ?? '' });
  }
}

interface Refused {
  readonly assertion: string;
  readonly audience: string;
}

/** The name that a header gives its algorithm, short enough for a log. */
function algorithmOf(assertion: string): string {
  return String(decodeProtectedHeader(assertion).alg).slice(0, 20);
}

/** The failures that a tool developer can mend by knowing which it was. */
function refusalFor(cause: unknown, { assertion, audience }: Refused): AssertionRefused {
  if (cause instanceof errors.JWTExpired)
    return new AssertionRefused('it has expired', 'The assertion has expired.', cause);
  if (cause instanceof errors.JWTClaimValidationFailed) {
    const hint = cause.claim === 'aud' ? ` The audience is ${audience}.` : '';
    const description = `The claim ${cause.claim} is missing or wrong.${hint}`;
    return new AssertionRefused(`the claim ${cause.claim} is ${cause.reason}`, description, cause);
  }
  if (cause instanceof errors.JWKSNoMatchingKey) {
    return new AssertionRefused(
      'no key of the tool fits',
      'No key of the tool fits the assertion: check kid and key set.',
      cause,
    );
  }
  if (cause instanceof KeyNotNamed) {
    return new AssertionRefused(
      cause.message,
      'No key of the tool that was tried has signed the assertion: name its key by kid, and give each key a kid of its own.',
      cause,
    );
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed) {
    return new AssertionRefused(
      'the signature is wrong',
      'The signature of the assertion is not valid.',
      cause,
    );
  }
  if (cause instanceof errors.JOSEAlgNotAllowed) {
    return new AssertionRefused(
      `the algorithm ${algorithmOf(assertion)} is not allowed`,
      'The assertion must be signed with RS256, RS384, RS512, ES256, ES384 or ES512.',
      cause,
    );
  }
  if (cause instanceof errors.JOSEError && !isKeySetTrouble(cause)) {
    return new AssertionRefused(cause.code, 'The assertion is not valid.', cause);
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AssertionRefused(
    `the key set cannot be had: ${why}`,
    'The key set of the tool cannot be fetched or read.',
    cause,
  );
}
