/**
 * Loaded before a gateway: ends it when the process that has started it is gone, however that ended, and answers that process
 * with the bytes of heap that are left after a collection.
 */
process.on('disconnect', () => process.exit(1));
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
// The channel alone must not keep the process.
process.channel?.unref();

export {};
