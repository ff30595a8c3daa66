/** Where in a trace something happens: the ids of W3C Trace Context §3.2, in lower-case hexadecimal. */
export interface TraceParent {
  /** 32 digits, not all of them 0. */
  readonly traceId: string;
  /** 16 digits, not all of them 0. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Version 00 has four fields and ends there; a later one may have more after them (§3.2.4). */
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?=$|-)(.*)$/;

/**
 * The place that a `traceparent` header names.
 *
 * @returns undefined when the header is absent or not valid: then a new trace is begun (W3C Trace Context §3.2.4)
 * @example parseTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')?.isSampled // true
 */
export function parseTraceparent(header: string | undefined): TraceParent | undefined {
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(header ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || (version === '00' && rest !== '')) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags ?? '', 16) & 1) === 1 };
}

/** The header for a place: `formatTraceparent(parent)`. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
