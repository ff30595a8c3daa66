import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A small OpenID provider: it lets everybody in whom the test names. */
export interface IdentityProvider {
  readonly issuer: string;
  /** What the next id token says besides what is right; a claim that is undefined is left out. */
  says(claims: Readonly<Record<string, unknown>>): void;
  /** What goes wrong from now on. */
  breaks(how: Break): void;
  /** Token requests that were taken. */
  taken(): number;
}

export type Break = 'nothing' | 'foreignKey' | 'otherIssuer' | 'down' | 'noIdToken' | 'unsigned';

export const CLIENT = { clientId: 'console', clientSecret: 'secret of:the console' } as const;

const ALGORITHM = 'ES256';

interface Flow {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirect: string;
}

/** Discovery, authorization, token and key set of OpenID Connect Core 1.0, as far as a client needs them. */
export async function startIdentityProvider(t: TestContext): Promise<IdentityProvider> {
  const [own, foreign] = await Promise.all([generateKeyPair(ALGORITHM), generateKeyPair(ALGORITHM)]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'idp-1', alg: ALGORITHM, use: 'sig' };
  const flows = new Map<string, Flow>();
  let [claims, how, taken]: [Readonly<Record<string, unknown>>, Break, number] = [{}, 'nothing', 0];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const idToken = ({ nonce }: Flow): Promise<string> | string => {
    const now = Math.floor(Date.now() / 1000);
    const said = {
      iss: issuer,
      aud: CLIENT.clientId,
      sub: 'u-1',
      nonce,
      iat: now,
      exp: now + 300,
      ...claims,
    };
    if (how === 'unsigned') {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'none' })}.${part(said)}.`;
    }
    const key = how === 'foreignKey' ? foreign.privateKey : own.privateKey;
    return new SignJWT(said).setProtectedHeader({ alg: ALGORITHM, kid: 'idp-1' }).sign(key);
  };

  const discovery = () => ({
    issuer: how === 'otherIssuer' ? 'https://other.example' : issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  });

  const authorize = (url: URL, response: ServerResponse): void => {
    const [state, nonce, challenge, redirect] = ['state', 'nonce', 'code_challenge', 'redirect_uri'].map(
      (name) => url.searchParams.get(name) ?? '',
    ) as [string, string, string, string];
    const code = `code-${flows.size + 1}`;
    flows.set(code, { nonce, challenge, redirect });
    response.writeHead(302, { location: `${redirect}?${new URLSearchParams({ code, state })}` }).end();
  };

  const token = async (request: IncomingMessage): Promise<readonly [number, object]> => {
    const form = new URLSearchParams(await text(request));
    const code = form.get('code') ?? '';
    const flow = flows.get(code);
    flows.delete(code);
    const pair = [CLIENT.clientId, CLIENT.clientSecret].map((part) =>
      new URLSearchParams([['', part]]).toString().slice(1),
    );
    const isClient =
      request.headers.authorization === `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!isClient) return [401, { error: 'invalid_client' }];
    if (flow?.challenge !== challenge || flow.redirect !== form.get('redirect_uri'))
      return [400, { error: 'invalid_grant' }];
    taken++;
    return [200, how === 'noIdToken' ? { access_token: 'x' } : { id_token: await idToken(flow) }];
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', issuer);
    const json = ([status, body]: readonly [number, object]): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (how === 'down') json([503, {}]);
    else if (url.pathname === '/.well-known/openid-configuration') json([200, discovery()]);
    else if (url.pathname === '/jwks') json([200, { keys: [jwk] }]);
    else if (url.pathname === '/authorize') authorize(url, response);
    else json(await token(request));
  };

  return {
    issuer,
    says: (more) => {
      claims = more;
    },
    breaks: (what) => {
      how = what;
    },
    taken: () => taken,
  };
}
