/** What a process of the benchmark has used since it started, as the process itself accounts for it. */
export interface Usage {
  /** CPU time of all its threads, in microseconds. */
  readonly cpu: number;
}

/** What it holds after a garbage collection, in bytes. */
export interface Memory {
  readonly heap: number;
  readonly rss: number;
}

/** Answers what a process is asked about itself. */
export function usage(question?: unknown): Usage | Memory {
  if (question === 'memory') {
    (globalThis as { gc?: () => void }).gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    return { heap: heapUsed, rss };
  }
  const { user, system } = process.cpuUsage();
  return { cpu: user + system };
}

/** The settings that the parent has given this process. */
export function settings<Settings>(): Settings {
  return JSON.parse(process.argv[2] as string) as Settings;
}

/** Tells the parent that this process is ready, then answers its questions, one at a time, until the parent is gone. */
export function serveParent<Question>(ready: unknown, answer: (question: Question) => unknown): void {
  process.on('message', async (question: Question) => process.send?.(await answer(question)));
  process.once('disconnect', () => process.exit());
  process.send?.(ready);
}
