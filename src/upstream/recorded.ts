import type { JsonObject } from '../core/json.ts';
import { keepCall, type Recording } from '../core/recording.ts';
import { redact } from '../core/secrets.ts';
import { type HttpAnswer, type HttpRequest, type Transport, TransportError } from './transport.ts';

interface Recorded {
  readonly transport: Transport;
  readonly clock: () => number;
  readonly recording: Recording;
  /** What is sent, before it was made a text. */
  readonly body: JsonObject | undefined;
  /** What an answer may hold and a recording must not. */
  readonly secrets: readonly string[];
}

/**
 * An exchange that is left in the recording of the request that it is made for: without its headers, which hold a token.
 *
 * @throws TransportError as the transport does
 */
export async function recorded(request: HttpRequest, around: Recorded): Promise<HttpAnswer> {
  const { transport, clock } = around;
  const at = clock();
  try {
    const answer = await transport.exchange(request);
    leave(request, around, { at, status: answer.status, came: answer.text });
    return answer;
  } catch (error) {
    if (error instanceof TransportError) leave(request, around, { at, fault: error.fault });
    throw error;
  }
}

interface Came {
  readonly at: number;
  readonly status?: number;
  readonly fault?: string;
  readonly came?: string;
}

function leave(request: HttpRequest, around: Recorded, { at, status, fault, came }: Came): void {
  const { clock, recording, body, secrets } = around;
  const milliseconds = clock() - at;
  const { method, url } = request;
  keepCall(
    recording,
    { method, url, at, milliseconds, sent: body, status, fault },
    { sent: request.body, came: came === undefined ? undefined : redact(came, secrets) },
  );
}
