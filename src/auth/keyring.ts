import {
  createLocalJWKSet,
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
  /** @param lifetime seconds; without one the token does not end */
  sign(type: TokenType, claims: JWTPayload, lifetime?: number): Promise<string>;
  /** @throws the errors of jose when the token is not ours, not of this type, or over */
  verify(type: TokenType, token: string, now: Date): Promise<JWTPayload>;
  /** The public halves, as `/.well-known/jwks.json` shows them (RFC 7517 §5). */
  readonly publicKeys: JSONWebKeySet;
}

const ALGORITHM = 'ES256';

/** The text of a new key file: a private JWK Set (RFC 7517) with one key. */
export async function newKeySet(kid: string): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const key: JWK = { ...(await exportJWK(privateKey)), kid, alg: ALGORITHM, use: 'sig' };
  return `${JSON.stringify({ keys: [key] }, null, 2)}\n`;
}

/**
 * Opens a private JWK Set; the first key signs, all of them verify.
 *
 * @throws Error when the text is no key set
 */
export async function openKeyring(text: string, clock: () => number): Promise<Keyring> {
  const { keys } = JSON.parse(text) as JSONWebKeySet;
  const [signing] = keys;
  if (signing === undefined) throw new Error('the key file holds no key');
  const privateKey = await importJWK(signing, ALGORITHM);
  const publicKeys = { keys: keys.map(({ d: _secret, ...open }) => open) };
  const find = createLocalJWKSet(publicKeys);
  return {
    publicKeys,
    sign: (type, claims, lifetime) => {
      const now = Math.floor(clock() / 1000);
      const token = new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: TOKEN_TYPES[type], kid: signing.kid ?? '' })
        .setIssuedAt(now);
      return (lifetime === undefined ? token : token.setExpirationTime(now + lifetime)).sign(privateKey);
    },
    verify: async (type, token, now) => {
      const options = { algorithms: [ALGORITHM], typ: TOKEN_TYPES[type], currentDate: now };
      return (await jwtVerify(token, find, options)).payload;
    },
  };
}
