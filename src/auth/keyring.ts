import {
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

/** What a token of ours is for; it stands in the `typ` header, so that none passes for another (RFC 8725 §3.11). */
export const TOKEN_TYPES = {
  serviceKey: 'gradebridge-service-key+jwt',
  ltik: 'gradebridge-ltik+jwt',
  accessToken: 'at+jwt',
} as const;
export type TokenType = keyof typeof TOKEN_TYPES;

/** Our own signing keys, and the tokens that are made with them. */
export interface Keyring {
  /**
   * @param claims with an `iat` where the token is to be dated otherwise than now
   * @param lifetime seconds from now; without one the token does not end
   */
  sign(type: TokenType, claims: JWTPayload, lifetime?: number): Promise<string>;
  /** @throws the errors of jose when the token is not ours, not of this type, or over */
  verify(type: TokenType, token: string, now: Date): Promise<JWTPayload>;
  /** The public halves, as `/.well-known/jwks.json` shows them (RFC 7517 §5). */
  publicKeys(): Promise<JSONWebKeySet>;
}

const ALGORITHM = 'ES256';

/** Milliseconds after which the keys are looked at again: another process may have added one. */
const LOOKED_AT_FOR = 60_000;
/** And the least between two looks, however many tokens name keys that nobody has. */
const LEAST_BETWEEN = 1_000;

/** A new private JWK Set (RFC 7517) with one key. */
export async function newKeySet(kid: string): Promise<string> {
  return textOf([await newKey(kid)]);
}

/**
 * A private JWK Set with a new one's key before those that were there: it signs from now on, and what the others have signed
 * stays good.
 */
export function rotatedKeySet(text: string, fresh: string): string {
  const [before, after] = [text, fresh].map((set) => (JSON.parse(set) as JSONWebKeySet).keys);
  return textOf([...(after ?? []), ...(before ?? [])]);
}

/** The ids of the keys of a private JWK Set, the one that signs first. */
export function keyIds(text: string): readonly string[] {
  return (JSON.parse(text) as JSONWebKeySet).keys.map(({ kid = '' }) => kid);
}

/** A private JWK Set without one of its keys, or why it cannot be taken away. */
export function retiredKeySet(text: string, kid: string): string | { readonly refused: string } {
  const { keys } = JSON.parse(text) as JSONWebKeySet;
  const [signing] = keys;
  if (!keys.some((key) => key.kid === kid)) return { refused: `there is no key ${kid}` };
  if (signing?.kid === kid) return { refused: `${kid} is the key that signs: rotate first` };
  return textOf(keys.filter((key) => key.kid !== kid));
}

async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: ALGORITHM, use: 'sig' };
}

function textOf(keys: readonly JWK[]): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

/** One reading of the keys. */
interface Opened {
  readonly at: number;
  readonly kid: string;
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>;
  readonly publicKeys: JSONWebKeySet;
  readonly find: ReturnType<typeof createLocalJWKSet>;
}

/**
 * Opens a private JWK Set; the first key signs, all of them verify. It is read again from time to time, and when a token
 * names a key that it does not hold, so that a rotation reaches a gateway that is running.
 *
 * @param read gives the text of the set
 * @throws Error when the text is no key set
 */
export async function openKeyring(read: () => Promise<string>, clock: () => number): Promise<Keyring> {
  let opened = await openSet(await read(), clock());
  const reopen = async (longest: number): Promise<Opened> => {
    if (clock() - opened.at < longest) return opened;
    // A set that cannot be read just now, or is half edited, takes nothing away from the one that is open.
    opened = await read()
      .then((text) => openSet(text, clock()))
      .catch(() => ({ ...opened, at: clock() }));
    return opened;
  };
  return {
    publicKeys: async () => (await reopen(LOOKED_AT_FOR)).publicKeys,
    sign: async (type, claims, lifetime) => {
      const { kid, privateKey } = await reopen(LOOKED_AT_FOR);
      const now = Math.floor(clock() / 1000);
      const header = { alg: ALGORITHM, typ: TOKEN_TYPES[type], kid };
      const token = new SignJWT(claims).setProtectedHeader(header).setIssuedAt(claims.iat ?? now);
      return (lifetime === undefined ? token : token.setExpirationTime(now + lifetime)).sign(privateKey);
    },
    verify: async (type, token, now) => {
      const options = { algorithms: [ALGORITHM], typ: TOKEN_TYPES[type], currentDate: now };
      try {
        return (await jwtVerify(token, (await reopen(LOOKED_AT_FOR)).find, options)).payload;
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        return (await jwtVerify(token, (await reopen(LEAST_BETWEEN)).find, options)).payload;
      }
    },
  };
}

async function openSet(text: string, at: number): Promise<Opened> {
  const { keys } = JSON.parse(text) as JSONWebKeySet;
  const [signing] = keys;
  if (signing === undefined) throw new Error('the key set holds no key');
  const publicKeys = { keys: keys.map(({ d: _secret, ...open }) => open) };
  const privateKey = await importJWK(signing, ALGORITHM);
  return { at, kid: signing.kid ?? '', privateKey, publicKeys, find: createLocalJWKSet(publicKeys) };
}
