import { pino } from 'pino';
import { openSink } from './sink.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Fields of a log line: ids, codes and numbers; never names, e-mails, comments, scores or secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** @param event a short word that stays the same, such as `request` */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

const STDERR = 2;

/**
 * JSON lines on stderr; stdout belongs to data and to people.
 *
 * @example const log = createLog('info'); log('warn', 'upstream', { upstream: 'timeback', code: 'UPSTREAM_BUSY' })
 */
export function createLog(level: string): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, openSink(STDERR));
  return (at, event, fields = {}) => logger[at](fields, event);
}

/** The chain of causes of an error in one line: class and message, and nothing that hangs on them (an axios error holds a request with its secrets). */
export function causesOf(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 5; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    parts.push(`${at.name}${typeof code === 'string' ? ` ${code}` : ''}: ${at.message}`.slice(0, 300));
  }
  return parts.join(' <- ');
}
