import { Worker } from 'node:worker_threads';

/**
 * Ends this process, however it hangs, unless it has ended before. SIGKILL, and from another thread: `process.exit` waits for threads that
 * write into a pipe that nobody reads or look up a name that nobody answers, and a timer waits for the thread that hangs.
 *
 * @param milliseconds from now
 * @example endWithin(11_000)
 */
export function endWithin(milliseconds: number): void {
  const kill = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${milliseconds})`;
  const worker = new Worker(kill, { eval: true });
  // Without memory for a thread, the timer of this one must do.
  worker.once('error', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), milliseconds).unref();
  });
  worker.unref();
}
