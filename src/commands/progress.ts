import type { Io } from './command.ts';

/** Where it is shown: on what is a terminal, or else in lines. */
export interface Shown extends Pick<Io, 'error'> {
  readonly terminal?: { write(text: string): unknown };
}

/** How far something is that takes a while. */
export interface Progress {
  at(done: number, of: number): void;
  /** Leaves nothing behind on a terminal. */
  end(): void;
}

const WIDTH = 24;
/** Milliseconds between two drawings on a terminal, and between two lines elsewhere. */
const REDRAW = 100;
const NEXT_LINE = 5_000;
/** To the beginning of the line, and clear it (ECMA-48, CHA and EL). */
const CLEAR = '\r\u001b[K';

/**
 * Shows progress on stderr: a bar on a terminal, and elsewhere a plain line now and then, so that a log shows that it goes on. What is
 * quick says nothing.
 *
 * @example const progress = openProgress(io, 'math-101'); progress.at(3, 40); progress.end()
 */
export function openProgress(io: Shown, label: string, clock = Date.now): Progress {
  const { terminal } = io;
  let last = terminal === undefined ? clock() : 0;
  let isDrawn = false;
  return {
    at: (done, of) => {
      const now = clock();
      if (now - last < (terminal === undefined ? NEXT_LINE : REDRAW)) return;
      last = now;
      if (terminal === undefined) return io.error(`${label}: ${done} of ${of}`);
      const filled = of === 0 ? WIDTH : Math.round((done / of) * WIDTH);
      terminal.write(
        `${CLEAR}${label} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done} of ${of}`,
      );
      isDrawn = true;
    },
    end: () => {
      if (isDrawn) terminal?.write(CLEAR);
      isDrawn = false;
    },
  };
}
