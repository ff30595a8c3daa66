import { write, writeSync } from 'node:fs';

/** Log lines on their way to a file descriptor that may break. */
export interface Sink {
  write(line: string): void;
}

/** Characters after which lines are written at once; fewer wait for the next turn of `EVERY` milliseconds. */
const AT_ONCE = 4_096;
const EVERY = 100;
/** Characters that are kept for a descriptor that takes nothing; further lines are dropped, and counted. */
const MOST_HELD = 1_048_576;

/**
 * Writes lines to a descriptor, and never stops the process for them: a closed pipe, a full disk or a terminal that is gone costs the lines
 * that it refused, and is tried again with the next. A reader that reads nothing is waited for in the background, up to a bound. How many
 * lines are missing is said as soon as lines are taken again.
 *
 * @example const sink = openSink(2); sink.write('{"msg":"request"}\n')
 */
export function openSink(descriptor: number): Sink {
  const held = createHeld();
  let underWay: Buffer | undefined;
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      flush();
    }, EVERY).unref();
  };
  const flush = (): void => {
    if (underWay !== undefined || held.isEmpty()) return;
    underWay = Buffer.from(held.take());
    send();
  };
  const send = (): void => {
    if (underWay === undefined) return;
    write(descriptor, underWay, (error, written) => {
      // A pipe that others have made non-blocking, and whose reader is slow.
      if (error?.code === 'EAGAIN') return void setTimeout(send, EVERY).unref();
      if (error !== null) held.drop(linesIn(underWay));
      underWay = error !== null || written === underWay?.length ? undefined : underWay?.subarray(written);
      if (underWay !== undefined) send();
      else if (!held.isEmpty()) later();
    });
  };
  // Before whatever else happens at the exit; what is under way may hang, and what follows it would hang behind it.
  process.prependListener('exit', () => {
    if (underWay === undefined && !held.isEmpty()) writeQuietly(descriptor, held.take());
  });
  return {
    write: (line) => {
      held.add(line);
      if (held.size() >= AT_ONCE) flush();
      else later();
    },
  };
}

interface Held {
  add(line: string): void;
  /** Notes lines that were lost on their way. */
  drop(lines: number): void;
  /** Everything that is held, and how much is missing before it. */
  take(): string;
  size(): number;
  isEmpty(): boolean;
}

function createHeld(): Held {
  let lines: string[] = [];
  let [size, dropped] = [0, 0];
  return {
    add: (line) => {
      if (size + line.length > MOST_HELD) {
        dropped += 1;
        return;
      }
      lines.push(line);
      size += line.length;
    },
    drop: (count) => {
      dropped += count;
    },
    take: () => {
      const missing = dropped === 0 ? '' : `${JSON.stringify({ level: 40, msg: 'log', dropped })}\n`;
      const text = missing + lines.join('');
      lines = [];
      [size, dropped] = [0, 0];
      return text;
    },
    size: () => size,
    isEmpty: () => lines.length === 0,
  };
}

function linesIn(buffer: Buffer | undefined): number {
  return buffer === undefined ? 0 : buffer.toString().split('\n').length - 1;
}

function writeQuietly(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // There is nowhere left to say so.
  }
}
