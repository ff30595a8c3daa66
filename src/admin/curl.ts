import type { Json } from '../core/json.ts';
import type { Exchange } from './ports.ts';

/** The header of each face by which a tool says who it is; what stands in it is for the tool's own shell to know. */
const AUTHORIZATIONS = {
  '/lti/': 'Bearer $TOKEN',
  '/api/': 'SERVICE-AUTH-V1 $API_KEY:$SERVICE_KEY',
} as const;

const MEDIA: Readonly<Record<string, string>> = {
  postScore: 'application/vnd.ims.lis.v1.score+json',
  createLineItem: 'application/vnd.ims.lis.v2.lineitem+json',
  replaceLineItem: 'application/vnd.ims.lis.v2.lineitem+json',
};

export interface CurlParts {
  readonly exchange: Exchange;
  readonly url: string;
  readonly body: Json | undefined;
}

/** The request as somebody can send it again, with variables of a shell in place of secrets. */
export function curlOf({ exchange, url, body }: CurlParts): string {
  const { method, route, operation } = exchange;
  const face = route.startsWith('/lti/') ? '/lti/' : '/api/';
  const type = face === '/lti/' ? MEDIA[operation] : undefined;
  const lines = [`curl -i -X ${method} ${quoted(url)}`, `-H "Authorization: ${AUTHORIZATIONS[face]}"`];
  if (body !== undefined)
    lines.push(
      `-H ${quoted(`Content-Type: ${type ?? 'application/json'}`)}`,
      `-d ${quoted(JSON.stringify(body))}`,
    );
  return lines.join(' \\\n  ');
}

/** A text as one word of a POSIX shell, whatever is in it: somebody will paste this. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').replaceAll("'", "'\\''")}'`;
}
