import {
  Axios,
  type AxiosAdapter,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
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
  /** Whether the request has left: what it asks for may have been done, or be done yet. */
  readonly wasSent: boolean;
  /** Whether the request cannot be sent as it is, whatever the network does: a header has a character that none may have. */
  readonly isUnsendable: boolean;
  constructor(
    fault: TransportFault,
    { cause, wasSent }: { readonly cause: unknown; readonly wasSent: boolean },
  ) {
    super(`the upstream is ${fault}`, { cause });
    this.name = 'TransportError';
    this.fault = fault;
    this.wasSent = wasSent;
    this.isUnsendable =
      !wasSent && (cause instanceof errors.InvalidArgumentError || cause instanceof TypeError);
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
 * costs more than everything else in a request (see docs/decisions/003-axios-over-undici.md).
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
  // The bare class: the instances that axios makes have defaults, which it would merge into every request.
  const client = new Axios();
  return {
    exchange: async (request) => {
      const { method, url } = request;
      const reception = new Reception(request.timeout);
      try {
        // Headers and body go past axios, which would copy and sanitize them at more cost than sending them.
        const adapter: AxiosAdapter = async (config) =>
          asResponse(await send(agent, request, reception), config);
        return (await client.request<HttpAnswer>({ method, url, adapter })).data;
      } catch (error) {
        throw new TransportError(faultOf(error), { cause: error, wasSent: reception.wasSent });
      }
    },
    close: () => agent.destroy(),
  };
}

const NO_HEADERS = new AxiosHeaders();

function asResponse(data: HttpAnswer, config: InternalAxiosRequestConfig): AxiosResponse<HttpAnswer> {
  return { status: data.status, statusText: '', headers: NO_HEADERS, config, data };
}

function send(
  agent: Agent,
  { method, url, headers, body }: HttpRequest,
  reception: Reception,
): Promise<HttpAnswer> {
  const { origin, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    reception.begin({ resolve, reject });
    agent.dispatch({ method, origin, path: pathname + search, headers, body: body ?? null }, reception);
  });
}

interface Settle {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

const UTF_8 = new TextDecoder();
/** Interim answers (RFC 9110 §15.2) that may come before the real one; servers send one or two. */
const MOST_INTERIM = 8;

/** Takes in one answer as it arrives, within the time there is for it: a stream and an AbortSignal would cost twice as much. */
class Reception implements Dispatcher.DispatchHandler {
  #settle: Settle | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #timeout: number;
  readonly #parts: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #late: Error | undefined;
  #status = 0;
  #headers: HttpAnswer['headers'] = {};
  #interim = 0;

  /** Whether the request was handed to a connection. */
  wasSent = false;

  /** @param timeout milliseconds */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  begin(settle: Settle): void {
    this.#settle = settle;
    this.#timer = setTimeout(() => this.#giveUp(), this.#timeout);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Too late already while it waited for a connection: it is not sent at all.
    if (this.#late) controller.abort(this.#late);
    else this.wasSent = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpAnswer['headers'],
  ): void {
    if (status < 200) {
      this.#interim++;
      if (this.#interim > MOST_INTERIM) controller.abort(new Error('interim answers without end'));
      return;
    }
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, part: Buffer): void {
    this.#parts.push(part);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const text = UTF_8.decode(Buffer.concat(this.#parts));
    this.#settle?.resolve({ status: this.#status, headers: this.#headers, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer);
    this.#settle?.reject(error);
  }

  #giveUp(): void {
    this.#late = new errors.HeadersTimeoutError();
    this.#controller?.abort(this.#late);
    this.#settle?.reject(this.#late);
  }
}

function faultOf(error: unknown): TransportFault {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.ConnectTimeoutError)
    return 'timeout';
  return error instanceof errors.ResponseExceededMaxSizeError ? 'tooLarge' : 'unreachable';
}
