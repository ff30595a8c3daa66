import { isatty } from 'node:tty';

/** The terminal of the process, which may go while it runs. */
export interface Terminal {
  /** Whether stdin, stdout or stderr was a terminal at the start. A terminal that is gone is none any more, so it is asked then. */
  readonly isThere: boolean;
}

/** stdin, stdout and stderr. */
const DESCRIPTORS = [0, 1, 2];

/**
 * Makes a process that goes on without stdout and stderr when they break: a closed pipe, a full disk, a terminal that is gone (EPIPE,
 * ENOSPC, EIO). An `error` event that nobody hears would end it. A command whose data could not be written does not end with 0; a reader
 * that wanted no more (`| head`) has got what it wanted.
 *
 * @example const terminal = outliveStreams()
 */
export function outliveStreams(): Terminal {
  let isDataLost = false;
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    isDataLost ||= code !== 'EPIPE';
  });
  process.stderr.on('error', () => {});
  const terminals = DESCRIPTORS.filter((descriptor) => isatty(descriptor));
  process.on('exit', () => {
    if (isDataLost) process.exitCode ||= 1;
    if (terminals.some((descriptor) => !isatty(descriptor))) endHungUp();
  });
  return { isThere: terminals.length > 0 };
}

/** Node aborts at its exit when it cannot give a terminal its settings back, so a process without its terminal ends by SIGHUP, as others do. */
function endHungUp(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}
