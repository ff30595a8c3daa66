/** One metric: what docs/metrics.md and the registry say of it. */
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[];
}

/** From what a cache answers to the longest time that a request may take by default. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20] as const;

const counter = (help: string, labels: readonly string[]): MetricRow => ({ type: 'counter', help, labels });
const gauge = (help: string, labels: readonly string[]): MetricRow => ({ type: 'gauge', help, labels });
const seconds = (help: string, labels: readonly string[]): MetricRow => ({
  type: 'histogram',
  help,
  labels,
  buckets: SECONDS,
});

/**
 * Every metric of the gateway's own. A label takes its values from the configuration (tool, context, upstream), from the
 * tables of this program (face, operation, route) or from the catalogue of errors (code), never from what somebody sends.
 */
export const METRICS = {
  gradebridge_http_requests_total: counter('Requests that have ended.', [
    'face',
    'operation',
    'tool',
    'context',
    'status',
    'code',
  ]),
  gradebridge_http_request_seconds: seconds('Time from the header of a request to the end of its answer.', [
    'face',
    'operation',
  ]),
  gradebridge_http_requests_in_flight: gauge('Requests that have begun and not ended.', []),
  gradebridge_tokens_total: counter('Answers of the token endpoint.', ['tool', 'status']),
  gradebridge_promises_total: counter('Answers that gave a tool a receipt in place of a result.', [
    'upstream',
    'tool',
    'context',
    'operation',
    'code',
  ]),
  gradebridge_edits_met_total: counter('Writes that met what somebody had changed in OneRoster.', [
    'tool',
    'context',
    'thing',
    'outcome',
  ]),
  gradebridge_upstream_calls_total: counter(
    'Exchanges with an upstream, retries and token requests included.',
    ['upstream', 'method', 'route', 'outcome'],
  ),
  gradebridge_upstream_call_seconds: seconds('Time of one exchange with an upstream.', [
    'upstream',
    'method',
    'route',
  ]),
  gradebridge_upstream_retries_total: counter('Exchanges that were a further try.', ['upstream']),
  gradebridge_upstream_held_back_total: counter('Calls that were not made, to spare the upstream.', [
    'upstream',
    'reason',
  ]),
  gradebridge_upstream_circuit_open: gauge(
    '1 while the upstream has failed so often that calls are held back.',
    ['upstream'],
  ),
  gradebridge_upstream_slots: gauge('Calls to the upstream that may be under way at once.', ['upstream']),
  gradebridge_upstream_slots_in_use: gauge('Calls to the upstream that are under way.', ['upstream']),
  gradebridge_upstream_slots_wanted: gauge('Calls that wait for others to end.', ['upstream']),
  gradebridge_delivery_attempts_total: counter(
    'Attempts to deliver what was promised, by the state they led to.',
    ['upstream', 'tool', 'context', 'state', 'code'],
  ),
  gradebridge_deliveries: gauge('Deliveries in the store that have not come to a good end.', [
    'upstream',
    'state',
  ]),
  gradebridge_deliveries_oldest_seconds: gauge(
    'Age of the oldest of these deliveries; 0 when there is none.',
    ['upstream', 'state'],
  ),
  gradebridge_store_up: gauge('1 when the store has answered the question for deliveries.', []),
  gradebridge_revision_info: gauge('The configuration in force, and the version of the gateway.', [
    'revision',
    'version',
  ]),
  gradebridge_revision_loaded_timestamp_seconds: gauge('When that configuration was put in force.', []),
  gradebridge_reloads_total: counter('Attempts to reload the configuration.', ['outcome']),
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof METRICS;
