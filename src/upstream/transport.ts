import axios, { type AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { Agent, type Dispatcher, errors } from 'undici';

/** One HTTP exchange with an upstream. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Why an exchange has no answer. */
export type TransportFault = 'timeout' | 'unreachable' | 'tooLarge';

export class TransportError extends Error {
  readonly fault: TransportFault;
  constructor(fault: TransportFault, cause: unknown) {
    super(`the upstream is ${fault}`, { cause });
    this.name = 'TransportError';
    this.fault = fault;
  }
}

export interface Transport {
  /** @throws TransportError when there is no answer; every status is an answer, and a redirect is never followed */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** The most sockets to one origin. */
  readonly connections: number;
  /** The most bytes of one answer. */
  readonly maxBytes: number;
}

/**
 * HTTP to the upstreams: axios for the requests, undici's pool of connections underneath, because axios's own adapter
 * opens a connection per call and costs more than the call (see docs/decisions/003-axios-over-undici.md).
 *
 * @example const transport = createTransport({ connections: 32, maxBytes: 16_000_000 })
 */
export function createTransport({ connections, maxBytes }: TransportOptions): Transport {
  const agent = new Agent({
    connections,
    maxResponseSize: maxBytes,
    keepAliveTimeout: 30_000,
    // Deadlines are ours, per exchange; undici's own would be a second opinion.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const client = axios.create({
    adapter: (config) => send(agent, config),
    transformRequest: [],
    transformResponse: [],
    validateStatus: null,
    maxRedirects: 0,
    proxy: false,
  });
  return {
    exchange: async ({ method, url, headers, body, timeout }) => {
      try {
        const answer = await client.request<string>({ method, url, headers, data: body, timeout });
        return { status: answer.status, headers: answer.headers as HttpAnswer['headers'], text: answer.data };
      } catch (error) {
        throw new TransportError(faultOf(error), error);
      }
    },
    close: () => agent.destroy(),
  };
}

async function send(agent: Agent, config: InternalAxiosRequestConfig): Promise<AxiosResponse<string>> {
  const { origin, pathname, search } = new URL(config.url as string);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new errors.HeadersTimeoutError()), config.timeout ?? 0);
  try {
    const { statusCode, headers, body } = await agent.request({
      origin,
      path: pathname + search,
      method: config.method?.toUpperCase() as Dispatcher.HttpMethod,
      headers: config.headers.toJSON(true) as Record<string, string>,
      body: config.data ?? null,
      signal: abort.signal,
    });
    const data = await body.text();
    return { status: statusCode, statusText: '', headers: headers as unknown as AxiosHeaders, config, data };
  } finally {
    clearTimeout(timer);
  }
}

function faultOf(error: unknown): TransportFault {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.ConnectTimeoutError)
    return 'timeout';
  return error instanceof errors.ResponseExceededMaxSizeError ? 'tooLarge' : 'unreachable';
}
