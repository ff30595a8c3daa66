import type { Json } from '../core/json.ts';
import { isDeeper, isNestedDeeper, MOST_LEVELS } from '../core/nesting.ts';
import type { RecordedCall, Recording } from '../core/recording.ts';
import { isoOf, type Loose } from './answers.ts';
import { curlOf } from './curl.ts';
import type { Exchange } from './ports.ts';
import type { Recorded } from './recorder.ts';
import { hiddenPath, redact } from './redaction.ts';

/** An exchange in one row: ids, codes and times. */
export function rowOf({ exchange }: Recorded): Loose {
  const {
    requestId,
    started,
    operation,
    method,
    route,
    status,
    milliseconds,
    tool,
    context,
    error,
    recording,
  } = exchange;
  return {
    id: requestId,
    at: isoOf(started),
    tool,
    context,
    ...{ operation, method, route, status, code: error?.code, milliseconds },
    upstreamCalls: recording?.calls.length ?? 0,
  };
}

export interface ViewOptions {
  /** The names of members that may be shown. */
  readonly words: ReadonlySet<string>;
  /** Whether everything is shown. */
  readonly isRevealed: boolean;
  readonly publicUrl: string;
}

/** All of an exchange: what the tool has sent, what was done for it, and what it was answered. */
export function detailOf(recorded: Recorded, options: ViewOptions): Loose {
  const { exchange } = recorded;
  const { recording } = exchange;
  if (recording === undefined)
    return { ...rowOf(recorded), stages: stagesOf(exchange), calls: [], notes: [] };
  const { words, isRevealed, publicUrl } = options;
  const shown = (value: Json | undefined): Json | undefined => {
    if (value === undefined) return undefined;
    if (isDeeper(value)) return TOO_DEEP;
    return isRevealed ? value : redact(value, words);
  };
  const path = (url: string): string => (isRevealed ? url : hiddenPath(url));
  const request = shown(recording.body);
  return {
    ...rowOf(recorded),
    path: path(recording.url),
    redacted: !isRevealed,
    stages: stagesOf(exchange),
    request,
    response: shown(parsed(recording.said)),
    calls: recording.calls.map((call) => callOf(call, { exchange, shown, path })),
    notes: recording.notes.map(({ kind, ags, oneroster }) => ({ kind, ags, oneroster })),
    curl: curlOf({ exchange, url: publicUrl + path(recording.url), body: request }),
  };
}

interface CallView {
  readonly exchange: Exchange;
  readonly shown: (value: Json | undefined) => Json | undefined;
  readonly path: (url: string) => string;
}

function callOf(call: RecordedCall, { exchange, shown, path }: CallView): Loose {
  const { method, url, at, milliseconds, status, fault, sent, text } = call;
  const { pathname, search } = new URL(url);
  return {
    at: at - exchange.started,
    method,
    path: path(pathname + search),
    ...{ status, fault, milliseconds },
    request: shown(sent),
    response: shown(parsed(text)),
  };
}

/** In place of a document that nothing could walk through: neither this page nor the program that reads it. */
const TOO_DEEP: Json = { error: `More than ${MOST_LEVELS} levels of nesting.` };

/** What came that is no JSON is told as such, and as nothing else. */
function parsed(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  if (isNestedDeeper(text)) return TOO_DEEP;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return { error: text };
  }
}

/** Milliseconds since the request came; a stage that it did not reach is left out. */
function stagesOf({ started, milliseconds, recording }: Exchange): readonly Loose[] {
  const times = { received: started, ...(recording && timesIn(recording)), returned: started + milliseconds };
  return Object.entries(times).flatMap(([stage, at]) =>
    at === undefined ? [] : [{ stage, at: at - started }],
  );
}

function timesIn({ validatedAt, mappedAt, calls }: Recording): Readonly<Record<string, number | undefined>> {
  const first = calls.find(({ method }) => method !== 'GET') ?? calls[0];
  const last = calls.at(-1);
  return {
    validated: validatedAt,
    mapped: mappedAt,
    sent: first?.at,
    answered: last && last.at + last.milliseconds,
  };
}
