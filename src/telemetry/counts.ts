import type { Delivery } from '../core/delivery.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Caller } from '../core/operation.ts';
import { createCounter, createHistogram, type Family } from './families.ts';

interface Ended {
  readonly face: string;
  readonly operation: string;
  readonly tool: string | undefined;
  readonly context: string | undefined;
  readonly status: number;
  readonly isAnswered: boolean;
  readonly milliseconds: number;
}

interface Called {
  readonly upstream: string;
  readonly method: string;
  readonly route: string;
  readonly tries: number;
}

interface PromisedAs {
  readonly upstream: string;
  readonly caller: Caller;
  readonly operation: string;
  readonly code: ErrorCode | undefined;
}

/** Everything that is counted, as the parts of the gateway tell it. */
export interface Counts {
  begun(): void;
  finished(exchange: Ended, code: ErrorCode | undefined): void;
  called(call: Called, outcome: number | string, seconds: number): void;
  heldBack(upstream: string, reason: string): void;
  promised(promise: PromisedAs): void;
  settled(delivery: Delivery): void;
  metEdit(edit: { readonly thing: string; readonly outcome: string }, caller: Caller): void;
  tokenAnswered(tool: string | undefined, status: number): void;
  reloaded(outcome: string): void;
  readonly inFlight: () => number;
  readonly families: readonly Family[];
}

/** @example const counts = createCounts(); counts.heldBack('timeback', 'circuit') */
export function createCounts(): Counts {
  const requests = createCounter('gradebridge_http_requests_total');
  const requestSeconds = createHistogram('gradebridge_http_request_seconds');
  const tokens = createCounter('gradebridge_tokens_total');
  const promises = createCounter('gradebridge_promises_total');
  const edits = createCounter('gradebridge_edits_met_total');
  const calls = createCounter('gradebridge_upstream_calls_total');
  const callSeconds = createHistogram('gradebridge_upstream_call_seconds');
  const retries = createCounter('gradebridge_upstream_retries_total');
  const heldBack = createCounter('gradebridge_upstream_held_back_total');
  const attempts = createCounter('gradebridge_delivery_attempts_total');
  const reloads = createCounter('gradebridge_reloads_total');
  let inFlight = 0;
  return {
    begun: () => {
      inFlight++;
    },
    finished: (exchange, code) => {
      const { face, operation, tool = NONE, context = NONE, status, isAnswered, milliseconds } = exchange;
      inFlight--;
      const told = isAnswered ? status : 'none';
      requests.add(`${face} ${operation} ${tool} ${context} ${told} ${code ?? NONE}`);
      // A clock that has been set back must not make a sum smaller.
      requestSeconds.observe(`${face} ${operation}`, Math.max(0, milliseconds) / 1000);
    },
    called: ({ upstream, method, route, tries }, outcome, seconds) => {
      calls.add(`${upstream} ${method} ${route} ${outcomeOf(outcome)}`);
      callSeconds.observe(`${upstream} ${method} ${route}`, seconds);
      if (tries > 1) retries.add(upstream);
    },
    heldBack: (upstream, reason) => heldBack.add(`${upstream} ${reason}`),
    promised: ({ upstream, caller: { tool, context }, operation, code }) =>
      promises.add(`${upstream} ${tool} ${context} ${operation} ${code ?? NONE}`),
    settled: ({ upstream, tool, context, state, errorCode }) =>
      attempts.add(`${upstream} ${tool} ${context} ${state} ${errorCode ?? NONE}`),
    metEdit: ({ thing, outcome }, { tool, context }) => edits.add(`${tool} ${context} ${thing} ${outcome}`),
    tokenAnswered: (tool = NONE, status) => tokens.add(`${tool} ${status}`),
    reloaded: (outcome) => reloads.add(outcome),
    inFlight: () => inFlight,
    families: [
      ...[requests, requestSeconds, tokens, promises, edits, calls, callSeconds, retries],
      ...[heldBack, attempts, reloads],
    ],
  };
}

/** A label that is empty is to Prometheus one that is not there. */
const NONE = '';

/** Statuses that say something of their own; a new object is looked for and not found, which is no trouble. */
const TOLD_APART: ReadonlySet<number> = new Set([401, 404, 429]);

/** The class of a status, such as `5xx`; the word of a fault as it is. */
function outcomeOf(outcome: number | string): string {
  if (typeof outcome === 'string') return outcome;
  return TOLD_APART.has(outcome) ? String(outcome) : `${Math.floor(outcome / 100)}xx`;
}
