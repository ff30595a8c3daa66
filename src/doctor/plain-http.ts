import type { Config } from '../config/config.ts';
import { type Diagnosis, ok, warning } from './checks.ts';

/** An address of the configuration, and where it stands there. */
type Placed = readonly [place: string, url: string | undefined];

/** Hosts that are reached without a network (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i;

/**
 * Whether credentials, keys or grades would cross a network in the clear.
 *
 * @returns undefined when every address is of this machine
 */
export function plainHttp(config: Config): Diagnosis | undefined {
  const outside = addressesOf(config).filter(([, url]) => !THIS_MACHINE.test(new URL(url).hostname));
  if (outside.length === 0) return undefined;
  const plain = outside.filter(([, url]) => url.startsWith('http:')).map(([place]) => place);
  if (plain.length === 0) return ok('What leaves this machine goes by HTTPS.');
  return warning(
    `${plain.join(', ')}: plain HTTP, which whoever is on the way can read and change.`,
    'Use addresses that begin with https://, unless you trust the whole way.',
  );
}

function addressesOf(config: Config): readonly (readonly [place: string, url: string])[] {
  const { publicUrl, upstreams, tools, issuers, admin, traces } = config;
  const keySets = (part: string, entries: Readonly<Record<string, { readonly jwksUrl?: string }>>) =>
    Object.entries(entries).map(([name, { jwksUrl }]): Placed => [`${part}.${name}.jwksUrl`, jwksUrl]);
  const placed: readonly Placed[] = [
    ['publicUrl', publicUrl],
    ...Object.entries(upstreams).flatMap(([name, { baseUrl, auth }]): readonly Placed[] => [
      [`upstreams.${name}.baseUrl`, baseUrl],
      [`upstreams.${name}.auth.tokenUrl`, auth.tokenUrl],
    ]),
    ...keySets('tools', tools),
    ...keySets('issuers', issuers),
    ['admin.oidc.issuer', admin?.oidc?.issuer],
    ['traces.otlpUrl', traces?.otlpUrl],
  ];
  return placed.flatMap(([place, url]) => (url === undefined ? [] : [[place, url] as const]));
}
